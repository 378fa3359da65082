"""Every recorded history replays on the code of today: a change that would break a running incident fails here.

A replay does not see a changed deadline or text (``tests/story`` does); it sees a changed order of steps.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.codec.codec import data_converter
from workers.wiring import build_replayer

HERE = Path(__file__).parent
HISTORIES = sorted((HERE / "histories").glob("*.json"))


def replayer() -> Replayer:
    return build_replayer(data_converter(None))


def read(recorded: Path, *, but: tuple[str, str] = ("", "")) -> WorkflowHistory:
    """A recorded history, under the id it had; ``but``: a text to replace in it."""
    text = recorded.read_text(encoding="utf-8").replace(*but) if but[0] else recorded.read_text(encoding="utf-8")
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)


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
