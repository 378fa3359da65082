"""Finnish public holidays and working days, for the two laws that count with them.

Regulation (EEC, Euratom) 1182/71 art. 2: working days are all but public holidays, Saturdays and Sundays; the Finnish
holidays are those published under it (e-justice.europa.eu). Act 150/1930 s. 5 adds the Eves of Christmas and
Midsummer. Neither list has been checked by a lawyer: what rests on it is shown as information only.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_FRIDAY, _SATURDAY = 4, 5


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


def _first(weekday: int, from_day: date) -> date:
    """The first such weekday (Monday is 0) on or after a day."""
    return from_day + (weekday - from_day.weekday()) % 7 * _DAY


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The Finnish public holidays of a year for Regulation 1182/71. 24 December is not among them."""
    easter = easter_sunday(year)
    fixed = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26))
    good_friday, easter_monday, ascension, whit_sunday = (easter + n * _DAY for n in (-2, 1, 39, 49))
    midsummer_eve = _first(_FRIDAY, date(year, 6, 19))
    return frozenset(
        {date(year, month, day) for month, day in fixed}
        | {good_friday, easter, easter_monday, ascension, whit_sunday, midsummer_eve, midsummer_eve + _DAY}
        | {_first(_SATURDAY, date(year, 10, 31))}  # All Saints
    )


def is_working_day(day: date) -> bool:
    """Whether a day is a working day under Regulation 1182/71 art. 2(2)."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def rolled_over(day: date) -> date:
    """The day on which a national period ends under Act 150/1930 s. 5: not on a holy day, an Eve or a Saturday."""
    while not is_working_day(day) or (day.month, day.day) == (12, 24):
        day += _DAY
    return day
