"""What is owed across all processes: asked of the visibility store, then of each process itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from starter.client.client import ask_process, clock_of, duties_of, within_reach
from starter.client.failures import NO_WORKER
from starter.client.names import ANSWER_WITHIN
from starter.client.outside import Missing, missing, soonest
from starter.client.search import Row, found, titles, visibility_query
from starter.language.words import _
from starter.terminal.errors import Unreachable
from starter.terminal.time_input import now
from workflows.procedure.duties import DutyState
from workflows.process.ids import CONTACT_REVIEW_ID, TASK_QUEUE

ASKED_AT_ONCE = 10
CONTACT_REVIEW = "contact_review"
"""What a line of the review of the contacts has for its process."""
FAR = datetime.max.replace(tzinfo=UTC)


class Owed(NamedTuple):
    """Open duties, soonest first."""

    rows: list[dict[str, Any]]
    not_asked: int = 0
    """Of how many processes only the next time is known: they were not asked."""
    silent: str = ""
    """Why no process answers; empty where one does. The times are those of the visibility store all the same."""
    going_on: int = 0
    """How many incidents and breaches are open although nothing of them is due; counted where nothing is due at all."""


async def owed_anywhere(
    client: Client,
    data_dir: Path,
    *,
    overdue: bool = False,
    drills: bool | None = None,
    at_most: int | None = None,
    called: dict[str, str] | None = None,
) -> Owed:
    """The open duties of all processes, each with its process, reference and clock; first what was ended from outside.

    ``at_most``: ask only so many processes, live before drills, those with the soonest duty; each of the others is one
    line with its next time. ``called``: titles by workflow id that are known already; those that are found are put
    there. Raises ``Unreachable`` where Temporal is silent.
    """
    wanted = visibility_query({"overdue": overdue, "drills": drills}, "Incident", "DataBreach", "ContactReview")
    processes = await within_reach(
        found(client, f"{wanted} AND KantaNextDue IS NOT NULL", limit=None), _("open duties")
    )
    processes.sort(key=lambda row: row.drill)  # what is live comes first, each soonest first as it was
    asked, later = processes[:at_most], processes[len(processes[:at_most]) :]
    asking = _Asking(client, has_worker=not asked or await within_reach(_has_worker(client), _("open duties")))
    named, *answers = await asyncio.gather(titles(client, processes, called), *(asking.of(row) for row in asked))
    silent = {row: answer for row, answer in zip(asked, answers, strict=True) if isinstance(answer, Unreachable)}
    listed = [line for answer in answers if not isinstance(answer, Unreachable) for line in answer]
    listed += [_unknown(row, why) for row, why in silent.items()]
    listed += [_not_asked(row) for row in later]
    running = (row.workflow_id for row in processes)
    lost = await within_reach(
        missing(client, data_dir, ("incident", "breach"), running, drills=drills), _("open duties")
    )
    _put_titles(listed, processes, named)
    if called is not None:
        called |= {each: title for each, title in named.items() if title}
    ordered = sorted(listed, key=lambda row: row["due_at"] or FAR)
    nobody = next(iter(silent.values())).message if len(silent) == len(asked) and silent else ""
    rows = [*(_missing(each) for each in lost), *ordered]
    going_on = 0 if rows or overdue else await _going_on(client, drills)
    return Owed(rows, len(later), nobody, going_on)


async def _going_on(client: Client, drills: bool | None) -> int:
    """How many incidents and breaches are open."""
    query = visibility_query({"drills": drills}, "Incident", "DataBreach")
    return (await within_reach(client.count_workflows(query), _("open duties"))).count


def _put_titles(listed: Iterable[dict[str, Any]], processes: Iterable[Row], called: dict[str, str]) -> None:
    """Put into each line what its process is called; empty where that is not known."""
    by_whose = {
        (whose["process"], whose["incident"]): called.get(row.workflow_id, "")
        for row in processes
        if (whose := _whose(row))
    }
    for line in listed:
        line["title"] = by_whose.get((line["process"], line["incident"]), "")


def live_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as a person reads them: what is live before drills, each in the order given."""
    return sorted(rows, key=lambda row: bool(row["drill"]))


