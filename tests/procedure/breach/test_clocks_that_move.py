"""Which clocks follow an awareness that is corrected: the breach's own. Other laws count from detection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import local_rules
from workflows.breach.derivation import AS_NOW
from workflows.breach.messages import AwarenessCorrection, BreachOpening
from workflows.breach.record import BreachRecord
from workflows.procedure.operating_model.model import Switches

AWARE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = AWARE + 30 * HOUR
GDPR, NIS2, DEVICE = "notify_supervisory_authority", "nis2_early_warning", "report_device_hazard"
OTHER_LAWS = Switches(significant_deviation=True, device_hazard=True, nis2=True, cer=True)


def breach(detected_at: datetime | None) -> BreachRecord:
    """A breach with duties of other laws, none of them met."""
    known = {
        "reference": "B-1", "by": "dpo", "kinds": ("loss",), "role": "controller", "registers": ("PDR",),
        "description": "A laptop was lost.", "aware_at": AWARE, "detected_at": detected_at,
        "nis2_significant": True, "device_hazard": "serious",
    }  # fmt: skip
    record = BreachRecord.opened(BreachOpening.model_validate(known), NOW)
    record.derivation = AS_NOW
    record.rules = local_rules(switches=OTHER_LAWS)
    record.take_stock(record.rules, NOW)
    return record


def moved(record: BreachRecord, to: datetime) -> dict[str, timedelta]:
    """When each duty is due after the awareness is corrected, from the first awareness."""
    said = AwarenessCorrection(by="dpo", aware_at=to, reason="r", deadline_follows_later="An inquiry was needed.")
    record.correct_awareness(said, NOW)
    return {duty.kind: duty.due_at - AWARE for duty in record.duties.values() if duty.due_at}


@pytest.mark.parametrize("to", [AWARE + 15 * HOUR, AWARE - 15 * HOUR])
def test_a_detection_that_was_given_at_the_same_minute_keeps_its_clocks(to: datetime) -> None:
    due = moved(breach(detected_at=AWARE), to)
    assert due[GDPR] == to - AWARE + 72 * HOUR
    assert (due[NIS2], due[DEVICE]) == (24 * HOUR, 240 * HOUR)


def test_where_nobody_has_said_when_it_was_detected_they_only_come_nearer() -> None:
    record = breach(detected_at=None)
    later = moved(record, AWARE + 15 * HOUR)
    assert (later[GDPR], later[NIS2], later[DEVICE]) == (87 * HOUR, 24 * HOUR, 240 * HOUR)
    earlier = moved(record, AWARE - 5 * HOUR)
    assert (earlier[GDPR], earlier[NIS2], earlier[DEVICE]) == (67 * HOUR, 19 * HOUR, 235 * HOUR)
