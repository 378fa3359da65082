"""The published disruption notices, read from RSS or Atom feeds."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from temporalio import activity
from temporalio.service import RPCError

from activities.notices.download import Network
from activities.notices.source import DEADLINE, FeedAnswer, FeedSource, sources
from workflows.incident.ports import NoticeBoard, NoticeQuestion, NoticesFound
from workflows.notices.messages import FeedEntry, FeedMemory, FeedsAsked, FeedSeen, FeedsSeen, NoticeToRead
from workflows.notices.ports import NoticeReader
from workflows.procedure.notices.published import Notice, as_told, concerning, key_of, mark_of, open_faults
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

MOST_ENTRIES = 50
MOST_LETTERS = 300_000
"""Of all new entries together: the answer of an activity may have two million bytes."""
_OLD = datetime.min.replace(tzinfo=UTC)
Breaks = Callable[[NoticeQuestion], Awaitable[Mapping[str, bool]]]


class NoticeFeed(NoticeBoard, NoticeReader):
    """Feeds at http(s) addresses, or in files (path or ``file:`` address); none where none is configured.

    ``deadline`` bounds one whole fetch of each. Where a feed may lead: ``addresses.py``. ``breaks`` answers
    which planned breaks are under way, and of each whether a stranger has planned it.
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
        self._last: dict[str, _Board] = {}

    @activity.defn(name="open_fault_notices")
    async def open_fault_notices(self, question: NoticeQuestion) -> NoticesFound:
        """Open fault notices, and breaks under way, of some services. Never raises: a problem is part of the answer."""
        checked_at = _now()
        boards = await asyncio.gather(*(self._board(source, checked_at) for source in self.sources))
        notices = [notice for board in boards for notice in board.told.values()]
        breaks = await self._under_way(question)
        return NoticesFound(
            notices=concerning(open_faults(notices), question.services),
            problem=" ".join(board.problem for board in boards if board.problem),
            checked_at=checked_at,
            source=", ".join(source.name for source in self.sources),
            breaks=tuple(sorted(breaks)),
            strangers_breaks=tuple(sorted(each for each in breaks if breaks[each])),
        )

    @activity.defn(name="look_at_feeds")
    async def look_at_feeds(self, asked: FeedsAsked) -> FeedsSeen:
        """What is new or has changed in each feed; see the port for what it promises."""
        memories = {memory.feed: memory for memory in asked.memories}
        known = [memories.get(source.name) or FeedMemory(feed=source.name) for source in self.sources]
        answers = await asyncio.gather(
            *(source.read(memory.validators) for source, memory in zip(self.sources, known, strict=True))
        )
        room, now = _Room(), asked.at or _now()
        return FeedsSeen(
            feeds=tuple(_seen(memory, answer, room, now) for memory, answer in zip(known, answers, strict=True))
        )

    @activity.defn(name="read_notice")
    async def read_notice(self, told: NoticeToRead) -> Reading:
        """What a notice says that came another way."""
        return read_notice(told, told.at or _now())

    async def _under_way(self, question: NoticeQuestion) -> Mapping[str, bool]:
        """The planned breaks; none where the list can't be had: each of them looks for open incidents, too."""
        try:
            return await self._breaks(question) if self._breaks else {}
        except RPCError as error:
            activity.logger.warning("the planned breaks under way can't be listed (%s)", error.status.name)
            return {}

    async def _board(self, source: FeedSource, now: datetime) -> _Board:
        """All notices of a feed, read; those of the last answer where nothing has changed since."""
        last = self._last.get(source.name)
        answer = await source.read(last.validators if last else {})
        if answer.problem:
            return _Board({}, {}, now, answer.problem)
        if answer.notices is not None or last is None:
            told = await asyncio.to_thread(_told, answer.notices or (), last, now)
            self._last[source.name] = _Board(told, answer.validators, now)
        return self._last[source.name]


class _Board(NamedTuple):
    """The notices of one feed as incidents are told of them, and when they were read."""

    told: dict[RawNotice, Notice]
    validators: Mapping[str, str]
    read_at: datetime
    problem: str = ""


def _told(notices: Iterable[RawNotice], last: _Board | None, now: datetime) -> dict[RawNotice, Notice]:
    """Each notice as incidents are told of it. Reading takes time: what was read before, and dated then, is kept."""
    kept = {raw: told for raw, told in last.told.items() if (raw.published_at or now) <= last.read_at} if last else {}
    return {raw: kept.get(raw) or as_told(raw, read_notice(raw, now)) for raw in notices}


class _Room:
    """How much one answer may still take in."""

    def __init__(self) -> None:
        self.entries, self.letters = MOST_ENTRIES, MOST_LETTERS

    def takes(self, notice: RawNotice) -> bool:
        """Whether there is room for a notice; it is taken up then."""
        length = len(notice.title) + len(notice.text)
        if not self.entries or length > self.letters:
            self.entries = 0
            return False
        self.entries, self.letters = self.entries - 1, self.letters - length
        return True


def _seen(memory: FeedMemory, answer: FeedAnswer, room: _Room, now: datetime) -> FeedSeen:
    """What is new in one feed."""
    if answer.notices is None:
        return FeedSeen(feed=memory.feed, problem=answer.problem, unchanged=True, validators=dict(answer.validators))
    marked = _marked(memory.feed, answer.notices)
    there = {mark for _, mark, _ in marked}
    new = [each for each in marked if each[1] not in set(memory.known)]
    new.sort(key=lambda each: each[2].published_at or _OLD, reverse=True)
    taken = [each for each in new if room.takes(each[2])]
    return FeedSeen(
        feed=memory.feed,
        validators=dict(answer.validators),
        count=len(marked),
        entries=tuple(_entry(memory.feed, *each, now) for each in taken),
        gone=tuple(mark for mark in memory.known if mark not in there),
        left=len(new) - len(taken),
    )


def _marked(feed: str, notices: Iterable[RawNotice]) -> list[tuple[str, str, RawNotice]]:
    """Each notice once, with its key and its mark; one whose id is not its own alone is known by its title too."""
    listed = list(notices)
    times = Counter(notice.guid for notice in listed)
    marked: dict[str, tuple[str, str, RawNotice]] = {}
    for notice in listed:
        guid = notice.guid if times[notice.guid] == 1 else f"{notice.guid}\n{notice.title}"
        key = key_of(feed, guid)
        marked.setdefault(key, (key, mark_of(key, notice.title, notice.text, notice.link), notice))
    return list(marked.values())


def _entry(feed: str, key: str, mark: str, notice: RawNotice, now: datetime) -> FeedEntry:
    return FeedEntry(**notice.model_dump(), feed=feed, key=key, mark=mark, reading=read_notice(notice, now))


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # an activity: when the world was looked at
