"""Writes each process into the book with the first step that its run does, and its key moments with what it says.

No step of a process's own: each of them passes here anyhow, and before its first one a run has done nothing. The rules
that a process asks for bring along what the book knows of an earlier life of it. A book that can't be read or written
stops no step; the watchdog says that it can't look.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.book.lives import LivesBefore
from activities.book.port import BookUnreadable, ProcessBook
from activities.book.told import key_run_of, moments_told
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.watchdog.book import KeyMoments, KnownRun
from workflows.procedure.watchdog.findings import WATCHED

LOG = logging.getLogger("kantadesk.book")
_NOTHING = KeyMoments()
REMEMBERED_AT_MOST = 20_000
"""Runs of which this worker knows that they stand in the book."""


class BookKeeping(Interceptor):
    """Notes what passes through a worker's activities."""

    def __init__(self, book: ProcessBook, client: Client) -> None:
        self._book, self._lives = book, LivesBefore(book, client)
        self._noted: dict[str, bool] = {}

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  # the SDK's name
        """Look at every activity."""
        return _Noting(next, self)

    async def note(self, asked: ExecuteActivityInput) -> None:
        """Write down the run that asks for an activity, and what it tells. Never raises."""
        info = activity.info()
        if info.workflow_type not in WATCHED or not info.workflow_id or not info.workflow_run_id:
            return
        run_id, told, key_run = info.workflow_run_id, moments_told(asked.args), key_run_of(asked.args)
        is_new, lacks_key = run_id not in self._noted, key_run and not self._noted.get(run_id)
        if not (is_new or lacks_key or told):
            return
        at = datetime.now(UTC)  # noqa: TID251  # an activity: when it was seen
        seen = KnownRun(
            workflow_id=info.workflow_id, run_id=run_id, kind=info.workflow_type, first_seen=at, last_seen=at
        )
        try:
            if is_new:
                await asyncio.to_thread(self._book.see, [seen])
            if told or lacks_key:
                await asyncio.to_thread(self._book.note, info.workflow_id, run_id, told or _NOTHING, key_run)
        except (BookUnreadable, ValidationError) as fault:
            LOG.warning("%s", fault if isinstance(fault, BookUnreadable) else type(fault).__name__)
            return
        self._noted[run_id] = bool(key_run) or self._noted.get(run_id, False)
        while len(self._noted) > REMEMBERED_AT_MOST:
            del self._noted[next(iter(self._noted))]

    async def with_earlier_life(self, answer: Any) -> Any:
        """The answer of a step; to the rules is added what the book knows of an earlier life of the one that asks."""
        info = activity.info()
        if not isinstance(answer, LocalRules) or not info.workflow_id or not info.workflow_run_id:
            return answer
        try:
            earlier = await self._lives.before(info.workflow_id, info.workflow_run_id)
        except BookUnreadable as fault:
            LOG.warning("%s", fault)
            return answer
        return answer.model_copy(update={"earlier": earlier}) if earlier else answer


class _Noting(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, keeping: BookKeeping) -> None:
        super().__init__(following)
        self._keeping = keeping

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  # the SDK's name
        """Note it, then do it."""
        await self._keeping.note(input)
        return await self._keeping.with_earlier_life(await super().execute_activity(input))
