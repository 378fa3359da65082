"""The numbers of the simulation, each with where it comes from: read from results, derived from them, or assumed.

``before`` are the results of 0.2.0, whose large bursts were measured: the model is checked with them. ``now`` are those
of today's code, as far as they were measured: the outage is sized with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from benchmarks.capacity.queues import EVENTS_OF_A_TASK, Alarm, Costs
from benchmarks.results import kept
from benchmarks.tables import cell, columns

Kind = Literal["measured", "derived", "assumed"]
Results = Mapping[str, Any]
LOOK_UPS = 1
"""Activities of an alarm beside its letters and papers."""
PAPERS: Mapping[str, int] = {"before": 0, "": 1}
"""Papers that an alarm has written: since 0.2.0 the one that asks for the reasons of the delay."""
A_TIMER_FIRED = 1
TASKS_OF_AN_INCIDENT = (23, 17)
"""Activities, and workflow tasks, of the complete incident of 0.2.0, as its history says (`economy.json`)."""
BARE_CLOCK_EVENTS = 5
"""Of a bare timer before it goes off: started, its first workflow task, the timer."""


@dataclass(frozen=True)
class Parameter:
    """A number, its unit, how it is known, and from where."""

    name: str
    value: float
    unit: str
    kind: Kind
    source: str


@dataclass(frozen=True)
class Measured:
    """What the simulation needs, and the same for the page, number by number."""

    costs: Costs
    alarm: Alarm
    bare: Costs
    bare_alarm: Alarm
    worker_mb: float
    """Of a worker that remembers as many processes as it may (1,000)."""
    sizes: Mapping[int, float]
    """Milliseconds of server time for an opening, by the number of open incidents."""
    parameters: tuple[Parameter, ...]

    def in_a_database_of(self, processes: int) -> float:
        """By how much a task costs the server more than in the smallest database: in a straight line between sizes."""
        points = sorted(self.sizes.items())
        first = points[0][1]
        (low, low_ms), (high, high_ms) = next(
            (pair for pair in pairwise(points) if processes <= pair[1][0]), points[-2:]
        )
        ms = low_ms + (high_ms - low_ms) * (processes - low) / (high - low)
        return max(1.0, ms / first)


def measured(folder: str) -> Measured:
    """The numbers of one state of the code: ``before`` (0.2.0), or the empty word for today's costs."""
    costs, throughput, growth = (result(name, where) for name, where in _where(folder))
    alarm = costs["found"]["alarm"]
    papers = PAPERS[folder]
    activities, tasks = alarm["letters"] + LOOK_UPS + papers, workflow_tasks(alarm, papers)
    without = result("costs", "before") if papers else costs
    plain = without["found"]["alarm"]
    real, idle, desk = (
        columns(throughput, row) for row in ("bare, same adapters", "bare, activities do nothing", "an incident")
    )
    of_incident, of_tasks = TASKS_OF_AN_INCIDENT
    bare_task = idle["ms of worker CPU"] / sum(TASKS_OF_AN_INCIDENT)
    work = bare_task + (real["ms of worker CPU"] - idle["ms of worker CPU"]) / of_incident
    turn = bare_task + (desk["ms of worker CPU"] - real["ms of worker CPU"]) / of_tasks
    scale = plain["worker_s"] * 1000 / ((plain["letters"] + LOOK_UPS) * work + workflow_tasks(plain, 0) * turn)
    paper = max(0.0, alarm["worker_s"] - plain["worker_s"])
    server = alarm["server_s"] * 1000 / (activities + tasks)
    bare_server = idle["ms of server CPU"] / sum(TASKS_OF_AN_INCIDENT)
    sizes = {size: cell(growth, "ms of server CPU for each opening", f"{size:,} open") for size in (1000, 5000, 20_000)}
    worker_mb = cell(growth, "worker, MB", "20,000 open")
    opening = costs["found"]["opening"]["events"]
    again = cell(growth, "every incident has answered after, s", "20,000 open")
    first = cell(growth, "worker killed: first answer after, s", "20,000 open")
    read = (again - first) * 1000 / 20_000 / opening
    at = {name: said_of(part) for name, part in (("costs", costs), ("throughput", throughput), ("open_load", growth))}
    return Measured(
        costs=Costs(turn * scale / 1000, work * scale / 1000, server / 1000, read / 1000, paper),
        alarm=Alarm(round(alarm["letters"]), round(costs["found"]["breach"]["events"]), papers=papers),
        bare=Costs(bare_task / 1000, bare_task / 1000, bare_server / 1000, read / 1000),
        bare_alarm=Alarm(round(alarm["letters"]), BARE_CLOCK_EVENTS, noted_by_the_process=True),
        worker_mb=worker_mb,
        sizes=sizes,
        parameters=(
            Parameter("an alarm, worker", alarm["worker_s"] * 1000, "ms", "measured", at["costs"]),
            Parameter("an alarm, server", alarm["server_s"] * 1000, "ms", "measured", at["costs"]),
            Parameter("letters of an alarm", alarm["letters"], "", "measured", at["costs"]),
            Parameter("events of an alarm", alarm["events"], "", "measured", at["costs"]),
            Parameter(
                "a workflow task, worker", turn * scale, "ms", "derived", f"the alarm, split as in {at['throughput']}"
            ),
            Parameter(
                "an activity, worker", work * scale, "ms", "derived", f"the alarm, split as in {at['throughput']}"
            ),
            *_paper(paper * 1000, costs, without),
            Parameter("a task, server", server, "ms", "derived", "the alarm by its tasks"),
            Parameter("a bare task, worker", bare_task, "ms", "derived", at["throughput"]),
            Parameter("a bare task, server", bare_server, "ms", "derived", at["throughput"]),
            Parameter("a worker that remembers 1,000 processes", worker_mb, "MB", "measured", at["open_load"]),
            Parameter(
                "reading an event of a history again",
                read,
                "ms",
                "derived",
                f"all of 20,000 answer again, {at['open_load']}",
            ),
            *(
                Parameter(f"an opening, server, {size:,} open", ms, "ms", "measured", at["open_load"])
                for size, ms in sizes.items()
            ),
        ),
    )


def workflow_tasks(alarm: Mapping[str, float], papers: int) -> float:
    """The workflow tasks of an alarm: the events that neither its activities nor its timer explain, three each."""
    return (alarm["events"] - A_TIMER_FIRED) / EVENTS_OF_A_TASK - (alarm["letters"] + LOOK_UPS + papers)


def _paper(milliseconds: float, costs: Results, without: Results) -> list[Parameter]:
    """What the paper of an alarm costs: the alarm of today less that of 0.2.0, which wrote none."""
    if costs["path"] == without["path"]:
        return []
    source = f"{said_of(costs)}, less {said_of(without)}; whatever else has changed since is in it"
    return [Parameter("the paper of an alarm, worker", milliseconds, "ms", "derived", source)]


def _where(folder: str) -> tuple[tuple[str, str], ...]:
    return (("costs", folder), ("throughput", "before"), ("open_load", "before"))


def result(name: str, folder: str = "") -> Results:
    """What is kept, with its path. Raises ``LookupError`` where nothing is."""
    path = f"{folder}/{name}" if folder else name
    if not (found := kept(path)):
        raise LookupError(f"there is no result {path}.json: measure it with `make bench ARGS={name}`")
    return dict(found) | {"path": path}


def said_of(part: Results) -> str:
    """Which result, of which day, on how busy a machine."""
    about = part["about"]
    load = part.get("found", {}).get("load", about["load"][0])
    return f"`{part['path']}.json`, {about['ended'][:10]}, load {load:.1f}"
