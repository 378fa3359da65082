"""What is owed across all open incidents and breaches: asked of the visibility store, then of each process itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.client import Client

from starter.client.client import clock_of, duties_of, within_reach
from starter.client.outside import Missing, missing, soonest
from starter.client.search import Row, found, visibility_query
from starter.language.words import _
from starter.terminal.errors import Unreachable
from starter.terminal.time_input import now
from workflows.procedure.duties import DutyState

ASKED_AT_ONCE = 10
FAR = datetime.max.replace(tzinfo=UTC)


class Owed(NamedTuple):
    """Open duties, soonest first, and how many processes were not asked because all that they owe is due later."""

    rows: list[dict[str, Any]]
    not_asked: int = 0


async def owed_anywhere(
    client: Client, data_dir: Path, *, overdue: bool = False, drills: bool | None = None, at_most: int | None = None
) -> Owed:
    """The open duties of all processes, each with its process, reference and clock; first what was ended from outside.

    ``at_most``: ask only so many processes, those with the soonest duty: what is missing is due later than the soonest
    duty of every process that was asked. Raises ``Unreachable`` where Temporal, or every process, is silent.
    """
    wanted = visibility_query({"overdue": overdue, "drills": drills}, "Incident", "DataBreach")
    processes = await within_reach(
        found(client, f"{wanted} AND KantaNextDue IS NOT NULL", limit=None), _("open duties")
    )
    asked = processes[:at_most]
    few = asyncio.Semaphore(ASKED_AT_ONCE)
    answers = await asyncio.gather(*(_of(client, row, few) for row in asked))
    silent = {row: answer for row, answer in zip(asked, answers, strict=True) if isinstance(answer, Unreachable)}
    if silent and len(silent) == len(asked):
        raise next(iter(silent.values()))
    listed = [line for answer in answers if not isinstance(answer, Unreachable) for line in answer]
    listed += [_unknown(row, why) for row, why in silent.items()]
    running = (row.workflow_id for row in processes)
    lost = await within_reach(
        missing(client, data_dir, ("incident", "breach"), running, drills=drills), _("open duties")
    )
    ordered = sorted(listed, key=lambda row: row["due_at"] or FAR)
    return Owed([*(_missing(each) for each in lost), *ordered], len(processes) - len(asked))


def _missing(lost: Missing) -> dict[str, Any]:
    """A line for a process that should be open and was ended from outside: what it owes is owed all the same."""
    run = lost.run
    due, state = soonest(run, now())
    whose = {"incident": run.reference, "process": run.process, "drill": run.drill, "is_a_strangers": False}
    when = {"clock": None, "due_at": due, "state": state, "ended_from_outside": lost.how}
    return {**whose, **when, "id": "?", "kind": "?", "recipient": "", "basis": lost.said}


async def _of(client: Client, row: Row, few: asyncio.Semaphore) -> list[dict[str, Any]] | Unreachable:
    try:
        async with few:
            named = row.workflow_id if row.process == "breach" else row.reference  # exactly this one of several
            duties = open_duties(await duties_of(client, named, row.process))
            at = await clock_of(client, named, row.process) if row.drill else None
    except Unreachable as error:
        return error
    return [{**_whose(row), "clock": at, **dict(duty)} for duty in duties]


def _whose(row: Row) -> dict[str, Any]:
    """Whose duty it is. ``incident``: the reference, kept for scripts; a breach mostly bears its incident's."""
    whose = {"incident": row.reference, "process": row.process, "drill": row.drill}
    return whose | {"is_a_strangers": row.is_a_strangers}


def _unknown(row: Row, why: Unreachable) -> dict[str, Any]:
    """A line for a process that does not answer: one that is stuck must not hide, nor hide the others."""
    state = "overdue" if row.overdue else "open"
    when = {"clock": None, "due_at": row.next_due, "state": state}
    return {**_whose(row), **when, "id": "?", "kind": "?", "recipient": "", "basis": why.message}


def open_duties(duties: Iterable[DutyState]) -> list[DutyState]:
    """The duties that somebody still has to do something for, soonest first."""
    waiting = [duty for duty in duties if duty.state in ("open", "overdue")]
    return sorted(waiting, key=lambda duty: duty.due_at or duty.opened_at + timedelta(days=36_500))
