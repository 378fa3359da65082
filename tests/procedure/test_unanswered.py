"""A duty that nobody answers: after some days its alarms give way to one digest a day, and one a week to management."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.builders import NOON
from workflows.procedure import rule_data
from workflows.procedure.duties import Alarm, Duty, Ladder, Role, Rung, fired, ignored_alarm, next_alarm
from workflows.procedure.operating_model.unanswered import Digests, Unanswered

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LADDER = Ladder(
    due_after=4 * HOUR,
    reminders=(Rung(after=HOUR, to="data_protection_officer"),),
    overdue_to=("data_protection_officer", "management"),
    overdue_every=HOUR,
    overdue_at_most_every=4 * HOUR,
)
DIGESTS = Digests(after=3 * DAY, at=8, weekly_on="monday", time_zone="Europe/Helsinki")
DPO: tuple[Role, ...] = ("data_protection_officer",)
BOTH: tuple[Role, ...] = ("data_protection_officer", "management")


def owed(**changes: Any) -> Duty:
    """A duty whose clock began on a Sunday at noon in Helsinki; due at four, so over from Wednesday at four on."""
    facts: dict[str, Any] = {
        "id": "assess_breach", "kind": "assess_breach", "recipient": "us", "basis": "test", "opened_at": NOON,
        "clock_started_at": NOON, "due_at": NOON + 4 * HOUR, "ladder": LADDER, "digests": DIGESTS,
    }  # fmt: skip
    return Duty.model_validate(facts | changes)


def told(duty: Duty, until: datetime) -> list[Alarm]:
    """Every alarm up to a moment, where none is missed."""
    found: list[Alarm] = []
    now = duty.clock_started_at
    while (alarm := next_alarm(duty, now)).at <= until:
        found.append(alarm)
        duty, now = fired(duty, alarm), alarm.at
    return found


def test_the_data_have_a_date_a_source_and_say_whose_they_are() -> None:
    data = rule_data.read("unanswered")
    assert {"source", "valid_from"} <= {*data}
    assert (data["own"], data["verified"]) == (True, False)
    assert Unanswered() == Unanswered(after=3 * DAY, at=8, weekly_on="monday")


def test_after_three_days_one_a_day_and_on_mondays_to_management_too() -> None:
    found = told(owed(), NOON + 9 * DAY)
    over = NOON + 4 * HOUR + 3 * DAY
    assert {alarm.is_digest for alarm in found if alarm.at < over} == {False}
    digests = [(f"{alarm.at:%a %H:%M}", alarm.to) for alarm in found if alarm.at >= over]
    assert digests == [
        ("Thu 06:00", DPO), ("Fri 06:00", DPO), ("Sat 06:00", DPO), ("Sun 06:00", DPO), ("Mon 06:00", BOTH),
        ("Tue 06:00", DPO),
    ]  # fmt: skip
    assert [alarm.number for alarm in found] == list(range(len(found)))
    assert all(alarm.kind == "overdue" and alarm.is_digest for alarm in found if alarm.at >= over)


@pytest.mark.parametrize(
    "changes",
    [
        {"legal": True},
        {"digests": None},
        {"ladder": LADDER.model_copy(update={"overdue_at_most_every": 2 * DAY})},
    ],
    ids=["set by a law", "opened before there were digests", "alarms rarer than a digest"],
)
def test_these_never_go_over(changes: dict[str, Any]) -> None:
    assert not any(alarm.is_digest for alarm in told(owed(**changes), NOON + 30 * DAY))


def test_a_legal_duty_alarms_just_as_before() -> None:
    with_rule, without = owed(legal=True), owed(legal=True, digests=None)
    assert told(with_rule, NOON + 60 * DAY) == told(without, NOON + 60 * DAY)


def test_whom_only_management_answers_for_falls_to_the_desk() -> None:
    only = LADDER.model_copy(update={"overdue_to": ("management",)})
    found = told(owed(ladder=only), NOON + 9 * DAY)
    assert {alarm.to for alarm in found if alarm.is_digest} == {("desk",), ("desk", "management")}


def test_the_local_hour_stays_over_both_changes_of_the_clock() -> None:
    for begins, before, after in (
        (datetime(2027, 3, 20, 10, tzinfo=UTC), "06:00", "05:00"),
        (datetime(2027, 10, 23, 10, tzinfo=UTC), "05:00", "06:00"),
    ):
        found = told(owed(clock_started_at=begins, due_at=begins + HOUR), begins + 12 * DAY)
        hours = [f"{alarm.at:%H:%M}" for alarm in found if alarm.is_digest]
        assert [hours[0], hours[-1]] == [before, after], hours


def test_a_digest_in_the_hour_that_is_left_out_goes_all_the_same() -> None:
    begins = datetime(2027, 3, 23, 10, tzinfo=UTC)  # the night to Sunday, 28 March has no hour from three to four
    at_three = DIGESTS.model_copy(update={"at": 3, "after": DAY})
    found = told(owed(clock_started_at=begins, due_at=begins + HOUR, digests=at_three), begins + 7 * DAY)
    days = [alarm.at.date() for alarm in found if alarm.is_digest]
    assert days == [datetime(2027, 3, 25, tzinfo=UTC).date() + n * DAY for n in range(len(days))]


def test_what_was_missed_goes_once_and_leaves_no_week_out() -> None:
    duty = owed()
    for alarm in told(duty, NOON + 5 * DAY):  # up to Friday
        duty = fired(duty, alarm)
    late = next_alarm(duty, NOON + 10 * DAY)  # nobody worked from Friday to the Wednesday after: a Monday was missed
    assert (late.to, late.is_digest) == (BOTH, True)
    assert next_alarm(fired(duty, late), NOON + 10 * DAY).at > NOON + 10 * DAY


@given(st.lists(st.integers(1, 60 * 24 * 9), min_size=1, max_size=40))
def test_no_digest_goes_off_early_or_twice(pauses: list[int]) -> None:
    duty, now, last = owed(), NOON, -1
    for pause in pauses:
        now += timedelta(minutes=pause)
        alarm = next_alarm(duty, now)
        assert alarm.number > last
        if alarm.at <= now:
            duty, last = fired(duty, alarm), alarm.number
            assert next_alarm(duty, now).at > now, "of what was missed one goes"


def test_a_clock_that_began_years_ago_has_the_number_that_counting_one_by_one_gives() -> None:
    now = NOON + 3 * 365 * DAY
    late, last = next_alarm(owed(), now), told(owed(), now)[-1]
    assert (late.number, late.at, late.to) == (last.number, last.at, BOTH)


def test_a_handover_repeats_no_digest() -> None:
    duty = owed()
    for alarm in told(duty, NOON + 2 * DAY):
        duty = fired(duty, alarm)
    assert ignored_alarm(duty, NOON + 2 * DAY)
    for alarm in told(duty, NOON + 5 * DAY):
        duty = fired(duty, alarm)
    assert ignored_alarm(duty, NOON + 5 * DAY) is None


def test_a_year_before_and_after() -> None:
    """Alarms of one question that nobody answers; each went to two roles, and from the second on to their deputies."""
    until = NOON + 365 * DAY
    before = told(owed(digests=None), until)
    after = told(owed(), until)
    assert len(before) == 2192
    assert (len(after), sum(alarm.is_digest for alarm in after)) == (383, 362)
    assert sum("management" in alarm.to for alarm in after if alarm.is_digest) == 52


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({"after": "10min"}, "after"),
        ({"after": "x"}, "after"),
        ({"at": 24}, "at"),
        ({"at": -1}, "at"),
        ({"weekly_on": "someday"}, "weekly_on"),
    ],
)
def test_a_fault_in_the_table_has_one_place(table: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Unanswered.model_validate(table)
    assert [error["loc"] for error in refused.value.errors()] == [(place,)]
