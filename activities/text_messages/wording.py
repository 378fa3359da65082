"""The wording of text messages: the fullest of a few forms that fits into two parts of a text message.

Nothing that a person wrote goes into one: kinds, times, names of services, the reference. So no personal data can.
"""

from __future__ import annotations

from typing import Any

from activities.documents.moments import moment_in
from activities.documents.templates import template
from activities.documents.text import one_line, word
from activities.maintenance.facts import break_facts
from activities.text_messages.length import length_of, plain
from workflows.procedure.incident.situation import FaultSituation
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import SERVICES
from workflows.process.telling.text_messages import TextMessage

PARTS_AT_MOST = 2
SENDER_AT_MOST = 40
_FORMS = ((17, True), (17, False), (3, False), (1, False))
"""How many services are named, and whether those that are not affected are."""


def text_worded(message: TextMessage, model: OperatingModel) -> str:
    """The message on one line; marked as a drill where it is one."""
    texts = [_in_form(message, model, services, is_full) for services, is_full in _FORMS]
    return next((text for text in texts if length_of(text).parts <= PARTS_AT_MOST), texts[-1])


def _in_form(message: TextMessage, model: OperatingModel, services: int, is_full: bool) -> str:
    language, plan = message.language, message.plan
    concerned = plan.services if plan else message.services
    named = [SERVICES[service].name.in_(language) for service in concerned]
    more = f" +{len(named) - services}" if len(named) > services else ""
    shared = {
        "drill": message.drill,
        "sender": one_line(model.organisation.name_in(language), SENDER_AT_MOST),
        "services": ", ".join(named[:services]) + more,
        "reference": message.reference,
    }
    name = "text_message" if plan else "text_fault"
    facts = _of_a_break(message, plan, model) if plan else _of_a_fault(message, model)
    not_affected = facts.get("not_affected", "") if is_full else ""
    text = template(language, name).render(facts | shared | {"not_affected": not_affected})
    unverified = f"{word('sender', 'brief', language).upper()}. " if message.is_unverified else ""
    return one_line(plain(unverified + text), 1000)


def _of_a_break(message: TextMessage, plan: Plan, model: OperatingModel) -> dict[str, Any]:
    zone = model.organisation.time_zone
    return break_facts(plan, message.plan_before, message.language, zone, window=message.window) | {
        "kind": message.kind.removeprefix("maintenance_"),
        "short_notice": message.short_notice,
    }


def _of_a_fault(message: TextMessage, model: OperatingModel) -> dict[str, Any]:
    zone = model.organisation.time_zone
    situation = message.situation or FaultSituation(phase="handling")
    return {
        "kind": message.kind,
        "where": word("fault_where", situation.place, message.language),
        "is_test": situation.place == "test",
        "is_over": situation.is_over,
        "is_back": situation.is_back,
        "noticed": moment_in(message.language, message.noticed_at, zone),
        "happened": moment_in(message.language, message.happened_at, zone),
    }
