"""As what a fault is announced: by where the desk says that it lies; nothing is named where it contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import answers
from workflows.procedure.incident.progress import EDGES
from workflows.procedure.incident.situation import FaultSituation, fault_place

LOCALISED, OUTSIDE = {"localised_to_kela": "yes"}, {"outside_kanta_blocks_use": "yes"}
UNSURE = {"locality_unsure_others_affected": "yes"}


@pytest.mark.parametrize(
    ("locality", "said", "place"),
    [
        ("own", {}, "own"),
        ("own", {"prevents_or_slows": "yes"}, "own"),
        ("own", {"localised_to_kela": "unknown"}, "own"),
        ("own", OUTSIDE, "own"),
        ("own", LOCALISED, "unsaid"),
        ("own", UNSURE, "unsaid"),
        ("kela", LOCALISED, "kanta"),
        ("kela", {"localised_to_kela": "unknown"}, "kanta"),
        ("kela", {}, "unsaid"),
        ("kela", LOCALISED | OUTSIDE, "unsaid"),
        ("kela", LOCALISED | UNSURE, "unsaid"),
        ("other", OUTSIDE, "outside"),
        ("other", {}, "outside"),
        ("other", LOCALISED, "unsaid"),
        ("unknown", {}, "unsaid"),
        ("unknown", LOCALISED, "kanta"),
        ("unknown", OUTSIDE, "outside"),
        ("unknown", LOCALISED | OUTSIDE, "unsaid"),
        ("unknown", UNSURE, "unsaid"),
    ],
)
def test_where_a_fault_is_said_to_be(locality: str, said: dict[str, Any], place: str) -> None:
    criteria: Any = answers(**said)
    assert fault_place(locality, criteria) == place
    assert fault_place(locality, criteria, is_test=True) == "test"


def test_nobody_has_said_anything_yet() -> None:
    assert fault_place("", {}) == "unsaid"


def test_a_fault_is_over_from_its_end_on() -> None:
    assert {phase for phase in EDGES if FaultSituation(phase=phase).is_over} == {"watch", "closed"}
    assert {phase for phase in EDGES if FaultSituation(phase=phase).awaits_triage} == {"awaiting_triage"}
