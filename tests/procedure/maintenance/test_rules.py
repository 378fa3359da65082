"""When a break is told of: tables of days, properties of clock changes and holidays, what a change moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workflows.procedure.local_time import HELSINKI, local, zone
from workflows.procedure.maintenance.plan import Plan, differing, may_go
from workflows.procedure.maintenance.rules import (
    AS_PUBLISHED,
    BEGINS,
    MaintenanceRules,
    Point,
    asked_at,
    is_short_notice,
    moment_of,
    occasions,
    still_told,
    to_tell,
)
from workflows.procedure.window import Window
from workflows.procedure.working_days import is_free

POINTS = AS_PUBLISHED.points
AHEAD = Point(tells_of="first_start", days_before=14)
DAY_BEFORE = Point(tells_of="first_start", days_before=1, at="15:00", channel="text_message")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware
DAY = timedelta(days=1)


def helsinki(text: str) -> datetime:
    """A local time: "2026-12-15 06:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=zone())


def window(starts_at: datetime, hours: float = 2) -> Window:
    return Window(starts_at=starts_at, ends_at=starts_at.astimezone(UTC) + timedelta(hours=hours))


def plan(starts_at: datetime, hours: float = 2, **more: Any) -> Plan:
    ends_at = starts_at.astimezone(UTC) + timedelta(hours=hours)
    return Plan(title="x", services=("PDR",), starts_at=starts_at, ends_at=ends_at, **more)


@pytest.mark.parametrize(
    ("point", "starts", "told"),
    [
        (AHEAD, "2026-12-15 06:00", "2026-12-01 06:00"),
        (AHEAD, "2026-04-05 07:00", "2026-03-22 07:00"),  # the clocks went forward on 29.3.
        (AHEAD, "2026-11-01 07:00", "2026-10-18 07:00"),  # they went back on 25.10.
        (AHEAD, "2026-04-12 03:30", "2026-03-29 04:30"),  # 03:30 does not exist that day
        (DAY_BEFORE, "2026-12-15 06:00", "2026-12-14 15:00"),
        (DAY_BEFORE, "2026-12-15 00:00", "2026-12-14 15:00"),
        (DAY_BEFORE, "2026-12-15 23:59", "2026-12-14 15:00"),
        (DAY_BEFORE, "2026-03-29 07:00", "2026-03-28 15:00"),
        (DAY_BEFORE, "2026-10-25 07:00", "2026-10-24 15:00"),
        (DAY_BEFORE, "2026-12-14 06:00", "2026-12-13 15:00"),  # a Sunday, as it falls
        (DAY_BEFORE.model_copy(update={"free_days": "working_day_before"}), "2026-12-14 06:00", "2026-12-11 15:00"),
        (DAY_BEFORE.model_copy(update={"free_days": "working_day_before"}), "2026-12-27 06:00", "2026-12-23 15:00"),
        (AHEAD.model_copy(update={"free_days": "working_day_before"}), "2026-06-06 06:00", "2026-05-22 06:00"),
        (AHEAD.model_copy(update={"before": timedelta(hours=3)}), "2026-12-15 06:00", "2026-12-01 03:00"),
    ],
)
def test_days_are_counted_on_the_calendar(point: Point, starts: str, told: str) -> None:
    moment = moment_of(point, window(helsinki(starts)), HELSINKI)
    assert f"{local(moment):%Y-%m-%d %H:%M}" == told


def test_an_hour_that_comes_twice_means_the_first() -> None:
    moment = moment_of(AHEAD, window(helsinki("2026-11-08 03:30")), HELSINKI)
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_start_itself_is_a_moment_not_an_hour_of_the_calendar() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 03:30 for the second time
    assert moment_of(POINTS["start"], window(second), HELSINKI) == second


