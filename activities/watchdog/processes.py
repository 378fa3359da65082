"""Looks at the processes: all of them in the visibility store, the suspicious ones (and some in turn) closely.

The visibility store is asked for every open process whatever its age; only what is found comes out of here. Asking each
process is dear (a query may have to replay its history), so that happens where something is due without an alarm, where
something was found before, and to a part of the others at each look.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.client import WorkflowQueryFailedError as QueryFailed
from temporalio.service import RPCError, RPCStatusCode

from activities.watchdog.outside import Outside
from workflows.maintenance.messages import Coming
from workflows.procedure.duties import DutyState
from workflows.procedure.model import Model
from workflows.procedure.watchdog import findings
from workflows.procedure.watchdog.endings import Ending, How
from workflows.procedure.watchdog.findings import WATCHED, WATCHED_AT_WORK, Finding, OpenProcess, Step
from workflows.process.messages import SentMessage
from workflows.process.ports import WAITS_ITS_TURN
from workflows.watchdog.ports import ENDINGS_AT_MOST, FINDINGS_AT_MOST, OVERLAP, LookOrder, ProcessesSeen

T = TypeVar("T")
Learn = Callable[[Sequence[SentMessage]], None]
ASKED_AT_ONCE = 10
ASKED_AT_MOST = 500
"""Processes past a due time that are asked at one look."""
IN_TURN = 50
"""Other processes that are asked at one look, and ..."""
CHANGED_AT_MOST = 100
"""Those that the book of processes knows otherwise."""
DESCRIBED_IN_TURN = 1000
"""... whose running steps are looked at. With fewer processes, all are seen each time."""
ANSWER_WITHIN = timedelta(seconds=10)
_ENDED = "ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed', 'Canceled')"
_NEVER_BEGAN = re.compile(r"no \w+ was opened: ")
HOW_ENDED: dict[WorkflowExecutionStatus | None, How] = {
    WorkflowExecutionStatus.TERMINATED: "terminated",
    WorkflowExecutionStatus.TIMED_OUT: "timed_out",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.CANCELED: "canceled",
}
"""How a process has ended that something from outside has ended, by its status."""


def _of(types: Iterable[str]) -> str:
    return f"WorkflowType IN ({', '.join(repr(name) for name in types)})"


class Answered(Model):
    """What is read of a status here: duties of an incident or a breach, what the clock of a planned break brings."""

    duties: tuple[DutyState, ...] = ()
    next: tuple[Coming, ...] = ()
    messages: tuple[SentMessage, ...] = ()


class ProcessLook:
    """One look."""

    def __init__(
        self, client: Client, order: LookOrder, outside: Outside, *, can_ask: bool = True, learn: Learn | None = None
    ) -> None:
        """``can_ask``: False where no worker is there to answer; then the visibility store alone is asked.

        ``learn`` takes what became of the messages of a process that was asked.
        """
        self._client, self._order, self._outside, self._can_ask = client, order, outside, can_ask
        self._few, self._learn = asyncio.Semaphore(ASKED_AT_ONCE), learn

    async def look(self, turn: tuple[str, int] | None = None) -> ProcessesSeen:
        """Look at all of them. Raises ``RPCError`` where the store does not answer.

        ``turn``: the watchdog's own run and turn, where it is the one that looks.
        """
        asked_at = datetime.now(UTC)  # noqa: TID251  # an activity: compared with the server's own times
        opened = {seen.workflow_id: seen async for seen in self._open(WATCHED)}
        at_work = [seen async for seen in self._open(WATCHED_AT_WORK)]
        rules, at = self._order.rules, self._order.at
        found = [finding for seen in opened.values() for finding in findings.about_process(seen, at, rules)]
        stuck = {finding.subject for finding in found}
        well = [seen for seen in opened.values() if seen.workflow_id not in stuck]
        found += await self._asked(well, await self._outside.begin(opened))
        found += [finding for seen in at_work for finding in findings.about_stuck(seen)]
        looked_at = [*self._in_turn(list(opened.values()), DESCRIBED_IN_TURN), *filter(_is_paused, opened.values())]
        found += await self._described([*{seen.workflow_id: seen for seen in looked_at}.values(), *at_work])
        found += await self._outside.compare(opened, turn)
        endings, has_more = await self._endings(opened)
        found.sort(key=lambda finding: (finding.level != "fault", finding.key))
        if (more := len(found) - FINDINGS_AT_MOST) > 0:
            found = [*found[:FINDINGS_AT_MOST], findings.too_many(more)]
        return ProcessesSeen(
            findings=tuple(found),
            looked_at=len(opened),
            endings=tuple(endings),
            has_more_endings=has_more,
            asked_at=asked_at,
        )

    # --- the visibility store -------------------------------------------------------------------------------

    async def _open(self, types: Iterable[str]) -> AsyncIterator[OpenProcess]:
        async for execution in self._listed(f"ExecutionStatus = 'Running' AND {_of(types)}"):
            yield _process(execution)

    async def _listed(self, query: str) -> AsyncIterator[WorkflowExecution]:
        async for execution in self._client.list_workflows(query, page_size=500, rpc_timeout=ANSWER_WITHIN):
            yield execution

    # --- asked closely --------------------------------------------------------------------------------------

    def _in_turn(self, processes: Sequence[OpenProcess], at_once: int) -> list[OpenProcess]:
        """Those whose turn it is, and those that something was found about before."""
        ordered = sorted(processes, key=lambda seen: seen.workflow_id)
        parts = max(1, -(-len(ordered) // at_once))
        mine = ordered[self._order.turn % parts :: parts]
        again = set(self._order.again)
        return list(
            {seen.workflow_id: seen for seen in (*mine, *(s for s in ordered if s.workflow_id in again))}.values()
        )

    async def _asked(self, processes: Sequence[OpenProcess], changed: Sequence[OpenProcess]) -> list[Finding]:
        """Ask those that are due (first those without any alarm), those that have changed, some others in turn."""
        rules, at = self._order.rules, self._order.at
        due = sorted(
            (seen for seen in processes if findings.is_due(seen, at, rules)),
            key=lambda seen: (seen.overdue, seen.next_due),
        )[:ASKED_AT_MOST]
        if not self._can_ask:
            return [findings.about_silence(seen) for seen in due if not seen.overdue]
        begun = [seen for seen in processes if seen.has_begun]
        new = [seen for seen in changed if seen in begun][:CHANGED_AT_MOST]
        asked = {seen.workflow_id: seen for seen in (*due, *new, *self._in_turn(begun, IN_TURN))}
        return await self._each(asked.values(), self._ask)

    async def _ask(self, seen: OpenProcess) -> list[Finding]:
        handle = self._client.get_workflow_handle(seen.workflow_id, run_id=seen.run_id)  # never one that took its place
        try:
            answer = await self._answer(lambda: _queried(handle, "status"))
            self._outside.answered(seen, answer)
            status = Answered.model_validate(answer)
        except QueryFailed:
            return []
        except RPCError as error:
            return [] if error.status is RPCStatusCode.NOT_FOUND else [findings.about_silence(seen)]
        back = sorted({message.to for message in status.messages if message.state == "failed"})
        if self._learn:
            await asyncio.to_thread(self._learn, status.messages)
        at, rules = self._order.at, self._order.rules
        points = [(point.what, point.at) for point in status.next]
        silent = findings.about_duties(seen, status.duties, at, rules) + findings.about_points(seen, points, at, rules)
        return [*([] if seen.drill else silent), *findings.about_undelivered(seen, back)]

    async def _answer(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """An answer; a process that is between two of its runs is asked again for a moment."""
        for pause in (0.05, 0.2, 1.0):
            try:
                return await ask()
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
            await asyncio.sleep(pause)
        return await ask()

    async def _described(self, processes: Sequence[OpenProcess]) -> list[Finding]:
        return await self._each(processes, self._describe)

    async def _describe(self, seen: OpenProcess) -> list[Finding]:
        try:
            handle = self._client.get_workflow_handle(seen.workflow_id, run_id=seen.run_id)
            described = await handle.describe(rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            return [] if error.status is RPCStatusCode.NOT_FOUND else [findings.about_silence(seen)]
        steps = [
            Step(
                name=pending.activity_type.name.replace("_", " "),
                tries=pending.attempt,
                since=pending.last_started_time.ToDatetime(tzinfo=UTC)
                if pending.HasField("last_started_time")
                else None,
            )
            for pending in described.raw_description.pending_activities
            if pending.last_failure.application_failure_info.type != WAITS_ITS_TURN
        ]
        return [
            *findings.about_steps(seen, steps, self._order.rules),
            *self._outside.described(seen, described.raw_description),
        ]

    async def _each(
        self, processes: Iterable[OpenProcess], look: Callable[[OpenProcess], Awaitable[list[Finding]]]
    ) -> list[Finding]:
        async def one(seen: OpenProcess) -> list[Finding]:
            async with self._few:
                return await look(seen)

        return [finding for found in await asyncio.gather(*map(one, processes)) for finding in found]

    # --- ended from outside ---------------------------------------------------------------------------------

    async def _endings(self, opened: dict[str, OpenProcess]) -> tuple[list[Ending], bool]:
        """Runs that were ended from outside and that nothing has followed; whether there are more than fit."""
        since = self._order.ended_since
        query = f"{_ENDED} AND {_of(WATCHED)}" + (
            f" AND CloseTime > '{(since - OVERLAP).isoformat()}'" if since else ""
        )
        listed = [_ending(execution) async for execution in self._listed(query)]
        known = {*self._order.settled, *(each.run_id for each in self._order.lost)}
        new = [each for each in listed if each.run_id not in known]
        found, has_more = await self._still_ended(new, opened)
        again, _ = await self._still_ended(self._order.lost, opened)  # has room of its own: it never displaces new ones
        return [*found, *again], has_more

    async def _still_ended(
        self, endings: Iterable[Ending], opened: dict[str, OpenProcess]
    ) -> tuple[list[Ending], bool]:
        """Those that nothing has followed, the oldest first; whether there are more than fit."""
        found: list[Ending] = []
        for ending in sorted(endings, key=lambda each: each.ended_at):
            if ending.workflow_id in opened or not await self._is_last(ending):
                continue
            if len(found) == ENDINGS_AT_MOST:
                return found, True
            found.append(await self._told_apart(ending))
        return found, False

    async def _told_apart(self, ending: Ending) -> Ending:
        """The ending, with whether it never began at all; its failure says so, also where no worker runs."""
        if ending.how != "failed":
            return ending
        try:
            await self._client.get_workflow_handle(ending.workflow_id, run_id=ending.run_id).result()
        except WorkflowFailureError as failure:
            return ending.model_copy(update={"never_began": bool(_NEVER_BEGAN.match(str(failure.cause)))})
        return ending

    async def _is_last(self, ending: Ending) -> bool:
        try:
            described = await self._client.get_workflow_handle(ending.workflow_id).describe(rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:  # a later run was deleted: the book of processes misses it
                return False
            raise
        return described.run_id == ending.run_id


async def _queried(handle: Any, query: str) -> Any:
    return await handle.query(query, rpc_timeout=ANSWER_WITHIN)


def _attributes(execution: WorkflowExecution) -> dict[str, Any]:
    return {pair.key.name: pair.value for pair in execution.typed_search_attributes}


def _process(execution: WorkflowExecution) -> OpenProcess:
    shown = _attributes(execution)
    return OpenProcess(
        workflow_id=execution.id,
        run_id=execution.run_id,
        started_at=execution.start_time,
        task_queue=execution.task_queue,
        has_begun="KantaPhase" in shown,
        drill=shown.get("KantaDrill", False),
        next_due=shown.get("KantaNextDue"),
        overdue=shown.get("KantaOverdue", 0),
        stuck_because=_problem(shown.get("TemporalReportedProblems", ())),
        kind=execution.workflow_type,
        phase=shown.get("KantaPhase", ""),
        paused=tuple(shown.get("TemporalPauseInfo", ())),
    )


def _is_paused(seen: OpenProcess) -> bool:
    """Whether the lists show that something of it is paused: it is looked at closely, whose turn it may be."""
    return bool(seen.paused)


def _problem(reported: Sequence[str]) -> str:
    """The cause that Temporal reports, without its prefixes."""
    causes = [part.partition("=")[2] for part in reported if part.startswith("cause=")]
    return (causes or list(reported) or [""])[0].removeprefix("WorkflowTaskFailedCause")


def _ending(execution: WorkflowExecution) -> Ending:
    shown = _attributes(execution)
    return Ending(
        workflow_id=execution.id,
        run_id=execution.run_id,
        workflow_type=execution.workflow_type,
        how=HOW_ENDED[execution.status],
        ended_at=execution.close_time or execution.start_time,
        drill=shown.get("KantaDrill", False),
        next_due=shown.get("KantaNextDue"),
    )
