"""When a message is not allowed now, and why: one rule a message, in words for the person who sent it."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import Duty
from workflows.process import messages as m
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.record import Record

BY_ITS_OWN_MESSAGE = {
    "triage": "send a triage, or cancel the incident",
    "phone_kela": "log the call with phone_escalation; only a call that reached somebody counts",
}


def refusal(record: IncidentRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is."""
    if record.has_ended:
        return f"the incident is {record.phase}: open a new one and name {record.reference} in its description"
    return in_the_future(said, now) or _refusal(said, record)


def in_the_future(said: m.Message, now: datetime) -> str | None:
    """Why a message about something that has not happened yet is refused."""
    moments = {name: value for name, value in said if isinstance(value, datetime)}
    late = [name for name, moment in moments.items() if moment > now + CLOCKS_DIFFER_BY]
    return f"{late[0]} lies in the future: it is {now:%Y-%m-%d %H:%M} UTC here" if late else None


def late_without_reason(duty: Duty, met_at: datetime, reason: str) -> str | None:
    """Why a legal duty that is met late is refused without its reason (GDPR 33(1))."""
    if duty.legal and duty.due_at and met_at > duty.due_at and not reason:
        return f"delay_reason is needed: {duty.id!r} was due {duty.due_at:%Y-%m-%d %H:%M} UTC and is met late"
    return None


def unknown_delivery(said: m.DeliveryReport, record: Record) -> str | None:
    """Why a report about a message that was never sent is refused."""
    if said.message_id in record.messages:
        return None
    older = record.only_in_evidence.get("messages", 0)
    unless = f", unless it is one of the {older} older ones that only the evidence holds" if older else ""
    return f"no message {said.message_id!r} was sent from here{unless}"


@singledispatch
def _refusal(said: m.Message, record: IncidentRecord) -> str | None:  # noqa: ARG001  # allowed, where nothing else is said
    return None


@_refusal.register
def _(said: m.SituationUpdate, record: IncidentRecord) -> str | None:  # noqa: ARG001
    return "the fault has not been judged yet: send a triage first" if record.phase == "awaiting_triage" else None


@_refusal.register
def _(said: m.Resolution, record: IncidentRecord) -> str | None:
    if record.phase == "awaiting_triage":
        return "the fault has not been judged yet: send a triage first, also where it is over already"
    if record.phase == "watch":
        return "the fault is resolved already and being watched"
    noticed_at = min(record.opening.noticed_at, record.opened_at)  # a sender's clock may be wrong
    if said.resolved_at < noticed_at:
        return f"resolved_at lies before the fault was noticed ({noticed_at:%Y-%m-%d %H:%M} UTC)"
    return None


@_refusal.register
def _(said: m.Reopening, record: IncidentRecord) -> str | None:  # noqa: ARG001
    if record.phase != "watch":
        return f"only an incident that is being watched can be reopened; this one is {record.phase.replace('_', ' ')}"
    return None


@_refusal.register
def _(said: m.Acknowledgement, record: IncidentRecord) -> str | None:
    if said.what in record.duties:
        return None
    if said.what not in record.instructions:
        known = ", ".join([*record.instructions, *record.duties]) or "nothing yet"
        return f"there is nothing called {said.what!r} to acknowledge; there is {known}"
    instruction = record.instructions[said.what]
    if said.contact not in instruction.awaiting:
        return f"{said.contact!r} has acknowledged {said.what} already or was not told of it"
    return None


@_refusal.register
def _(said: m.DutyMet, record: IncidentRecord) -> str | None:
    if reason := duty_not_open(said.duty, record):
        return reason
    duty = record.duties[said.duty]
    if duty.kind in BY_ITS_OWN_MESSAGE:
        return f"duty {said.duty!r} is not met by hand: {BY_ITS_OWN_MESSAGE[duty.kind]}"
    return late_without_reason(duty, said.met_at, said.delay_reason)


@_refusal.register
def _(said: m.DutyWaived, record: IncidentRecord) -> str | None:
    if reason := duty_not_open(said.duty, record):
        return reason
    if record.duties[said.duty].kind == "triage":
        return f"duty {said.duty!r} can't be waived: {BY_ITS_OWN_MESSAGE['triage']}"
    return None


@_refusal.register
def _(said: m.DeliveryReport, record: IncidentRecord) -> str | None:
    return unknown_delivery(said, record)


@_refusal.register
def _(said: m.Cancellation, record: IncidentRecord) -> str | None:  # noqa: ARG001
    legal = [duty.id for duty in record.open_duties() if duty.legal]
    return f"a legal duty is open: {', '.join(legal)}; meet or waive it first" if legal else None


def duty_not_open(duty_id: str, record: Record) -> str | None:
    """Why nothing can be said about a duty that is not open."""
    duty = record.duties.get(duty_id)
    if duty is None:
        return f"there is no duty {duty_id!r}; there is {', '.join(record.duties) or 'none yet'}"[:450]
    return None if duty.is_open else f"duty {duty_id!r} is {duty.state.replace('_', ' ')} already"
