"""What stands beside the incidents: nothing wrong where the product is right, something wrong where it is broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation.desk import product
from tests.simulation.desk.clocks import OF_THE_YEARS, clocks_of
from tests.simulation.desk.running import IN_A_YEAR, NOTHING, Order, Outcome, simulated
from tests.simulation.desk.told_of_breaks import ToldOfBreak, points_in

STARTS = datetime(2027, 6, 8, 16, tzinfo=UTC)


def season(rates: Any = NOTHING) -> Outcome:
    """Two months without incidents."""
    return simulated(Order("season", [], rates, operating_model=OF_THE_YEARS, days_beside=65, makes="beside"))


def told_until(opened: datetime, *said: tuple[datetime, str, dict[str, Any]], until: datetime) -> dict[str, int]:
    """How many letters of each purpose are owed."""
    with clocks_of(OF_THE_YEARS):
        told = ToldOfBreak("B", points_in(OF_THE_YEARS), STARTS, STARTS + timedelta(hours=2), opened)
        for at, message, facts in said:
            told.hear(message, facts, at)
        told.until(until)
        return {purpose: told.letters[purpose, "desk"] or told.letters[purpose, "ward"] for purpose, _ in told.letters}


def test_the_points_of_a_break_planned_in_time() -> None:
    owed = told_until(STARTS - timedelta(days=20), until=STARTS + timedelta(hours=1))
    assert owed == {"maintenance_planned": 2, "maintenance_publish": 1, "maintenance_started": 1}


def test_of_the_points_that_have_passed_only_the_latest_is_told() -> None:
    owed = told_until(STARTS - timedelta(hours=2), until=STARTS - timedelta(hours=1))
    assert owed == {"maintenance_planned": 1, "maintenance_publish": 1}


def test_a_break_that_is_put_off_is_told_the_day_before_its_new_day() -> None:
    later = {"starts_at": STARTS + timedelta(days=7), "ends_at": STARTS + timedelta(days=7, hours=2)}
    change = (STARTS - timedelta(days=6), "change", {name: at.isoformat() for name, at in later.items()})
    owed = told_until(STARTS - timedelta(days=20), change, until=STARTS + timedelta(days=6, hours=12))
    assert owed == {"maintenance_planned": 2, "maintenance_publish": 2, "maintenance_changed": 1}


def test_a_break_that_nobody_completes_is_asked_about_again_and_again() -> None:
    owed = told_until(STARTS - timedelta(hours=1), until=STARTS + timedelta(hours=27))
    assert owed["maintenance_overlong"] == 3


@pytest.mark.simulation
def test_nothing_is_wrong_with_what_stands_where_nothing_goes_wrong() -> None:
    outcome = season()
    assert outcome.violations == []
    assert outcome.checks["breaks"] > 10
    assert outcome.checks["ended from outside"] == 6
    assert outcome.checks["outages of the board"] >= 3


@pytest.mark.simulation
def test_nothing_is_wrong_with_what_stands_where_much_goes_wrong() -> None:
    outcome = season(dataclasses.replace(IN_A_YEAR, evicted=0.05))
    assert outcome.violations == []
    assert outcome.deaths


def _never(*_: Any, **__: Any) -> None:
    return None


BROKEN: dict[str, tuple[str, str, Callable[..., Any], str]] = {
    "a point is told twice": ("Maintenance", "pass_by", _never, "went, "),
    "a feed is told at each look": ("NoticeWatch", "mark_told", _never, "was told"),
    "a finding is told at each look": ("Watchdog", "told", _never, "twice"),
}


@pytest.mark.simulation
@pytest.mark.parametrize("how", BROKEN)
def test_a_process_that_is_broken_on_purpose_is_found(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, words = BROKEN[how]
    monkeypatch.setattr(product.record_of(where), name, instead)
    outcome = season()
    assert any(words in each for each in outcome.violations), outcome.violations[:3]
