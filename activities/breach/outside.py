"""What the book of processes adds to the register: breaches ended from outside, and what was done to others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from activities.documents.text import one_line, word
from workflows.procedure.languages import Language


class Done(NamedTuple):
    """Something that was done from outside. ``kind``: ``deleted``, ``was_reset``, ``replaced``, ``let_go``."""

    kind: str
    at: datetime


class Missed(NamedTuple):
    """A breach of which nothing is left but what the book knows."""

    last_seen: datetime
    aware_at: datetime | None
    deadline: datetime | None
    open_duties: tuple[str, ...]


def is_in(missed: Missed, start: datetime, end: datetime) -> bool:
    """Whether it belongs to the period [start, end); one whose awareness nobody knows belongs to every period."""
    return missed.aware_at is None or start <= missed.aware_at < end


def missed_row(reference: str, missed: Missed) -> dict[str, str]:
    """It as texts by column of the CSV."""
    return {
        "reference": reference,
        "aware_at": missed.aware_at.isoformat() if missed.aware_at else "",
        "deadline": missed.deadline.isoformat() if missed.deadline else "",
        "open_duties": "\n".join(missed.open_duties),
        "no_longer_listed": f"book of processes, {missed.last_seen.isoformat()}",
    }


def in_json(missed: Mapping[str, Missed], done: Mapping[str, Sequence[Done]]) -> dict[str, dict[str, object]]:
    """Both as the register's JSON has them."""
    return {
        "missed": {
            name: {key: at.isoformat() if isinstance(at, datetime) else at for key, at in one._asdict().items()}
            for name, one in sorted(missed.items())
        },
        "from_outside": {
            name: [{"kind": each.kind, "at": each.at.isoformat()} for each in done[name]] for name in sorted(done)
        },
    }


def in_words(done: Sequence[Done], language: Language, when: Callable[[datetime | None], str]) -> list[str]:
    """What was done, a sentence each. ``when``: says a moment."""
    return [one_line(word("breach_outside", each.kind, language).format(at=when(each.at))) for each in done]
