"""Processes that were ended from outside: what the book of processes says of those that Temporal does not run any more.

The book lies in the data folder: a command on another machine sees what was terminated, not what was deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.book.open_ids import MISSED, open_ids
from starter.language import names
from starter.language.words import N_, _

if TYPE_CHECKING:
    from workflows.procedure.watchdog.book import KnownRun

ENDED = {
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed out",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "cancelled",
}
"""How a process ends that does not end by its own messages."""
DELETED = "deleted"
BROUGHT_BACK = N_(
    "the watchdog brings it back at its next look; where it does not, start a worker and run kantadesk setup"
)


class Missing(NamedTuple):
    """A process that should be open. ``how``: what became of it."""

    run: KnownRun
    how: str

    @property
    def said(self) -> str:
        """What happened and what to do, in one sentence."""
        from starter.language.moments import written
        from workflows.procedure.watchdog.book import BY_OTHERS
        from workflows.procedure.watchdog.outside import open_again

        run = self.run
        due = f"; {_due(run)}" if _due(run) else ""
        to_do = (
            _("open it again at once: {open_again}", open_again=open_again(run))
            if self.how in (DELETED, BY_OTHERS)
            else _(BROUGHT_BACK)
        )
        return _(
            "{process} was ended from outside ({how}; last seen {last_seen}): its clock does not run{due}; {to_do}",
            process=names.process(f"{run.process} {run.reference}"),
            how=names.name(names.ENDINGS, self.how),
            last_seen=written(run.last_seen),
            due=due,
            to_do=to_do,
        )


def _due(run: KnownRun) -> str:
    from starter.language.moments import written

    waiting = [duty for duty in run.duties if duty.is_open and duty.due_at]
    if waiting:
        first = min(waiting, key=lambda duty: duty.due_at or run.last_seen)
        return (
            _(
                "{duty} is due {due_at}",
                duty=names.duty(first.kind if hasattr(first, "kind") else first.id, first.id),
                due_at=written(first.due_at),
            )
            if first.due_at
            else ""
        )
    return _("something is due {next_due}", next_due=written(run.next_due)) if run.next_due else ""


async def how_ended(client: Client, workflow_id: str) -> str:
    """How a process was ended from outside; empty where it runs, or has ended by its own messages."""
    try:
        described = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        return DELETED if error.status is RPCStatusCode.NOT_FOUND else ""
    return ENDED.get(described.status, "") if described.status else ""


async def missing(
    client: Client, data_dir: Path, processes: Collection[str], running: Iterable[str], *, drills: bool | None = None
) -> list[Missing]:
    """The processes of some nouns that should be open, and that are not among those that run."""
    lacking = {name for name in open_ids(data_dir) if name.partition("-")[0] in processes} - set(running)
    if not lacking:
        return []
    from activities.book.sqlite import SqliteBook

    runs = [run for run in SqliteBook(data_dir).latest() if run.workflow_id in lacking]
    wanted = [run for run in runs if drills is None or run.drill is drills]
    hows = await asyncio.gather(*(how_ended(client, run.workflow_id) for run in wanted))
    told = ((run, how or (run.how if run.state == "gone" else "")) for run, how in zip(wanted, hows, strict=True))
    return [Missing(run, how) for run, how in told if how]


def said_of(process: str, reference: str, data_dir: Path) -> str:
    """What the book says of a process that Temporal does not know; empty where it never was, or has ended well."""
    from activities.book.port import BookUnreadable
    from activities.book.sqlite import SqliteBook

    is_own_name = process == "breach" and reference.startswith("breach-")
    name = reference if is_own_name else f"{process}-{reference}"
    try:
        runs = [run for run in SqliteBook(data_dir).runs_of(name) if run.state != "followed"]
    except BookUnreadable:
        return ""
    return Missing(runs[-1], DELETED).said if runs and runs[-1].state in MISSED else ""


def soonest(run: KnownRun, at: datetime) -> tuple[datetime | None, str]:
    """When a missing process is due next, and the state of that duty."""
    due = run.soonest()
    return due, "overdue" if due and due < at else "open"
