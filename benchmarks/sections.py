"""Each part of ``docs/performance.md`` from what its benchmark has found: tables, and the goals they answer."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.results import share

PICTURE = "performance-open-load.svg"
Found = Mapping[str, Any]
Row = tuple[str, str, str, str]
WORDS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
"""The sentences that no number stands in."""
WHY: Mapping[str, str] = WORDS["why"]
OPEN_LOAD = (
    ("opened a second", "opened_per_second", 1),
    ("ms of worker CPU for each opening", "worker_ms", 0),
    ("ms of server CPU for each opening", "server_ms", 0),
    ("worker, MB", "worker_mb", 0),
    ("server, MB", "server_mb", 0),
    ("database on disk, MB", "database_mb", 0),
    ("idle worker, share of a core", "idle_worker_cpu", 3),
    ("idle server, share of a core", "idle_server_cpu", 3),
    ("`status` of one that nobody has asked for, p50 ms", "status_p50_ms", 1),
    ("p99 ms", "status_p99_ms", 1),
    ("worker killed: first answer after, s", "restart_first_s", 1),
    ("every incident has answered after, s", "restart_all_s", 0),
    ("load average", "load", 1),
)
"""What is shown of each size: in words, its key, decimals."""


def throughput(found: Found) -> list[str]:
    """Rates and processor time of the three arms."""
    counted, rates = found["counted"], _rates(found)
    rows = []
    for arm, name in (
        ("desk", "an incident"),
        ("real", "bare, same adapters"),
        ("idle", "bare, activities do nothing"),
    ):
        batches = found["arms"][arm]
        worker, server = (median(b[key] for b in batches) for key in ("worker_ms", "server_ms"))
        each = ", ".join(f"{b['rate']:.2f}" for b in batches)
        rows.append(
            (name, f"{rates[arm]:.2f}", _ratio(rates["desk"], rates[arm]), f"{worker:.0f}", f"{server:.0f}", each)
        )
    desk, real = (
        sum(median(b[k] for b in found["arms"][arm]) for k in ("worker_ms", "server_ms")) for arm in ("desk", "real")
    )
    return [
        (
            f"On each side {counted['messages']} messages, {counted['timers']} timers, {counted['activities']} "
            f"activities; {len(found['arms']['desk'])} batches of {found['count']}, {found['at_once']} at once."
        ),
        "",
        *table(
            ("", "complete a second", "an incident against it", "ms of worker CPU", "ms of server CPU", "each batch"),
            rows,
        ),
        "",
        (
            "In processor time, which other work on the machine moves less than the rate: with the same adapters the "
            f"bare workflow needs {_ratio(real, desk)} of what an incident needs (worker and server together)."
        ),
        "",
    ]


def economy(found: Found) -> list[str]:
    """Events, bytes and actions of each step."""
    lines = []
    for name, title in (("incident", "A complete incident"), ("breach", "A breach and its 72 hours")):
        steps = found[name]
        keys = ("events", "bytes", "actions", "activities", "timers", "messages", "upserts", "markers")
        rows = [(step["step"], *(_n(step[key]) for key in keys)) for step in steps]
        rows.append(("**all of it**", *(f"**{_n(sum(step[key] for step in steps))}**" for key in keys)))
        lines += [f"### {title}", "", *table((("step"), *keys), rows), ""]
    return lines


def latency(found: Found) -> list[str]:
    """Milliseconds of both arms."""
    rows = []
    for way, name in (("signal", "signal, until `status` has it"), ("update", "update, until it is answered")):
        desk, bare = (found["took"][arm][way] for arm in ("desk", "bare"))
        ms = [f"{share(values, at) * 1000:.1f}" for values in (desk, bare) for at in (50, 99)]
        rows.append(
            (
                name,
                *ms,
                _ratio(share(desk, 50), share(bare, 50)),
                _ratio(share(desk, 99), share(bare, 99)),
                _n(len(desk)),
            )
        )
    return [
        *table(("", "incident p50 ms", "p99", "bare p50 ms", "p99", "ratio p50", "ratio p99", "messages each"), rows),
        "",
    ]


def open_load(found: Found) -> list[str]:
    """The house at each size, and where its picture lies."""
    points: Sequence[Found] = found["points"]
    rows: list[tuple[str, ...]] = [
        (what, *(_fixed(point.get(key), digits) for point in points)) for what, key, digits in OPEN_LOAD
    ]
    return [
        *table(("", *(f"{_n(point['size'])} open" for point in points)), rows),
        "",
        f"![{_sizes(points)}]({PICTURE})",
        "",
        WORDS["plot"].strip(),
        "",
    ]


def burst(found: Found, about: Found) -> list[str]:
    """By how much clocks were late that fell due at once."""
    keys = [f"{what}_{at}" for what in ("noticed", "told") for at in ("p50", "p99", "max")]
    rows = [
        (name, *(f"{found[arm][key]:.1f}" for key in keys))
        for arm, name in (("desk", "breaches"), ("bare", "bare timers"))
    ]
    rows.append(("ratio", *(_ratio(found["desk"][key], found["bare"][key]) for key in keys)))
    heads = [f"{what} {at}" for what in ("noticed, s late,", "everybody told, s late,") for at in ("p50", "p99", "max")]
    at = f"Measured {when(about)} UTC, load average {found['load']:.1f}."
    return [
        f"### {_n(found['count'])} legal clocks due within one second, {_n(found['open'])} incidents open beside",
        "",
        *table(("", *heads), rows),
        "",
        f"{at} Clocks that rang too early: {found['desk']['early']}.",
        "",
        WORDS["burst"].strip(),
        "",
    ]


def long_life(found: Found) -> list[str]:
    """The runs of a long life."""
    runs = found["runs"]
    largest = max(runs, key=lambda run: run["events"])
    slowest = max(run["milliseconds"] for run in runs)
    each = sum(run["milliseconds"] for run in runs) / sum(run["events"] for run in runs)
    rows = [(when, f"{ms['p50']:.1f}", f"{ms['p99']:.1f}") for when, ms in found["status_ms"].items()]
    return [
        (
            f"{_n(found['messages'])} messages as signals ({found['messages_per_second']:.0f} a second, each applied), "
            f"then {_n(found['days'])} days of alarms on a moved clock ({found['days_took']:.0f} s), "
            f"{_n(found['letters'])} letters in all."
        ),
        "",
        (
            f"- {_n(len(runs))} runs; the largest has {_n(largest['events'])} events and "
            f"{_n(largest['bytes'] // 1000)} kB "
            "(Temporal suggests a new run at 4,096 events, and ends a process at 51,200)."
        ),
        f"- Replaying a run on a worker that has never seen it: at most {slowest:.0f} ms, {each:.2f} ms an event.",
        f"- The record that goes from run to run: {_n(found['record_bytes'] // 1000)} kB at the end.",
        "",
        *table(("`status` answers", "p50 ms", "p99 ms"), rows),
        "",
    ]


def command_line(found: Found) -> list[str]:
    """Milliseconds of each command."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    python, temporal = took["python -c pass"], took["temporal workflow list -o json"]
    rows = [(f"`{n}`", f"{s * 1000:.0f}", _ratio(s, python), _ratio(s, temporal)) for n, s in took.items()]
    return [*table(("command", "ms", "against `python -c pass`", "against `temporal`"), rows), ""]


