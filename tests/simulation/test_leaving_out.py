"""One fault is left out of some lives: those that it did not touch go on as before, to the byte."""

from __future__ import annotations

import dataclasses

import pytest

from tests.simulation.desk.running import USUAL, ordered, simulated

AT_HOME = dataclasses.replace(USUAL, worker_dies_at_task=0.0, worker_dies_in_activity=0.0, delayed=0.03)
"""Faults that strike one process; a worker that dies takes others with it. (So does a ledger that is locked for some
milliseconds: the lives are kept apart.)"""


def of_others(lines: list[str], life: str) -> list[str]:
    """The lines of the log that are not about a life."""
    return [line for line in lines if life not in line]


@pytest.mark.simulation
def test_the_other_lives_stay_what_they_were() -> None:
    order = dataclasses.replace(ordered("left out", lives=4, rates=AT_HOME), pairs_left=frozenset(), apart=1800.0)
    whole = simulated(order)
    assert whole.violations == []
    life = "S0002"
    struck = [fault for fault in whole.happened if life in fault]
    for fault in struck[:: max(1, len(struck) // 4)]:
        rest = simulated(dataclasses.replace(order, allowed=frozenset(whole.happened) - {fault}))
        assert fault not in rest.happened
        assert of_others(rest.lines, life) == of_others(whole.lines, life), fault
        assert of_others(rest.happened, life) == of_others(whole.happened, life), fault


def test_without_a_worker_that_dies_the_same_faults_strike_the_lives_before_it() -> None:
    order = ordered("left out 2", lives=3)
    whole = simulated(order)
    death = next(fault for fault in whole.happened if "its worker dies" in fault)
    rest = simulated(dataclasses.replace(order, allowed=frozenset(whole.happened) - {death}))
    before = whole.happened.index(death)
    assert rest.happened[:before] == whole.happened[:before]
    assert death not in rest.happened
