"""What one opening, one legal alarm and one triage cost: processor time, history, what is written to disk, letters.

Few processes at once, so that it takes a few minutes and all of them stay in the worker's memory. The simulation of an
outage (``capacity/``) takes its parameters from here; what a whole burst takes is measured by ``open_load``.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.house import House, running
from benchmarks.open_load import RULES, STARTED_AT_ONCE, at_most, positive, start_breach, until_quiet
from benchmarks.proc import used
from benchmarks.results import now, save, say
from benchmarks.scenes import open_incident
from tests.builders import triage
from workflows.process.ids import breach_workflow_id, incident_workflow_id

UNTIL_DUE, WARM, WARM_UNTIL_DUE = 60, 4, 10
"""Seconds from the opening of a breach until its clock is due: the letters of its opening have gone by then."""

FEW, MORE_RECIPIENTS = 2, 40
"""Incidents of a house that tells many at once, few enough that none of their letters waits its turn (100 at once)."""


class Spent(NamedTuple):
    """What is used so far: seconds of processor time, bytes handed to the disk, letters, events, bytes of history."""

    worker_s: float
    server_s: float
    worker_written: int
    server_written: int
    letters: int
    events: int
    history_bytes: int


def many_recipients(more: int = MORE_RECIPIENTS) -> dict[str, str]:
    """The rules of a house with so many more people who are told of a fault."""
    one, *others = (_contact(n) for n in range(more + 1))
    written = [f"[contacts.one-more-{n}]\n{contact}" for n, contact in enumerate(others)]
    return RULES | {"contacts.pharmacy-coast": "\n\n".join([one, *written])}


def _contact(number: int) -> str:
    """A contact as the operating model has it, without its heading."""
    said = {"name": f"Ward {number}", "email": f"ward-{number}@example.org", "language": "fi"}
    lines = [f'{key} = "{value}"' for key, value in said.items()]
    return "\n".join([*lines, 'groups = ["pharmacies"]', "verified_on = 2026-08-31"])


def options(parser: ArgumentParser) -> None:
    """How many of each."""
    parser.add_argument("--count", type=positive, default=30, help="processes of each kind")


async def measure(chosen: Namespace) -> None:
    """Open incidents, judge them; open breaches, let their clocks fall due. Each scene goes to its rest.

    Then incidents of a house that tells many: what they cost more is what the letters cost.
    """
    began, found = now(), dict[str, Any](count=chosen.count, more_recipients=MORE_RECIPIENTS)
    async with running(RULES) as house, house.worker() as pid:
        await warmed(house, pid)
        found["opening"], before, ids = await opened(house, pid, chosen.count)
        await at_most(STARTED_AT_ONCE, judgements(house, ids))
        found["triage"], _ = await scene(house, pid, ids, before)

        breaches = names(chosen.count)
        ids = [breach_workflow_id(r) for r in breaches]
        before = await spent(house, pid, [])
        due = now() + timedelta(seconds=UNTIL_DUE)
        await at_most(STARTED_AT_ONCE, [partial(start_breach, house, r, due) for r in breaches])
        found["breach"], before = await scene(house, pid, ids, before)
        if now() >= due:
            raise RuntimeError("the machine is too slow: the clocks fell due before the openings had come to rest")
        await asyncio.sleep(max(0.0, (due - now()).total_seconds()))
        found["alarm"], _ = await scene(house, pid, ids, before)
    async with running(many_recipients()) as house, house.worker() as pid:
        await judged(house, pid, WARM)
        found["triage_of_many"] = await judged(house, pid, FEW)
    save("costs", found | {"load": os.getloadavg()[0]}, began)


async def opened(house: House, pid: int, count: int) -> tuple[dict[str, float], Spent, list[str]]:
    """Open incidents: what each has cost, what is used by then, and their ids."""
    references, before = names(count), await spent(house, pid, [])
    await at_most(STARTED_AT_ONCE, [partial(open_incident, house.client, r) for r in references])
    ids = [incident_workflow_id(r) for r in references]
    return *await scene(house, pid, ids, before), ids


def judgements(house: House, ids: Sequence[str]) -> list[Callable[[], Awaitable[Any]]]:
    """The triage of each incident."""
    return [partial(house.client.get_workflow_handle(each).execute_update, "triage", triage()) for each in ids]


async def judged(house: House, pid: int, count: int) -> dict[str, float]:
    """What the triage of each of some incidents has cost."""
    _, before, ids = await opened(house, pid, count)
    await at_most(STARTED_AT_ONCE, judgements(house, ids))
    return (await scene(house, pid, ids, before))[0]


async def warmed(house: House, pid: int) -> None:
    """Live through a few of each kind first: what is loaded and compiled once is not to be counted."""
    await judged(house, pid, WARM)
    due = now() + timedelta(seconds=WARM_UNTIL_DUE)
    await at_most(STARTED_AT_ONCE, [partial(start_breach, house, r, due) for r in names(WARM)])
    await asyncio.sleep(max(0.0, (due - now()).total_seconds()))
    await until_quiet(house)


def names(count: int) -> list[str]:
    """Fresh references."""
    return [f"K-{uuid.uuid4().hex[:12]}" for _ in range(count)]


async def scene(house: House, pid: int, ids: Sequence[str], before: Spent) -> tuple[dict[str, float], Spent]:
    """What a scene has cost for each of its processes, once all has come to rest; and what is used by then."""
    await until_quiet(house)
    after = await spent(house, pid, ids)
    each = {name: (b - a) / len(ids) for name, a, b in zip(Spent._fields, before, after, strict=True)}
    say(f"costs: {each}")
    return each, after


async def spent(house: House, pid: int, ids: Sequence[str]) -> Spent:
    """What worker and server have used; what the histories of the processes hold."""
    described = [await house.client.get_workflow_handle(each).describe() for each in ids]
    sizes = [each.raw_description.workflow_execution_info.history_size_bytes for each in described]
    outbox = house.settings.outbox_dir
    return Spent(
        used(pid).seconds,
        used(house.server_pid).seconds,
        written(pid),
        written(house.server_pid),
        len(os.listdir(outbox)) if outbox.exists() else 0,  # noqa: PTH208  # only the number is wanted
        sum(each.history_length for each in described),
        sum(sizes),
    )


def written(pid: int) -> int:
    """Bytes that an OS process has had written to the disk."""
    lines = (Path("/proc") / str(pid) / "io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))