def lists(found: Found) -> list[str]:
    """Seconds of each list, against the list of incidents."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    against = took["kantadesk incident list"]
    rows = [(f"`{name}`", f"{seconds:.2f}", _ratio(seconds, against)) for name, seconds in took.items()]
    head = (f"{_n(found['incidents'])} open incidents", "s", "against `incident list`")
    return [*table(head, rows), ""]


def start_up(found: Found) -> list[str]:
    """Seconds of each start."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    rows = [(name, f"{seconds:.2f}", _ratio(seconds, took["bare server"])) for name, seconds in took.items()]
    return [*table(("start", "s", "against the bare server"), rows), ""]


def documents(found: Found) -> list[str]:
    """Forms a second, memory, bundles."""
    form, floor = (median(found["forms_per_second"][name]) for name in ("form", "opened and saved"))
    small, large = (found["description"][size] for size in ("100", "1000000"))
    bundle, zipped = (median(one["seconds"] for one in found[name]) for name in ("bundle", "hashed_and_zipped"))
    memory, floor_memory = (median(one["megabytes"] for one in found[name]) for name in ("bundle", "hashed_and_zipped"))
    size = found["items"] * found["item_bytes"] / 1e6
    rows = [
        (
            "fault report forms a second",
            f"{form:.1f}",
            f"{floor:.1f} (template opened and saved)",
            _ratio(form, floor),
        ),
        (
            "one form with a description of 1 MB, seconds",
            f"{large['seconds']:.2f}",
            f"{small['seconds']:.2f} (100 characters)",
            _ratio(large["seconds"], small["seconds"]),
        ),
        ("memory at most for that, MB more", f"{large['megabytes'] - small['megabytes']:.0f}", "", ""),
        (
            f"evidence of {_n(found['items'])} items ({size:.0f} MB), seconds",
            f"{bundle:.2f}",
            f"{zipped:.2f} (hashed and zipped)",
            _ratio(bundle, zipped),
        ),
        ("memory at most for that, MB more", f"{memory - floor_memory:.0f}", "", ""),
    ]
    return [*table(("", "kantadesk", "floor", "ratio"), rows), ""]


