"""Finnish public holidays and working days, for the two laws that count with them.

Regulation (EEC, Euratom) 1182/71 art. 2: working days are all but public holidays, Saturdays and Sundays; the Finnish
holidays are those published under it (e-justice.europa.eu). Act 150/1930 s. 5 adds the Eves of Christmas and
Midsummer. Neither list has been checked by a lawyer: what rests on it is shown as information only.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from workflows.procedure.public_holidays import feast_day

_DAY = timedelta(days=1)
_SATURDAY = 5
PUBLIC_HOLIDAYS = (
    "new_year", "epiphany", "good_friday", "easter", "easter_monday", "may_day", "ascension", "whit_sunday",
    "midsummer_eve", "midsummer_day", "all_saints", "independence_day", "christmas_day", "st_stephens_day",
)  # fmt: skip


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The Finnish public holidays of a year for Regulation 1182/71. 24 December is not among them."""
    return frozenset(feast_day(feast, year) for feast in PUBLIC_HOLIDAYS)


def is_working_day(day: date) -> bool:
    """Whether a day is a working day under Regulation 1182/71 art. 2(2)."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def is_free(day: date) -> bool:
    """Whether a day is not a working day: weekends, public holidays, Christmas Eve."""
    return not is_working_day(day) or (day.month, day.day) == (12, 24)


def rolled_over(day: date) -> date:
    """The day on which a national period ends under Act 150/1930 s. 5: not on a holy day, an Eve or a Saturday."""
    while is_free(day):
        day += _DAY
    return day
