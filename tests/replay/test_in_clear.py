"""What runs took in clear before there was a list stays taken: their histories replay on a worker with the key.

The recorded histories are not encrypted: to such a worker every message, start and ``carried`` in them came in clear.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replay.recorded import HISTORIES, read
from workers.codec.codec import data_converter
from workers.keys import ring
from workers.wiring import build_replayer

TOLD_MUCH = [
    each
    for each in HISTORIES
    if each.stem in {"critical_outage", "breach_processor_two_controllers", "two_desks_the_second", "scheduled_drill"}
]


@pytest.mark.parametrize("recorded", TOLD_MUCH, ids=lambda path: path.stem)
async def test_what_was_taken_in_clear_stays_taken(recorded: Path) -> None:
    replayer = build_replayer(data_converter(ring.generate()))
    replayed = await replayer.replay_workflow(read(recorded), raise_on_replay_failure=False)
    assert replayed.replay_failure is None


def test_they_are_there() -> None:
    assert len(TOLD_MUCH) == 4
