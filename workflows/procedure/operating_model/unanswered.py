"""When the alarms of a duty that nobody answers go over to digests: one a day, and one a week to management.

Own targets of the organisation, never law. A digest goes at the same local hour for every duty, so that one letter can
name them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from workflows.procedure import rule_data
from workflows.procedure.local_time import HELSINKI, local, zone
from workflows.procedure.model import Duration, Model

A_DAY = timedelta(days=1)
A_WEEK = 7
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DATA = rule_data.read("unanswered")


class Unanswered(Model):
    """The table ``[unanswered]`` of the operating model. ``after`` is an elapsed time, ``at`` a local hour."""

    after: Annotated[Duration, Field(ge=timedelta(hours=1), le=timedelta(days=3660), validate_default=True)] = _DATA[
        "after"
    ]
    at: Annotated[int, Field(ge=0, le=23)] = _DATA["at"]
    weekly_on: Weekday = _DATA["weekly_on"]


class Morning(Model):
    """One moment of a digest: its number from 0, and whether management is written to as well."""

    number: int
    at: datetime
    is_weekly: bool


class Digests(Unanswered):
    """The rule that a duty was opened under, with the time zone that its hours are in."""

    time_zone: str = HELSINKI

    def mornings(self, since: datetime, now: datetime) -> Iterator[Morning]:
        """The moments of the digests from a moment on, without end; of those long past, the last week only."""
        first = local(since, self.time_zone).date()
        if self._on(first, since) < since:
            first += A_DAY
        number = max(0, (local(now, self.time_zone).date() - first).days - A_WEEK)
        while True:
            day = first + number * A_DAY
            is_weekly = get_args(Weekday)[day.weekday()] == self.weekly_on
            yield Morning(number=number, at=self._on(day, since), is_weekly=is_weekly)
            number += 1

    def _on(self, day: date, like: datetime) -> datetime:
        """The hour of a day; where the clocks leave that hour out, the one after it."""
        return datetime.combine(day, time(self.at), zone(self.time_zone)).astimezone(like.tzinfo)
