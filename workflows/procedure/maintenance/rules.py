"""When people are told of a planned break: which points there are, and the moment of each (``data/maintenance.toml``).

Days are counted on the calendar of the organisation's time zone: two weeks before 07:00 is 07:00 two weeks earlier,
also where the clocks have changed between. A time that a clock change leaves out is moved on by the length of the gap;
of one that comes twice, the first is meant. What a point's data do not say follows from these rules:

- **Late.** Of the points whose moment has passed when the break becomes known, the latest of each way (e-mail, text
  message) is told at once, as long as what it speaks of is not over; the others are left out.
- **Put off, brought forward.** Points that were not told move with the break. One that was told is told again only
  where its new moment is still to come, and (for points days ahead) lies on a later day than the change: those who
  know of the break have just been told of the change.
- **The end of the last window** is told when somebody says that the work is completed; no clock knows that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from workflows.procedure import rule_data
from workflows.procedure.local_time import local, zone
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.model import Duration, Model, Moment
from workflows.procedure.window import Window
from workflows.procedure.working_days import is_free

Channel = Literal["email", "text_message"]
PointName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
LATE_BY = timedelta(hours=1)
"""Told so much after its moment, a point days ahead is marked as told at short notice."""
SHORTEST_AGAIN = timedelta(minutes=15)
LONGEST_BEFORE = timedelta(days=7)
_DAY = timedelta(days=1)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DATA = rule_data.read("maintenance")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError('must be a local hour, like "15:00"')
    return text


def _not_negative(length: timedelta) -> timedelta:
    if length < timedelta(0):
        raise ValueError("must not be negative")
    return length


def _at_most_a_week(length: timedelta) -> timedelta:
    if length > LONGEST_BEFORE:
        raise ValueError("must be at most 7d: for longer times, count in days_before")
    return length


def _not_too_often(length: timedelta) -> timedelta:
    if length < SHORTEST_AGAIN:
        raise ValueError("must be at least 15min")
    return length


LocalClock = Annotated[str, AfterValidator(_clock)]
Length = Annotated[Duration, AfterValidator(_not_negative)]
Before = Annotated[Length, AfterValidator(_at_most_a_week)]
Again = Annotated[Duration, AfterValidator(_not_too_often)]


class Point(Model):
    """One point at which a break is told: of what, how long before, at which local hour, by which way, to which groups.

    ``at`` empty: the local hour of the break itself. ``before``: elapsed time, counted off at last. ``groups`` empty:
    those who are told of the start of a fault; the ``audience`` of a break wins over both.
    """

    tells_of: Literal["first_start", "each_start", "each_end"]
    days_before: Annotated[int, Field(ge=0, le=90)] = 0
    at: LocalClock | None = None
    before: Before = timedelta(0)
    free_days: Literal["as_it_falls", "working_day_before"] = "as_it_falls"
    """Where the day is a Saturday, a Sunday, a holiday or Christmas Eve."""
    channel: Channel = "email"
    groups: tuple[str, ...] = ()
    source: str = "the organisation's own operating model"
    verified: bool = True


class MaintenanceRules(Model):
    """When people are told of breaks, and when the desk is asked about one that does not end."""

    model_config = ConfigDict(validate_default=True)

    points: Annotated[dict[PointName, Point], Field(max_length=20)] = _DATA["points"]
    overlong_after: Length = _DATA["overlong"]["overlong_after"]
    """How long after the planned end the desk is asked, where nobody has said that the work is completed."""
    overlong_again_every: Again = _DATA["overlong"]["overlong_again_every"]


AS_PUBLISHED = MaintenanceRules()
"""The rules of an organisation that says nothing else."""


class Occasion(Model):
    """A moment in the life of a break: a point to be told, the start of a window, or an end that nobody has confirmed.

    ``what``: a point's name, ``BEGINS`` or ``OVERLONG``. ``number``: of the window, or of the question; from 1.
    """

    at: Moment
    what: str
    number: int = 1

    @property
    def id(self) -> str:
        """By which the record knows it."""
        return f"{self.what}/{self.number}"


BEGINS = "(begins)"
OVERLONG = "(overlong)"


def moment_of(point: Point, window: Window, time_zone: str) -> datetime:
    """When a point is told, in UTC; see the module's text for clock changes."""
    anchor = local(window.ends_at if point.tells_of == "each_end" else window.starts_at, time_zone)
    if not point.days_before and point.at is None and point.free_days == "as_it_falls":
        return anchor.astimezone(UTC) - point.before  # no calendar is asked: the second 03:30 of an autumn night stays
    day = anchor.date() - point.days_before * _DAY
    while point.free_days == "working_day_before" and is_free(day):
        day -= _DAY
    clock = time.fromisoformat(point.at) if point.at else anchor.time()
    return datetime.combine(day, clock.replace(fold=0), zone(time_zone)).astimezone(UTC) - point.before


