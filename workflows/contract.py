"""The public contract at a glance: each process with its start input, its messages by name, and its status."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel

from workflows.breach import messages as b
from workflows.breach.risk import RiskAssessment
from workflows.contacts import messages as c
from workflows.incident.corrections import Correction
from workflows.incident.instructions import AuthorityInstruction, InstructionAnswer
from workflows.incident.messages import (
    IncidentOpening,
    IncidentStatus,
    NoticeSeen,
    PhoneEscalation,
    Reopening,
    ReportSupplement,
    Resolution,
    SituationUpdate,
    Triage,
)
from workflows.incident.same_fault import FollowedBy, LeadState, NotSameAs, SameAs
from workflows.maintenance import messages as mm
from workflows.notices import messages as n
from workflows.process import messages as m
from workflows.process.second_person.decision import DecisionAnswer

INCIDENT_MESSAGES: dict[str, type[m.Message]] = {
    "triage": Triage,
    "phone_escalation": PhoneEscalation,
    "report_supplement": ReportSupplement,
    "situation_update": SituationUpdate,
    "correction": Correction,
    "resolution": Resolution,
    "reopening": Reopening,
    "breach_assessment": b.BreachAssessment,
    "breach_progress": b.BreachProgress,
    "other_laws": m.OtherLaws,
    "laws_passed_on": m.LawsPassedOn,
    "authority_instruction": AuthorityInstruction,
    "acknowledgement": InstructionAnswer,
    "duty_met": m.DutyMet,
    "duty_waived": m.DutyWaived,
    "decision_answer": DecisionAnswer,
    "handover": m.Handover,
    "delivery_report": m.DeliveryReport,
    "notice": NoticeSeen,
    "same_as": SameAs,
    "not_same_as": NotSameAs,
    "followed_by": FollowedBy,
    "lead_state": LeadState,
    "cancellation": m.Cancellation,
}

BREACH_MESSAGES: dict[str, type[m.Message]] = {
    "breach_assessment": b.BreachAssessment,
    "risk_assessment": RiskAssessment,
    "authority_notified": b.AuthorityNotified,
    "controller_notified": b.ControllerNotified,
    "kela_notified": b.KelaNotified,
    "subjects_informed": b.SubjectsInformed,
    "measures_taken": b.MeasuresTaken,
    "other_laws": m.OtherLaws,
    "awareness_correction": b.AwarenessCorrection,
    "incident_ended": b.IncidentEnded,
    "laws_passed_on": m.LawsPassedOn,
    "acknowledgement": m.Acknowledgement,
    "duty_met": m.DutyMet,
    "duty_waived": m.DutyWaived,
    "decision_answer": DecisionAnswer,
    "handover": m.Handover,
    "delivery_report": m.DeliveryReport,
    "cancellation": m.Cancellation,
    "conclusion": m.Conclusion,
}


NOTICE_WATCH_MESSAGES: dict[str, type[m.Message]] = {"notice": n.NoticeEntered, "look_now": n.LookNow}


CONTACT_REVIEW_MESSAGES: dict[str, type[m.Message]] = {
    "confirmation": c.Confirmation,
    "wrong_details": c.WrongDetails,
    "checked": c.Checked,
    "tested": c.ContactTested,
    "look_now": c.LookAtContacts,
    "delivery_report": m.DeliveryReport,
}


MAINTENANCE_MESSAGES: dict[str, type[m.Message]] = {
    "change": mm.MaintenanceChange,
    "cancellation": m.Cancellation,
    "completion": mm.Completion,
    "acknowledgement": m.Acknowledgement,
    "delivery_report": m.DeliveryReport,
}


class Contract(NamedTuple):
    """What the world may rely on about one process."""

    opening: type[BaseModel]
    messages: dict[str, type[m.Message]]
    status: type[BaseModel]


CONTRACTS: dict[str, Contract] = {
    "Incident": Contract(IncidentOpening, INCIDENT_MESSAGES, IncidentStatus),
    "DataBreach": Contract(b.BreachOpening, BREACH_MESSAGES, b.BreachStatus),
    "NoticeWatch": Contract(n.WatchOpening, NOTICE_WATCH_MESSAGES, n.NoticeWatchStatus),
    "ContactReview": Contract(c.ReviewOpening, CONTACT_REVIEW_MESSAGES, c.ContactReviewStatus),
    "Maintenance": Contract(mm.MaintenanceOpening, MAINTENANCE_MESSAGES, mm.MaintenanceStatus),
}
