"""When a message is not allowed in a breach now, and why, in words for the person who sent it."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from workflows.breach import messages as b
from workflows.breach.record import BreachRecord
from workflows.breach.risk import RiskAssessment
from workflows.procedure.local_time import written
from workflows.process import messages as m
from workflows.process.refusals import duty_not_open, in_the_future, late_without_reason, unknown_delivery

OWN_MESSAGES = {
    "notify_supervisory_authority": "authority_notified",
    "notify_controller": "controller_notified",
    "notify_kela_of_breach": "kela_notified",
    "inform_data_subjects": "subjects_informed",
    "document_breach": "measures_taken and risk_assessment",
}
"""Duties that are met by saying what was done, so that the record of it is whole."""


def refusal(record: BreachRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is."""
    if record.has_ended:
        return f"the breach is {record.phase}"
    return in_the_future(said, now) or _refusal(said, record)


@singledispatch
def _refusal(said: m.Message, record: BreachRecord) -> str | None:  # noqa: ARG001  # allowed, where nothing else is said
    return None


@_refusal.register
def _(said: RiskAssessment, record: BreachRecord) -> str | None:
    if record.opening.role == "processor":
        return "a processor does not weigh the risk: the controller does (EDPB 9/2022); tell each controller"
    if said.began_at and said.began_at > record.aware_from:
        return (
            f"began_at lies after the awareness ({written(record.aware_from, record.time_zone)}); give the earlier time"
        )
    return None


@_refusal.register
def _(said: b.AuthorityNotified, record: BreachRecord) -> str | None:
    owed = next((d for d in record.duties.values() if d.kind == "notify_supervisory_authority"), None)
    return late_without_reason(owed, said.notified_at, said.delay_reason) if owed and owed.is_open else None


@_refusal.register
def _(said: b.ControllerNotified, record: BreachRecord) -> str | None:
    if record.duty_towards(said.controller):
        return None
    named = ", ".join(name for duty, name in record.subjects.items() if name and record.duties[duty].is_open)
    return f"no notice to {said.controller!r} is owed; it is owed to {named or 'nobody'}"


@_refusal.register
def _(said: b.AwarenessCorrection, record: BreachRecord) -> str | None:
    if said.aware_at == record.aware_from:
        return "this is the instant from which the clock runs already"
    return None


@_refusal.register
def _(said: m.Acknowledgement, record: BreachRecord) -> str | None:
    return (
        None if said.what in record.duties else f"there is no duty {said.what!r}; there is {', '.join(record.duties)}"
    )


@_refusal.register
def _(said: m.DutyMet, record: BreachRecord) -> str | None:
    if reason := duty_not_open(said.duty, record):
        return reason
    duty = record.duties[said.duty]
    if own := OWN_MESSAGES.get(duty.kind):
        return f"duty {said.duty!r} is met by saying what was done: send {own}"
    return late_without_reason(duty, said.met_at, said.delay_reason)


@_refusal.register
def _(said: m.DutyWaived, record: BreachRecord) -> str | None:
    return duty_not_open(said.duty, record)


@_refusal.register
def _(said: m.DeliveryReport, record: BreachRecord) -> str | None:
    return unknown_delivery(said, record)


@_refusal.register
def _(said: b.Conclusion, record: BreachRecord) -> str | None:  # noqa: ARG001
    open_now = [duty.id for duty in record.open_duties()]
    return f"a duty is open: {', '.join(open_now)}; meet or waive it first" if open_now else None


@_refusal.register
def _(said: m.Cancellation, record: BreachRecord) -> str | None:  # noqa: ARG001
    legal = [duty.id for duty in record.open_duties() if duty.legal]
    return f"a legal duty is open: {', '.join(legal)}; meet or waive it first" if legal else None
