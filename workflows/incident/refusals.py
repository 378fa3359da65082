"""When a message is not allowed now, and why: one rule for each, in words for the person who sent it."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from workflows.incident.corrections import Correction
from workflows.incident.instructions import InstructionAnswer
from workflows.incident.messages import (
    PhoneEscalation,
    Reopening,
    ReportSupplement,
    Resolution,
    SituationUpdate,
    Triage,
)
from workflows.incident.record import IncidentRecord
from workflows.incident.same_fault import FollowedBy, LeadState, NotSameAs, SameAs
from workflows.procedure.local_time import said_back
from workflows.procedure.other_laws import asked_by
from workflows.process import messages as m
from workflows.process.refusals import (
    CLOCK_STARTED,
    duty_not_open,
    in_the_future,
    late_without_reason,
    too_early,
    unknown_delivery,
)
from workflows.process.second_person.decision import DecisionAnswer
from workflows.process.second_person.record import second_person_refusal

NOTICED = "the fault was noticed"
STILL_TAKEN = (m.DutyMet, m.DutyWaived, m.DeliveryReport, m.Acknowledgement, m.Handover, ReportSupplement)
"""What a cancelled incident takes while it still owes something: Kela is to hear that its report is withdrawn."""

BY_ITS_OWN_MESSAGE = {
    "triage": "send a triage, or cancel the incident",
    "phone_kela": "log the call with phone_escalation; only a call that reached somebody counts",
}


def refusal(record: IncidentRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is."""
    if isinstance(said, (FollowedBy, LeadState)):  # its times are those of another clock, which may be a drill's
        return None if record.has_ended else _refusal(said, record)
    if record.has_ended and not (isinstance(said, STILL_TAKEN) and record.open_duties()):
        return f"the incident is {record.phase}: open a new one and name {record.reference} in its description"
    not_now = in_the_future(said, now, record.time_zone) or _left_to_other(said, record)
    return not_now or second_person_refusal(record, said) or _refusal(said, record)


def further_refusal(record: IncidentRecord, said: m.Message) -> str | None:
    """Why a message is not allowed by the rules that came after release 0.2.0; None where it is."""
    noticed_at, zone = min(record.opening.noticed_at, record.opened_at), record.time_zone
    match said:
        case PhoneEscalation():
            return too_early("called_at", said.called_at, noticed_at, NOTICED, zone)
        case m.DutyMet():
            return _met_otherwise(said, record) or _met_too_early(said, record, noticed_at)
        case Correction() | InstructionAnswer():
            return _not_told(said, record) if isinstance(said, InstructionAnswer) else _too_late(said, record)
        case Triage() | SituationUpdate() | Reopening() | m.DutyWaived() | m.Cancellation():
            too_soon = too_early("occurred_at", said.occurred_at, noticed_at, NOTICED, zone)
            return (_unsettled(record) if isinstance(said, m.Cancellation) else None) or too_soon
    return None


def _unsettled(record: IncidentRecord) -> str | None:
    """Why an incident can't be cancelled: something that it asks, or another that goes by it, would be forgotten."""
    if question := record.first_open("assess_breach"):
        return (
            f"whether personal data were breached has not been answered (duty {question.id}): answer it first, "
            f"then cancel: kantadesk breach assess {record.reference}"
        )
    if followers := record.followers_now():
        return (
            f"{', '.join(followers[:5])} {'follows' if len(followers) == 1 else 'follow'} this one: unlink first "
            f"(kantadesk incident unlink {followers[0]}), or resolve this one"
        )
    return None


def _too_late(said: Correction, record: IncidentRecord) -> str | None:
    if said.noticed_at is None or said.noticed_at <= record.opened_at:
        return None
    noticed, opened = said_back(said.noticed_at, record.time_zone), said_back(record.opened_at, record.time_zone)
    return f"noticed_at ({noticed}) lies after the incident was opened ({opened})"


def _met_otherwise(said: m.DutyMet, record: IncidentRecord) -> str | None:
    """An instruction is passed on by its acknowledgements: nobody's may be left out in silence."""
    duty = record.duties.get(said.duty)
    missing = ", ".join(record.awaited(duty)) if duty else ""
    if not missing:
        return None
    return f"not acknowledged yet by {missing}: log each acknowledgement, or waive each by name with a reason"[:450]


def _met_too_early(said: m.DutyMet, record: IncidentRecord, noticed_at: datetime) -> str | None:
    duty, zone = record.duties.get(said.duty), record.time_zone
    if duty and asked_by(duty.kind):
        return too_early("met_at", said.met_at, duty.clock_started_at, CLOCK_STARTED, zone)
    bound = min(noticed_at, duty.clock_started_at) if duty else noticed_at
    return too_early("met_at", said.met_at, bound, NOTICED, zone)


def _not_told(said: InstructionAnswer, record: IncidentRecord) -> str | None:
    """Only who was told can acknowledge: a name that nobody knows must not silence an alarm."""
    if said.what in record.instructions:
        return None
    if said.waive:
        return f"{said.what!r} is no instruction: only an instruction waits for contacts (a duty: duty_waived)"
    told = {each.to for each in record.messages.values() if each.duty == said.what}
    if said.contact in told or record.only_in_evidence.get("messages"):
        return None
    return f"{said.contact!r} was not told of {said.what}; told were {', '.join(sorted(told)) or 'nobody yet'}"[:450]


