"""A story compared with its golden text.

``KANTADESK_RETELL=1`` writes the texts again: the difference says in words what a change means for an incident. The
history of a new story is recorded with it. ``KANTADESK_RECORD=0.3.0`` records the histories of a release beside those
of the earlier ones, which are never replaced: they are what ``tests/replay`` replays on newer code.
"""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path

from temporalio.client import WorkflowHistory

from tests.story.telling import told

HERE = Path(__file__).parent
HISTORIES = HERE.parent / "replay" / "histories"


def compared_with_golden(name: str, history: WorkflowHistory) -> None:
    """Compare a story with its golden text, which is written first where that is wanted."""
    golden = HERE / "golden" / f"{name}.txt"
    story = told(history)
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text(story, encoding="utf-8")
        _record(HISTORIES / f"{name}.json", history)
    if release := os.environ.get("KANTADESK_RECORD"):
        _record(HISTORIES / f"{name}-{release}.json", history)
    expected = golden.read_text(encoding="utf-8")
    differ = "\n".join(unified_diff(expected.splitlines(), story.splitlines(), str(golden), "this time", lineterm=""))
    assert story == expected, differ


def _record(recorded: Path, history: WorkflowHistory) -> None:
    """Keep a history, unless there is one: a recorded history of a release is never replaced."""
    if not recorded.exists():
        recorded.write_text(history.to_json() + "\n", encoding="utf-8")
