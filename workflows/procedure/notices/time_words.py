"""The words of days and times in notices (``data/notice_dates.toml``), and what one of them is once it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from workflows.procedure import rule_data
from workflows.procedure.wording import phrases

TokenKind = Literal["day", "time", "to", "starts", "starts_after", "ends", "lasts", "stop", "night"]


class Token(NamedTuple):
    """One word or number of a notice that matters for its windows. ``text``: as it stands there."""

    kind: TokenKind
    text: str
    start: int
    end: int
    day: date | None = None
    explicit: bool = False
    """A day written as a date, which says more than the weekday or feast beside it."""
    doubt: str = ""
    weekday: int = -1
    """Of a day named by its weekday only; Monday is 0."""
    is_soon: bool = False
    """A weekday of the week in which the notice was published."""
    feast: str = ""
    until: date | None = None
    """The last of a stretch of days ("24.–25.10.")."""
    minutes: int = -1
    """Of a time: minutes since midnight, 1440 for 24.00. Of a duration: how long."""
    night: str = ""
    """Of a day: which of its nights is meant ("to", "from", "early", "loose"; see ``nights.py``). Of a word for a night: which it is."""  # noqa: E501
    marked: bool = True
    """Of a time: it can't be anything else; other numbers count only in a range with one that is marked."""


class Form(NamedTuple):
    """A form of writing (a verbose pattern for a ``plain`` text) and how it is read on a day of publication."""

    pattern: str
    read: Callable[[re.Match[str], date], Iterator[Token]]


DATA: dict[str, Any] = rule_data.read("notice_dates")
SOURCE: str = DATA["source"]
VERIFIED: bool = DATA["verified"]
MARKS: dict[str, list[str]] = DATA["marks"]
NIGHTS: dict[str, list[str]] = DATA["nights"]
NUMBERS: dict[str, int] = {word: int(number) for number, words in DATA["numbers"].items() for word in words}


def alternatives(words: Iterable[str]) -> str:
    """The text of a pattern for any of some words, the longest first."""
    return phrases(sorted(words, key=len, reverse=True)).pattern


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(alternatives(words))


def which(lists: Iterable[Iterable[str]], word: str) -> int:
    """The place of the list that has a word."""
    return next(n for n, words in enumerate(lists) if _pattern(tuple(words)).fullmatch(word))


def any_of(lists: Iterable[Iterable[str]]) -> str:
    """The text of a pattern for any word of some lists."""
    return alternatives(word for words in lists for word in words)


def token_of(match: re.Match[str], kind: TokenKind, *, day: date | None = None, minutes: int = -1) -> Token:
    """What a match means."""
    return Token(kind, match[0], match.start(), match.end(), day=day, minutes=minutes)
