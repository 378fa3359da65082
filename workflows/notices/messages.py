"""What may be said to the watch of the notices and asked of it, and what one look at the feeds gives."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from workflows.procedure.model import Line, Model, Moment, NeededLine, OpenText, Text, Unverified
from workflows.procedure.notices.decisions import WatchedNotice
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.notices.reading import RawNotice, Reading, Services, Windows
from workflows.process.messages import Message, Refused, SentMessage, Tally
from workflows.process.sealed.checked_names import ProcessReference


class WatchOpening(Model):
    """Start input of ``NoticeWatch``; may be left out. A watch that is a drill tells drills only, any other none."""

    drill: bool = False


# --- Messages -----------------------------------------------------------------------------------------------


class NoticeEntered(Message):
    """A notice that came another way than by a feed (message ``notice`` of ``NoticeWatch``): by mail, by telephone.

    What is left out is read from the title and the text; what is said here holds.
    """

    title: NeededLine
    text: Text = ""
    kind: NoticeKind | None = None
    services: Services = ()
    not_affected: Services = ()
    windows: Windows = ()
    published_at: Moment | None = None
    guid: Line = ""
    link: Line = ""


class LookNow(Message):
    """Look at the feeds at once instead of waiting (message ``look_now``)."""


# --- What one look gives ------------------------------------------------------------------------------------


class NoticeToRead(RawNotice):
    """A notice that was entered, to be read."""

    at: Moment | None = None
    """The time on the watch's own clock."""


class FeedMemory(Model):
    """What is known of a feed from looks before. ``known``: the marks of the entries that stood in it."""

    feed: str
    validators: dict[str, str] = Field(default_factory=dict)
    known: tuple[str, ...] = ()


class FeedsAsked(Model):
    """Which feeds are known already; all that are configured are looked at."""

    memories: tuple[FeedMemory, ...] = ()
    at: Moment | None = None
    """The time on the watch's own clock: that of a drill may have been moved."""


class FeedEntry(RawNotice):
    """A notice that is new or has changed, with its reading.

    ``feed``: where it stood; ``key``: which notice it is; ``mark``: that and what it says.
    """

    feed: str
    key: str
    mark: str
    reading: Reading
    is_unverified: Unverified = False
    """Whether it was entered without the desk's key."""


class FeedSeen(Model):
    """One feed as it was found. ``left``: new entries that did not fit into this answer; the next look has them."""

    feed: str
    problem: str = ""
    unchanged: bool = False
    validators: dict[str, str] = Field(default_factory=dict)
    count: int = 0
    entries: tuple[FeedEntry, ...] = ()
    gone: tuple[str, ...] = ()
    """Marks that were known and no longer stand in it."""
    left: int = 0


class FeedsSeen(Model):
    """All configured feeds as they were found."""

    feeds: tuple[FeedSeen, ...] = ()


# --- What the watch answers ---------------------------------------------------------------------------------


class FeedState(Model):
    """How a feed fares. ``failing_since``: null where it could be read at the last look."""

    feed: str
    read_at: Moment | None = None
    problem: str = ""
    failing_since: Moment | None = None
    was_told: bool = False
    entries: int = 0


class NoticeWatchStatus(Tally):
    """Answer of the query ``status`` and of every update of ``NoticeWatch``."""

    phase: Literal["watching"] = "watching"
    drill: bool
    opened_at: Moment
    looked_at: Moment | None
    next_look_at: Moment
    feeds: tuple[FeedState, ...]
    notices: tuple[WatchedNotice, ...]
    """The latest 200, the newest first."""
    uncertain: int
    messages: tuple[SentMessage, ...]
    rejected: tuple[Refused, ...]
    problems: tuple[str, ...] = ()


# --- What the watch asks of the other processes ---------------------------------------------------------------


class NoticeForIncidents(Model):
    """A notice for every open incident of some services. ``payload``: the message ``notice``, with its ``event_id``."""

    key: str
    services: Services
    drill: bool = False
    also: tuple[ProcessReference, ...] = ()
    """References of incidents that may be too young to be found."""
    payload: dict[str, Any]


class IncidentsTold(Model):
    """Which incidents were told (at most 20 are named), how many in all, how many could not be."""

    references: tuple[OpenText, ...] = ()
    count: int = 0
    failed: int = 0