@given(MOMENTS, st.integers(1, 60))
def test_days_before_keeps_the_local_hour_or_moves_on_over_a_gap(starts_at: datetime, days: int) -> None:
    begins = local(starts_at)
    told = local(moment_of(Point(tells_of="first_start", days_before=days), window(starts_at), HELSINKI))
    assert told.date() == begins.date() - days * DAY
    moved = (told.hour * 60 + told.minute) - (begins.hour * 60 + begins.minute)
    assert moved == 0 or (moved == 60 and begins.hour == 3)
    assert timedelta(hours=-1) <= (starts_at - told) - days * DAY <= timedelta(hours=1)


@given(MOMENTS, st.integers(1, 30), st.sampled_from(["00:00", "03:30", "15:00", "23:59"]))
def test_a_working_day_before_is_one_and_the_last_one(starts_at: datetime, days: int, at: str) -> None:
    falls = Point(tells_of="first_start", days_before=days, at=at)
    moved = falls.model_copy(update={"free_days": "working_day_before"})
    there = local(moment_of(falls, window(starts_at), HELSINKI)).date()
    told = local(moment_of(moved, window(starts_at), HELSINKI)).date()
    assert not is_free(told)
    assert all(is_free(told + n * DAY) for n in range(1, (there - told).days + 1))


@pytest.mark.parametrize("year", range(2024, 2041))
def test_free_days_are_those_of_the_library_of_holidays(year: int) -> None:
    listed = holidays.country_holidays("FI", years=year)
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    assert [day for day in days if is_free(day) != (day.weekday() >= 5 or day in listed)] == []


WINDOWS = st.lists(st.integers(1, 40), min_size=2, max_size=8, unique=True)


@given(MOMENTS, WINDOWS)
def test_every_window_begins_once_and_its_start_comes_before_what_tells_of_it(
    starts_at: datetime, hours: list[int]
) -> None:
    edges = sorted(hours)
    windows = [
        Window(starts_at=starts_at + timedelta(hours=a), ends_at=starts_at + timedelta(hours=b))
        for a, b in zip(edges[::2], edges[1::2], strict=False)
    ]
    broken = plan(starts_at, 41, windows=tuple(windows))
    found = occasions(broken, POINTS, HELSINKI)
    assert [o.at for o in found] == sorted(o.at for o in found)
    assert [o.number for o in found if o.what == BEGINS] == list(range(1, len(windows) + 1))
    assert sum(o.what == "end" for o in found) == len(windows) - 1
    for number, each in enumerate(windows, 1):
        ids = [o.id for o in found]
        assert ids.index(f"{BEGINS}/{number}") < ids.index(f"start/{number}")
        assert next(o.at for o in found if o.id == f"start/{number}") == each.starts_at


@given(MOMENTS, st.timedeltas(timedelta(days=-3), timedelta(days=30)))
def test_what_is_late_is_told_once_by_each_way_and_never_after_the_end(
    starts_at: datetime, planned_before: timedelta
) -> None:
    now, broken = starts_at - planned_before, plan(starts_at)
    due = [o for o in occasions(broken, POINTS, HELSINKI) if o.at <= now]
    told = to_tell(due, broken, POINTS, now)
    ways = [POINTS[o.what].channel for o in told]
    assert len(ways) == len(set(ways))
    if now >= broken.ends_at:
        assert told == ()
    for way in {POINTS[o.what].channel for o in due if o.what in POINTS} if now < broken.ends_at else set():
        assert (
            next(o for o in told if POINTS[o.what].channel == way)
            == [o for o in due if o.what in POINTS and POINTS[o.what].channel == way][-1]
        )


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        ("2026-11-01 12:00", []),
        ("2026-12-03 12:00", ["two_weeks_before"]),
        ("2026-12-14 15:01", ["two_weeks_before", "day_before"]),
        ("2026-12-15 07:00", ["day_before", "start"]),
        ("2026-12-15 08:00", []),
    ],
)
def test_planned_late(planned: str, expected: list[str]) -> None:
    broken, now = plan(helsinki("2026-12-15 06:00")), helsinki(planned)
    due = [o for o in occasions(broken, POINTS, HELSINKI) if o.at <= now]
    told = to_tell(due, broken, POINTS, now)
    assert [o.what for o in told] == expected
    assert all(
        is_short_notice(o, POINTS[o.what], broken, now)
        for o in told
        if POINTS[o.what].days_before and now > o.at + DAY / 24
    )


