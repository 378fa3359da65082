"""How a person may type a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.terminal.time_input import NotAMoment, day_to_say, read_moment

NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # 12.00 in Finland


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-22T14:05+02:00", "2026-11-22T12:05"),
        ("2026-11-22T12:05Z", "2026-11-22T12:05"),
        ("2026-11-22 11:05", "2026-11-22T09:05"),
        ("2026-11-22T11:05:30", "2026-11-22T09:05:30"),
        ("22.11.2026 11.05", "2026-11-22T09:05"),
        ("1.7.2026 9:05", "2026-07-01T06:05"),
        ("11:05", "2026-11-22T09:05"),
        ("12.05", "2026-11-22T10:05"),  # five minutes ahead: clocks differ
        ("23:55", "2026-11-21T21:55"),  # last night
        (" NOW ", "2026-11-22T10:00"),
    ],
)
def test_it_is_read(typed: str, meant: str) -> None:
    assert read_moment(typed, NOON) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("yesterday", "is not a time"),
        ("", "is not a time"),
        ("25:00", "calendar"),
        ("2026-02-30 10:00", "calendar"),
        ("2026-11-22", "but not the time"),
        ("2026-03-29 03:30", "does not exist"),
        ("2026-10-25 03:30", "happened twice"),
    ],
)
def test_it_is_refused_in_plain_words(typed: str, said: str) -> None:
    with pytest.raises(NotAMoment, match=said):
        read_moment(typed, NOON)


def test_an_hour_that_happened_twice_is_clear_with_its_offset() -> None:
    first = read_moment("2026-10-25T03:30+03:00", NOON)
    second = read_moment("2026-10-25T03:30+02:00", NOON)
    assert (second - first).total_seconds() == 3600


def test_the_edges_of_the_clock_changes_are_taken() -> None:
    assert read_moment("2026-03-29 02:59", NOON) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert read_moment("2026-03-29 04:00", NOON) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert read_moment("2026-10-25 02:59", NOON) == datetime(2026, 10, 24, 23, 59, tzinfo=UTC)
    assert read_moment("2026-10-25 04:00", NOON) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_it(typed: str) -> None:
    try:
        moment = read_moment(typed, NOON)
    except NotAMoment:
        return
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    ("typed", "clear"),
    [
        ("11:05", ""),
        ("12.05", ""),  # five minutes ahead: clocks differ
        ("12.40", "21.11.2026 12:40"),
        ("23:55", "21.11.2026 23:55"),
        ("21.11.2026 23.55", ""),
        ("2026-11-21T23:55+02:00", ""),
        ("now", ""),
    ],
)
def test_a_time_of_another_day_is_named_with_its_day(typed: str, clear: str) -> None:
    assert day_to_say(typed, NOON) == clear
    assert not clear or read_moment(clear, NOON) == read_moment(typed, NOON)
