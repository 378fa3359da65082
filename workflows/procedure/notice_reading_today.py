"""Reading a notice by the vocabulary of today, in the form of the classifier that is to come (``notice_reading``)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workflows.procedure import notices
from workflows.procedure.services import ServiceId


class Window(NamedTuple):
    """A break from one moment to another."""

    starts_at: datetime
    ends_at: datetime


class NoticeReading(NamedTuple):
    """What a notice says."""

    kind: notices.NoticeKind
    certain: bool
    why: str
    services: tuple[ServiceId, ...]
    not_affected: tuple[ServiceId, ...] = ()
    windows: tuple[Window, ...] = ()
    is_repeat: bool = False
    language: str = "fi"


def read_notice(*, title: str, text: str, published_at: datetime, now: datetime) -> NoticeReading:  # noqa: ARG001
    """What a notice says, by the words of its title."""
    read = notices.read_notice(guid="-", title=title, text=text, published_at=published_at)
    certain = read.kind != "other" and bool(read.services)
    return NoticeReading(read.kind, certain, f"its words are those of kind {read.kind}", read.services)
