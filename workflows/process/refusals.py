"""Why a message that several kinds of process take is not allowed now, in plain words."""

from __future__ import annotations

from datetime import datetime

from workflows.procedure.duties import Duty
from workflows.process import messages as m
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.record import Record


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


def duty_not_open(duty_id: str, record: Record) -> str | None:
    """Why nothing can be said about a duty that is not open."""
    duty = record.duties.get(duty_id)
    if duty is None:
        return f"there is no duty {duty_id!r}; there is {', '.join(record.duties) or 'none yet'}"[:450]
    return None if duty.is_open else f"duty {duty_id!r} is {duty.state.replace('_', ' ')} already"
