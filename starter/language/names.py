"""The names of what has an id, in the language in force: for people. ``--json``, commands and options keep the id."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from starter.language.words import N_, Texts, _, spoken

if TYPE_CHECKING:
    from workflows.procedure.duties import DutyState
    from workflows.procedure.languages import Language

PROCESSES: Texts = {"incident": "incident", "breach": "breach", "maintenance": "planned break", "process": "process",
    "contact_review": "contact details",
}  # fmt: skip
PHASES: Texts = {
    "awaiting_triage": "awaiting triage", "handling": "handling", "watch": "watch", "closed": "closed",
    "cancelled": "cancelled", "assessing": "assessing", "notifying": "notifying", "documented": "documented",
    "planned": "planned", "under_way": "under way", "completed": "completed",
}  # fmt: skip
SEVERITIES: Texts = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
PLACES: Texts = {
    "own": "in our own system", "kela": "in Kela's services", "other": "elsewhere", "unknown": "not known",
}  # fmt: skip
ANSWERS: Texts = {"yes": "yes", "no": "no", "unknown": "unknown"}
DUTY_STATES: Texts = {
    "open": "open", "overdue": "overdue", "met": "met", "met_late": "met late", "waived": "waived",
}  # fmt: skip
MESSAGE_STATES: Texts = {
    "accepted": "accepted", "delivered": "delivered", "failed": "failed", "diverted": "diverted", "sending": "sending",
}  # fmt: skip
TOLD: Texts = {
    "desk": "the desk", "duty officer": "the duty officer", "management": "management", "operations": "operations",
    "communications": "communications", "data protection officer": "the data protection officer",
}  # fmt: skip
"""Roles, as a line of the timeline names them; what is none of these is a group by the organisation's own name."""
SOURCES: Texts = {"cli": "the command line", "api": "an interface"}
CHANNELS: Texts = {"email": "e-mail", "text_message": "text message"}
NOTICE_KINDS: Texts = {
    "fault": "fault", "change": "change", "end": "end", "correction": "correction", "maintenance": "maintenance break",
    "other": "something else",
}  # fmt: skip
OUTCOMES: Texts = {"no_personal_data": "no", "suspected": "yes, or perhaps"}
"""Whether personal data are concerned."""
NOTIFICATIONS: Texts = {"preliminary": "preliminary", "supplementary": "supplementary", "final": "final"}
ROLES: Texts = {
    "controller": "a controller",
    "joint_controller": "a joint controller with Kela",
    "processor": "not the controller (processor)",
}
RISKS: Texts = {"": "not assessed yet", "unlikely": "unlikely", "risk": "a risk", "high": "HIGH"}
LANGUAGES: Texts = {"fi": "Finnish", "sv": "Swedish", "en": "English"}
ENDINGS: Texts = {
    "terminated": "terminated", "timed out": "timed out", "failed": "failed", "cancelled": "cancelled",
    "deleted": "deleted", "ended by others": "by something that is not kantadesk",
}  # fmt: skip


KELA = N_("Kela's technical support")
BREACH_KINDS: Texts = {
    "destruction": "data were destroyed",
    "loss": "data, or the only copy of them, were lost",
    "alteration": "data were changed wrongly",
    "unauthorised_disclosure": "data were sent or shown to somebody without a right to them",
    "unauthorised_access": "somebody reached or looked at data without a right to",
    "unavailability": "data were out of reach when they were needed, even for a short time",
}
CONTACTS = "kantadesk.contacts"
"""Where a command keeps the names of the contacts and groups."""


def name(names: Texts, each: str | None) -> str:
    """The name of an id; one that has none is said as it is."""
    known = names.get(each or "")
    return _(known) if known else (each or "").replace("_", " ")


def process(of: str) -> str:
    """What a process is called: "incident INC-1" in the language in force."""
    kind, space, reference = of.partition(" ")
    if kind == "contact_review":
        return _(PROCESSES[kind])
    return f"{name(PROCESSES, kind)}{space}{reference}" if kind in PROCESSES else of


def named_process(by: str) -> str:
    """Who says something, where that is another process of ours by its id: what that is called. A person stays."""
    kind, dash, reference = by.partition("-")
    return process(f"{kind} {reference}") if dash and kind in ("incident", "breach", "maintenance") else by


def drill(is_drill: bool) -> str:
    """The mark of a drill before what it marks; empty for what is none."""
    return _("DRILL ") if is_drill else ""


def whose(kind: str, reference: str, *, is_drill: bool, is_a_strangers: bool) -> str:
    """A process by its kind and reference, with the marks that belong to it."""
    return drill(is_drill) + process(f"{kind} {reference}") + stranger(is_a_strangers)


