"""Who is told in a manner of its own, on the simulated desk: nothing is dropped, and none comes when it may not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.chaos.script import Act, Facts, Open, Pause, Plan, Say, opening, to_its_end, triage
from tests.simulation.desk import twins
from tests.simulation.desk.clocks import OF_THE_YEARS
from tests.simulation.desk.running import NOTHING, USUAL, Order, Outcome, simulated
from tests.simulation.engine.chance import Rates

HOUR = 3600.0
BEFORE_THE_CLOCKS_CHANGE = datetime(2027, 3, 26, 7, tzinfo=UTC)
SEVERITIES = ("low", "low", "medium", "high", "critical", "")


def news(severity: str) -> Facts:
    graver = {"severity": severity} if severity else {}
    return lambda _: {"text": "It goes on.", **graver}


def life(seed: str, number: int) -> Plan:
    """A fault of two or three days, of which something is said again and again, by day and by night."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  # a course of events
    reference = f"W{number:04}"
    acts: list[Act] = [
        Open(opening(reference, "DMS")),
        Pause(chance.uniform(0.1, 1.5) * HOUR),
        Say("triage", triage(chance.choice(("low", "medium", "high")), extensive=False, slows="no")),
    ]
    for _ in range(chance.randint(4, 16)):
        severity = chance.choice(SEVERITIES)
        acts.append(Pause(chance.choice((60.0, 600.0, HOUR, 5 * HOUR)) * chance.uniform(0.5, 2)))
        acts.append(Say("situation_update", news(severity)))
    return Plan(reference, (*acts, Pause(chance.uniform(0, 9) * HOUR), *to_its_end()))


def told(seed: str, rates: Rates, lives: int = 6) -> Outcome:
    plans = [life(seed, number) for number in range(lives)]
    order = Order(
        seed, plans, rates, operating_model=OF_THE_YEARS, makes="of itself", begins=BEFORE_THE_CLOCKS_CHANGE,
        apart=5 * HOUR, patience_days=9.0, twins=True,
    )  # fmt: skip
    return simulated(order)


def test_nothing_is_dropped_and_nothing_comes_when_it_may_not() -> None:
    outcome = told("twins 3", NOTHING)
    assert outcome.violations == []
    for name in ("held back for quiet@example.org", "held back for rarely@example.org"):
        assert outcome.checks[name] >= 10, outcome.checks
    assert outcome.checks["by pager"] >= 10
    assert outcome.checks["by mail, since the pager failed"] >= 5


@pytest.mark.simulation
@pytest.mark.parametrize("seed", ["twins-1", "twins-2"])
def test_nor_where_workers_die(seed: str) -> None:
    outcome = told(seed, USUAL)
    assert outcome.violations == []
    assert outcome.happened
    assert outcome.deaths


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NIGHT", (time(13), time(21)), "in quiet hours"),
        ("AWHILE", timedelta(hours=8), "went to rarely@example.org"),
    ],
)
def test_a_judge_that_expects_more_silence_finds_what_comes(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, said: str
) -> None:
    monkeypatch.setattr(twins, name, value)
    outcome = told("twins", NOTHING, lives=2)
    assert any(said in each for each in outcome.violations), outcome.violations[:3]
