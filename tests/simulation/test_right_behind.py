"""Messages right behind each other, or behind what ends the process, are judged in their order."""

from __future__ import annotations

import pytest

from tests.chaos.script import Open, Pause, Plan, Say, opening, to_its_end, triage
from tests.simulation.desk.running import NOTHING, Order, ordered, simulated


@pytest.mark.parametrize("seed", [f"right behind {number}" for number in range(6)])
def test_an_update_right_behind_a_signal_is_judged_after_it(seed: str) -> None:
    """The judgement of the fault is still being taken in (its rules are asked for) when the update comes."""
    plan = Plan(
        "S0001",
        (
            Open(opening("S0001", "PDR")),
            Pause(20),
            Say("triage", triage("high", extensive=False), how="signal"),
            Say("situation_update", lambda _: {"text": "It goes on."}),
            *to_its_end(),
        ),
    )
    assert simulated(Order(seed, [plan], NOTHING, whole=[plan], makes="of itself")).violations == []


@pytest.mark.simulation
@pytest.mark.parametrize("seed", ["680826.5", "681126.10", "nov28.11"])
def test_an_update_that_comes_as_an_incident_closes_is_applied(seed: str) -> None:
    """Found by these seeds on 27 November 2026: it was answered, and stood in no timeline.

    The first one found the update that a worker without memory takes before the end of a step as well (decision 0090).
    In the third, of 28 November, a notice waited behind another message, and was refused. In the second, a message now
    comes to an incident that is closed, and in the third one overtaken by a relapse opened a duty: the desk knows both.
    """
    assert simulated(ordered(seed, lives=12)).violations == []
