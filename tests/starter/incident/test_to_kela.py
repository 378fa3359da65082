"""The line "To Kela": what was done, what was waived and what is left to another incident are told apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from starter.views.to_kela import to_kela
from tests.activities.fault_report.builder import NOTICED, status
from workflows.incident.messages import IncidentStatus
from workflows.incident.same_fault import FollowingState
from workflows.procedure.duties import DutyState

MET: dict[str, Any] = {"state": "met", "met_at": NOTICED}
WAIVED: dict[str, Any] = {"state": "waived", "met_at": NOTICED + timedelta(hours=1), "waived_reason": "Kela rang us"}
LEFT = WAIVED | {"waived_reason": "same fault as INC-2, which has reported it"}


def owed(kind: str, **changes: Any) -> DutyState:
    usual = {"id": kind, "kind": kind, "recipient": "Kela", "basis": "", "opened_at": NOTICED}
    return DutyState.model_validate(usual | changes)


def follower(*duties: DutyState, **changes: Any) -> IncidentStatus:
    link = FollowingState(reference="INC-2", by="desk", since=NOTICED, state="follows")
    return status(same_as=link, duties=duties, **changes)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (status(duties=(owed("report_to_kela", **MET),)), "reported 22.11.2026 08:40"),
        (status(duties=(owed("report_to_kela", **WAIVED),)), "not reported, waived: Kela rang us"),
        (
            status(duties=(owed("report_to_kela", **MET), owed("withdrawal_to_kela", **WAIVED))),
            "reported 22.11.2026 08:40; withdrawal: waived: Kela rang us",
        ),
        (
            status(duties=(owed("report_to_kela", **MET), owed("end_to_kela", **MET), owed("supplement_to_kela"))),
            "reported 22.11.2026 08:40; end: 22.11.2026 08:40; supplement: not yet",
        ),
        (follower(owed("report_to_kela", **LEFT)), "left to INC-2, which has reported it"),
        (follower(owed("triage", **LEFT), decisions=()), "left to INC-2, which has reported it"),
        (follower(owed("report_to_kela", **WAIVED)), "not reported, waived: Kela rang us"),
        (follower(owed("triage"), decisions=()), "not decided yet"),
        (status(decisions=()), "not decided yet"),
    ],
)
def test_a_waiver_is_never_shown_as_done(known: IncidentStatus, said: str) -> None:
    assert to_kela(known) == said
