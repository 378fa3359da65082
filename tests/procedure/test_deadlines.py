"""The legal periods: the worked cases, both clock changes, and properties against calculations made another way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.deadlines import AUTHORITY, authority_deadlines, hours_allowed, months_after
from workflows.procedure.local_time import HELSINKI, local, zone
from workflows.procedure.public_holidays import easter_sunday
from workflows.procedure.working_days import is_working_day, public_holidays, rolled_over

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENTS = st.datetimes(datetime(2018, 6, 1), datetime(2099, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive
DATES = st.dates(date(1990, 1, 1), date(2099, 12, 31))


def helsinki(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone())


def as_local(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M %Z}"


@pytest.mark.parametrize(
    ("aware", "target", "ceiling"),
    [
        ("2020-12-22 12:17", "2020-12-25 12:17 EET", "2020-12-25 13:00 EET"),
        ("2020-12-22 12:00", "2020-12-25 12:00 EET", "2020-12-25 13:00 EET"),
        ("2026-03-27 15:40", "2026-03-30 16:40 EEST", "2026-03-30 17:00 EEST"),
        ("2026-10-23 15:40", "2026-10-26 14:40 EET", "2026-10-26 15:00 EET"),
        ("2026-04-02 16:20", "2026-04-05 16:20 EEST", "2026-04-05 17:00 EEST"),
        ("2026-12-23 09:05", "2026-12-26 09:05 EET", "2026-12-26 10:00 EET"),
        ("2026-06-18 23:59", "2026-06-21 23:59 EEST", "2026-06-22 00:00 EEST"),
        ("2027-03-26 12:00", "2027-03-29 13:00 EEST", "2027-03-29 14:00 EEST"),
    ],
)
def test_the_worked_cases(aware: str, target: str, ceiling: str) -> None:
    deadlines = authority_deadlines(helsinki(aware))
    assert (as_local(deadlines.target), as_local(deadlines.ceiling)) == (target, ceiling)


@pytest.mark.parametrize(
    ("aware", "ends"),
    [
        ("2020-12-22 12:17", "2020-12-25 13:00 EET"),  # two whole working days lie inside: the ceiling
        ("2026-03-27 15:40", "2026-04-01 00:00 EEST"),  # Friday: Monday and Tuesday
        ("2026-04-02 16:20", "2026-04-09 00:00 EEST"),  # Maundy Thursday: Tuesday and Wednesday after Easter
        ("2026-06-18 23:59", "2026-06-24 00:00 EEST"),  # the evening before Midsummer Eve
        ("2026-11-22 23:59", "2026-11-26 00:00 EET"),  # counted from Monday 0.00, which then is a whole day
    ],
)
def test_the_disputed_reading(aware: str, ends: str) -> None:
    deadlines = authority_deadlines(helsinki(aware))
    assert as_local(deadlines.disputed_3_5) == ends
    assert "information only" in deadlines.note


@given(MOMENTS)
def test_the_target_is_72_hours_on_the_clock_of_the_machine(aware_at: datetime) -> None:
    assert authority_deadlines(aware_at).target.timestamp() == pytest.approx(aware_at.timestamp() + 72 * 3600, abs=1e-3)


@given(MOMENTS)
def test_the_ceiling_is_found_by_stepping_through_the_hours(aware_at: datetime) -> None:
    hour = aware_at.replace(minute=0, second=0, microsecond=0)  # the hour of the event, not counted
    for _ in range(73):
        hour += HOUR
    deadlines = authority_deadlines(aware_at)
    assert deadlines.ceiling == hour
    assert local(hour).minute == 0, "a full hour in Helsinki"
    assert deadlines.target < deadlines.ceiling <= deadlines.target + HOUR
    assert deadlines.ceiling <= deadlines.disputed_3_5


@given(MOMENTS)
def test_the_disputed_reading_holds_two_whole_working_days_and_no_hour_more(aware_at: datetime) -> None:
    deadlines = authority_deadlines(aware_at)
    hour, end = deadlines.ceiling - 72 * HOUR, deadlines.disputed_3_5
    counted: dict[date, int] = {}
    while hour < end:
        counted[local(hour).date()] = counted.get(local(hour).date(), 0) + 1
        hour += HOUR
    whole = [day for day, hours in counted.items() if hours == 24 and is_working_day(day)]  # clocks change on Sundays
    assert len(whole) >= 2
    if end > deadlines.ceiling:
        assert len(whole) == 2
        assert whole[-1] == local(end - HOUR).date()


@given(MOMENTS, st.sampled_from(["Europe/Helsinki", "America/New_York", "Asia/Kolkata"]))
def test_the_target_is_the_same_in_every_zone(aware_at: datetime, name: str) -> None:
    there = authority_deadlines(aware_at.astimezone(zone(name)), name)
    assert there.target == authority_deadlines(aware_at).target
    assert local(there.ceiling, name).minute == 0 or name == "America/New_York"
    assert there.target < there.ceiling <= there.target + HOUR


def test_a_mistyped_year_has_a_deadline_too() -> None:
    assert hours_allowed(date(2000, 1, 1)) == AUTHORITY[0]
    assert hours_allowed(date(2026, 1, 1)).within == 72 * HOUR
    assert authority_deadlines(datetime(2099, 12, 31, 23, tzinfo=UTC)).target == datetime(2100, 1, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "target", "rolled"),
    [
        ("2026-01-31 09:00", 1, "2026-02-28 09:00 EET", "2026-03-02 09:00 EET"),
        ("2024-01-31 09:00", 1, "2024-02-29 09:00 EET", "2024-02-29 09:00 EET"),
        ("2026-11-24 10:00", 1, "2026-12-24 10:00 EET", "2026-12-28 10:00 EET"),  # Christmas Eve, Thursday
        ("2026-05-19 10:00", 1, "2026-06-19 10:00 EEST", "2026-06-22 10:00 EEST"),  # Midsummer Eve
        ("2026-12-15 10:00", 1, "2027-01-15 10:00 EET", "2027-01-15 10:00 EET"),
        ("2026-03-15 15:00", 1, "2026-04-15 15:00 EEST", "2026-04-15 15:00 EEST"),  # the same clock time
        ("2026-02-28 03:30", 1, "2026-03-28 03:30 EET", "2026-03-30 03:30 EEST"),
        ("2026-02-28 03:30", 13, "2027-03-28 04:30 EEST", "2027-03-30 03:30 EEST"),  # 3.30 does not exist; Easter
    ],
)
def test_a_month_later(start: str, months: int, target: str, rolled: str) -> None:
    period = months_after(helsinki(start), months)
    assert (as_local(period.target), as_local(period.rolled_over)) == (target, rolled)
    assert "unverified" in period.note


@given(MOMENTS, st.integers(1, 24))
def test_months_keep_the_day_or_take_the_last_of_the_month(moment: datetime, months: int) -> None:
    start, end = local(moment), local(months_after(moment, months).target)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + DAY).month != end.month)
    assert months_after(moment, months, HELSINKI).rolled_over >= months_after(moment, months).target


# The full moon after which Easter follows, by the golden number of the year (the tables for 1900-2199).
FULL_MOONS = (
    (4, 14), (4, 3), (3, 23), (4, 11), (3, 31), (4, 18), (4, 8), (3, 28), (4, 16), (4, 5), (3, 25), (4, 13), (4, 2),
    (3, 22), (4, 10), (3, 30), (4, 17), (4, 7), (3, 27),
)  # fmt: skip


def test_easter_is_the_sunday_after_the_full_moon_of_the_tables() -> None:
    for year in range(1900, 2200):
        moon = date(year, *FULL_MOONS[year % 19])
        assert easter_sunday(year) == moon + (6 - moon.weekday() or 7) * DAY


def test_the_holidays_of_a_year() -> None:
    written = "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-19 06-20 10-31 12-06 12-25 12-26"
    assert [f"{day:%m-%d}" for day in sorted(public_holidays(2026))] == written.split()
    assert is_working_day(date(2026, 12, 24)), "not on the list of Regulation 1182/71"
    assert rolled_over(date(2026, 12, 24)) == date(2026, 12, 28), "but no day on which a national period ends"


@given(DATES)
def test_a_working_day_is_never_far(day: date) -> None:
    week = [day + n * DAY for n in range(7)]
    assert 2 <= sum(map(is_working_day, week)) <= 5
    assert rolled_over(day) - day <= 5 * DAY
