"""What the watch of the notices remembers. Bounded: it lives for years, and is carried whole across continue-as-new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field
from temporalio import workflow

from workflows.notices.messages import (
    FeedEntry,
    FeedMemory,
    FeedsAsked,
    FeedSeen,
    FeedState,
    NoticeWatchStatus,
    WatchOpening,
)
from workflows.procedure.local_time import written
from workflows.procedure.model import Model, Moment
from workflows.procedure.notices.decisions import ENTERED, WatchedNotice, services_of
from workflows.procedure.operating_model.model import NoticeRules
from workflows.process.ids import NOTICE_WATCH_ID
from workflows.process.messages import Sender
from workflows.process.record import Record
from workflows.process.start import check_id, only_sealed, read_start

KEPT_NOTICES = 200
KEPT_LINES = 300
KEPT_MESSAGES = 100
KEPT_PROBLEMS = 30
KEPT_DEEDS = 20
KEPT_OF_STRANGERS = 20
LATELY = timedelta(hours=1)
"""In which strangers have no more letters written to the desk than one look may (``MOST_AT_ONCE``)."""
MOST_AT_ONCE = 10
"""Letters and incidents that one look may lead to: a feed gone wild must not bury the desk."""
LETTERS_WITHIN = timedelta(days=1)
"""After that a letter that no provider takes is given up: the list of notices shows what it would have said."""
AT_FIRST = timedelta(minutes=5)
SOON = timedelta(seconds=5)
RULES_HOLD_FOR = timedelta(hours=1)
"""The rules are taken again so often, and whenever there is something to decide."""


class FeedRecord(FeedState):
    """A feed as it is remembered. ``marks``: of each entry that stands in it (at most 500), by the entry's key."""

    validators: dict[str, str] = Field(default_factory=dict)
    marks: dict[str, str] = Field(default_factory=dict)


