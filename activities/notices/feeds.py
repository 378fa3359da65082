"""The published disruption notices, read from RSS or Atom feeds."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.service import RPCError

from activities.notices.download import Network
from activities.notices.source import DEADLINE, FeedSource, sources
from activities.notices.source import Reading as FeedReading
from workflows.incident.ports import NoticeBoard, NoticeQuestion, NoticesFound
from workflows.notices.messages import FeedEntry, FeedMemory, FeedsAsked, FeedSeen, FeedsSeen, NoticeText
from workflows.notices.ports import NoticeReader
from workflows.procedure.notices.decisions import MOST_WINDOWS, Reading, Window
from workflows.procedure.notices.published import Notice, concerning, key_of, mark_of, open_faults
from workflows.procedure.notices.reading import read_notice

MOST_ENTRIES = 50
MOST_LETTERS = 300_000
"""Of all new entries together: the answer of an activity may have two million bytes."""
LONGEST_WHY = 500
_OLD = datetime.min.replace(tzinfo=UTC)
Breaks = Callable[[NoticeQuestion], Awaitable[tuple[str, ...]]]


class NoticeFeed(NoticeBoard, NoticeReader):
    """Feeds at http(s) addresses, or in files (path or ``file:`` address); none where none is configured.

    ``deadline`` bounds the whole of one reading of each. Where a feed may lead: ``feed_addresses``. ``breaks`` answers
    which planned breaks are under way.
    """

    def __init__(
        self,
        addresses: str | Sequence[str] | None,
        *,
        deadline: timedelta = DEADLINE,
        network: Network | None = None,
        breaks: Breaks | None = None,
    ) -> None:
        listed = (addresses,) if isinstance(addresses, str) else (addresses or ())
        self.sources = sources([address for address in listed if address], deadline=deadline, network=network)
        self._breaks = breaks
        self._last: dict[str, FeedReading] = {}

    @activity.defn(name="open_fault_notices")
    async def open_fault_notices(self, question: NoticeQuestion) -> NoticesFound:
        """Open fault notices, and breaks under way, of some services. Never raises: a problem is part of the answer."""
        checked_at = _now()
        read = await asyncio.gather(*(self._whole(source) for source in self.sources))
        notices = [notice for reading in read for notice in reading.notices or ()]
        return NoticesFound(
            notices=concerning(open_faults(notices), question.services),
            problem=" ".join(reading.problem for reading in read if reading.problem),
            checked_at=checked_at,
            source=", ".join(source.name for source in self.sources),
            breaks=await self._under_way(question),
        )

    @activity.defn(name="look_at_feeds")
    async def look_at_feeds(self, asked: FeedsAsked) -> FeedsSeen:
        """What is new or has changed in each feed; see the port for what it promises."""
        memories = {memory.feed: memory for memory in asked.memories}
        known = [memories.get(source.name) or FeedMemory(feed=source.name) for source in self.sources]
        read = await asyncio.gather(
            *(source.read(memory.validators) for source, memory in zip(self.sources, known, strict=True))
        )
        room, now = _Room(), asked.at or _now()
        return FeedsSeen(
            feeds=tuple(_seen(memory, reading, room, now) for memory, reading in zip(known, read, strict=True))
        )

    @activity.defn(name="read_notice")
    async def read_notice(self, told: NoticeText) -> Reading:
        """What a notice says that came another way."""
        return reading_of(told.title, told.text, told.published_at, told.at or _now())

    async def _under_way(self, question: NoticeQuestion) -> tuple[str, ...]:
        """The planned breaks; none where the list can't be had: each of them looks for open incidents, too."""
        try:
            return await self._breaks(question) if self._breaks else ()
        except RPCError as error:
            activity.logger.warning("the planned breaks under way can't be listed (%s)", error.status.name)
            return ()

    async def _whole(self, source: FeedSource) -> FeedReading:
        """All notices of a feed; those of the last answer where nothing has changed since."""
        last = self._last.get(source.name)
        reading = await source.read(last.validators if last else {})
        if reading.problem:
            return reading
        if reading.notices is not None or last is None:
            self._last[source.name] = reading
        return self._last[source.name]


class _Room:
    """How much one answer may still take in."""

    def __init__(self) -> None:
        self.entries, self.letters = MOST_ENTRIES, MOST_LETTERS

    def takes(self, notice: Notice) -> bool:
        """Whether there is room for a notice; it is taken up then."""
        length = len(notice.title) + len(notice.text)
        if not self.entries or length > self.letters:
            self.entries = 0
            return False
        self.entries, self.letters = self.entries - 1, self.letters - length
        return True


def reading_of(title: str, text: str, published_at: datetime | None, now: datetime) -> Reading:
    """What a notice says, as the watch takes it. A time that can't be is no time."""
    read = read_notice(title=title, text=text, published_at=published_at or now, now=now)
    windows = [Window(starts_at=w.starts_at, ends_at=w.ends_at) for w in read.windows if w.starts_at < w.ends_at]
    return Reading(
        kind=read.kind,
        certain=read.certain,
        why=read.why[:LONGEST_WHY],
        services=read.services,
        not_affected=read.not_affected,
        windows=tuple(windows[:MOST_WINDOWS]),
        is_repeat=read.is_repeat,
        language=read.language,
    )


def _seen(memory: FeedMemory, reading: FeedReading, room: _Room, now: datetime) -> FeedSeen:
    """What is new in one feed."""
    if reading.notices is None:
        return FeedSeen(feed=memory.feed, problem=reading.problem, unchanged=True, validators=dict(reading.validators))
    marked = _marked(memory.feed, reading.notices)
    there = {mark for _, mark, _ in marked}
    new = [each for each in marked if each[1] not in set(memory.known)]
    new.sort(key=lambda each: each[2].published_at or _OLD, reverse=True)
    taken = [each for each in new if room.takes(each[2])]
    return FeedSeen(
        feed=memory.feed,
        validators=dict(reading.validators),
        count=len(marked),
        entries=tuple(_entry(memory.feed, *each, now) for each in taken),
        gone=tuple(mark for mark in memory.known if mark not in there),
        left=len(new) - len(taken),
    )


def _marked(feed: str, notices: Iterable[Notice]) -> list[tuple[str, str, Notice]]:
    """Each notice once, with its key and its mark; one whose id is not its own alone is known by its title too."""
    listed = list(notices)
    times = Counter(notice.guid for notice in listed)
    marked: dict[str, tuple[str, str, Notice]] = {}
    for notice in listed:
        guid = notice.guid if times[notice.guid] == 1 else f"{notice.guid}\n{notice.title}"
        key = key_of(feed, guid)
        marked.setdefault(key, (key, mark_of(key, notice.title, notice.text, notice.link), notice))
    return list(marked.values())


def _entry(feed: str, key: str, mark: str, notice: Notice, now: datetime) -> FeedEntry:
    return FeedEntry(
        feed=feed,
        key=key,
        mark=mark,
        guid=notice.guid,
        title=notice.title,
        text=notice.text,
        link=notice.link,
        published_at=notice.published_at,
        reading=reading_of(notice.title, notice.text, notice.published_at, now),
    )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # an activity: when the world was looked at
