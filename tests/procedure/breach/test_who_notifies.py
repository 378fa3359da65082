"""Which joint controller notifies, said again: what is left out stays as it is on record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import local_rules
from workflows.breach.derivation import AS_NOW
from workflows.breach.messages import BreachAssessment, BreachOpening
from workflows.breach.record import BreachRecord
from workflows.breach.refusals import further_refusal

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FACTS = {
    "by": "dpo", "kinds": ["loss"], "role": "joint_controller", "registers": ["PRESCRIPTION"],
    "description": "A laptop was lost.", "aware_at": AT,
}  # fmt: skip
NAME, REASON = {"joint_notifier_name": "Kela"}, {"joint_notifier_reason": "Agreement, s. 4"}


@pytest.mark.parametrize(
    ("on_record", "said", "lacking"),
    [
        ({}, {}, "joint_notifier_name, joint_notifier_reason"),
        ({}, NAME, "joint_notifier_reason"),
        ({}, NAME | REASON, None),
        ({"joint_notifier": "other", **NAME, **REASON}, {}, None),
        ({"joint_notifier": "other", **NAME, **REASON}, {"joint_notifier_name": "County A"}, None),
        ({"joint_notifier": "other", **NAME, **REASON}, {"joint_notifier_name": ""}, "joint_notifier_name"),
        ({"joint_notifier": "us", **NAME, **REASON}, {}, "joint_notifier_name, joint_notifier_reason"),
        ({"joint_notifier": "other", **NAME}, {}, "joint_notifier_name, joint_notifier_reason"),
    ],
)
def test_other_needs_a_name_and_a_reason_unless_both_are_on_record(
    on_record: dict[str, Any], said: dict[str, Any], lacking: str | None
) -> None:
    record = BreachRecord.opened(BreachOpening.model_validate(FACTS | {"reference": "B-1"} | on_record), AT)
    again = BreachAssessment.model_validate(FACTS | {"outcome": "suspected", "joint_notifier": "other"} | said)
    needed = f"{lacking}: needed where the other joint controller notifies the authority" if lacking else None
    assert further_refusal(record, again) == needed


@pytest.mark.parametrize(
    ("named", "other"),
    [("Kela", "Kela"), ("County", ""), ("VÄLFÄRDSOMRÅDET  länet", ""), ("Another county", "Another county")],
)
def test_who_bears_one_of_our_names_is_no_other(named: str, other: str) -> None:
    said = {"reference": "B-1", "joint_notifier": "other", "joint_notifier_name": named, **REASON}
    record = BreachRecord.opened(BreachOpening.model_validate(FACTS | said), AT)
    record.derivation = AS_NOW
    record.rules = local_rules(organisation="County", organisation_names=("Välfärdsområdet länet",))
    assert record.other_notifier() == other
