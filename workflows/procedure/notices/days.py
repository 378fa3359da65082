"""Days beside each other in a notice: one day told twice ("tiistaina 5.1."), or two of a list or a stretch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from workflows.procedure.local_time import local
from workflows.procedure.notices.nights import goes_into_day
from workflows.procedure.notices.time_words import DATA, MARKS, Token, alternatives
from workflows.procedure.notices.tokens import tokens
from workflows.procedure.public_holidays import feast_day
from workflows.procedure.window import Window

BESIDE = re.compile(r"[\s,()]*(?:(?:den|the|on|d)\b\.?)?[\s,()]*")
"""What may stand between two words for one day."""
_NOON = 720
_NIGHT_ENDS = 5
_SHIFTS_BEFORE = re.compile(
    rf"{alternatives(MARKS['shifts_before'])},?\s+(?:(?:the|den|på|on|första|ensimmäisenä)\s+)?$"
)
_SHIFTS_BEHIND = re.compile(rf"[\s,]*{alternatives(MARKS['shifts_behind'])}")
_NEXT_WEEK = re.compile(rf"{alternatives(DATA['next_week'])}\s*$")
"""Says clearly which day it is."""
_EVERY = re.compile(alternatives(MARKS["every"]))
_SAME_WEEK = re.compile(r"\b(?:ensi|nästa|next)\s$")
_BEFORE = 30
"""Characters before a day in which a word may stand that makes it another one."""
_NEXT_DAY = re.compile(alternatives(MARKS["next_day"]))
_TIME_OR_END = re.compile(r"\d|[.!?;\n]")
_OTHER_ZONE = re.compile(rf"\d[^\n.;]{{0,8}}?\s\(?{alternatives(MARKS['other_zone'])}(?!\s?\+\s?[23])")
_ALTERNATIVE = re.compile(r"\d[^\n]{0,6}?\s(?:tai|eller|or)\s(?:\w+\s){0,3}\d")
_EVENING = re.compile(alternatives(MARKS["evening"]))
_NEAR = 40
"""Characters behind a range of times that may tell of its last day."""
_SOME_DAY = date(2026, 1, 1)


def with_days_merged(text: str, found: list[Token]) -> list[Token]:
    """Days side by side ("tiistaina 5.1.", "tomorrow, 8 September") are one; where they differ, that is doubtful."""
    merged: list[Token] = []
    for token in (_shifted(text, token) for token in found):
        before = merged[-1] if merged else None
        if before and before.kind == token.kind == "day" and BESIDE.fullmatch(text, before.end, token.start):
            if not (before.explicit and token.explicit):
                merged[-1] = _merged(before, token)
                continue
            listed = "," in text[before.end : token.start]
            goes_into = goes_into_day(text[token.start : token.end])
            merged.append(Token("to", "-" if goes_into and not listed else ",", token.start, token.start))
            if not listed and not goes_into and not token.doubt:
                words = f'"{before.text.strip()}" and "{token.text.strip()}" are told without a word between them'
                merged.append(token._replace(doubt=words))
                continue
        merged.append(token)
    return merged


def _shifted(text: str, token: Token) -> Token:
    """A day beside a word that makes it another one ("before Independence Day"), or several ("joka perjantai")."""
    if token.kind != "day" or token.doubt:
        return token
    before = text[max(0, token.start - _BEFORE) : token.start]
    if _NEXT_WEEK.search(before):
        return token
    if found := _SHIFTS_BEFORE.search(before):
        words = f"{found[0]}{token.text}"
    elif behind := _SHIFTS_BEHIND.match(text, token.end):
        words = f"{token.text}{behind[0]}"
    elif token.weekday >= 0 and (_EVERY.fullmatch(token.text) or (_SAME_WEEK.search(before) and token.is_soon)):
        words = f"{before[-6:].lstrip() if _SAME_WEEK.search(before) else ''}{token.text}"
    else:
        return token
    return token._replace(doubt=f'"{" ".join(words.split())}" may be another day')


def _merged(one: Token, other: Token) -> Token:
    told, beside = (one, other) if one.explicit else (other, one)
    agrees = not told.day or _agrees(told.day, beside)
    doubt = told.doubt if agrees else f'"{one.text.strip()}" and "{other.text.strip()}" are not the same day'
    return told._replace(start=one.start, end=other.end, doubt=doubt)


def _agrees(day: date, beside: Token) -> bool:
    if beside.weekday >= 0:
        return day.weekday() == beside.weekday
    return day == (feast_day(beside.feast, day.year) if beside.feast else beside.day)


def on_same_half(first: Token, last: Token) -> Token:
    """In "8–10 p.m.", what is said of the last time holds of the first too."""
    later = first.minutes + _NOON
    written = re.search(r"p\.?\s?m", last.text) and not re.search(r"[ap]\.?\s?m", first.text)
    return first._replace(minutes=later) if written and later < last.minutes else first


def names_relative_days(text: str) -> bool:
    """Whether a ``plain`` text names a day that only its day of publication tells ("huomenna", "på fredag").

    A weekday beside its date ("perjantaina 27.11.") is none.
    """
    return any(token.kind == "day" and not token.explicit and not token.feast for token in _days_of(text))


def names_a_date(text: str) -> bool:
    """Whether a ``plain`` text names a day as a date."""
    return any(token.explicit for token in _days_of(text))


def _days_of(text: str) -> list[Token]:
    return with_days_merged(text, tokens(text, _SOME_DAY))


def names_next_day(text: str, first: Token, last: Token) -> bool:
    """Whether the last of two times is told to lie on the day after the first ("klo 22 – seuraavana päivänä klo 4")."""
    behind = _NEXT_DAY.search(text, last.end, last.end + _NEAR)
    is_near = behind and not _TIME_OR_END.search(text, last.end, behind.start())
    return bool(is_near or _NEXT_DAY.search(text, first.end, last.start))


def sentence_around(text: str, tokens: Sequence[Token], token: Token) -> str:
    """The sentence in which one of the tokens stands."""
    begins = max((one.end for one in tokens if one.kind == "stop" and one.end <= token.start), default=0)
    ends = min((one.start for one in tokens if one.kind == "stop" and one.start >= token.end), default=len(text))
    return text[begins:ends]


def doubts_of_clocks(text: str) -> list[str]:
    """What a ``plain`` text with times says of the clock that they are told by, or that only one of them holds."""
    doubts = []
    if found := _OTHER_ZONE.search(text):
        doubts.append(f'its times may be those of another zone ("{found[0]}")')
    if _ALTERNATIVE.search(text):
        doubts.append("it tells one time or another")
    return doubts


def may_be_afternoon(sentence: str, first: Token, last: Token) -> bool:
    """Whether hours before noon stand beside a word for the evening ("illalla klo 8–10")."""
    return 0 < first.minutes < last.minutes <= _NOON and bool(_EVENING.search(sentence))


def told_again(token: Token, found: list[Window]) -> bool:
    """Whether a day told by its name only is that of a window with its date ("on Monday" of a title)."""
    bounds = [local(bound) for window in found for bound in (window.starts_at, window.ends_at)]
    nights = [local(w.starts_at) - timedelta(days=1) for w in found if local(w.starts_at).hour < _NIGHT_ENDS]
    return not token.explicit and token.weekday in {bound.weekday() for bound in (*bounds, *nights)}