class NoticeWatchRecord(Record):
    """What the watch remembers: the feeds, the latest notices, what it did about them."""

    process: ClassVar[Literal["notice_watch"]] = "notice_watch"

    feeds: dict[str, FeedRecord] = Field(default_factory=dict)
    notices: dict[str, WatchedNotice] = Field(default_factory=dict)
    looked_at: Moment | None = None
    next_look_at: Moment
    is_look_wanted: bool = False
    has_more: bool = False
    """Whether a feed had more new notices than one look takes."""
    rules_taken_at: Moment | None = None

    @classmethod
    def opened(cls, opening: WatchOpening, now: datetime) -> NoticeWatchRecord:
        """The record of a watch that begins."""
        return cls(
            reference=NOTICE_WATCH_ID,
            phase="watching",
            services=(),
            opened_at=now,
            next_look_at=now,
            drill=opening.drill,
        )

    def letter_facts(self) -> dict[str, Any]:
        """What every letter says: nothing of its own, all is with the notice."""
        return {}

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return "Watch of the published notices"

    def outlook(self) -> list[str]:
        """What comes next, for Temporal Web."""
        return [f"- {written(self.next_look_at, self.time_zone)}, by itself: look at the published notices"]

    def asked(self, now: datetime) -> FeedsAsked:
        """What the next look is told of those before."""
        return FeedsAsked(
            at=now,
            memories=tuple(
                FeedMemory(feed=feed.feed, validators=feed.validators, known=tuple(feed.marks.values()))
                for feed in self.feeds.values()
            ),
        )

    def is_first_look(self, feed: str) -> bool:
        """Whether a feed has never been read to its end."""
        return feed != ENTERED and (feed not in self.feeds or self.feeds[feed].read_at is None)

    def take_feed(self, seen: FeedSeen, now: datetime) -> None:
        """Take how a feed fared; what is new in it is taken one by one (``take_mark``)."""
        before = self.feeds.get(seen.feed) or FeedRecord(feed=seen.feed)
        if seen.problem:
            since = before.failing_since or now
            after = before.model_copy(update={"problem": seen.problem, "failing_since": since})
        else:
            gone = set(seen.gone)
            after = before.model_copy(
                update={
                    "problem": "",
                    "failing_since": None,
                    "read_at": before.read_at if seen.left else now,
                    "entries": before.entries if seen.unchanged else seen.count,
                    "validators": {} if seen.left else seen.validators,
                    "marks": {key: mark for key, mark in before.marks.items() if mark not in gone},
                }
            )
        self.feeds[seen.feed] = after
        self.has_more = self.has_more or bool(seen.left)

    def take_mark(self, entry: FeedEntry) -> None:
        """Remember that an entry has been dealt with."""
        self.feeds[entry.feed].marks[entry.key] = entry.mark

    def failed(self, entry: FeedEntry, now: datetime, why: str) -> None:
        """Keep that a notice could not be dealt with; its feed is sent whole at the next look."""
        self.did(self.notices[entry.key], now, f"it went wrong: {why}", outcome="failed")
        self.feeds[entry.feed] = self.feeds[entry.feed].model_copy(update={"validators": {}})

    def strangers_lately(self, now: datetime) -> int:
        """How many notices of unverified senders have come in the last hour."""
        of_strangers = (each for each in self.notices.values() if each.is_unverified)
        return sum((each.changed_at or each.seen_at) > now - LATELY for each in of_strangers)

    def decided(self, entry: FeedEntry, now: datetime, by: str) -> None:
        """A person has said what a notice means: the same one in a feed waits for nobody any more."""
        for notice in self.uncertain():
            if notice.guid == entry.guid and notice.id != entry.key and entry.reading.certain:
                self.did(notice, now, f"{by} has said that it is: {entry.reading.kind}", outcome="acted")

    def must_take_rules(self, now: datetime) -> bool:
        """Whether the rules were taken so long ago that they may have changed."""
        return self.rules_taken_at is None or now - self.rules_taken_at >= RULES_HOLD_FOR

    def wait_for_next_look(self, now: datetime) -> None:
        """Set when the next look comes; soon where a feed had more to tell than one look takes."""
        every = self.rules.notices.every if self.rules else AT_FIRST
        self.next_look_at = now + (SOON if self.has_more else every)

    def is_down_for_long(self, feed: FeedRecord, rules: NoticeRules, now: datetime) -> bool:
        """Whether somebody must be told that a feed can't be read, and has not been."""
        since = feed.failing_since
        return since is not None and not feed.was_told and now - since >= rules.tell_down_after

    def mark_told(self, feed: FeedRecord, *, is_down: bool) -> None:
        """Keep that somebody was told that a feed is down, or that it is back."""
        self.feeds[feed.feed] = feed.model_copy(update={"was_told": is_down})

    def before(self, entry: FeedEntry) -> WatchedNotice | None:
        """The notice as it was known; None where it is new, or where dealing with it went wrong."""
        known = self.notices.get(entry.key)
        return None if known is None or known.outcome == "failed" else known

    def keep_only(self, feeds: set[str]) -> None:
        """Forget the feeds that are no longer configured."""
        self.feeds = {name: feed for name, feed in self.feeds.items() if name in feeds}
        self.has_more = False

    def keep(self, entry: FeedEntry, now: datetime) -> WatchedNotice:
        """Keep a notice as it was read now; what was done about it before stays with it."""
        before = self.notices.get(entry.key)
        kept = WatchedNotice(
            id=entry.key,
            mark=entry.mark,
            feed=entry.feed,
            guid=entry.guid,
            title=entry.title,
            link=entry.link,
            published_at=entry.published_at,
            seen_at=before.seen_at if before else now,
            changed_at=now if before else None,
            reading=entry.reading,
            affects=services_of(entry.reading, entry.key, entry.link, self.notices.values()),
            did=before.did if before else (),
            told=before.told if before else (),
            reference=before.reference if before else "",
            is_unverified=entry.is_unverified,
        )
        self.notices[entry.key] = kept
        return kept

    def did(self, notice: WatchedNotice, at: datetime, what: str, **changes: Any) -> None:
        """Keep what was done about a notice."""
        lines = (*notice.did, f"{written(at, self.time_zone)}: {what}")[-KEPT_DEEDS:]
        self.notices[notice.id] = notice.model_copy(update={"did": lines, **changes})
        self.note(at, f"Notice “{notice.title}”: {what}")

    def note(self, at: datetime, what: str, by: str = "", detail: str = "", sender: Sender | None = None) -> None:
        """Add a line to the timeline; the latest 300 are kept. What was sent is kept with the evidence."""
        super().note(at, what, by, detail, sender)
        del self.timeline[:-KEPT_LINES]

    def forget_old(self, now: datetime) -> None:
        """Keep within bounds; a planned break that lies ahead is forgotten last, and few of strangers are kept."""
        latest = sorted(
            self.notices.values(), key=lambda each: (_lies_ahead(each, now), each.changed_at or each.seen_at)
        )
        strangers = [each for each in latest if each.is_unverified]
        too_many = {each.id for each in strangers[:-KEPT_OF_STRANGERS]}
        self.notices = {each.id: each for each in [e for e in latest if e.id not in too_many][-KEPT_NOTICES:]}
        self.messages = dict(list(self.messages.items())[-KEPT_MESSAGES:])
        self.problems = dict(list(self.problems.items())[-KEPT_PROBLEMS:])

    def more_to_show(self) -> list[str]:
        """The feeds, and the notices that a person must look at."""
        feeds = [f"Feed {feed.feed}: {feed.problem or f'{feed.entries} notices'}" for feed in self.feeds.values()] or [
            "No feed is configured (setting notice_feed)."
        ]
        return [*feeds, *(f"To be read by a person: {n.title}" for n in self.uncertain()[:5])]

    def uncertain(self) -> list[WatchedNotice]:
        """The notices of which a person must decide what they say, the newest first."""
        return [notice for notice in self.newest() if notice.outcome == "uncertain"]

    def newest(self) -> list[WatchedNotice]:
        """The notices, the newest first; of those that one look has brought, the one that was published last."""
        return sorted(
            self.notices.values(),
            key=lambda each: (each.changed_at or each.seen_at, each.published_at or each.seen_at),
            reverse=True,
        )

    def status(self) -> NoticeWatchStatus:
        """The answer to the query ``status``."""
        return NoticeWatchStatus(
            drill=self.drill,
            opened_at=self.opened_at,
            looked_at=self.looked_at,
            next_look_at=self.next_look_at,
            feeds=tuple(FeedState.model_validate(feed.model_dump()) for feed in self.feeds.values()),
            notices=tuple(self.newest()),
            uncertain=len(self.uncertain()),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            problems=tuple(self.problems.values()),
            **self.tally(),
        )


def _lies_ahead(notice: WatchedNotice, now: datetime) -> bool:
    return bool(notice.reference) and any(window.ends_at > now for window in notice.reading.windows)


class CarriedWatch(Model):
    """What the watch of the notices hands to its next run."""

    carried: NoticeWatchRecord


def watch_record(sent: tuple[Any, ...], now: datetime) -> NoticeWatchRecord:
    """The record to go on from; nothing need be sent. Raises ``Unreadable`` where none can be made of what was sent."""
    only_sealed(sent)
    read = read_start(sent or ({},), WatchOpening, CarriedWatch)
    check_id(NOTICE_WATCH_ID)
    if isinstance(read, CarriedWatch):
        return read.carried
    return NoticeWatchRecord.opened(read, now)


def no_watch(now: datetime, reason: str) -> NoticeWatchRecord:
    """The record of a watch whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No watch of the notices was begun: {reason}")
    return NoticeWatchRecord.opened(WatchOpening(), now)
