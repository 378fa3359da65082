"""What nobody answers for days, on the simulated desk: the judge counts the digests by a ladder of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.chaos import short_clocks
from tests.chaos.script import Open, Pause, Plan, Say, opening, to_its_end, triage
from tests.simulation.desk.running import NOTHING, USUAL, Order, Outcome, simulated
from tests.simulation.engine.chance import Rates

DAY = 86400.0
A_FRIDAY = datetime(2027, 3, 19, 7, tzinfo=UTC)
"""Nine days before the clocks change."""


def unanswered(rates: Rates, days: float = 12) -> Outcome:
    """Lives in which nobody judges the fault for so many days."""
    acts = (
        Open(opening("U0001", "DMS")),
        Pause(days * DAY),
        Say("triage", triage("high", extensive=False, slows="no")),
        *to_its_end(),
    )
    plans = [Plan(f"U000{number}", (Open(opening(f"U000{number}", "DMS")), *acts[1:])) for number in (1, 2)]
    order = Order("unanswered", plans, rates, begins=A_FRIDAY, apart=3600.0)
    return simulated(order)


def test_each_morning_one_digest_goes_and_none_is_lost() -> None:
    outcome = unanswered(NOTHING)
    assert outcome.violations == []
    assert outcome.checks["digests"] >= 2 * 2 * 8, "two lives, two roles, eight mornings"


@pytest.mark.simulation
def test_nor_where_workers_die() -> None:
    outcome = unanswered(USUAL)
    assert outcome.violations == []
    assert outcome.happened
    assert outcome.checks["digests"] >= 2 * 2 * 8


def test_a_judge_whose_ladder_has_none_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the desk goes over to digests and the ladder that it is held against does not."""
    monkeypatch.setattr(short_clocks, "BY_LAW", short_clocks.BY_LAW | {"triage"})
    outcome = unanswered(NOTHING, days=6)
    assert any("triage is owed and no timer goes off at" in each for each in outcome.violations), outcome.violations[:3]