def _missing(lost: Missing) -> dict[str, Any]:
    """A line for a process that should be open and was ended from outside: what it owes is owed all the same."""
    run = lost.run
    due, state = soonest(run, now())
    whose = {"incident": run.reference, "process": run.process, "drill": run.drill, "is_a_strangers": False}
    when = {"clock": None, "due_at": due, "state": state, "ended_from_outside": lost.how}
    named = {"title": "", "process_opened_at": None}
    return {**whose, **named, **when, "id": "?", "kind": "?", "recipient": "", "basis": lost.said}


async def _has_worker(client: Client) -> bool:
    """Whether a worker has asked for work in the last minutes: without one nobody answers, however long one waits."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    return bool((await client.workflow_service.describe_task_queue(request, timeout=ANSWER_WITHIN)).pollers)


class _Asking:
    """Asks processes, a few at once; where none of the first answers, the others are not waited for."""

    def __init__(self, client: Client, *, has_worker: bool) -> None:
        self._client = client
        self._has_worker = has_worker
        self._few = asyncio.Semaphore(ASKED_AT_ONCE)
        self._has_answered = False
        self._silent: list[Unreachable] = []

    async def of(self, row: Row) -> list[dict[str, Any]] | Unreachable:
        """What one process owes, or why it does not answer."""
        if not self._has_worker:
            return Unreachable(_(NO_WORKER))
        async with self._few:
            if len(self._silent) >= ASKED_AT_ONCE and not self._has_answered:
                return self._silent[0]
            try:
                owed = await self._owed(row)
            except Unreachable as error:
                self._silent.append(error)
                return error
            self._has_answered = True
            return owed

    async def _owed(self, row: Row) -> list[dict[str, Any]]:
        if row.workflow_id == CONTACT_REVIEW_ID:
            answer = await ask_process(self._client, CONTACT_REVIEW_ID, _("review of the contacts"), "status")
            duties = open_duties(DutyState.model_validate(duty) for duty in answer["duties"])
            return [{**_whose(row), "clock": None, **dict(duty)} for duty in duties]
        named = row.workflow_id if row.process == "breach" else row.reference  # exactly this one of several
        duties = open_duties(await duties_of(self._client, named, row.process))
        at = await clock_of(self._client, named, row.process) if row.drill else None
        return [{**_whose(row), "clock": at, **dict(duty)} for duty in duties]


def _whose(row: Row) -> dict[str, Any]:
    """Whose duty it is. ``incident``: the reference, kept for scripts; a breach mostly bears its incident's."""
    whose: dict[str, Any] = {"incident": row.reference, "process": row.process, "drill": row.drill}
    whose |= {"process_opened_at": row.opened_at}
    if row.workflow_id == CONTACT_REVIEW_ID:  # there is one of it
        whose |= {"incident": CONTACT_REVIEW_ID, "process": CONTACT_REVIEW}
    return whose | {"is_a_strangers": row.is_a_strangers}


def _unknown(row: Row, why: Unreachable) -> dict[str, Any]:
    """A line for a process that does not answer: one that is stuck must not hide, nor hide the others."""
    return {**_not_asked(row), "basis": why.message, "not_asked": False}


def _not_asked(row: Row) -> dict[str, Any]:
    """A line for a process by what the visibility store knows of it: its next time, and whether something is late."""
    when = {"clock": None, "due_at": row.next_due, "state": "overdue" if row.overdue else "open"}
    return {**_whose(row), **when, "id": "?", "kind": "?", "recipient": "", "basis": "", "not_asked": True}


def open_duties(duties: Iterable[DutyState]) -> list[DutyState]:
    """The duties that somebody still has to do something for, soonest first."""
    waiting = [duty for duty in duties if duty.state in ("open", "overdue")]
    return sorted(waiting, key=lambda duty: duty.due_at or duty.opened_at + timedelta(days=36_500))
