"""When a message is not allowed in a planned break now, and why, in words for the person who sent it."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from workflows.maintenance import messages as mm
from workflows.maintenance.record import MaintenanceRecord
from workflows.procedure.local_time import said_back
from workflows.process import messages as m
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.refusals import in_the_future, unknown_delivery


def refusal(record: MaintenanceRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is."""
    if record.has_ended:
        return f"the break is {record.phase}: plan a new one"
    return _refusal(said, record, now)


@singledispatch
def _refusal(said: m.Message, record: MaintenanceRecord, now: datetime) -> str | None:  # allowed
    return in_the_future(said, now, record.time_zone)


@_refusal.register
def _(said: mm.MaintenanceChange, record: MaintenanceRecord, now: datetime) -> str | None:
    if said.occurred_at and said.occurred_at > now + CLOCKS_DIFFER_BY:
        return f"occurred_at lies in the future: it is {said_back(now, record.time_zone)} here"
    try:
        after = said.applied(record.plan)
    except ValueError as reason:
        return str(reason)
    if after.ends_at <= now and after.ends_at != record.plan.ends_at:
        return "ends_at lies in the past: if the work is completed already, send a completion"
    return None


@_refusal.register
def _(said: mm.Completion, record: MaintenanceRecord, now: datetime) -> str | None:
    began = record.plan.stretches[0].starts_at
    if record.phase == "planned":
        return (
            f"the break has not begun (it begins {said_back(began, record.time_zone)}): cancel it, or change its times"
        )
    if said.completed_at < began:
        return f"completed_at lies before the break began ({said_back(began, record.time_zone)})"
    return in_the_future(said, now, record.time_zone)


@_refusal.register
def _(said: m.Acknowledgement, record: MaintenanceRecord, now: datetime) -> str | None:
    if said.contact not in record.told:
        return f"{said.contact!r} was not told of the break; told were {', '.join(record.told) or 'none yet'}"
    return in_the_future(said, now, record.time_zone)


@_refusal.register
def _(said: m.DeliveryReport, record: MaintenanceRecord, now: datetime) -> str | None:
    return unknown_delivery(said, record) or in_the_future(said, now, record.time_zone)
