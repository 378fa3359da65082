"""The edges of the rules of planned breaks: where a comparison, a default or what is left out makes a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.builders import NOON
from tests.procedure.faults_said import said
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.maintenance.rules import (
    AS_PUBLISHED,
    BEGINS,
    LATE_BY,
    OVERLONG,
    MaintenanceRules,
    Occasion,
    Point,
    asked_at,
    is_short_notice,
    moment_of,
    occasions,
    still_told,
    to_tell,
)
from workflows.procedure.window import Window

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
HELSINKI = "Europe/Helsinki"


def window(start: float, end: float) -> Window:
    return Window(starts_at=NOON + start * HOUR, ends_at=NOON + end * HOUR)


TWO = (window(0, 2), window(10, 12))
PLAN = Plan(title="x", services=("PDR",), starts_at=NOON, ends_at=NOON + 12 * HOUR, windows=TWO)


@pytest.mark.parametrize(
    ("point", "why"),
    [
        ({"at": "25:00"}, 'must be a local hour, like "15:00"'),
        ({"before": timedelta(microseconds=-1)}, "must not be negative"),
        ({"before": 7 * DAY + SECOND}, "must be at most 7d: for longer times, count in days_before"),
    ],
)
def test_points_that_are_refused(point: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Point.model_validate({"tells_of": "first_start"} | point)
    assert said(refused) == why


def test_the_longest_and_the_shortest_that_are_taken() -> None:
    assert Point(tells_of="first_start", before=7 * DAY).before == 7 * DAY
    assert Point(tells_of="first_start", before=timedelta(0)).before == timedelta(0)
    assert MaintenanceRules(overlong_again_every=timedelta(minutes=15)).overlong_again_every == timedelta(minutes=15)
    with pytest.raises(ValidationError) as refused:
        MaintenanceRules(overlong_again_every=timedelta(minutes=15) - SECOND)
    assert said(refused) == "must be at least 15min"


def test_a_point_before_an_end_counts_from_the_end_in_the_organisations_zone() -> None:
    before_end = Point(tells_of="each_end", before=HOUR)
    assert moment_of(before_end, window(0, 2), HELSINKI) == NOON + HOUR
    at_six = Point(tells_of="first_start", days_before=1, at="06:00")
    late = Window(starts_at=datetime(2026, 11, 22, 23, tzinfo=UTC), ends_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert moment_of(at_six, late, HELSINKI) == datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert moment_of(at_six, late, "Europe/Lisbon") == datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tells_of", "numbers"), [("first_start", [1]), ("each_start", [1, 2, 3]), ("each_end", [1, 2])]
)
def test_of_which_windows_a_point_tells(tells_of: Any, numbers: list[int]) -> None:
    three = PLAN.model_copy(update={"windows": (*TWO, window(20, 22)), "ends_at": NOON + 22 * HOUR})
    found = occasions(three, {"p": Point(tells_of=tells_of)}, HELSINKI)
    assert [occasion.number for occasion in found if occasion.what == "p"] == numbers
    assert [occasion.number for occasion in found if occasion.what == BEGINS] == [1, 2, 3]


@pytest.mark.parametrize(
    ("tells_of", "number", "until"),
    [("each_start", 1, 2), ("each_start", 2, 12), ("each_start", 3, 12), ("first_start", 1, 12), ("each_end", 1, 12)],
)
def test_until_when_it_is_worth_telling(tells_of: Any, number: int, until: int) -> None:
    points = {"p": Point(tells_of=tells_of)}
    due = [Occasion(at=NOON, what="p", number=number)]
    assert to_tell(due, PLAN, points, NOON + until * HOUR - SECOND) == tuple(due)
    assert to_tell(due, PLAN, points, NOON + until * HOUR) == ()


def test_the_last_window_may_end_before_the_break() -> None:
    longer = PLAN.model_copy(update={"ends_at": NOON + 14 * HOUR})
    points = {"p": Point(tells_of="each_start")}
    due = [Occasion(at=NOON, what="p", number=2)]
    assert to_tell(due, longer, points, NOON + 12 * HOUR) == ()
    assert to_tell(due, longer, points, NOON + 12 * HOUR - SECOND) == tuple(due)


def test_short_notice_is_said_of_points_days_ahead_only_and_only_while_the_break_lasts() -> None:
    ahead, same_day = Point(tells_of="first_start", days_before=1), Point(tells_of="first_start")
    occasion = Occasion(at=NOON, what="p")
    late, over = NOON + LATE_BY, PLAN.ends_at
    assert not is_short_notice(occasion, ahead, PLAN, late)
    assert is_short_notice(occasion, ahead, PLAN, late + SECOND)
    assert is_short_notice(occasion, ahead, PLAN, over - SECOND)
    assert not is_short_notice(occasion, ahead, PLAN, over)
    assert not is_short_notice(occasion, ahead, PLAN, NOON)
    assert not is_short_notice(occasion, same_day, PLAN, late + SECOND)


def test_what_stays_told_after_a_change() -> None:
    points = {
        "ahead": Point(tells_of="first_start", days_before=1),
        "start": Point(tells_of="first_start"),
    }
    moved = PLAN.model_copy(update={"starts_at": NOON + 30 * HOUR, "ends_at": NOON + 32 * HOUR, "windows": ()})
    told = {"ahead/1", "start/1", f"{BEGINS}/1"}
    assert still_told(told, moved, points, NOON, HELSINKI) == {"ahead/1"}  # its new moment is later this day
    assert still_told(told, moved, points, NOON - DAY, HELSINKI) == set()
    assert still_told(told - {"ahead/1"}, moved, points, NOON + 31 * HOUR, HELSINKI) == {"start/1", f"{BEGINS}/1"}
    assert still_told({"start/1"}, moved, points, NOON + 30 * HOUR, HELSINKI) == {"start/1"}
    assert still_told({"start/1"}, moved, points, NOON + 30 * HOUR - SECOND, HELSINKI) == set()
    two_days = {"p": Point(tells_of="first_start", days_before=2)}
    assert still_told({"p/1"}, moved, two_days, NOON - 18 * HOUR - SECOND, HELSINKI) == {"p/1"}
    late = Plan(title="x", services=("PDR",), starts_at=NOON + 37 * HOUR, ends_at=NOON + 40 * HOUR)
    assert still_told({"ahead/1"}, late, points, NOON, HELSINKI) == set()  # 01:00 in Helsinki is the next day
    assert still_told({"ahead/1"}, late, points, NOON, "Europe/Lisbon") == {"ahead/1"}
    evening = NOON + 12.5 * HOUR  # 00:30 in Helsinki, 22:30 in Lisbon
    assert still_told({"ahead/1"}, late, points, evening, "Europe/Lisbon") == {"ahead/1"}
    later = Plan(title="x", services=("PDR",), starts_at=NOON + 39 * HOUR, ends_at=NOON + 40 * HOUR)
    assert still_told({"ahead/1"}, later, points, evening, "Europe/Lisbon") == set()


def test_the_desk_is_asked_again_and_the_questions_are_numbered() -> None:
    rules = AS_PUBLISHED
    first = PLAN.ends_at + rules.overlong_after
    assert asked_at(PLAN, rules, 0) == Occasion(at=first, what=OVERLONG, number=1)
    assert asked_at(PLAN, rules, 2) == Occasion(at=first + 2 * rules.overlong_again_every, what=OVERLONG, number=3)
