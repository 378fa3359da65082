"""Compares Temporal with the book of processes: what was deleted, reset, started a second time, or set back as a whole.

Temporal itself can't tell any of it: a deleted process is nowhere, a reset one looks as if it had always been so. The
book is read and written in threads. ``writes``: False for somebody who only looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client

from activities.book.ended_well import says_that_it_is_over
from activities.book.port import Happened, ProcessBook
from activities.book.succession import FOLLOWS_WELL, described, succession
from workflows.procedure.local_time import written
from workflows.procedure.watchdog import outside
from workflows.procedure.watchdog.book import BY_OTHERS, OVER, KnownDuty, KnownRun, moments_of
from workflows.procedure.watchdog.findings import NAMED_AT_MOST, WATCHED, Finding, OpenProcess
from workflows.watchdog.ports import LookOrder

T = TypeVar("T")
LOOKED_FOR_AT_MOST = 200
"""Processes that are missing among the open ones, and asked for at one look; more have their turn at the next."""
GONE_AT_MOST = 100
SWALLOWED_WITHIN = timedelta(hours=1)
NEWS_FOR = timedelta(days=2)
_ENDED = {
    Status.WORKFLOW_EXECUTION_STATUS_TERMINATED: "terminated",
    Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: "timed_out",
    Status.WORKFLOW_EXECUTION_STATUS_FAILED: "failed",
    Status.WORKFLOW_EXECUTION_STATUS_CANCELED: "canceled",
}


class Outside:
    """One comparison, made in the course of one look."""

    def __init__(self, client: Client, book: ProcessBook, order: LookOrder, *, writes: bool = True) -> None:
        self._client, self._book, self._order, self._writes = client, book, order, writes
        self._at = datetime.now(UTC)  # noqa: TID251  # an activity: the book keeps real time
        self._known: dict[str, KnownRun] = {}
        self._seen: dict[str, KnownRun] = {}
        self._set_back: list[str] = []
        self._unwritten: list[Happened] = []
        """What only looks has seen done from outside, and does not write down."""

    async def begin(self, opened: Mapping[str, OpenProcess]) -> list[OpenProcess]:
        """Read the book; answers the open processes whose lists show something else than it knows."""
        self._known = {run.workflow_id: run for run in await self._asked(self._book.latest)}
        self._seen = {seen.workflow_id: self._run(seen) for seen in opened.values() if seen.has_begun}
        return [seen for seen in opened.values() if seen.workflow_id in self._seen and self._is_news(seen)]

    def _is_news(self, seen: OpenProcess) -> bool:
        before = self._known.get(seen.workflow_id)
        now = (seen.run_id, seen.phase, seen.next_due, seen.overdue)
        return before is None or (before.run_id, before.phase, before.next_due, before.overdue) != now

    def _run(self, seen: OpenProcess) -> KnownRun:
        return KnownRun(
            workflow_id=seen.workflow_id, run_id=seen.run_id, kind=seen.kind, drill=seen.drill, phase=seen.phase,
            next_due=seen.next_due, overdue=seen.overdue, first_seen=self._at, last_seen=self._at,
        )  # fmt: skip

    def answered(self, seen: OpenProcess, status: Any) -> None:
        """Take the key moments that a process has told; one whose answer has another form has told none."""
        if run := self._seen.get(seen.workflow_id):
            try:
                moments = moments_of(status)
            except (ValidationError, AttributeError, KeyError, TypeError):
                return
            changes = {"duties": moments.duties, "counts_from": moments.counts_from}
            self._seen[seen.workflow_id] = run.model_copy(update=changes)

    def described(self, seen: OpenProcess, said: DescribeWorkflowExecutionResponse) -> list[Finding]:
        """What the server says of an open process: paused steps, a moved clock, a history shorter than it was."""
        info = said.workflow_execution_info
        run = self._seen.get(seen.workflow_id)
        if run and run.run_id == info.execution.run_id:  # since it was listed, another may have taken its place
            changes = {"first_run": info.first_run_id, "events": info.history_length}
            self._seen[seen.workflow_id] = run.model_copy(update=changes)
            before = self._known.get(seen.workflow_id)
            if before and before.run_id == info.execution.run_id and info.history_length < before.events:
                self._set_back.append(seen.workflow_id)
        paused = [step.activity_type.name for step in said.pending_activities if step.paused]
        found, (time, may_skip) = outside.about_paused_steps(seen, paused), _clock_of(said)
        now = datetime.now(UTC)  # noqa: TID251  # an activity: compared with the clock of the process
        return found + outside.about_clock(seen, time, now, may_skip=may_skip)

    # --- the comparison itself ------------------------------------------------------------------------------

    async def compare(self, opened: Mapping[str, OpenProcess], turn: tuple[str, int] | None) -> list[Finding]:
        """Compare, and write down what is seen. ``turn``: the watchdog's own run and turn, where it is the one."""
        found = [*await self._look_for_missing(opened), *await self._look_for_swallowed()]
        if self._writes:
            await self._asked(lambda: self._book.see(self._seen.values()))
            for run in await self._asked(self._book.unjudged):
                await self._judge(run)
            await self._say_set_back(turn)
            await self._asked(lambda: self._book.told(self._order.known))
        else:
            for run in await self._asked(self._book.unjudged):
                self._unwritten += await self._how_it_came(run)
        since = None if self._writes else self._at - NEWS_FOR
        news = await self._asked(lambda: self._book.happened(since=since, also_told=not self._writes))
        told = (each for each in (*news, *self._unwritten) if each.key not in self._order.known)
        return [*found, *map(self._finding, told)]

    def _finding(self, each: Happened) -> Finding:
        run = self._known.get(each.workflow_id)
        return outside.about_happened(
            each.key, each.kind, each.workflow_id, each.facts, drill=run is not None and run.drill
        )

    async def _look_for_missing(self, opened: Mapping[str, OpenProcess]) -> list[Finding]:
        """Look for each process that should be open and is not listed so, a part of them at each look."""
        gone = [run for run in self._known.values() if run.state == "gone" and run.workflow_id not in opened]
        missing = [run for run in self._known.values() if self._is_missed(run, opened)]
        parts = max(1, -(-len(missing) // LOOKED_FOR_AT_MOST))
        mine = missing[self._order.turn % parts :: parts]
        found = [finding for run in mine for finding in await self._look_for(run)]
        return found + [outside.about_gone(run) for run in gone[:GONE_AT_MOST]]

    async def _look_for_swallowed(self) -> list[Finding]:
        """Look for processes that something else has completed before our worker did anything for them."""
        kinds = ", ".join(f"'{kind}'" for kind in WATCHED)
        lately = (self._at - SWALLOWED_WITHIN).isoformat()
        query = f"WorkflowType IN ({kinds}) AND ExecutionStatus = 'Completed' AND CloseTime > '{lately}'"
        found: list[Finding] = []
        async for each in self._client.list_workflows(query, limit=LOOKED_FOR_AT_MOST):
            known = await self._asked(partial(self._book.runs_of, each.id))
            if known or await says_that_it_is_over(self._client, each.id, each.run_id):
                continue
            run = KnownRun(
                workflow_id=each.id, run_id=each.run_id, kind=each.workflow_type,
                first_seen=each.start_time, last_seen=each.start_time, how=BY_OTHERS,
            )  # fmt: skip
            if self._writes:
                await self._asked(partial(self._book.see, [run]))
            await self._change(run, state="gone", how=BY_OTHERS)
            found.append(outside.about_gone(run))
        return found

    @staticmethod
    def _is_missed(run: KnownRun, opened: Mapping[str, OpenProcess]) -> bool:
        seen = opened.get(run.workflow_id)
        return run.state in ("open", "ended") and (seen is None or seen.run_id != run.run_id)

    async def _look_for(self, run: KnownRun) -> list[Finding]:
        """What became of a run that is not listed as open."""
        said = await described(self._client, run.workflow_id)
        if said is None and run.phase in OVER:
            await self._change(run, state="over")
            return []
        if said is None:
            await self._change(run, state="let_go" if run.drill else "gone", how="deleted")
            return [outside.about_gone(run)]
        info = said.workflow_execution_info
        if info.execution.run_id != run.run_id:
            await self._other_run(run, said)
        elif info.status == Status.WORKFLOW_EXECUTION_STATUS_PAUSED:
            return [outside.about_paused(run)]
        elif info.status == Status.WORKFLOW_EXECUTION_STATUS_COMPLETED:
            if run.phase not in OVER and not await says_that_it_is_over(self._client, run.workflow_id, run.run_id):
                await self._change(run, state="let_go" if run.drill else "gone", how=BY_OTHERS)
                return [outside.about_gone(run.model_copy(update={"how": BY_OTHERS}))]
            await self._say_it_ran_ahead(run, said)
            await self._change(run, state="over")
        elif how := _ENDED.get(info.status):
            await self._change(run, state="over" if run.drill else "ended", how=how)
        return []

    async def _say_it_ran_ahead(self, run: KnownRun, said: DescribeWorkflowExecutionResponse) -> None:
        """Write down that a process has ended on a clock that was moved: between two looks it may run to its end."""
        time, may_skip = _clock_of(said)
        facts = outside.moved_clock(run.workflow_id, time, self._at, may_skip=may_skip)
        if facts and self._writes and not run.drill:
            key = f"clock_moved/{run.workflow_id}/{run.run_id}"
            happened = Happened(key=key, kind="clock_moved", workflow_id=run.workflow_id, at=self._at, facts=facts)
            await self._asked(lambda: self._book.write_down(happened))

    async def _other_run(self, run: KnownRun, said: DescribeWorkflowExecutionResponse) -> None:
        """Another run stands for the process: a later one, or, after a restore, one that was followed long ago."""
        info = said.workflow_execution_info
        runs = {each.run_id: each for each in await self._asked(lambda: self._book.runs_of(run.workflow_id))}
        if (old := runs.get(info.execution.run_id)) and old.state == "followed":
            self._set_back.append(run.workflow_id)
            await self._change(run, state="followed", how="lost when Temporal was set back")
            await self._change(old, state="open")
        elif old is None and not self._writes:
            self._unwritten += await self._done_to(run.workflow_id, list(runs.values()), said)
        elif old is None:
            seen = KnownRun(
                workflow_id=run.workflow_id, run_id=info.execution.run_id, kind=info.type.name, drill=run.drill,
                first_run=info.first_run_id, first_seen=self._at, last_seen=self._at,
            )  # fmt: skip
            await self._asked(lambda: self._book.see([seen]))

    async def _judge(self, run: KnownRun) -> None:
        """Find out how a new run came to follow the one before it, and write down what was done from outside."""
        before = await self._before(run)
        said = await described(self._client, run.workflow_id, run.run_id) if before else None
        if said is not None:
            for happened in await self._done_to(run.workflow_id, before, said):
                await self._asked(partial(self._book.write_down, happened))
            await self._asked(lambda: self._book.change(run, first_run=said.workflow_execution_info.first_run_id))
        for each in before:
            if each.state != "followed":
                await self._change(each, state="followed")
        await self._change(run, is_judged=True)

    async def _before(self, run: KnownRun) -> list[KnownRun]:
        runs = await self._asked(lambda: self._book.runs_of(run.workflow_id))
        return runs[: [each.run_id for each in runs].index(run.run_id)]

    async def _how_it_came(self, run: KnownRun) -> list[Happened]:
        """What was done from outside before a run that the watchdog has not judged yet."""
        before = await self._before(run)
        said = await described(self._client, run.workflow_id, run.run_id) if before else None
        return await self._done_to(run.workflow_id, before, said) if said else []

    async def _done_to(
        self, process: str, before: Sequence[KnownRun], said: DescribeWorkflowExecutionResponse
    ) -> list[Happened]:
        """What was done to a process from outside, where the run that the server describes did not follow by itself."""
        how, info = await succession(self._client, before, said), said.workflow_execution_info
        if how in FOLLOWS_WELL:
            return []
        at = info.start_time.ToDatetime(tzinfo=UTC)
        facts = {"process": process, "at": written(at), "moments": in_words(before[-1])}
        key = f"{how}/{process}/{info.execution.run_id}"
        return [Happened(key=key, kind=how, workflow_id=process, at=self._at, facts=facts)]

    async def _say_set_back(self, turn: tuple[str, int] | None) -> None:
        """Write down that Temporal as a whole knows less than it did."""
        run, number = turn or ("", 0)
        before = await self._asked(lambda: self._book.turn(run, number)) if turn else -1
        if not self._set_back and number >= before:
            return
        names = sorted({*self._set_back, *(["watchdog"] if number < before else [])})
        facts = {"number": str(len(names)), "names": ", ".join(names[:NAMED_AT_MOST])}
        key = f"restored/{run}/{number}/{self._at.isoformat()}"
        happened = Happened(key=key, kind="restored", workflow_id="", at=self._at, facts=facts)
        await self._asked(lambda: self._book.write_down(happened))

    # --- Temporal and the book ------------------------------------------------------------------------------

    async def _change(self, run: KnownRun, **changes: Any) -> None:
        if self._writes:
            await self._asked(lambda: self._book.change(run, **changes))
        if run.workflow_id in self._known and "state" in changes:
            self._known[run.workflow_id] = run.model_copy(update=changes)

    @staticmethod
    async def _asked(call: Callable[[], T]) -> T:
        return await asyncio.to_thread(call)


def in_words(run: KnownRun) -> str:
    """The legal moments of a run, for a letter."""
    aware = [f"aware {written(run.counts_from)}"] if run.counts_from else []
    legal = [duty for duty in run.duties if duty.legal or duty.state in ("overdue", "met_late")]
    told = [f"{duty.id} {_when(duty)}" for duty in (legal or run.duties)[:NAMED_AT_MOST]]
    return "; ".join(aware + told) or "-"


def _when(duty: KnownDuty) -> str:
    due = f"due {written(duty.due_at)}" if duty.due_at else "no due time"
    return f"{due}, {duty.state.replace('_', ' ')}" + (f" {written(duty.met_at)}" if duty.met_at else "")


def _clock_of(said: DescribeWorkflowExecutionResponse) -> tuple[datetime | None, bool]:
    """The time on the clock of a process, where it has one of its own, and whether that may run ahead."""
    skips = said.workflow_extended_info.time_skipping_info
    time = skips.current_time.ToDatetime(tzinfo=UTC) if skips.HasField("current_time") else None
    return time, skips.effective_config.enabled or skips.effective_config.HasField("fast_forward_config")
