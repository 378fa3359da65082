"""When a message is not allowed in a breach now, and why, in words for the person who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import singledispatch
from typing import Any

from workflows.breach import messages as b
from workflows.breach.moments import MOMENTS, out_of_order
from workflows.breach.record import BreachRecord
from workflows.breach.risk import RiskAssessment
from workflows.breach.who_notifies import is_other_to_notify, says_other
from workflows.procedure.local_time import said_back
from workflows.procedure.names import folded
from workflows.procedure.operating_model.mail_address import fault_in
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
from workflows.process.second_person.record import KIND, second_person_refusal

OWN_MESSAGES = {
    "notify_supervisory_authority": "authority_notified",
    "notify_controller": "controller_notified",
    "notify_kela_of_breach": "kela_notified",
    "inform_data_subjects": "subjects_informed",
    "document_breach": "measures_taken and risk_assessment",
}
"""Duties that are met by saying what was done, so that the record of it is whole."""
BY_A_PROCESSOR = {"document_breach": "measures_taken"}
"""The same of a processor, which weighs no risk."""
TOLD_AT = ("notified_at", "informed_at", "met_at")
AFTER_AWARENESS = (RiskAssessment, m.Conclusion, m.DutyWaived, m.Cancellation)


def refusal(record: BreachRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is."""
    if record.has_ended:
        return f"the breach is {record.phase}"
    not_now = in_the_future(said, now, record.time_zone) or second_person_refusal(record, said)
    return not_now or _refusal(said, record)


def further_refusal(record: BreachRecord, said: m.Message) -> str | None:
    """Why a message is not allowed by the rules that came after release 0.2.0; None where it is."""
    return _before_awareness(said, record) or _further(said, record)


def _before_awareness(said: m.Message, record: BreachRecord) -> str | None:
    """Nothing is met, told or decided before we were aware; what another law asks, not before it was detected."""
    bound, what = record.aware_from, "we became aware of the breach"
    duty = record.duties.get(said.duty) if isinstance(said, m.DutyMet) else None
    if duty and (duty.clock_started_at < bound or asked_by(duty.kind)):
        bound, what = duty.clock_started_at, CLOCK_STARTED
    moments = {name: getattr(said, name, None) for name in TOLD_AT}
    if isinstance(said, AFTER_AWARENESS):
        moments["occurred_at"] = said.occurred_at
    early = (too_early(name, at, bound, what, record.time_zone) for name, at in moments.items())
    return next(filter(None, early), None)


def contradiction(said: m.Message, zone: str, *, is_other_known: bool = False) -> str | None:
    """Why an assessment can't be right as it stands; None where it can.

    ``is_other_known``: another joint controller who notifies may be on record with the reason; what is left out stays.
    """
    if not isinstance(said, b.BreachAssessment):
        return None
    wanted = [
        name
        for name in ("joint_notifier_name", "joint_notifier_reason")
        if not getattr(said, name) and (not is_other_known or name in said.model_fields_set)
    ]
    for controller in said.controllers:
        if controller.email and (fault := fault_in(controller.email)):
            return f"controllers: the e-mail address of {controller.name!r} {fault}"
    if says_other(said) and wanted:
        return f"{', '.join(wanted)}: needed where the other joint controller notifies the authority"
    return out_of_order(dict(said), zone)


@singledispatch
def _further(said: m.Message, record: BreachRecord) -> str | None:  # noqa: ARG001  # allowed, where nothing else is said
    return None


@_further.register
def _(said: b.AuthorityNotified, record: BreachRecord) -> str | None:
    if record.opening.role != "processor":
        return None
    named = [controller.name for controller in record.opening.controllers]
    if said.on_behalf_of and named and folded(said.on_behalf_of) not in map(folded, named):
        return f"on_behalf_of: {said.on_behalf_of!r} is none of the controllers of this breach: {', '.join(named)}"
    if said.on_behalf_of:
        return None
    return (
        "we are a processor of these data: each controller notifies the authority itself. Where we did it for one of "
        "them, say for which: on_behalf_of"
    )


