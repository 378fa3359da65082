"""A run that began before records had bounds, and that had brought out a long timeline, replays on the code of today.

It was recorded on the release before, whose limit of 1,500 lines was set to 20 for the recording.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.recorded import read, replayer
from workflows.incident.record import IncidentRecord
from workflows.process import archive

HISTORY = Path(__file__).parent / "before_bounds" / "timeline_brought_out.json"


async def test_it_brings_out_its_timeline_as_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "TIMELINE_OF_OLD", 20)
    short = [
        bounded._replace(at_most=20) if bounded.name == "timeline" else bounded
        for bounded in IncidentRecord.bounded_lists
    ]
    monkeypatch.setattr(IncidentRecord, "bounded_lists", short)
    replayed = await replayer().replay_workflow(read(HISTORY), raise_on_replay_failure=False)
    assert replayed.replay_failure is None


async def test_without_that_it_would_not_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "TIMELINE_OF_OLD", 10_000)
    replayed = await replayer().replay_workflow(read(HISTORY), raise_on_replay_failure=False)
    assert "Nondeterminism" in str(replayed.replay_failure)
