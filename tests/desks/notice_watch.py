"""The watch of the notices in a test: a feed to publish in, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import WorkflowEnvironment

from tests.desks.desk import PATIENCE, Refused, asked
from tests.desks.fakes import FakeWorld
from workflows.notices.messages import FeedEntry, FeedsAsked, FeedSeen, FeedsSeen, NoticeWatchStatus
from workflows.procedure.notices.decisions import WatchedNotice
from workflows.procedure.notices.published import key_of, mark_of
from workflows.procedure.notices.reading import Reading
from workflows.process.ids import NOTICE_WATCH_ID

FEED = "https://notices.example/rss"


@dataclass
class FakeFeed:
    """One feed whose entries and faults a test decides. It answers as the real one: only what is new."""

    entries: dict[str, FeedEntry] = field(default_factory=dict)
    problem: str = ""
    at_once: int = 50

    def publish(self, guid: str, title: str, *, at: datetime | None = None, text: str = "", **reading: Any) -> str:
        """Publish a notice, or change the one that has this id; answers its key."""
        key = key_of(FEED, guid)
        read = {"kind": "fault", "certain": True, "services": ["PRESCRIPTION"], "why": "the test says so"} | reading
        self.entries[key] = FeedEntry(
            feed=FEED,
            key=key,
            mark=mark_of(key, title, text, ""),
            guid=guid,
            title=title,
            text=text,
            published_at=at,
            reading=Reading.model_validate(read),
        )
        return key

    def __call__(self, said: FeedsAsked) -> FeedsSeen:
        known = {mark for memory in said.memories for mark in memory.known}
        if self.problem:
            return FeedsSeen(feeds=(FeedSeen(feed=FEED, problem=self.problem, unchanged=True),))
        new = [entry for entry in self.entries.values() if entry.mark not in known]
        there = {entry.mark for entry in self.entries.values()}
        seen = FeedSeen(
            feed=FEED,
            count=len(self.entries),
            entries=tuple(new[: self.at_once]),
            gone=tuple(known - there),
            left=len(new[self.at_once :]),
        )
        return FeedsSeen(feeds=(seen,))


@dataclass
class WatchDesk:
    """The watch, its feed, and somebody who looks at it."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str
    feed: FakeFeed = field(default_factory=FakeFeed)

    @property
    def watch(self) -> WorkflowHandle[Any, Any]:
        """The watch's handle."""
        return self.server.client.get_workflow_handle(NOTICE_WATCH_ID)

    async def begin(self, **opening: Any) -> NoticeWatchStatus:
        """Start the watch, and wait for its first look."""
        self.world.feeds = self.feed
        await self.server.client.start_workflow(
            "NoticeWatch",
            opening,
            id=NOTICE_WATCH_ID,
            task_queue=self.queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        return await self.until(lambda status: status.looked_at is not None)

    async def status(self) -> NoticeWatchStatus:
        """The watch as it stands."""
        return await asked(self.watch, NoticeWatchStatus)

    async def until(self, holds: Callable[[NoticeWatchStatus], bool]) -> NoticeWatchStatus:
        """Wait (in real time, at most 90 s) until the status is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    async def look(self) -> NoticeWatchStatus:
        """Have it look at once, and wait until it has."""
        before = len(self.world.looks)
        last = (await self.status()).looked_at
        await self.say("look_now")
        assert last
        return await self.until(lambda s: len(self.world.looks) > before and bool(s.looked_at and s.looked_at > last))

    async def say(self, name: str, **payload: Any) -> NoticeWatchStatus:
        """Say something as an update. Raises ``Refused`` with the reason."""
        try:
            answer: NoticeWatchStatus = await self.watch.execute_update(
                name, {"by": "desk", **payload}, result_type=NoticeWatchStatus
            )
        except WorkflowUpdateFailedError as error:
            raise Refused(str(error.cause)) from None
        return answer

    async def notice(self, guid: str) -> WatchedNotice:
        """What the watch knows of a notice."""
        return next(each for each in (await self.status()).notices if each.guid == guid)

    async def told(self, kind: str, number: int = 1) -> list[Any]:
        """The letters of a kind, once there are so many and all are recorded."""
        async with asyncio.timeout(PATIENCE):
            while len(letters := [each for each in self.world.letters if each.kind == kind]) < number:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return letters

    async def pass_time(self, **duration: float) -> NoticeWatchStatus:
        """Let time pass in the watch."""
        await asyncio.wait_for(self.server.fast_forward(self.watch, timedelta(**duration)), PATIENCE)
        return await self.status()

    async def now(self) -> datetime:
        """The watch's own time."""
        return await self.server.get_current_time(self.watch)
