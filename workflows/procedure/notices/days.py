"""Days beside each other in a notice: one day told twice ("tiistaina 5.1."), or two of a list or a stretch."""

from __future__ import annotations

import re
from datetime import date

from workflows.procedure.notices.dates import Token
from workflows.procedure.notices.nights import goes_into_day
from workflows.procedure.notices.tokens import tokens
from workflows.procedure.public_holidays import feast_day

BESIDE = re.compile(r"[\s,()]*(?:(?:den|the|on|d)\b\.?)?[\s,()]*")
"""What may stand between two words for one day."""
_NOON = 720
_SOME_DAY = date(2026, 1, 1)


def with_days_merged(text: str, found: list[Token]) -> list[Token]:
    """Days side by side ("tiistaina 5.1.", "tomorrow, 8 September") are one; where they differ, that is doubtful."""
    merged: list[Token] = []
    for token in found:
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
