"""How a duty ends, rings and opens again: the whole duty afterwards, field by field, so that nothing else has moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import NOON
from workflows.procedure import duties
from workflows.procedure.arising import Arising, ladder_for
from workflows.procedure.duties import Alarm, Duty, Ladder, Rung
from workflows.procedure.incident.progress import EDGES, may_go

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LADDER = Ladder(due_after=HOUR, reminders=(Rung(after=10 * MINUTE, to="desk"),), overdue_every=10 * MINUTE)
OWED = Duty(
    id="phone_kela",
    kind="phone_kela",
    recipient="Kela",
    basis="the instruction",
    legal=False,
    opened_at=NOON,
    clock_started_at=NOON,
    due_at=NOON + HOUR,
    ladder=LADDER,
)


def changed(before: Duty, after: Duty) -> dict[str, object]:
    """The fields in which two duties differ, with their later values."""
    was, now = before.model_dump(), after.model_dump()
    return {name: now[name] for name in now if now[name] != was.get(name, "there was none")}


def test_met_in_time() -> None:
    after = duties.met(OWED, at=NOON + HOUR, by="anna", reference="K-1", delay_reason=None)
    assert changed(OWED, after) == {"state": "met", "met_at": NOON + HOUR, "by": "anna", "reference": "K-1"}


def test_met_a_second_late() -> None:
    at = NOON + HOUR + timedelta(seconds=1)
    after = duties.met(OWED, at=at, by="anna", delay_reason="the line was dead")
    assert changed(OWED, after) == {
        "state": "met_late", "met_at": at, "by": "anna", "delay_reason": "the line was dead"
    }  # fmt: skip


def test_met_where_it_was_never_due() -> None:
    after = duties.met(OWED.model_copy(update={"due_at": None}), at=NOON + 900 * HOUR, by="anna")
    assert after.state == "met"


def test_waived() -> None:
    after = duties.waived(OWED, at=NOON, by="anna", reason="Kela called us")
    assert changed(OWED, after) == {
        "state": "waived", "met_at": NOON, "by": "anna", "waived_reason": "Kela called us"
    }  # fmt: skip


@pytest.mark.parametrize("legal", [True, False])
def test_opened_again_by_a_bounce(legal: bool) -> None:
    before = OWED.model_copy(update={"legal": legal, "alarms_fired": 3})
    met = duties.met(before, at=NOON, by="kantadesk", reference="m-1").model_copy(update={"met_by_message": "m-1"})
    at = NOON + 5 * HOUR
    restarted = {} if legal else {"due_at": at + HOUR}
    assert changed(before, duties.reopened(met, at)) == {"clock_started_at": at, "alarms_fired": 0, **restarted}


def test_a_reminder_counts_and_an_alarm_makes_it_overdue() -> None:
    reminder = Alarm(number=0, at=NOON + 10 * MINUTE, kind="reminder", to=("desk",))
    once = duties.fired(OWED, reminder)
    assert changed(OWED, once) == {"alarms_fired": 1, "reminders_sent": 1}
    alarm = Alarm(number=1, at=NOON + HOUR, kind="overdue", to=("desk",))
    assert changed(once, duties.fired(once, alarm)) == {"alarms_fired": 2, "reminders_sent": 2, "state": "overdue"}


def test_an_alarm_due_now_goes_off_now() -> None:
    assert duties.next_alarm(OWED, NOON + 10 * MINUTE) == Alarm(
        number=0, at=NOON + 10 * MINUTE, kind="reminder", to=("desk",)
    )


def test_a_reminder_at_the_due_time_is_the_alarm_alone() -> None:
    ladder = LADDER.model_copy(update={"reminders": (Rung(after=HOUR, to="management"),)})
    alarm = duties.next_alarm(OWED.model_copy(update={"ladder": ladder}), NOON)
    assert (alarm.number, alarm.kind, alarm.at) == (0, "overdue", NOON + HOUR)


def test_without_a_due_time_the_ladders_own_counts() -> None:
    alarm = duties.next_alarm(OWED.model_copy(update={"due_at": None, "alarms_fired": 1}), NOON)
    assert (alarm.kind, alarm.at) == ("overdue", NOON + HOUR)


def test_the_ladder_of_a_duty_for_which_the_organisation_has_none() -> None:
    arising = Arising(
        kind="notify_supervisory_authority",
        recipient="the authority",
        basis="GDPR art. 33(1)",
        legal=True,
        counts_from=NOON,
        due_at=NOON + 72 * HOUR,
        due_is_law=True,
        ladder_kind="notify_supervisory_authority",
        verified=True,
    )
    assert ladder_for(arising, {}) == Ladder(
        due_after=72 * HOUR,
        reminders=(
            Rung(after=24 * HOUR, to="desk"),
            Rung(after=48 * HOUR, to="data_protection_officer"),
            Rung(after=66 * HOUR, to="management"),
        ),
        overdue_to=("data_protection_officer", "management"),
        overdue_every=HOUR,
    )


@pytest.mark.parametrize("before", EDGES)
@pytest.mark.parametrize("after", EDGES)
def test_phases_move_along_the_edges_only(before: str, after: str) -> None:
    allowed = {
        ("awaiting_triage", "handling"), ("awaiting_triage", "cancelled"), ("handling", "watch"),
        ("handling", "cancelled"), ("watch", "handling"), ("watch", "closed"), ("watch", "cancelled"),
    }  # fmt: skip
    assert may_go(before, after) == ((before, after) in allowed)  # type: ignore[arg-type]  # the names of phases
