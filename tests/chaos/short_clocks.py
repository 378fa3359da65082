"""The checker's own reading of the operating model: who is told, and at which moments a duty's clock should go off.

Nothing here is the product's code: the file is read anew, and the ladders are climbed anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo  # noqa: TID251  # the checker counts by itself

MODEL = Path(__file__).with_name("operating-model.toml")
_READ: dict[str, Any] = tomllib.loads(MODEL.read_text(encoding="utf-8"))
_UNITS = {"d": "days", "h": "hours", "min": "minutes", "s": "seconds"}
USUAL_OVERDUE_TO = ["desk", "duty_officer"]
KELA = "kela"
BY_LAW = {"notify_supervisory_authority", "notify_controller", "confirm_joint_notification", "inform_data_subjects"}
"""Duties of the storm whose time stands in a law, or that a law asks for: their alarms never give way to a digest."""


def elapsed(written: str) -> timedelta:
    """A duration of the file."""
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)(d|h|min|s)", written)})


WATCH = elapsed(_READ["watch"]["length"])
UNAVAILABLE_AFTER = elapsed(_READ["breach"]["unavailability_after"])


class Alarm(NamedTuple):
    """One moment of a ladder. ``is_overdue``: the duty was due by then."""

    number: int
    at: datetime
    roles: tuple[str, ...]
    is_overdue: bool
    is_digest: bool = False
    """Whether one letter tells it with whatever else nobody has answered for days."""

    @property
    def purpose(self) -> str:
        """What its letters are called in the record."""
        return "unanswered" if self.is_digest else "overdue" if self.is_overdue else "reminder"

    @property
    def told(self) -> tuple[str, ...]:
        """The contacts: who holds the roles; from the second alarm on their deputies too, as nobody acknowledges.

        A digest goes to the deputies once a week, with that to management.
        """
        if self.is_digest:
            return holders(self.roles, deputies="management" in self.roles)
        return holders(self.roles, deputies=self.number > 0)


def due_after(kind: str) -> timedelta:
    """How long a duty may stay open."""
    return elapsed(_READ["ladders"][kind]["due_after"])


def alarms(kind: str, start: datetime) -> Iterator[Alarm]:
    """Every moment at which the clock of a duty goes off, without end."""
    ladder = _READ["ladders"][kind]
    number = -1
    for number, rung in enumerate(ladder.get("reminders", [])):
        yield Alarm(number, start + elapsed(rung["after"]), (rung["to"],), is_overdue=False)
    at, gap = start + due_after(kind), elapsed(ladder.get("overdue_every", "15min"))
    over = None if kind in BY_LAW else at + elapsed(_READ.get("unanswered", {}).get("after", "3d"))
    while over is None or at < over:
        number += 1
        yield Alarm(number, at, tuple(ladder.get("overdue_to", USUAL_OVERDUE_TO)), is_overdue=True)
        at, gap = at + gap, max(gap, min(gap * 2, timedelta(hours=4)))
    yield from _digests(ladder, number, over)


def _digests(ladder: dict[str, Any], number: int, since: datetime) -> Iterator[Alarm]:
    """Each day at the same hour of the wall's clock; on one weekday to management as well."""
    on_duty = [role for role in ladder.get("overdue_to", USUAL_OVERDUE_TO) if role != "management"] or ["desk"]
    rule = _READ.get("unanswered", {})
    here = ZoneInfo(_READ["organisation"].get("time_zone", "Europe/Helsinki"))
    day = since.astimezone(here).date()
    while True:
        at = datetime.combine(day, time(rule.get("at", 8)), here).astimezone(UTC)
        if at >= since:
            number += 1
            is_weekly = day.strftime("%A").lower() == rule.get("weekly_on", "monday")
            yield Alarm(number, at, (*on_duty, *(["management"] if is_weekly else [])), is_overdue=True, is_digest=True)
        day += timedelta(days=1)


def alarms_until(kind: str, start: datetime, end: datetime) -> list[Alarm]:
    """The moments of a ladder up to an instant."""
    found: list[Alarm] = []
    for alarm in alarms(kind, start):
        if alarm.at > end:
            break
        found.append(alarm)
    return found


def may_be_given_up(kind: str, start: datetime, fired: Alarm, fired_at: datetime) -> bool:
    """Whether the next alarm follows so soon that a letter that can't be sent is not sent any more.

    After an outage it may have been due before this one went off: then it follows at once.
    """
    following = next(later for later in alarms(kind, start) if later.number > fired.number)
    return following.at - fired_at < timedelta(hours=1)


def holders(roles: tuple[str, ...], *, deputies: bool = False) -> tuple[str, ...]:
    """The contacts that hold some roles, each once; a role that nobody holds is the desk's."""
    held = [_READ["roles"].get(role, _READ["roles"]["desk"]) for role in roles]
    named = [c for each in held for c in (*each["contacts"], *(each.get("deputies", []) if deputies else []))]
    return tuple(dict.fromkeys(named))


def owners() -> dict[str, str]:
    """Of each contact that somebody else answers for, who that is."""
    return {name: contact["owner"] for name, contact in _READ["contacts"].items() if "owner" in contact}


def same_fault_within() -> timedelta:
    """How long after its last change a published notice can be about a fault of today."""
    return elapsed(_READ.get("notices", {}).get("same_fault_within", "24h"))


def members(point: str) -> tuple[str, ...]:
    """The contacts that are told at a point of the story."""
    groups = set(_READ["telling"][point])
    return tuple(name for name, contact in _READ["contacts"].items() if groups & set(contact.get("groups", [])))


def address(contact: str) -> str:
    """Where a contact's mail goes."""
    return str(_READ["kela"]["report_email"] if contact == KELA else _READ["contacts"][contact]["email"])
