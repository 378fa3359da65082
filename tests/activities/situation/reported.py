"""Incidents to report on: one in full swing and full of what must stay, one that is over, one not judged yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from activities.situation.report import Reader, SituationReport
from tests.activities.fault_report.builder import CODE, NOTICED, operating_model, status
from workflows.incident.instructions import Instruction
from workflows.incident.messages import IncidentStatus, Reporter
from workflows.procedure.duties import DutyState
from workflows.procedure.notices.published import Notice
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.people import Contact
from workflows.process.messages import SentMessage

MADE = NOTICED + timedelta(hours=3)
PATIENT = "Maija Potilas"
CONTACTS = {"ward-1": "Osasto 1, Wilma Wallenius", "ward-2": "Osasto 2, Otto Orpana", "pharmacy": "Sairaala-apteekki"}
MODEL: OperatingModel = operating_model().model_copy(
    update={
        "contacts": operating_model().contacts
        | {
            each: Contact(name=name, email=f"{each}@esimerkkila.example", verified_on=date(2026, 11, 1))
            for each, name in CONTACTS.items()
        }
    }
)


def owed(kind: Any, **changes: Any) -> DutyState:
    usual = {"id": kind, "kind": kind, "recipient": "x", "basis": "", "opened_at": NOTICED, "state": "open"}
    return DutyState.model_validate(usual | changes)


REPORTED = owed("report_to_kela", state="met", met_at=NOTICED + timedelta(minutes=18))


def sent(to: str, purpose: str, state: Any = "accepted", minutes: int = 20) -> SentMessage:
    at = NOTICED + timedelta(minutes=minutes)
    return SentMessage(id=f"{to}-{purpose}", to=to, purpose=purpose, state=state, sent_at=at)


def in_full_swing(**changes: Any) -> IncidentStatus:
    usual: dict[str, Any] = {
        "title": f"Potilas {PATIENT} {CODE} jää ilman reseptiä",
        "description": f"{PATIENT} soitti",
        "symptoms": f"Virhe potilaalla {CODE}",
        "reported_by": Reporter(name="Anna Aalto", unit="Osasto 1", phone="040 1", email="anna@example.org"),
        "breach": "INC-20261122-A7K2",
        "duties": (
            REPORTED,
            owed("assess_breach", due_at=NOTICED + timedelta(hours=4)),
            owed("distribute_instruction", due_at=NOTICED + timedelta(hours=2), state="overdue"),
        ),
        "messages": (
            sent("ward-1", "start"), sent("ward-2", "start", "failed"), sent("pharmacy", "start"),
            sent("ward-1", "change", minutes=90), sent("desk", "desk_opened"),
        ),
        "instructions": (
            Instruction(
                id="instruction-1", authority="THL", text="Pitäkää varaa", duty="distribute_instruction",
                received_at=NOTICED + timedelta(hours=1), awaiting=("ward-2",), acknowledged=("ward-1", "pharmacy"),
            ),
        ),
        "known_notice": Notice(guid="1", title="Häiriö Reseptikeskuksessa", kind="fault"),
    }  # fmt: skip
    found = status(**(usual | changes))
    judged = found.decisions[-1].model_copy(
        update={"workaround": f"Paperireseptit käyttöön. Ei tunnusta {CODE}.", "same_as_notice": "yes"}
    )
    return found.model_copy(update={"decisions": (judged,)})


CASES: dict[str, IncidentStatus] = {
    "in_full_swing": in_full_swing(),
    "over": in_full_swing(
        phase="watch",
        resolved_at=NOTICED + timedelta(hours=2),
        watch_until=NOTICED + timedelta(hours=26),
        breach=None,
        duties=(REPORTED,),
        instructions=(),
        messages=(sent("ward-1", "start"), sent("ward-1", "end", minutes=125)),
    ),
    "not_judged": status(
        phase="awaiting_triage", decisions=(), severity=None, extensive=None, triaged_at=None, calls=(), duties=()
    ),
}


def report(case: str = "in_full_swing", reader: Reader = "staff", **changes: Any) -> SituationReport:
    """A report on one of the incidents; the next update in an hour while the fault lasts."""
    ahead = MADE + timedelta(hours=1) if case == "in_full_swing" else None
    breach = (owed("notify_supervisory_authority", due_at=NOTICED + timedelta(hours=72), legal=True),)
    usual: dict[str, Any] = {"status": CASES[case], "reader": reader, "made_at": MADE, "next_update": ahead}
    usual |= {"owed_in_breach": breach} if reader != "staff" and case == "in_full_swing" else {}
    return SituationReport.model_validate(usual | changes)
