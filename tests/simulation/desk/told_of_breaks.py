"""What must have been told of a planned break by any moment: a model of its own, from the operating model alone.

The rules are those that are published: of the points whose moment has passed when a break becomes known only the latest
is told; those who were told hear of each change and of a withdrawal; the points move with the break, and one that was
told comes again only where it lies on a later day than the change.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.short_clocks import holders, members
from tests.simulation.desk.wall_clock import in_local_time

OVERLONG_AFTER, OVERLONG_EVERY = timedelta(minutes=30), timedelta(hours=12)
Letters = Counter[tuple[str, str]]


class Point(NamedTuple):
    """One point. ``days``: before the day on which it begins; ``at``: the local hour, None: that of the break."""

    name: str
    days: int
    at: time | None

    def moment(self, starts: datetime) -> datetime:
        """When it comes."""
        if self.at is None:
            return starts
        day = in_local_time(starts).date() - timedelta(days=self.days)
        return datetime.combine(day, self.at, in_local_time(starts).tzinfo).astimezone(UTC)


def points_in(operating_model: Path) -> list[Point]:
    """The points before and at the start of a break."""
    table = tomllib.loads(operating_model.read_text(encoding="utf-8"))["maintenance"]["points"]
    return [
        Point(name, point.get("days_before", 0), time.fromisoformat(point["at"]) if "at" in point else None)
        for name, point in table.items()
        if point["tells_of"] != "each_end"
    ]


@dataclass
class ToldOfBreak:
    """One break as it can be known from outside."""

    reference: str
    points: list[Point]
    starts: datetime
    ends: datetime
    opened_at: datetime
    letters: Letters = field(default_factory=Letters)
    is_over: bool = False
    _done: set[str] = field(default_factory=set)
    _is_told: bool = False
    _asked: int = 0

    def __post_init__(self) -> None:
        self._come(self.opened_at)

    def until(self, now: datetime) -> None:
        """Let time pass: each moment on its own, in their order."""
        while not self.is_over and (moment := self.next_moment()) <= now:
            self._come(moment)

    def next_moment(self) -> datetime:
        """When the clock brings something next."""
        asked = self.ends + OVERLONG_AFTER + self._asked * OVERLONG_EVERY
        return min([asked, *(each.moment(self.starts) for each in self.points if each.name not in self._done)])

    def _come(self, now: datetime) -> None:
        due = [each for each in self.points if each.name not in self._done and each.moment(self.starts) <= now]
        self._done |= {each.name for each in due}
        if due and now < self.ends:
            latest = max(due, key=lambda each: each.moment(self.starts))
            self._tell("maintenance_planned" if latest.days else "maintenance_started", members("start"))
            if not self._is_told:
                self._tell("maintenance_publish", holders(("communications",)))
            self._is_told = True
        if now >= self.ends + OVERLONG_AFTER + self._asked * OVERLONG_EVERY:
            self._asked += 1
            self._tell("maintenance_overlong", holders(("desk",)))

    def _tell(self, purpose: str, contacts: tuple[str, ...]) -> None:
        self.letters.update((purpose, contact) for contact in contacts)

    def hear(self, message: str, facts: dict[str, Any], now: datetime) -> None:
        """A message has come."""
        self.until(now)
        if self.is_over:
            return
        match message:
            case "change":
                self._changed(facts, now)
            case "cancellation":
                self.is_over = True
                self._tell_known("maintenance_cancelled")
            case "completion":
                self.is_over = True
                self._tell("maintenance_ended", members("start"))

    def _tell_known(self, purpose: str) -> None:
        if self._is_told:
            self._tell(purpose, members("start"))
            self._tell("maintenance_publish", holders(("communications",)))

    def _changed(self, facts: dict[str, Any], now: datetime) -> None:
        if "starts_at" in facts:
            self.starts, self.ends = (datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
            self._asked = 0
        self._tell_known("maintenance_changed")
        today = in_local_time(now).date()
        for each in self.points:
            moment = each.moment(self.starts)
            if in_local_time(moment).date() > today if each.days else moment > now:
                self._done.discard(each.name)
        self._come(now)
