"""Shifts laid out as stretches: without a hole, with gaps and overlaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.contacts.rota import Shift, Stretch, at, stretches

START = datetime(2026, 10, 24, tzinfo=UTC)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def shift(start: int, end: int, *contacts: str, unmatched: bool = False) -> Shift:
    return Shift(start=hour(start), end=hour(end), contacts=contacts, unmatched=unmatched)


def told(*shifts: Shift, until: int = 24) -> list[tuple[int, int, str, str]]:
    found = stretches(shifts, START, hour(until))
    return [
        ((each.start - START) // timedelta(hours=1), (each.end - START) // timedelta(hours=1),
         "+".join(each.contacts), each.standing)
        for each in found
    ]  # fmt: skip


def test_shifts_that_meet_leave_no_gap_and_the_next_begins_where_one_ends() -> None:
    assert told(shift(-5, 8, "anna"), shift(8, 30, "mikko")) == [
        (0, 8, "anna", "on_duty"), (8, 24, "mikko", "on_duty"),
    ]  # fmt: skip
    found = stretches([shift(0, 8, "anna"), shift(8, 24, "mikko")], START, hour(24))
    [before, after] = [at(found, hour(8) - timedelta(microseconds=1)), at(found, hour(8))]
    assert before
    assert after
    assert (before.contacts, after.contacts) == (("anna",), ("mikko",))


def test_gaps_overlaps_and_names_that_nobody_knows() -> None:
    assert told(shift(0, 8, "anna"), shift(7, 12, "mikko"), shift(14, 20, unmatched=True)) == [
        (0, 7, "anna", "on_duty"), (7, 8, "anna+mikko", "overlap"), (8, 12, "mikko", "on_duty"), (12, 14, "", "gap"),
        (14, 20, "", "unmatched"), (20, 24, "", "gap"),
    ]  # fmt: skip
    assert told() == [(0, 24, "", "gap")]


def test_two_in_one_shift_and_the_same_person_twice_are_no_overlap() -> None:
    assert told(shift(0, 24, "mikko", "anna")) == [(0, 24, "anna+mikko", "on_duty")]
    assert told(shift(0, 16, "anna"), shift(8, 24, "anna")) == [(0, 24, "anna", "on_duty")]


@given(
    st.lists(st.tuples(st.integers(-30, 60), st.integers(0, 40), st.sampled_from(["anna", "mikko", ""])), max_size=12)
)
def test_the_time_is_laid_out_whole_and_each_moment_says_who_has_a_shift_then(
    given_shifts: list[tuple[int, int, str]],
) -> None:
    shifts = [shift(begin, begin + length, *([who] if who else []), unmatched=not who)
              for begin, length, who in given_shifts]  # fmt: skip
    found = stretches(shifts, START, hour(24))
    assert (found[0].start, found[-1].end) == (START, hour(24))
    assert all(one.end == two.start for one, two in pairwise(found))
    for number in range(24):
        moment = hour(number)
        there = at(found, moment)
        assert isinstance(there, Stretch)
        here = [each for each in shifts if each.start <= moment < each.end]
        assert set(there.contacts) == {contact for each in here for contact in each.contacts}
        assert (there.standing == "gap") == (not here)
