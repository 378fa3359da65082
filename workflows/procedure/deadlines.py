"""When the legal periods of a breach end, as pure arithmetic on moments (hours as data: ``data/deadlines.toml``).

Hours are elapsed hours and counted in UTC, so that a clock change never moves a deadline. Months and days are those of
the organisation's own calendar.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from pydantic import AwareDatetime

from workflows.procedure import local_time, rule_data
from workflows.procedure.dated import Dated, holding
from workflows.procedure.model import Duration, Model
from workflows.procedure.working_days import is_working_day, rolled_over

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ENOUGH_WORKING_DAYS = 2

NOTE = (
    "The alarm follows `target`: {hours:g} elapsed hours from awareness (GDPR art. 33(1), in application since "
    "25.5.2018). `ceiling` leaves out the hour in which one became aware (Regulation 1182/71 art. 3(1)-(2), 3.6.1971); "
    "weekends and holidays count. `disputed_3_5` (art. 3(5), at least two working days) is contested by authorities "
    "and unverified: information only, never rely on it."
)
BEFORE_THE_LAW = (
    "The time of awareness lies before 25.5.2018, when no such period applied: check the year. The times are counted "
    "as if it had, for information only."
)
ROLL_OVER_NOTE = (
    "The day with the same number, or the last of the month. Whether Act 150/1930 s. 5 moves it to the next working "
    "day here is unverified: information only, never rely on it."
)


class Within(Dated):
    """How long a controller has, as the law stands from a day on."""

    within: Duration


AUTHORITY: tuple[Within, ...] = tuple(Within.model_validate(e) for e in rule_data.read("deadlines")["authority"])


class Deadlines(Model):
    """Three readings of the period for notifying the authority, in UTC; ``target`` is the one to keep."""

    target: AwareDatetime
    ceiling: AwareDatetime
    disputed_3_5: AwareDatetime
    note: str


class MonthPeriod(Model):
    """The end of a period in months, in UTC. ``rolled_over``: with the national roll-over, as information only."""

    target: AwareDatetime
    rolled_over: AwareDatetime
    note: str


def hours_allowed(on: date) -> Within:
    """The period for somebody who became aware on a day; the oldest known one for days before the law."""
    return holding(AUTHORITY, on) or AUTHORITY[0]


def hours_in_words(aware_at: datetime, zone: str = local_time.HELSINKI) -> str:
    """The hours for notifying the supervisory authority, as a number ("72"); empty where no such law applied."""
    on = local_time.local(aware_at, zone).date()
    period = hours_allowed(on)
    return f"{period.within / _HOUR:g}" if period.holds_on(on) else ""


def authority_deadlines(aware_at: datetime, zone: str = local_time.HELSINKI) -> Deadlines:
    """The end of the period for notifying the supervisory authority, counted from awareness.

    ``target``: 72 elapsed hours to the microsecond (Regulation (EU) 2016/679 art. 33(1), of 27.4.2016).
    ``ceiling``: the hour of the event is not counted, the period ends with its last hour (Regulation 1182/71 art. 3(1)
    and 3(2)(a), of 3.6.1971); an event exactly on a full hour falls into the hour that begins. Hours are those of the
    local clock. ``disputed_3_5``: the ceiling, or the end of the second whole working day where that is later: the most
    lenient reading of art. 3(5), which authorities reject for periods in hours.
    """
    local = local_time.local(aware_at, zone)
    within = hours_allowed(local.date()).within
    into_the_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    counted_from = aware_at.astimezone(UTC) - into_the_hour + _HOUR
    ceiling = counted_from + within
    return Deadlines(
        target=aware_at.astimezone(UTC) + within,
        ceiling=ceiling,
        disputed_3_5=max(ceiling, _second_working_day_over(counted_from, zone)),
        note=NOTE.format(hours=within / _HOUR) if holding(AUTHORITY, local.date()) else BEFORE_THE_LAW,
    )


def _second_working_day_over(start: datetime, zone: str) -> datetime:
    """The local midnight that ends the second whole working day after a moment."""
    local = local_time.local(start, zone)
    day = local.date() if local.time() == time(0) else local.date() + _DAY
    found = 0
    while (found := found + is_working_day(day)) < _ENOUGH_WORKING_DAYS:
        day += _DAY
    return _at(day + _DAY, time(0), zone)


def months_after(moment: datetime, months: int, zone: str = local_time.HELSINKI) -> MonthPeriod:
    """The same local clock time, some months (0 or more) later.

    ``target``: the same-numbered day, or the last of a shorter month, never moved by a weekend or a holiday.
    ``rolled_over``: the next working day where that day is none (Act 150/1930 ss. 3 and 5, of 25.4.1930; unverified).
    """
    local = local_time.local(moment, zone)
    later_years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + later_years, month + 1
    day = date(year, month, min(local.day, monthrange(year, month)[1]))
    clock = local.time()
    return MonthPeriod(
        target=_at(day, clock, zone), rolled_over=_at(rolled_over(day), clock, zone), note=ROLL_OVER_NOTE
    )


def _at(day: date, clock: time, zone: str) -> datetime:
    """A local day and clock time as a moment in UTC: of an hour that comes twice the earlier, since ``fold`` is 0."""
    return datetime.combine(day, clock.replace(fold=0), local_time.zone(zone)).astimezone(UTC)
