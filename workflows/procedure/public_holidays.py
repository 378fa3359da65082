"""The days of the Finnish feasts by which notices name a date, holidays or not ("pitkäperjantaina", "julafton").

Reckoned here, not by the library ``holidays``: it loads its languages by the host's locale, knows no Maundy Thursday
and no May Day Eve, and an upgrade could change what a running process has read. The tests compare the two.
"""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)
_FROM_EASTER = {
    "maundy_thursday": -3, "good_friday": -2, "easter_eve": -1, "easter": 0, "easter_monday": 1, "ascension": 39,
    "whit_sunday": 49,
}  # fmt: skip
_FIXED = {
    "new_year": (1, 1), "epiphany": (1, 6), "may_eve": (4, 30), "may_day": (5, 1), "independence_day": (12, 6),
    "christmas_eve": (12, 24), "christmas_day": (12, 25), "st_stephens_day": (12, 26), "new_years_eve": (12, 31),
}  # fmt: skip
_FRIDAY, _SATURDAY = 4, 5
_WEEKDAY_FROM = {
    "midsummer_eve": (_FRIDAY, 6, 19), "midsummer_day": (_SATURDAY, 6, 20), "all_saints": (_SATURDAY, 10, 31),
}  # fmt: skip

FEASTS = frozenset(_FROM_EASTER) | frozenset(_FIXED) | frozenset(_WEEKDAY_FROM)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, integers only)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    to_sunday = (32 + 2 * century_rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    shift = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def feast_day(feast: str, year: int) -> date:
    """The day of a feast in a year. Raises ``KeyError`` for a name that is not in ``FEASTS``."""
    if feast in _FROM_EASTER:
        return easter_sunday(year) + _FROM_EASTER[feast] * _DAY
    if feast in _FIXED:
        return date(year, *_FIXED[feast])
    weekday, month, day = _WEEKDAY_FROM[feast]
    first = date(year, month, day)
    return first + (weekday - first.weekday()) % 7 * _DAY
