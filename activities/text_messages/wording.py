"""The wording of text messages: the fullest of a few forms that fits into two parts of a text message.

Nothing that a person wrote goes into one: kinds, times, names of services, the reference. So no personal data can.
"""

from __future__ import annotations

from activities.documents.templates import template
from activities.documents.text import one_line
from activities.maintenance.facts import break_facts
from activities.text_messages.length import length_of, plain
from workflows.maintenance.ports import TextMessage
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import SERVICES

PARTS_AT_MOST = 2
_SENDER_AT_MOST = 40
_FORMS = ((17, True), (17, False), (3, False), (1, False))
"""How many services are named, and whether those that are not affected are."""


def text_worded(message: TextMessage, model: OperatingModel) -> str:
    """The message on one line; marked as a drill where it is one."""
    texts = [_in_form(message, model, services, is_full) for services, is_full in _FORMS]
    return next((text for text in texts if length_of(text).parts <= PARTS_AT_MOST), texts[-1])


def _in_form(message: TextMessage, model: OperatingModel, services: int, is_full: bool) -> str:
    language, plan = message.language, message.plan
    named = [SERVICES[service].name.in_(language) for service in plan.services]
    more = f" +{len(named) - services}" if len(named) > services else ""
    facts = break_facts(plan, message.plan_before, language, model.organisation.time_zone, window=message.window)
    text = template(language, "text_message").render(
        facts
        | {
            "kind": message.kind.removeprefix("maintenance_"),
            "drill": message.drill,
            "short_notice": message.short_notice,
            "sender": one_line(model.organisation.name_in(language), _SENDER_AT_MOST),
            "services": ", ".join(named[:services]) + more,
            "not_affected": facts["not_affected"] if is_full else "",
            "reference": message.reference,
        }
    )
    return one_line(plain(text), 1000)