def _left_to_other(said: m.Message, record: IncidentRecord) -> str | None:
    """Why a follower does not take what is said of the whole fault: the other tells people, and closes both."""
    if record.follows and isinstance(said, (SituationUpdate, Resolution, Reopening)):
        return f"this incident follows {record.follows}: say it there, or unlink this one first (not_same_as)"
    return None


@singledispatch
def _refusal(said: m.Message, record: IncidentRecord) -> str | None:  # noqa: ARG001  # allowed, where nothing else is said
    return None


@_refusal.register
def _(said: SituationUpdate, record: IncidentRecord) -> str | None:  # noqa: ARG001
    is_judged = record.phase != "awaiting_triage" and record.decisions
    return None if is_judged else "the fault has not been judged yet: send a triage first"


@_refusal.register
def _(said: ReportSupplement, record: IncidentRecord) -> str | None:
    if record.phase == "awaiting_triage":
        return "the fault has not been judged yet: send a triage first"
    if record.first_open("report_to_kela"):
        return "the report itself has not reached Kela yet: it will say all that is known"
    if not record.has_reported:
        return "no report has gone to Kela, so there is none to supplement: send a triage with report_anyway"
    if record.phase == "cancelled" and said.text:
        return "the report is being withdrawn, with the reason of the cancellation: nothing can be added to it"
    if not said.text and not record.further_report() and not record.open_further():
        return f"nothing has changed since report {record.reports}: say in text what Kela is to know"
    return None


@_refusal.register
def _(said: Resolution, record: IncidentRecord) -> str | None:
    if record.phase == "awaiting_triage" or not record.decisions:
        return "the fault has not been judged yet: send a triage first, even if it is over already"
    if record.phase == "watch":
        return "the fault is resolved already; this is its watch phase"
    noticed_at = min(record.opening.noticed_at, record.opened_at)  # a sender's clock may be wrong
    if said.resolved_at < noticed_at:
        resolved, noticed = said_back(said.resolved_at, record.time_zone), said_back(noticed_at, record.time_zone)
        return f"resolved_at ({resolved}) lies before the fault was noticed ({noticed})"
    return None


@_refusal.register
def _(said: Reopening, record: IncidentRecord) -> str | None:  # noqa: ARG001
    if record.phase != "watch":
        return f"only an incident in its watch phase can be reopened; this one is {record.phase.replace('_', ' ')}"
    return None


@_refusal.register
def _(said: m.Acknowledgement, record: IncidentRecord) -> str | None:
    if said.what in record.duties:
        return None
    if said.what not in record.instructions:
        known = ", ".join([*record.instructions, *record.duties]) or "nothing yet"
        return f"there is nothing called {said.what!r} to acknowledge; there is {known}"
    instruction = record.instructions[said.what]
    if said.contact in instruction.awaiting:
        return None
    if said.contact in (*instruction.acknowledged, *instruction.waived):
        return f"{said.contact!r} has acknowledged {said.what} already, or was waived"
    waiting = ", ".join(instruction.awaiting) or "nobody any more"
    return f"{said.contact!r} was not told of {said.what}; waiting for {waiting}"[:450]


@_refusal.register
def _(said: m.DutyMet, record: IncidentRecord) -> str | None:
    if reason := duty_not_open(said.duty, record):
        return reason
    duty = record.duties[said.duty]
    if duty.kind in BY_ITS_OWN_MESSAGE:
        return f"duty {said.duty!r} is not met by hand: {BY_ITS_OWN_MESSAGE[duty.kind]}"
    return late_without_reason(duty, said.met_at, said.delay_reason, record.time_zone)


@_refusal.register
def _(said: m.DutyWaived, record: IncidentRecord) -> str | None:
    if reason := duty_not_open(said.duty, record):
        return reason
    if record.duties[said.duty].kind == "triage":
        return f"duty {said.duty!r} can't be waived: {BY_ITS_OWN_MESSAGE['triage']}"
    return None


@_refusal.register
def _(said: DecisionAnswer, record: IncidentRecord) -> str | None:
    if said.answer != "confirmed":
        return None
    asked = record.two_person_decisions[said.decision].as_said()
    return _refusal(asked, record) or (_unsettled(record) if isinstance(asked, m.Cancellation) else None)


@_refusal.register
def _(said: m.DeliveryReport, record: IncidentRecord) -> str | None:
    return unknown_delivery(said, record)


@_refusal.register
def _(said: m.Cancellation, record: IncidentRecord) -> str | None:  # noqa: ARG001
    legal = [duty.id for duty in record.open_duties() if duty.legal]
    return f"a legal duty is open: {', '.join(legal)}; meet or waive it first" if legal else None


@_refusal.register
def _(said: SameAs, record: IncidentRecord) -> str | None:
    if said.reference == record.reference:
        return f"{record.reference} is this incident itself: name the other one"
    if record.asks:
        return f"this incident follows {record.asks} already; unlink it first (not_same_as)"
    if followers := record.followers_now():
        return (
            f"{', '.join(followers[:5])} follows this incident: link {said.reference} to this one, or unlink that first"
        )
    if record.phase == "watch":
        return "this fault is resolved already: link the other one to it, or reopen this one"
    return None


@_refusal.register
def _(said: NotSameAs, record: IncidentRecord) -> str | None:  # noqa: ARG001
    return None if record.asks else "this incident follows no other"


@_refusal.register
def _(said: LeadState, record: IncidentRecord) -> str | None:
    is_meant = record.same_as and record.same_as.reference == said.reference
    return None if is_meant else f"this incident does not follow {said.reference}"