@pytest.mark.parametrize(
    ("change", "now", "again"),
    [
        ("2026-12-15 07:00", "2026-12-02 12:00", []),  # an hour later: they know
        ("2026-12-17 06:00", "2026-12-02 12:00", ["two_weeks_before"]),  # falls on tomorrow: they are told in good time
        ("2026-12-16 18:00", "2026-12-02 12:00", []),  # falls on today: the change has just said it
        ("2027-02-15 06:00", "2026-12-02 12:00", ["two_weeks_before"]),
        ("2026-12-14 06:00", "2026-12-02 12:00", []),
    ],
)
def test_what_comes_again_after_a_change(change: str, now: str, again: list[str]) -> None:
    kept = still_told(["two_weeks_before/1"], plan(helsinki(change)), POINTS, helsinki(now), HELSINKI)
    assert [o for o in ("two_weeks_before",) if f"{o}/1" not in kept] == again


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.timedeltas(timedelta(days=-15), timedelta(days=60)))
def test_nothing_that_was_told_comes_again_on_the_day_of_the_change(
    starts_at: datetime, left: timedelta, moved_by: timedelta
) -> None:
    now, before = starts_at - left, plan(starts_at)
    done = [o.id for o in occasions(before, POINTS, HELSINKI) if o.at <= now]
    after = plan(starts_at + moved_by)
    kept = still_told(done, after, POINTS, now, HELSINKI)
    for occasion in occasions(after, POINTS, HELSINKI):
        if occasion.id in done and occasion.id not in kept:
            assert occasion.at > now
            if occasion.what in POINTS and POINTS[occasion.what].days_before:
                assert local(occasion.at).date() > local(now).date()


def test_the_desk_is_asked_after_the_grace_and_then_at_its_pace() -> None:
    broken = plan(helsinki("2026-12-15 06:00"))
    first, second = (asked_at(broken, AS_PUBLISHED, n).at - broken.ends_at for n in (0, 1))
    assert (first, second - first) == (timedelta(minutes=30), timedelta(hours=12))


def test_a_change_of_what_nobody_sees_is_no_difference() -> None:
    broken = plan(helsinki("2026-12-15 06:00"))
    assert differing(broken, broken.model_copy(update={"source": "kela"})) == ()
    assert differing(broken, broken.model_copy(update={"effect": "y"})) == ("effect",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends_at": helsinki("2026-12-15 06:00")}, "must be later than starts_at"),
        ({"ends_at": helsinki("2028-12-15 06:00")}, "at most 366 days"),
        ({"not_affected": ("PDR",)}, "is among the services"),
        ({"windows": (window(helsinki("2026-12-15 05:00")),)}, "must lie between"),
        (
            {"windows": (window(helsinki("2026-12-15 07:00"), 0.5), window(helsinki("2026-12-15 06:00")))},
            "follow one another",
        ),
    ],
)
def test_an_impossible_plan_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Plan.model_validate(plan(helsinki("2026-12-15 06:00")).model_dump() | changes)


def test_phases_go_along_their_edges_only() -> None:
    assert may_go("planned", "under_way")
    assert may_go("under_way", "planned")
    assert not may_go("planned", "completed")
    assert not may_go("cancelled", "planned")


def test_the_published_rules_say_what_nobody_has_checked() -> None:
    assert {name for name, point in POINTS.items() if not point.verified} == set(POINTS)
    assert all(point.source for point in POINTS.values())


@pytest.mark.parametrize(
    "point",
    [{"tells_of": "moon"}, {"tells_of": "each_end", "at": "25:00"}, {"tells_of": "each_end", "days_before": -1}],
)
def test_a_point_must_make_sense(point: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MaintenanceRules.model_validate({"points": {"x": point}})
