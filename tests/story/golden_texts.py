"""A story compared with its golden text.

``KANTADESK_RETELL=1`` writes the texts and the histories again: the difference says in words what a change means for an
incident. The histories are what ``tests/replay`` replays on newer code.
"""

from __future__ import annotations

import os
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
        (HISTORIES / f"{name}.json").write_text(history.to_json() + "\n", encoding="utf-8")
    assert story == golden.read_text(encoding="utf-8")
