"""Duties and their ladders: which alarm is next, whatever was missed; nothing closes but by being met or waived."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from workflows.procedure import duties
from workflows.procedure.duties import Duty, Ladder, Rung

MINUTE = timedelta(minutes=1)
ladders = st.builds(
    Ladder,
    due_after=st.integers(1, 6000).map(lambda n: n * MINUTE),
    reminders=st.lists(
        st.builds(
            Rung, after=st.integers(0, 6000).map(lambda n: n * MINUTE), to=st.sampled_from(["desk", "management"])
        ),
        max_size=8,
    ).map(tuple),
    overdue_every=st.integers(1, 120).map(lambda n: n * MINUTE),
    overdue_at_most_every=st.integers(1, 600).map(lambda n: n * MINUTE),
)


def duty(ladder: Ladder) -> Duty:
    return Duty(
        id="phone_kela",
        kind="phone_kela",
        recipient="Kela",
        basis="test",
        opened_at=NOON,
        clock_started_at=NOON,
        due_at=NOON + ladder.due_after,
        ladder=ladder,
    )


LADDER = Ladder(
    due_after=60 * MINUTE,
    reminders=(Rung(after=10 * MINUTE, to="desk"), Rung(after=30 * MINUTE, to="management")),
    overdue_every=10 * MINUTE,
    overdue_at_most_every=30 * MINUTE,
)


def alarms(owed: Duty, until: timedelta) -> list[tuple[float, str]]:
    """Every alarm of a duty up to a moment, as minutes since the start and kind, where none is missed."""
    told: list[tuple[float, str]] = []
    while (alarm := duties.next_alarm(owed, NOON)).at <= NOON + until:
        told.append(((alarm.at - NOON) / MINUTE, alarm.kind))
        owed = duties.fired(owed, alarm)
    return told


def test_the_ladder_is_climbed_and_then_widens_to_its_limit() -> None:
    assert alarms(duty(LADDER), timedelta(minutes=180)) == [
        (10, "reminder"),
        (30, "reminder"),
        (60, "overdue"),
        (70, "overdue"),
        (90, "overdue"),
        (120, "overdue"),
        (150, "overdue"),
        (180, "overdue"),
    ]


def test_of_several_missed_alarms_only_the_latest_goes_off() -> None:
    alarm = duties.next_alarm(duty(LADDER), NOON + timedelta(minutes=95))
    assert (alarm.at, alarm.kind) == (NOON + timedelta(minutes=90), "overdue")
    after = duties.fired(duty(LADDER), alarm)
    assert after.state == "overdue"
    assert duties.next_alarm(after, NOON + timedelta(minutes=95)).at == NOON + timedelta(minutes=120)


def test_a_clock_that_started_decades_ago_costs_no_more_than_one_of_today() -> None:
    began = perf_counter()
    owed = duty(LADDER).model_copy(update={"clock_started_at": NOON - timedelta(days=9000), "due_at": None})
    alarm = duties.next_alarm(owed, NOON)
    assert NOON - timedelta(minutes=30) < alarm.at <= NOON
    assert duties.next_alarm(duties.fired(owed, alarm), NOON).at == alarm.at + timedelta(minutes=30)
    assert perf_counter() - began < 0.2, "counted one by one these alarms take seconds, which stops a process"


@given(ladders, st.lists(st.integers(0, 3000), max_size=20))
def test_an_alarm_never_goes_off_early_or_twice_and_the_next_lies_ahead(ladder: Ladder, pauses: list[int]) -> None:
    owed, now = duty(ladder), NOON
    for pause in pauses:
        alarm = duties.next_alarm(owed, now)
        assert alarm.number >= owed.alarms_fired
        now = max(now, alarm.at) + pause * MINUTE
        owed = duties.fired(owed, duties.next_alarm(owed, now))
        assert duties.next_alarm(owed, now).at > now or duties.next_alarm(owed, now).number >= owed.alarms_fired


@given(ladders, st.integers(0, 20000))
def test_it_is_overdue_exactly_from_its_due_time(ladder: Ladder, minutes: int) -> None:
    now = NOON + minutes * MINUTE
    owed = duty(ladder)
    alarm = duties.next_alarm(owed, now)
    if alarm.at <= now:
        assert (duties.fired(owed, alarm).state == "overdue") == (now >= NOON + ladder.due_after)


@given(ladders, st.integers(-600, 6000))
def test_it_is_met_late_exactly_after_its_due_time(ladder: Ladder, minutes: int) -> None:
    at = NOON + ladder.due_after + minutes * MINUTE
    assert duties.met(duty(ladder), at=at, by="desk").state == ("met_late" if minutes > 0 else "met")


def test_a_waiver_says_who_and_why() -> None:
    waived = duties.waived(duty(LADDER), at=NOON, by="lead", reason="Kela had called us")
    assert (waived.state, waived.by, waived.waived_reason, waived.is_open) == (
        "waived",
        "lead",
        "Kela had called us",
        False,
    )


def test_a_bounce_starts_the_organisations_own_clock_again_but_never_a_legal_one() -> None:
    later = NOON + timedelta(hours=5)
    met = duties.met(duty(LADDER), at=NOON, by="kantadesk")
    assert duties.reopened(met, later).due_at == later + LADDER.due_after
    assert duties.reopened(met.model_copy(update={"legal": True}), later).due_at == NOON + LADDER.due_after


def test_the_next_due_time_is_that_of_the_open_duties() -> None:
    first, second = duty(LADDER), duty(LADDER.model_copy(update={"due_after": 90 * MINUTE}))
    assert duties.next_due([first, second]) == NOON + 60 * MINUTE
    assert duties.next_due([duties.met(first, at=NOON, by="x"), second]) == NOON + 90 * MINUTE
    assert duties.next_due([]) is None


def alarmed(ladder: Ladder, times: int) -> Duty:
    """A duty whose clock has gone off so many times, each at its moment."""
    owed = duty(ladder)
    for _ in range(times):
        alarm = duties.next_alarm(owed, NOON)
        owed = duties.fired(owed, alarm)
    return owed


LONG = Ladder(due_after=60 * MINUTE, reminders=(Rung(after=10 * MINUTE, to="desk"),))


def test_an_acknowledged_alarm_comes_back_half_way_to_the_due_time_to_the_same() -> None:
    seen_at = NOON + 20 * MINUTE
    seen = duties.acknowledged(alarmed(LONG, 1), at=seen_at, by="Anna", comes_back=True)
    back = duties.next_alarm(seen, seen_at)
    assert (back.at, back.kind, back.to) == (NOON + 40 * MINUTE, "reminder", ("desk",))
    assert (seen.acknowledged_at, seen.acknowledged_by) == (seen_at, "Anna")
    after = duties.fired(seen, back)
    assert after.alarms_fired == seen.alarms_fired
    due = duties.next_alarm(after, back.at)
    assert (due.at, due.kind) == (NOON + 60 * MINUTE, "overdue")
    again = duties.acknowledged(after, at=back.at, by="Anna", comes_back=True)
    assert duties.next_alarm(again, back.at).at == NOON + 50 * MINUTE


def test_a_rung_that_is_still_to_come_is_enough() -> None:
    ladder = Ladder(
        due_after=60 * MINUTE, reminders=(Rung(after=10 * MINUTE, to="desk"), Rung(after=30 * MINUTE, to="desk"))
    )
    seen = duties.acknowledged(alarmed(ladder, 1), at=NOON + 12 * MINUTE, by="Anna", comes_back=True)
    assert seen.comes_back_at is None
    assert duties.next_alarm(seen, NOON + 12 * MINUTE).at == NOON + 30 * MINUTE


def test_nothing_comes_back_besides_where_the_due_time_is_near_or_past_or_nobody_was_alarmed() -> None:
    near = duties.acknowledged(alarmed(LONG, 1), at=NOON + 59 * MINUTE, by="Anna", comes_back=True)
    past = duties.acknowledged(alarmed(LONG, 2), at=NOON + 61 * MINUTE, by="Anna", comes_back=True)
    never = duties.acknowledged(duty(LONG), at=NOON, by="Anna", comes_back=True)
    before = duties.acknowledged(alarmed(LONG, 1), at=NOON + 20 * MINUTE, by="Anna", comes_back=False)
    assert [each.comes_back_at for each in (near, past, never, before)] == [None] * 4


def test_a_process_without_the_field_writes_what_it_wrote() -> None:
    assert not {"comes_back_at", "acknowledged_at", "acknowledged_by"} & duty(LONG).model_dump().keys()


@given(ladders, st.integers(0, 9), st.integers(0, 6000))
def test_whatever_is_acknowledged_the_next_alarm_is_never_later_than_without(
    ladder: Ladder, times: int, minutes: int
) -> None:
    at = NOON + minutes * MINUTE
    owed = alarmed(ladder, times)
    seen = duties.acknowledged(owed, at=at, by="Anna", comes_back=True)
    assert duties.next_alarm(seen, at).at <= duties.next_alarm(owed, at).at
    if seen.comes_back_at and seen.due_at:
        assert at < seen.comes_back_at < seen.due_at
