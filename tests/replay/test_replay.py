"""Every recorded history replays on the code of today: a change that would break a running incident fails here.

A replay does not see a changed deadline or text (``tests/story`` does); it sees a changed order of steps.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.recorded import HISTORIES, read, replayer

HERE = Path(__file__).parent


@pytest.mark.parametrize("recorded", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(recorded: Path) -> None:
    replayed = await replayer().replay_workflow(read(recorded), raise_on_replay_failure=False)
    assert replayed.replay_failure is None


async def test_a_history_of_other_steps_does_not_replay() -> None:
    changed = read(HERE / "histories" / "critical_outage.json", but=("write_fault_report", "write_something_else"))
    replayed = await replayer().replay_workflow(changed, raise_on_replay_failure=False)
    assert "write_something_else" in str(replayed.replay_failure)


def test_there_is_a_history_of_every_story() -> None:
    golden = Path(__file__).parent.parent / "story" / "golden"
    assert {path.stem for path in HISTORIES} >= {path.stem for path in golden.glob("*.txt")}
