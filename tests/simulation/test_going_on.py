"""Every recorded history goes on under today's code, from one of its steps, with what goes wrong around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.script import Open, Pause, Plan, Say, _call, opening, to_its_end, triage
from tests.replay.recorded import HISTORIES, read
from tests.simulation.desk.going_on import goes_on
from tests.simulation.desk.restoring import restored
from tests.simulation.desk.running import NOTHING, USUAL
from tests.simulation.engine.taking_up import steps_in

QUICK = ("break_withdrawn", "breach_unlikely_risk", "refused_by_the_provider", "standing")
"""One of each kind that has an end."""


@pytest.mark.parametrize("name", QUICK)
def test_a_recorded_history_goes_on(name: str) -> None:
    recorded = next(path for path in HISTORIES if path.stem == name)
    gone_on = goes_on(read(recorded), "1", NOTHING)
    assert gone_on.wrong == []
    assert gone_on.has_ended
    assert gone_on.events > 0


@pytest.mark.simulation
@pytest.mark.parametrize("seed", ["1", "2"])
@pytest.mark.parametrize("recorded", HISTORIES, ids=lambda path: path.stem)
def test_every_recorded_history_goes_on_whatever_goes_wrong(recorded: Path, seed: str) -> None:
    gone_on = goes_on(read(recorded), seed, USUAL)
    assert gone_on.wrong == []
    assert gone_on.events > 0


def test_a_history_of_other_steps_does_not_go_on() -> None:
    """It is taken up late, so that what was changed lies behind it."""
    recorded = next(path for path in HISTORIES if path.stem == "critical_outage")
    changed = read(recorded, but=("write_fault_report", "write_something_else"))
    gone_on = goes_on(changed, "late 2", NOTHING)
    assert gone_on.step > (10, 0)
    assert any("write_something_else" in each for each in gone_on.wrong)


def test_a_step_ends_with_its_commands() -> None:
    history = read(next(path for path in HISTORIES if path.stem == "standing"))
    steps = steps_in(history.events)
    assert len(steps) == 2  # the third task ends it: there is nothing to go on with
    assert steps == sorted(set(steps))


# --- from an older backup -----------------------------------------------------------------------------------

ORDINARY = Plan(
    "R0001",
    (
        Open(opening("R0001", "MYKANTA")),
        Pause(5),
        Say("triage", triage("critical", extensive=True)),
        Pause(5),
        Say("phone_escalation", _call()),
        Say("situation_update", lambda _: {"text": "It goes on."}),
        *to_its_end(),
    ),
)


@pytest.mark.parametrize("back", [2, 8])
def test_after_a_restore_nothing_goes_twice_that_the_ledger_knows(back: int) -> None:
    found = restored(ORDINARY, "restore", back)
    assert found.going.wrong == []
    assert found.going.has_ended
    assert found.lost > 0
    assert found.letters_before > 5
    assert found.twice == []


def test_after_a_restore_from_long_ago_what_is_said_again_is_told_again() -> None:
    """As a new letter each, since it is a new message; what the process would send by itself goes no second time."""
    far_back = restored(ORDINARY, "restore", 12)
    assert far_back.going.wrong == far_back.twice == []
    assert far_back.lost > 60
    assert far_back.letters > far_back.letters_before
