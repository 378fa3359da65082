"""Recorded histories, and what replays them on the code of today."""

from __future__ import annotations

import json
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.codec.codec import data_converter
from workers.wiring import build_replayer

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def replayer() -> Replayer:
    """Replays with the workflows of today; the recorded histories are not encrypted."""
    return build_replayer(data_converter(None))


def read(recorded: Path, *, but: tuple[str, str] = ("", "")) -> WorkflowHistory:
    """A recorded history, under the id it had; ``but``: a text to replace in it."""
    text = recorded.read_text(encoding="utf-8").replace(*but) if but[0] else recorded.read_text(encoding="utf-8")
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)
