"""Whether every clock went off when it should: no alarm before its time, none skipped; how late each was.

The server's history says when the process was at work. At each of those moments the latest alarm that had come must go
off, as long as nothing that ends the duty had arrived: that is all there is to predict, and it is exact.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.chaos.model import Owed
from tests.chaos.records import Ended
from tests.chaos.short_clocks import Alarm, alarms_until, due_after, holders, may_be_given_up

SAME = timedelta(milliseconds=1)
"""How far the same moment may differ in two places that write it with other digits."""


class Fired(NamedTuple):
    """An alarm that went off. ``may_be_given_up``: whether its letters may be left unsent for the next one."""

    duty: str
    alarm: Alarm
    at: datetime
    may_be_given_up: bool


class Clock(NamedTuple):
    """The clock of one duty: what went off, what is wrong with it."""

    fired: list[Fired]
    early: list[str]
    skipped: list[str]


def start_of(owed: Owed, duty: Any) -> datetime:
    """The instant from which the clock of a duty counts."""
    return owed.counts_from or duty.opened_at


def clock_of(ended: Ended, owed: Owed, duty: Any) -> Clock:
    """Hold the alarms of a duty, as the timeline has them, against its ladder and the server's history."""
    name, start = f"{ended.name}, {owed.id}", start_of(owed, duty)
    noted = ended.lines(f"Reminder of duty '{owed.id}'", f"Duty '{owed.id}' is overdue")
    fired: list[Fired] = []
    early = list(_faults_of_times(ended, owed, duty, name))
    skipped: list[str] = []
    due = list(_due_while_at_work(ended, owed, duty, start))
    for alarm, at, must in due:
        if noted and abs(noted[0].at - at) < SAME and _words(alarm) == (noted[0].what.split()[0], noted[0].detail):
            noted.pop(0)
            fired.append(Fired(owed.id, alarm, at, may_be_given_up(owed.kind, start, alarm, at)))
        elif must:
            skipped.append(f"{name}: alarm {alarm.number} of {alarm.at:%H:%M:%S} did not go off at {at:%H:%M:%S}")
    early += [f"{name}: went off at {line.at:%H:%M:%S} {line.detail}, where its ladder has nothing" for line in noted]
    return Clock(fired, early, skipped)


def letters_of(fired: list[Fired]) -> Counter[tuple[str, str, str]]:
    """The letters that the alarms must have sent: purpose, contact, duty. Digests of one moment are one letter."""
    digests: dict[datetime, list[str]] = defaultdict(list)
    for each in fired:
        if each.alarm.is_digest:
            digests[each.at] += each.alarm.roles
    one_by_one = [(f.alarm.purpose, to, f.duty) for f in fired if not f.alarm.is_digest for to in f.alarm.told]
    together = [
        ("unanswered", to, "")
        for roles in digests.values()
        for to in holders(tuple(roles), deputies="management" in roles)
    ]
    return Counter(one_by_one + together)


def _words(alarm: Alarm) -> tuple[str, str]:
    """How the timeline begins to say it, and whom it names."""
    to = "to " + ", ".join(r.replace("_", " ") for r in alarm.roles)
    return "Duty" if alarm.is_overdue else "Reminder", to + (", in one digest" if alarm.is_digest else "")


def _go_off(came: list[Alarm], *, is_armed: bool) -> list[Alarm]:
    """Of alarms that have come, those that go off: that which was waited for, and the latest of the others.

    Digests are one letter however many days were missed, and leave nobody out whom one of them was for.
    """
    if not is_armed or came[0].is_digest:
        first, rest = [], came
    else:
        first, rest = came[:1], came[1:]
    if not rest:
        return first
    roles = [role for each in rest if each.is_digest for role in each.roles]
    last = rest[-1]._replace(roles=tuple(dict.fromkeys(roles))) if rest[-1].is_digest else rest[-1]
    return [*first, last]


def _faults_of_times(ended: Ended, owed: Owed, duty: Any, name: str) -> Iterator[str]:
    """A duty opens when its cause has come and the process is at work; it is due by its ladder."""
    arrived = ended.course.arrived.get(owed.opened_by, [])
    if arrived and duty.opened_at < arrived[0] - SAME:
        yield f"{name}: opened before what opens it had come"
    if not any(abs(duty.opened_at - at) < SAME for at in ended.course.at_work):
        yield f"{name}: opened at {duty.opened_at:%H:%M:%S}, when nothing was done"
    if duty.due_at != start_of(owed, duty) + due_after(owed.kind):
        yield f"{name}: due {duty.due_at} instead of {start_of(owed, duty) + due_after(owed.kind)}"


def _due_while_at_work(ended: Ended, owed: Owed, duty: Any, start: datetime) -> Iterator[tuple[Alarm, datetime, bool]]:
    """What goes off, and when: seen from the moments at which the process was at work; last: whether it must.

    A clock waits for one alarm. Once that has come it goes off; of those missed meanwhile the latest goes off as well.
    What comes with or after the message that ends the duty need not go off any more; it may while that message waits
    behind another one.
    """
    if duty.met_at is None:
        return  # it is open and should not be: that is said already
    ends = ended.course.arrived.get(owed.closed_by, [duty.met_at])[0]
    applied = ended.course.answered.get(owed.closed_by, ends)
    last, is_armed = -1, False
    for at in ended.course.at_work:
        if duty.opened_at > at + SAME or at > max(ends, duty.met_at, applied):
            continue
        came = [alarm for alarm in alarms_until(owed.kind, start, at) if alarm.number > last]
        for alarm in _go_off(came, is_armed=is_armed) if came else ():
            yield alarm, at, at < ends
            last = alarm.number
        is_armed = True
