"""Why a message that several kinds of process take is not allowed now, in plain words."""

from __future__ import annotations

from datetime import datetime

from workflows.procedure.breach.rules import TIMED_BY_LAW
from workflows.procedure.duties import Duty
from workflows.procedure.local_time import HELSINKI, said_back
from workflows.process import messages as m
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.record import Record

CLOCK_STARTED = "the clock of this duty started"


def in_the_future(said: m.Message, now: datetime, zone: str = HELSINKI) -> str | None:
    """Why a message about something that has not happened yet is refused; times in the organisation's ``zone``."""
    moments = {name: value for name, value in said if isinstance(value, datetime)}
    late = [name for name, moment in moments.items() if moment > now + CLOCKS_DIFFER_BY]
    return f"{late[0]} lies in the future: it is {said_back(now, zone)} here" if late else None


def too_early(name: str, moment: datetime | None, bound: datetime, what: str, zone: str) -> str | None:
    """Why a moment before a bound is refused. People give the minute: the bound counts from its beginning."""
    if moment is None or moment >= bound.replace(second=0, microsecond=0):
        return None
    return f"{name} ({said_back(moment, zone)}) lies before {what} ({said_back(bound, zone)})"


def late_without_reason(duty: Duty, met_at: datetime, reason: str, zone: str = HELSINKI) -> str | None:
    """Why a legal duty that is met late is refused without its reason (GDPR 33(1)); also where the time is our own."""
    if duty.legal and duty.due_at and met_at > duty.due_at and not reason:
        whose = "" if duty.kind in TIMED_BY_LAW else " (our own target)"
        return f"delay_reason is needed: {duty.id!r} was due {said_back(duty.due_at, zone)}{whose} and is met late"
    return None


def unknown_delivery(said: m.DeliveryReport, record: Record) -> str | None:
    """Why a report about a message that was never sent is refused."""
    if said.message_id in record.messages:
        return None
    older = record.only_in_evidence.get("messages", 0)
    unless = f", unless it is one of the {older} older ones that only the evidence holds" if older else ""
    return f"no message {said.message_id!r} was sent from here{unless}"


def duty_not_open(duty_id: str, record: Record) -> str | None:
    """Why nothing can be said about a duty that is not open."""
    duty = record.duties.get(duty_id)
    if duty is None:
        return f"there is no duty {duty_id!r}; there is {', '.join(record.duties) or 'none yet'}"[:450]
    return None if duty.is_open else f"duty {duty_id!r} is {duty.state.replace('_', ' ')} already"
