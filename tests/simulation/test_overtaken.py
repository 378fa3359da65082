"""Messages that overtake each other, in a year: what keeps a plan one that can end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tests.chaos.script import Act, Late, Pause, Say
from tests.simulation.desk.year import year

TWELVE_HOURS = 12 * 3600.0
"""Seconds after which the question of a breach is open, which nobody of such a plan answers."""


def test_no_end_of_a_fault_waits_for_a_corrected_triage_until_the_question_of_a_breach_is_open() -> None:
    """The life of seed 20261128.28 that waited for ever: its triage was on its way for six hours."""
    plans = [begun.plan for begun in year("20261128.28", datetime(2026, 11, 28, tzinfo=UTC))]
    waits = [wait for plan in plans for wait in _waits_at_its_end(plan.acts)]
    assert waits
    assert max(waits) < TWELVE_HOURS


def _waits_at_its_end(acts: tuple[Act, ...]) -> Iterator[float]:
    """Where a triage is on its way when the fault ends: after how many seconds it ends then."""
    clock, comes = 0.0, 0.0
    for act in acts:
        if isinstance(act, Pause):
            clock += act.seconds
        elif isinstance(act, Late) and act.said.message == "triage":
            comes = clock + act.seconds
        elif isinstance(act, Say) and act.message == "resolution" and comes > clock:
            yield comes
            return
