"""How a failure is made small: whatever goes wrong on the way, within its limits, and nothing said that is not so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import builds
from tests.chaos.script import Open, Plan, Say, opening, triage
from tests.simulation.desk.running import NOTHING, USUAL, Order, Outcome, ordered, simulated
from tests.simulation.desk.shrinking import Live, kind_of, shrunk
from tests.simulation.engine.virtual_time import TookTooLong
from tests.simulation.hook import ROOT, Verdict, made_small, violations_of
from tests.simulation.mutants import mutants


def said_in(order: Order) -> list[str]:
    """What is said in an order, to whom it may concern."""
    return [act.message for plan in order.plans for act in plan.acts if isinstance(act, Say)]


def wrong_if(is_wrong: Callable[[Order], bool], *, ends: Callable[[Order], bool] = lambda _: True) -> Live:
    """A judge of straw."""

    def live(order: Order, **_: Any) -> Outcome:
        return Outcome(violations=["S0007: letter 3 was lost"] if is_wrong(order) else [], ends=ends(order))

    return live


def test_an_error_on_the_way_is_another_failure() -> None:
    def run(order: Order, **_: Any) -> Outcome:
        if "triage" not in said_in(order):
            raise TimeoutError("it asks for a process that never was")
        return wrong_if(lambda each: "resolution" in said_in(each))(order)

    small = shrunk(ordered("error", lives=6, rates=USUAL), run=run)
    assert sorted(set(said_in(small.order))) == ["resolution", "triage"]
    assert small.otherwise > 0
    assert f"{small.otherwise} of them ended with an error" in small.claim


def test_it_is_minimal_by_each_single_part_where_it_says_so() -> None:
    """What is left out last makes room for what was asked first: all of it is tried again."""

    def is_wrong(order: Order) -> bool:
        said = said_in(order)
        return "triage" in said and (len(order.plans) >= 2 or said.count("situation_update") == 0)

    whole = ordered("minimal", lives=4, rates=USUAL)
    assert "situation_update" in said_in(whole)
    small = shrunk(whole, run=wrong_if(is_wrong))
    assert len(small.order.plans) == 1
    assert said_in(small.order) == ["triage"]
    assert "1-minimal" in small.claim


@pytest.mark.parametrize(("limits", "told"), [({"seconds": 0.0}, "0 s"), ({"at_most": 3}, "3 tries")])
def test_it_stops_at_its_limits_and_says_so(limits: dict[str, float], told: str) -> None:
    order = ordered("limits", lives=8, rates=USUAL)
    small = shrunk(order, run=wrong_if(lambda each: "resolution" in said_in(each)), **limits)  # type: ignore[arg-type]
    assert f"stopped by its limit of {told}" in small.claim
    assert "minimal" not in small.claim
    assert small.outcome.violations


def test_a_life_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(TookTooLong):
        simulated(ordered("long", lives=1), seconds=0.0)


def test_what_was_said_to_a_breach_that_never_was_is_a_failure_and_no_error() -> None:
    """As in a script of which the suspicion was left out."""
    judged = Say("triage", triage("high", extensive=False))
    plan = Plan("S0001", (Open(opening("S0001", "DMS")), judged, Say("conclusion", lambda _: {"text": "-"}, "breach")))
    outcome = simulated(Order("never was", [plan], NOTHING, patience_days=0.1))
    assert any("breach: there is none" in each for each in outcome.violations)


def test_lives_that_are_named_are_tried_alone_first() -> None:
    asked: list[list[str]] = []

    def run(order: Order, **_: Any) -> Outcome:
        asked.append([plan.reference for plan in order.plans])
        return wrong_if(lambda each: any(plan.reference == "S0007" for plan in each.plans))(order)

    small = shrunk(dataclasses.replace(ordered("named", lives=12), pairs_left=frozenset()), run=run)
    assert [plan.reference for plan in small.order.plans] == ["S0007"]
    assert asked[1] == ["S0007"]


@pytest.mark.simulation
def test_what_is_kept_fails_before_the_mend_and_is_right_after_it(tmp_path: Path) -> None:
    """A seeded bug, found by new lives: the script is lived with it, and without it."""
    bug = next(each for each in mutants() if each.name == "reminders are skipped")
    tree = builds.build(tmp_path / "broken", bug.change)
    told = made_small(tree, seed="again", lives=4, seconds=300, folder=tmp_path / "kept")
    kept = Path(told["kept"])
    assert kept.parent == tmp_path / "kept"
    assert told["lives kept"] == 1
    there = violations_of(tree, seed="", kept=kept, seconds=300)
    assert told["reason"] in {kind_of(each) for each in there.violations}
    assert violations_of(ROOT, seed="", kept=kept, seconds=300) == Verdict([])


# --- what is kept is right once the fault is mended -----------------------------------------------------------


def test_acts_are_left_out_only_where_each_life_still_ends() -> None:
    whole = ordered("ends", lives=3, rates=USUAL)
    small = shrunk(
        whole, run=wrong_if(lambda each: "triage" in said_in(each), ends=lambda e: "resolution" in said_in(e))
    )
    assert sorted(said_in(small.order)) == ["resolution", "triage"]
    assert small.told == small.order


def test_lives_that_can_not_end_are_kept_whole_and_told_in_short() -> None:
    whole = ordered("no end", lives=3, rates=USUAL)
    small = shrunk(whole, run=wrong_if(lambda each: "triage" in said_in(each), ends=lambda _: False))
    assert small.order.plans == [next(plan for plan in whole.plans if plan.reference == small.order.plans[0].reference)]
    assert said_in(small.told) == ["triage"]


def test_what_breaks_something_else_besides_is_not_taken() -> None:
    def run(order: Order, **_: Any) -> Outcome:
        more = [] if "situation_update" in said_in(order) else ["S0001: phone_kela is owed"]
        return Outcome(violations=["S0001: letter 3 was lost", *more], ends=True)

    small = shrunk(ordered("minimal", lives=4, rates=USUAL), run=run)
    assert said_in(small.order) == ["situation_update"]