def occasions(plan: Plan, points: Mapping[str, Point], time_zone: str) -> tuple[Occasion, ...]:
    """Every point of a break and the start of each window, in the order of time; starts before what tells of them."""
    stretches = plan.stretches
    found = [Occasion(at=w.starts_at, what=BEGINS, number=n) for n, w in enumerate(stretches, 1)]
    for name, point in points.items():
        for number, window in _told_of(point, stretches):
            found.append(Occasion(at=moment_of(point, window, time_zone), what=name, number=number))
    return tuple(sorted(found, key=lambda occasion: occasion.at))


def _told_of(point: Point, stretches: Sequence[Window]) -> list[tuple[int, Window]]:
    numbered = list(enumerate(stretches, 1))
    match point.tells_of:
        case "first_start":
            return numbered[:1]
        case "each_start":
            return numbered
        case "each_end":
            return numbered[:-1]


def to_tell(due: Iterable[Occasion], plan: Plan, points: Mapping[str, Point], now: datetime) -> tuple[Occasion, ...]:
    """Of several points that are due now, those that are told: the latest of each way and groups, unless it is over."""
    told: dict[tuple[Channel, tuple[str, ...]], Occasion] = {}
    for occasion in due:
        point = points.get(occasion.what)
        if point and now < _worth_until(occasion, plan, point):
            told[point.channel, point.groups] = occasion
    return tuple(sorted(told.values(), key=lambda occasion: occasion.at))


def _worth_until(occasion: Occasion, plan: Plan, point: Point) -> datetime:
    """Until when it is worth telling: until the window is over; what is of the whole break, until its end."""
    stretches = plan.stretches
    if point.tells_of == "each_start" and occasion.number <= len(stretches):
        return stretches[occasion.number - 1].ends_at
    return plan.ends_at


def is_short_notice(occasion: Occasion, point: Point, plan: Plan, now: datetime) -> bool:
    """Whether a point days ahead is told later than it should have been, before the break begins or after."""
    return point.days_before > 0 and now > occasion.at + LATE_BY and now < plan.ends_at


def still_told(
    done: Collection[str], plan: Plan, points: Mapping[str, Point], now: datetime, time_zone: str
) -> frozenset[str]:
    """Of the occasions that are done, those that stay so after a change; the others come again."""
    today = local(now, time_zone).date()
    kept = set()
    for occasion in occasions(plan, points, time_zone):
        if occasion.id not in done:
            continue
        days_ahead = occasion.what in points and points[occasion.what].days_before > 0
        comes_again = local(occasion.at, time_zone).date() > today if days_ahead else occasion.at > now
        if not comes_again:
            kept.add(occasion.id)
    return frozenset(kept)


def asked_at(plan: Plan, rules: MaintenanceRules, times_asked: int) -> Occasion:
    """When the desk is asked next about a break that nobody has completed."""
    at = plan.ends_at + rules.overlong_after + times_asked * rules.overlong_again_every
    return Occasion(at=at, what=OVERLONG, number=times_asked + 1)