def whose_in_short(of: str, reference: str, *, is_drill: bool, is_a_strangers: bool) -> str:
    """Whose duty it is in few letters: the reference, marked where it is a breach's or a drill's."""
    marks = [_("(breach)")] if of == "breach" else []
    marks += [_("(drill)")] if is_drill else []
    return " ".join([reference, *marks]) + stranger(is_a_strangers)


def stranger(is_a_strangers: bool) -> str:
    """The mark behind a reference that somebody without the key has opened, as long as the desk has not spoken."""
    return " " + _("(unverified sender)") if is_a_strangers else ""


def services(ids: Iterable[Any]) -> str:
    """The names of some services; an id that has none stays."""
    from workflows.procedure.services import SERVICES

    return ", ".join(SERVICES[each].name.in_(spoken()) if each in SERVICES else str(each) for each in ids)


def duty(kind: str, duty_id: str, recipient: str = "") -> str:
    """A duty as the letters call it."""
    from activities.mail.duty_wording import duty_name

    return duty_name(kind, duty_id, recipient, spoken())


def duty_of(state: DutyState) -> str:
    """A duty as the letters call it."""
    return duty(state.kind, state.id, state.recipient)


def role(role_id: str) -> str:
    """The name of a role that every organisation has, or of a group."""
    return told(role_id.replace("_", " ") if role_id.replace("_", " ") in TOLD else role_id)


def told(each: str) -> str:
    """Whom a line of the timeline names: a role, a group or a contact."""
    if each in TOLD:
        return _(TOLD[each])
    known = _in_force()
    return known.groups.get(each, {}).get(spoken()) or known.contacts.get(each) or each.replace("-", " ")


def data_kinds(ids: Iterable[str]) -> str:
    """What happened to personal data, in the nouns of the papers."""
    from activities.documents.text import word

    return ", ".join(word("breach_kind", each, spoken()) for each in ids)


def criteria(ids: Iterable[str]) -> str:
    """The criteria by which a fault is reported, each by its number in the published list and its text."""
    from workflows.procedure.incident.criteria import VERSIONS

    texts = {each.id: each.text.in_(spoken()) for version in VERSIONS.values() for each in version.criteria}
    return "; ".join(texts.get(each, each) for each in ids)


def recipient(told: str) -> str:
    """Whom a duty is owed to: an authority, a role or a contact by its name here."""
    from activities.documents.text import WORDS, word
    from workflows.procedure.authorities import AUTHORITIES

    for each in AUTHORITIES:
        if told in (each.name.fi, each.name.sv, each.name.en):
            return each.name.in_(spoken())
    bare, mark, named = told.partition(" (")  # "the supplier of the system (Example Ltd)"
    for group in ("report_to", "breach_recipient"):
        for key, words in WORDS[group].items():
            if told in words.values():
                return word(group, key, spoken())
            if mark and bare in words.values():
                return f"{word(group, key, spoken())} ({named}"
    return contact(_heard_recipient(told))


def _heard_recipient(told: str) -> str:
    from starter.language.heard import heard

    return heard(told)


def contact(contact_id: str) -> str:
    """The name of a contact of the operating model, or of Kela; the id of one that it doesn't know."""
    if not contact_id:
        return ""
    known = _in_force().contacts
    if contact_id == "kela" and contact_id not in known:  # whom the form goes to is no contact of the organisation
        return _(KELA)
    return known.get(contact_id, contact_id)


class _Named(NamedTuple):
    """What an operating model calls its contacts, and its groups in each language, by id."""

    contacts: dict[str, str]
    groups: dict[str, dict[Language, str]]


def contacts() -> dict[str, str]:
    """The name of each contact of the operating model, by id."""
    return _in_force().contacts


def _in_force() -> _Named:
    """The names in force, looked up once in each command: a list names hundreds."""
    from starter.client.configuration import settings_in_force

    ctx = click.get_current_context(silent=True)
    kept: dict[str, Any] = ctx.find_root().meta if ctx else {}
    if CONTACTS not in kept:
        kept[CONTACTS] = _named(settings_in_force().operating_model)
    found: _Named = kept[CONTACTS]
    return found


@cache
def _named(file: Path) -> _Named:
    """The names of an operating model. A file that can't be used names nobody."""
    from activities.operating_model.faults import OperatingModelFault
    from activities.operating_model.file import load_operating_model

    try:
        model = load_operating_model(file)
    except OperatingModelFault:
        return _Named({}, {})
    return _Named({each: found.name for each, found in model.contacts.items()}, model.group_names)