def trials(found: Found) -> list[str]:
    """What was tried."""
    parts = [
        (
            what,
            *(f"{median(took[side]):.3f}" for side in ("before", "after")),
            _ratio(median(took["before"]), median(took["after"])),
        )
        for what, took in found["parts"].items()
    ]
    base = median(batch["rate"] for batch in found["workers"]["as it is"])
    base_cpu = median(batch["worker_ms"] for batch in found["workers"]["as it is"])
    rows = []
    for name, batches in found["workers"].items():
        rate, cpu = median(b["rate"] for b in batches), median(b["worker_ms"] for b in batches)
        rows.append(
            (name, f"{rate:.2f}", _ratio(rate, base), f"{cpu:.0f}", _ratio(cpu, base_cpu), WORDS["tried"][name])
        )
    return [
        "Kept:",
        "",
        *table(("what", "ms before", "ms after", "times faster"), parts),
        "",
        WORDS["kept"].strip(),
        "",
        f"The worker's options (in brackets what holds), batches of {found['count']} complete incidents:",
        "",
        *table(("option", "complete a second", "rate", "ms of worker CPU", "CPU", "what follows"), rows),
        "",
        WORDS["not_done"].strip(),
        "",
    ]


def throughput_goals(found: Found) -> list[Row]:
    """The rate against both floors."""
    rates = _rates(found)
    return [
        ("Throughput, same adapters on both sides", "at least 0.8", _ratio(rates["desk"], rates["real"]), WHY["real"]),
        (
            "Throughput, against activities that do nothing",
            "at least 0.8",
            _ratio(rates["desk"], rates["idle"]),
            WHY["idle"],
        ),
    ]


def latency_goals(found: Found) -> list[Row]:
    """Both ways of sending a message."""
    rows = []
    for way in ("signal", "update"):
        desk, bare = (found["took"][arm][way] for arm in ("desk", "bare"))
        p50, p99 = (_ratio(share(desk, at), share(bare, at)) for at in (50, 99))
        rows.append((f"Latency by {way}", "at most 1.25", f"p50 {p50}, p99 {p99}", WHY["latency"]))
    return rows


def open_load_goals(found: Found) -> list[Row]:
    """Growth, where there is more than one size: by how much for each time that the incidents have; 1.00 is linear."""
    first, last = found["points"][0], found["points"][-1]
    if first["size"] == last["size"]:
        return []
    of = (("server", "server_mb"), ("worker", "worker_mb"), ("database", "database_mb"))
    by = last["size"] / first["size"]
    reached = ", ".join(f"{_ratio(last[key] / by, first[key])} ({name})" for name, key in of)
    what = f"Memory from {_n(first['size'])} to {_n(last['size'])} open"
    return [(what, "linear or better", reached, WHY["open_load"])]


def command_line_goals(found: Found) -> list[Row]:
    """Help against the interpreter, a list against Temporal's own."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    listed = _ratio(took["kantadesk incident list --json"], took["temporal workflow list -o json"])
    helped = _ratio(took["kantadesk --help"], took["python -c pass"])
    return [
        ("`kantadesk --help` against `python -c pass`", "", helped, WHY["help"]),
        ("`kantadesk incident list --json` against `temporal`", "", listed, WHY["list"]),
    ]


def list_goals(found: Found) -> list[Row]:
    """What is owed against what is open."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    of = [_ratio(took[f"kantadesk {name}"], took["kantadesk incident list"]) for name in ("duty list", "board --once")]
    return [("`duty list`, `board` against `incident list`", "under 2", ", ".join(of), WHY["lists"])]


def start_up_goals(found: Found) -> list[Row]:
    """The whole desk against the server alone."""
    took = {name: median(seconds) for name, seconds in found["took"].items()}
    first, again = (_ratio(took[name], took["bare server"]) for name in ("first `up`", "`up` again"))
    return [("`kantadesk up` against the bare server", "", f"{first} (first), {again} (again)", WHY["start_up"])]


def when(about: Found) -> str:
    """When a part was measured, to the minute."""
    return str(about["ended"][:16]).replace("T", " ")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; numbers to the right."""
    marks = ["---" if number == 0 else "---:" for number in range(len(head))]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)]


def _sizes(points: Sequence[Found]) -> str:
    first, last = (_n(points[at]["size"]) for at in (0, -1))
    return f"Growth from {first} to {last} open incidents" if len(points) > 1 else f"{first} open incidents"


def _rates(found: Found) -> dict[str, float]:
    return {arm: median(batch["rate"] for batch in batches) for arm, batches in found["arms"].items()}


def _ratio(of: float, to: float) -> str:
    """One thing against another; a dash where there is nothing to compare with (what was not there takes no space)."""
    return f"{of / to:.2f}" if to else "–"


def _n(number: float) -> str:
    return f"{number:,.0f}"


def _fixed(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


SECTIONS: dict[str, tuple[str, Callable[[Found], list[str]]]] = {
    "throughput": ("Throughput", throughput),
    "economy": ("Economy", economy),
    "latency": ("Latency", latency),
    "open_load": ("Open load", open_load),
    "long_life": ("Long life", long_life),
    "command_line": ("Command line", command_line),
    "lists": ("Lists", lists),
    "start_up": ("Start-up", start_up),
    "documents": ("Documents", documents),
    "trials": ("What was tried", trials),
}
"""The parts of the page in their order: heading, and what makes it."""
GOALS: Mapping[str, Callable[[Found], list[Row]]] = {
    "throughput": throughput_goals,
    "latency": latency_goals,
    "open_load": open_load_goals,
    "command_line": command_line_goals,
    "lists": list_goals,
    "start_up": start_up_goals,
}
