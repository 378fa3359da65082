"""How long: "2h", "2 tuntia", "1 tim 30 min", as people write it in the three languages."""

from __future__ import annotations

import re
from datetime import timedelta

from starter.terminal.day_words import plainly

_UNITS = {
    1: "m min minuutti minuuttia minut minuter minute minutes",
    60: "h t tunti tuntia tim timme timmar hour hours",
    24 * 60: "d p pv paiva paivaa vrk vuorokausi vuorokautta dag dagar dygn day days",
}
_MINUTES = {word: minutes for minutes, words in _UNITS.items() for word in words.split()}
_PART = re.compile(r"(\d{1,6}) ?([a-z]+)", re.ASCII)
_WHOLE = re.compile(rf"(?:{_PART.pattern}\s*)+", re.ASCII)


def length_meant(text: str) -> timedelta | None:
    """The length that a text says; None where it says none, or a unit that there is not, or one twice."""
    words = plainly(text)
    parts = _PART.findall(words)
    units = [_MINUTES.get(unit) for _number, unit in parts]
    if not _WHOLE.fullmatch(words) or None in units or len({*units}) != len(units):
        return None
    return sum((timedelta(minutes=int(number) * _MINUTES[unit]) for number, unit in parts), timedelta())