@_further.register
def _(said: b.BreachAssessment, record: BreachRecord) -> str | None:
    return contradiction(
        said, record.time_zone, is_other_known=is_other_to_notify(record.opening)
    ) or _beside_what_is_known(said.facts_said(), record)


@_further.register
def _(said: b.AwarenessCorrection, record: BreachRecord) -> str | None:
    return _beside_what_is_known({"aware_at": said.aware_at}, record)


@_further.register
def _(said: RiskAssessment, record: BreachRecord) -> str | None:
    return _beside_what_is_known({"began_at": said.began_at}, record) if said.began_at else None


def _beside_what_is_known(said: Mapping[str, Any], record: BreachRecord) -> str | None:
    """Why a moment can't be right beside those on record, or an awareness after somebody was notified."""
    if not {*MOMENTS} & {*said}:
        return None
    known = {
        "began_at": record.last_said("began_at"),
        "first_noticed_at": record.opening.first_noticed_at,
        "aware_at": record.awareness[-1].aware_at,
    }
    if reason := out_of_order({name: said.get(name, at) for name, at in known.items()}, record.time_zone):
        return reason
    aware_at, first = said.get("aware_at"), min(record.notifications, key=lambda each: each.at, default=None)
    if aware_at and first and aware_at.replace(second=0, microsecond=0) > first.at:
        aware, told = said_back(aware_at, record.time_zone), said_back(first.at, record.time_zone)
        return f"aware_at ({aware}) lies after {first.to} was notified ({told}): who notifies is aware"
    return None


@singledispatch
def _refusal(said: m.Message, record: BreachRecord) -> str | None:  # noqa: ARG001  # allowed, where nothing else is said
    return None


@_refusal.register
def _(said: RiskAssessment, record: BreachRecord) -> str | None:
    if record.opening.role == "processor":
        return "a processor does not weigh the risk: the controller does (EDPB 9/2022); tell each controller"
    if said.began_at and said.began_at > record.aware_from:
        aware = said_back(record.aware_from, record.time_zone)
        return f"began_at lies after the awareness ({aware}); give the earlier time"
    return None


@_refusal.register
def _(said: b.AuthorityNotified, record: BreachRecord) -> str | None:
    owed = record.first_open("notify_supervisory_authority")
    if owed is None or (record.opening.role == "processor" and said.on_behalf_of):
        return None
    return late_without_reason(owed, said.notified_at, said.delay_reason, record.time_zone)


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
    if duty.no_longer_because:
        return f"duty {said.duty!r} no longer applies ({duty.no_longer_because}): waive it with the reason"
    of_role = BY_A_PROCESSOR if record.opening.role == "processor" else {}
    if own := of_role.get(duty.kind) or OWN_MESSAGES.get(duty.kind):
        return f"duty {said.duty!r} is met by saying what was done: send {own}"
    return late_without_reason(duty, said.met_at, said.delay_reason, record.time_zone)


@_refusal.register
def _(said: m.DutyWaived, record: BreachRecord) -> str | None:
    return duty_not_open(said.duty, record)


@_refusal.register
def _(said: DecisionAnswer, record: BreachRecord) -> str | None:
    is_confirmed = said.answer == "confirmed"
    return _refusal(record.two_person_decisions[said.decision].as_said(), record) if is_confirmed else None


@_refusal.register
def _(said: m.DeliveryReport, record: BreachRecord) -> str | None:
    return unknown_delivery(said, record)


@_refusal.register
def _(said: m.Conclusion, record: BreachRecord) -> str | None:  # noqa: ARG001
    open_now = [duty.id for duty in record.open_duties() if duty.kind != KIND]
    return f"a duty is open: {', '.join(open_now)}; meet or waive it first" if open_now else None


@_refusal.register
def _(said: m.Cancellation, record: BreachRecord) -> str | None:  # noqa: ARG001
    legal = [duty.id for duty in record.open_duties() if duty.legal]
    return f"a legal duty is open: {', '.join(legal)}; meet or waive it first" if legal else None
