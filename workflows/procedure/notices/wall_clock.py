"""A time of day as a moment, also on the two nights of the year on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from workflows.procedure.local_time import local, zone


class OnTheClock(NamedTuple):
    """A moment in UTC, and in words what a rule had to decide (empty on all other days)."""

    at: datetime
    decided: str = ""


def on_the_clock(day: date, minutes: int, *, ends: bool = False) -> OnTheClock:
    """The moment at which a clock in Finland shows so many minutes since midnight; 1440 is the next midnight.

    In the hour that comes twice in autumn, a start is the first and an end (``ends``) the second, so that a window
    holds both. A time that is left out in spring is read as the moment at which the clocks change.
    """
    wall = datetime.combine(day, time(), tzinfo=zone()) + timedelta(minutes=minutes)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return OnTheClock(first)
    if second < first:  # in the gap, the offset of after the change makes the earlier moment
        words = f"{wall:%H:%M} does not exist on {_day(day)}: read as the moment of the clock change"
        return OnTheClock(_change_after(second), words)
    words = f"{wall:%H:%M} comes twice on {_day(day)}: a start is read as the first, an end as the second"
    return OnTheClock(second if ends else first, words)


def _change_after(moment: datetime) -> datetime:
    """The next full hour at which the offset is another than before."""
    hour = moment.replace(minute=0) + timedelta(hours=1)
    while local(hour).utcoffset() == local(hour - timedelta(hours=1)).utcoffset():
        hour += timedelta(hours=1)
    return hour


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
