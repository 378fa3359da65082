"""In which order the moments of a breach can lie: both bounds of each, to the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import local_rules
from workflows.breach.derivation import AS_NOW
from workflows.breach.messages import (
    AwarenessCorrection,
    BreachAssessment,
    BreachOpening,
    Notified,
)
from workflows.breach.moments import opening_at_fault
from workflows.breach.record import BreachRecord
from workflows.breach.refusals import further_refusal
from workflows.breach.risk import RiskAssessment
from workflows.incident.messages import IncidentOpening, Reporter
from workflows.incident.record import IncidentRecord
from workflows.incident.refusals import further_refusal as incident_refusal
from workflows.procedure.operating_model.model import Switches
from workflows.process.messages import Cancellation, DutyMet, DutyWaived, Message

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AWARE, NOTICED, BEGAN, TOLD = (NOW - timedelta(hours=hours) for hours in (4, 5, 6, 2))


def opened(**changes: Any) -> BreachOpening:
    """A breach that began, was noticed and became known, in this order."""
    known = {
        "reference": "B-1", "by": "dpo", "kinds": ("loss",), "role": "controller", "registers": ("PDR",),
        "description": "A laptop was lost.", "began_at": BEGAN, "first_noticed_at": NOTICED, "aware_at": AWARE,
    }  # fmt: skip
    return BreachOpening.model_validate(known | changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"detected_at": NOW}, None),
        ({"detected_at": NOW + timedelta(minutes=6)}, "detected_at (Fri 20.11.2026 14:06) lies in the future"),
        ({"first_noticed_at": NOW + timedelta(hours=1)}, "first_noticed_at (Fri 20.11.2026 15:00) lies in the"),
        ({"began_at": NOW + timedelta(hours=1)}, "began_at (Fri 20.11.2026 15:00) lies in the future"),
        ({"aware_at": NOW + timedelta(hours=1)}, "aware_at (Fri 20.11.2026 15:00) lies in the future"),
        ({"first_noticed_at": AWARE}, None),
        ({"first_noticed_at": AWARE + MINUTE}, "first_noticed_at (Fri 20.11.2026 10:01) lies after aware_at"),
        ({"began_at": NOTICED}, None),
        ({"began_at": NOTICED + timedelta(seconds=59)}, None),
        ({"began_at": NOTICED + MINUTE}, "began_at (Fri 20.11.2026 09:01) lies after first_noticed_at"),
        ({"began_at": AWARE + MINUTE, "first_noticed_at": None}, "began_at (Fri 20.11.2026 10:01) lies after aw"),
    ],
)
def test_a_breach_is_opened_with_moments_that_can_be(changes: dict[str, Any], reason: str | None) -> None:
    said = opening_at_fault(opened(**changes), NOW)
    assert said is None if reason is None else (said or "").startswith(reason), said


def record(*, told: bool = False) -> BreachRecord:
    """A breach; with ``told``, Kela was notified two hours ago."""
    made = BreachRecord.opened(opened(), NOW)
    if told:
        made.notifications.append(Notified(to="Kela", at=TOLD, by="desk"))
    return made


def correction(at: datetime) -> Message:
    """The awareness, moved."""
    return AwarenessCorrection(by="dpo", aware_at=at, reason="Read again.")


def again(**changes: Any) -> Message:
    """The suspicion, assessed again."""
    known = {name: value for name, value in opened().model_dump(exclude_unset=True).items() if name != "reference"}
    left_out = [name for name, value in changes.items() if value == "left out"]
    facts = {name: value for name, value in (known | changes).items() if name not in left_out}
    return BreachAssessment.model_validate(facts | {"outcome": "suspected"})


@pytest.mark.parametrize(
    ("said", "told", "reason"),
    [
        (correction(NOTICED), False, None),
        (correction(NOTICED - MINUTE), False, "first_noticed_at (Fri 20.11.2026 09:00) lies after aware_at"),
        (correction(BEGAN - MINUTE), False, "began_at (Fri 20.11.2026 08:00) lies after aware_at"),
        (correction(TOLD), True, None),
        (correction(TOLD + MINUTE), True, "aware_at (Fri 20.11.2026 12:01) lies after Kela was notified"),
        (correction(TOLD + MINUTE), False, None),
        (again(aware_at=TOLD + MINUTE), True, "aware_at (Fri 20.11.2026 12:01) lies after Kela was notified"),
        (again(began_at=AWARE + MINUTE, first_noticed_at=None), False, "began_at (Fri 20.11.2026 10:01) lies"),
        (again(aware_at=NOTICED - MINUTE, first_noticed_at="left out"), False, "first_noticed_at (Fri 20.11.2026 09"),
        (again(aware_at=NOTICED - MINUTE, first_noticed_at=None), False, None),
        (again(), True, None),
        (RiskAssessment(by="dpo", risk="risk", reasons="-", began_at=NOTICED), False, None),
        (RiskAssessment(by="dpo", risk="risk", reasons="-", began_at=NOTICED + MINUTE), False, "began_at (Fri 20.11."),
        (RiskAssessment(by="dpo", risk="risk", reasons="-"), True, None),
    ],
)
def test_a_moment_that_is_said_later_fits_those_on_record(said: Message, told: bool, reason: str | None) -> None:
    refused = further_refusal(record(told=told), said)
    assert refused is None if reason is None else (refused or "").startswith(reason), refused


@pytest.mark.parametrize("of", ["incident", "breach"])
def test_what_another_law_asks_is_not_met_before_it_was_detected(of: str) -> None:
    rules = local_rules(switches=Switches(nis2=True))
    laws = {"nis2_significant": True, "detected_at": TOLD}
    breach = BreachRecord.opened(opened(**laws), NOW)
    opening = IncidentOpening(
        reference="I-1", title="-", services=("PDR",), noticed_at=AWARE, reported_by=Reporter(name="desk")
    )
    incident = IncidentRecord.opened(opening, NOW)
    breach.derivation = AS_NOW
    breach.take_stock(rules, NOW)
    incident.answer(laws, "desk", rules, NOW)

    def refused(at: datetime) -> str | None:
        said = DutyMet(by="dpo", duty="nis2_early_warning", met_at=at)
        return incident_refusal(incident, said) if of == "incident" else further_refusal(breach, said)

    assert refused(TOLD) is None
    assert refused(TOLD - MINUTE) == (
        "met_at (Fri 20.11.2026 11:59) lies before the clock of this duty started (Fri 20.11.2026 12:00)"
    )


@pytest.mark.parametrize("kind", [DutyWaived, Cancellation])
def test_an_incident_decides_nothing_before_it_was_noticed(kind: type[Message]) -> None:
    opening = IncidentOpening(
        reference="I-1", title="-", services=("PDR",), noticed_at=NOW, reported_by=Reporter(name="desk")
    )
    incident = IncidentRecord.opened(opening, NOW + MINUTE)

    def refused(at: datetime) -> str | None:
        said = {"by": "dpo", "duty": "assess_breach", "reason": "No data.", "occurred_at": at}
        return incident_refusal(incident, kind.model_validate(said))

    assert refused(NOW) is None
    assert (refused(NOW - MINUTE) or "").startswith("occurred_at (Fri 20.11.2026 13:59) lies before the fault was")
