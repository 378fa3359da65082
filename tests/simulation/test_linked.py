"""Pairs of incidents of one fault: nothing wrong where the product is right, something wrong where it is broken."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.simulation.desk import product
from tests.simulation.desk.clocks import OF_THE_YEARS
from tests.simulation.desk.links import LinkedPair
from tests.simulation.desk.running import IN_A_YEAR, PAIRS_OF_A_YEAR, Order, Outcome, simulated

pytestmark = pytest.mark.simulation


WEEKS = Order("L1", [], IN_A_YEAR, operating_model=OF_THE_YEARS, days_beside=60)
"""Some weeks with one pair of each kind, and no lives beside."""


def pairs_alone(left: frozenset[int] | None = None) -> Outcome:
    """Those weeks, or with the pairs that are left."""
    return simulated(dataclasses.replace(WEEKS, pairs_left=left))


def test_nothing_is_wrong_with_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Order, "has_standing", False)
    outcome = pairs_alone()
    assert outcome.violations == []
    assert outcome.checks["pairs"] == PAIRS_OF_A_YEAR
    assert outcome.checks["duties left to another"] > 20
    assert outcome.checks["clocks of pairs"] > 20


def test_the_one_whose_question_comes_much_sooner_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Order, "has_standing", False)
    both = next(pair for pair in WEEKS.pairs if pair.what == "both ask")
    say = LinkedPair._say

    async def late(people: LinkedPair, reference: str, message: str, /, **facts: Any) -> str:
        if (reference, message) == (both.follower, "same_as"):
            await asyncio.sleep(60)
        return await say(people, reference, message, **facts)

    monkeypatch.setattr(LinkedPair, "_say", late)
    outcome = pairs_alone(frozenset({both.number}))
    assert outcome.violations == []
    assert outcome.checks["pairs the other way round"] == 1


def test_a_clock_of_a_pair_that_is_a_minute_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Order, "has_standing", False)
    waits = product.duty_timers.wait_until
    minute = timedelta(minutes=1)

    async def late(moment: datetime, why: str, **more: Any) -> bool:
        return await waits(moment + minute if why.startswith("Duty") else moment, why, **more)

    monkeypatch.setattr(product.duty_timers, "wait_until", late)
    assert "is open and no timer goes off at" in pairs_alone(frozenset({1})).violations[0]


async def _looks_for_nobody(_: Any) -> None:
    return None


def _tells_all(_: Any, __: str, groups: tuple[str, ...], **___: Any) -> tuple[str, ...]:
    return groups


BROKEN: dict[str, tuple[str, Callable[..., Any], str, int]] = {
    "a follower tells all": ("told_here", _tells_all, "was told of the", 7),
    "a follower waits for ever": ("look_for_lead", _looks_for_nobody, "is left to another", 4),
}
"""What is broken, how, the words by which it is found, and the pair that shows it."""


@pytest.mark.parametrize("how", BROKEN)
def test_an_incident_that_is_broken_on_purpose_is_found(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, instead, words, pair = BROKEN[how]
    monkeypatch.setattr(Order, "has_standing", False)
    monkeypatch.setattr(product.part_of_links(name), name, instead)
    outcome = pairs_alone(frozenset({pair}))
    assert any(words in each for each in outcome.violations), outcome.violations[:3]
