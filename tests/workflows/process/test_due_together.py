"""One digest takes every duty whose turn it is at that moment, and no other."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import NOON
from workflows.procedure.duties import Duty, DutyKind, Ladder, Role, next_alarm
from workflows.procedure.operating_model.unanswered import Digests
from workflows.process.duty_timers import due_now

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = NOON + 4 * DAY - 4 * HOUR
"""A Thursday at eight, in Helsinki."""


def owed(kind: DutyKind, *to: Role, legal: bool = False, alarms_fired: int = 0) -> Duty:
    ladder = Ladder(due_after=4 * HOUR, overdue_to=to, overdue_every=4 * HOUR)
    return Duty(
        id=kind, kind=kind, recipient="us", basis="test", legal=legal, opened_at=NOON, clock_started_at=NOON,
        due_at=NOON + 4 * HOUR, ladder=ladder, digests=Digests(), alarms_fired=alarms_fired,
    )  # fmt: skip


def test_one_digest_takes_every_duty_whose_turn_it_is() -> None:
    first = owed("assess_breach", "data_protection_officer", "management", alarms_fired=19)
    second, legal = owed("triage", "desk", alarms_fired=18), owed("notify_controller", "desk", legal=True)
    digest = next_alarm(owed("assess_breach", "data_protection_officer", alarms_fired=18), MORNING)
    assert (digest.number, digest.at, digest.is_digest) == (18, MORNING, True)
    found = due_now([first, second, legal], first, digest, MORNING)
    assert [(duty.id, duty.alarms_fired, alarm.to) for duty, alarm in found] == [
        ("assess_breach", 19, ("data_protection_officer",)),
        ("triage", 19, ("desk",)),
    ]
    assert all(next_alarm(duty, MORNING).at == MORNING + DAY for duty, _ in found)


def test_what_was_missed_besides_goes_with_it() -> None:
    first, later = owed("triage", "desk", alarms_fired=19), MORNING + 6 * DAY
    digest = next_alarm(owed("triage", "desk", alarms_fired=18), MORNING)
    [(duty, alarm)] = due_now([first], first, digest, later)
    assert (alarm.to, duty.reminders_sent) == (("desk", "management"), 1), "a Monday was among the missed ones"
    assert next_alarm(duty, later).at > later
