"""The wording of every letter: subject and body by kind and language, from ``templates/{language}/{kind}.j2``.

A template's first line is the subject. Values are cleaned before they come in, and are never templates themselves.
The title comes unchecked from the first reporter: inside the house a personal identity code in it is masked, so
that no report silences the desk. A letter out of the house, and any other text with a code in it, must not go out
(``identity_code_in``). What may be a code and may be none is masked everywhere: it neither leaks nor stops a letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from activities.acknowledging.links import PATH, LinkTo
from activities.documents.moments import day_of, moment_in
from activities.documents.templates import template
from activities.documents.text import WORDS, cleaned, decided_by, indented, one_line, shortened, word
from activities.mail.duty_wording import directions_in_words, due_word, duty_name, settled_in_words
from activities.mail.fault_wording import fault_facts
from activities.mail.kela_hours import call_kela
from activities.maintenance.facts import NO_BREAK, break_facts
from workflows.procedure.contacts.standing import AT_ONCE, ContactDoubt
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.identity_codes import identity_codes_in, masked, without_doubts
from workflows.procedure.incident.further_reports import FURTHER
from workflows.procedure.incident.report_form import ALL_FIELDS
from workflows.procedure.languages import Language
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.people import Contact
from workflows.procedure.services import SERVICES, ServiceId, named
from workflows.procedure.tasks import what_to_do
from workflows.process.messages import ChainHead, Document
from workflows.process.ports import CUT_HERE, Letter

_TO_THE_DESK = {
    "desk_opened", "known_notice", "notice_ended", "reminder", "overdue", "not_sent", "breach_opened",
    "breach_deadline_moved", "breach_incident_ended", "maintenance_overlong", "watch_finding", "watch_over",
    "notice_proposed", "notice_uncertain", "feed_down", "feed_back", "breach_duty_waived", "breach_concluded",
    "breach_cancelled", "breach_corrected", "kela_to_be_told", "incident_cancelled", "decision_waits",
    "decision_declined", "decision_withdrawn", "contacts_to_verify", "unanswered",
}  # fmt: skip
_OUT_OF_THE_HOUSE = {"fault_report", "breach_notice_controller", "breach_notice_kela"}
_CLOSING = {
    "end", "cancelled", "breach_concluded", "breach_cancelled", "maintenance_ended", "maintenance_cancelled",
}  # fmt: skip
_CLOSING_REPORTS = ("resolved", "withdrawn")
_ABOUT_THE_FORM = ("fault_report", "kela_to_be_told")
_SUBJECT_AT_MOST = 200
_SERVICES_IN_SUBJECT = 2
_ALARMS = ("reminder", "overdue")
_REFERENCE = re.compile(r"^\[[^\]]*\] ")
_LINK = re.compile(rf"{PATH}[A-Za-z0-9._-]+")
"""Its letters are chance: what looks like a code in them is none."""


@dataclass(frozen=True)
class Wording:
    """What a letter says."""

    subject: str
    body: str


def tells_the_end(letter: Letter) -> bool:
    """Whether a letter closes its matter: those carry the head of the evidence out of the house."""
    return letter.kind in _CLOSING or (letter.kind == "fault_report" and letter.report_type in _CLOSING_REPORTS)


def worded(
    letter: Letter, model: OperatingModel, chained: ChainHead | None = None, links: Sequence[LinkTo] = ()
) -> Wording:
    """The letter in words; marked as a drill in subject and body where it is one. ``chained``: what it says of that."""
    beside = {"chained": chained, "links": links}
    rendered = template(letter.language, letter.kind).render(_facts(letter, model) | beside)
    subject, _, body = rendered.lstrip("\n").partition("\n")
    body = body.strip("\n") + "\n"
    if letter.is_unverified and not letter.said_by and letter.kind not in _OUT_OF_THE_HOUSE:
        subject = f"{word('sender', 'brief', letter.language).upper()}: {subject}"
        body = f"{word('sender', 'nobody', letter.language)}\n\n{body}"
    if letter.drill:
        banner = word("drill", "banner", letter.language)
        subject = f"{word('drill', 'mark', letter.language)} {subject}"
        body = f"*** {banner} ***\n\n{body}\n*** {banner} ***\n"
    return Wording(one_line(subject, _SUBJECT_AT_MOST), body)


def is_to_desk(letter: Letter) -> bool:
    """Whether it goes to those who run the desk, who can look themselves."""
    return letter.kind in _TO_THE_DESK


def identity_code_in(letter: Letter, wording: Wording) -> str | None:
    """Where a personal identity code would leave the house ("title", "text", "subject" …); None where there is none."""
    parts = {"subject": wording.subject, "body": _LINK.sub(PATH, wording.body)}
    if letter.kind not in _TO_THE_DESK:
        parts["text"] = cleaned(letter.text)
        parts["what_to_do"] = cleaned(letter.what_to_do)
    parts["held"] = "\n".join(cleaned(each.text) for each in letter.held if each.kind not in _TO_THE_DESK)
    if letter.kind in _OUT_OF_THE_HOUSE:
        parts["title"] = cleaned(letter.title)
    return next((part for part, text in reversed(parts.items()) if _holds_code(text)), None)


def _plainest(text: str) -> str:
    """The text as a reader sees it: look-alike digits as digits, and nothing that joins letters."""
    return unicodedata.normalize("NFKC", text).translate({0x200C: None, 0x200D: None})


def _holds_code(text: str) -> bool:
    return bool(identity_codes_in(text) or identity_codes_in(_plainest(text)))


def _without_codes(text: str) -> str:
    return masked(_plainest(text) if _holds_code(text) else text)


def _facts(letter: Letter, model: OperatingModel) -> dict[str, Any]:
    """Everything that a template may name. No person's name is among it."""
    language = letter.language
    for_title = without_doubts if letter.kind in _OUT_OF_THE_HOUSE else _without_codes
    for_text = _without_codes if letter.kind in _TO_THE_DESK else without_doubts
    text = for_text(shortened(cleaned(letter.text), word("text", "shortened", language)))
    return {
        **_organisation(model, language),
        **_severity(letter),
        **_duty(letter, model),
        **_break(letter, model),
        **call_kela(letter, model),
        **fault_facts(letter, model, for_title),
        "reference": letter.reference,
        "contact": letter.contact,
        "title": for_title(one_line(for_title(letter.title))),
        "text": indented(text) if text else "",
        "to_acknowledge": one_line(letter.to_acknowledge),
        "services": named(letter.services, language),
        "service_options": " ".join(f"--service {service}" for service in letter.services),
        "services_short": _services_in_subject(letter.services, language),
        "noticed": _written(letter.noticed_at, letter, model),
        "hours": hours_in_words(letter.noticed_at, model.organisation.time_zone) if letter.noticed_at else "",
        "happened": _written(letter.happened_at, letter, model),
        "due": _written(letter.due_at, letter, model),
        "due_before": _written(letter.due_before, letter, model),
        "due_word": due_word(letter.duty_kind, language),
        "is_past_due": bool(letter.due_at and letter.asked_at and letter.asked_at >= letter.due_at),
        "missing": [_item(each, letter.language) for each in letter.missing],
        "is_cut": letter.text.endswith(CUT_HERE),
        "stands_in_for": letter.stands_in_for,
        "said_by": for_text(_decider(letter)),
        "decision": word("decision", letter.decision, language) if letter.decision else "",
        "is_processor": letter.is_processor,
        "is_of_a_breach": letter.case.startswith("breach~") or letter.duty_kind == "assess_breach",
        "changed": _changed(letter),
        "report_type": letter.report_type,
        "number": letter.number,
        "came_back": letter.came_back,
        "is_after_handover": letter.is_after_handover,
        "is_asked": letter.is_asked,
        "settled": settled_in_words(letter, lambda at: _written(at, letter, model), model.kela.phone),
        **directions_in_words(letter, model.organisation.time_zone, model.suppliers()),
        "is_report": letter.duty_kind in ("report_to_kela", *FURTHER) or bool(letter.attachments),
        "is_at_once": any(each.why in AT_ONCE for each in letter.contacts),
        "held": [_held(each, model) for each in letter.held],
        "contacts": [_asked_about(each, letter, model) for each in letter.contacts],
        "documents": [{"name": document.name, "place": place(document)} for document in letter.attachments],
    }


def _held(letter: Letter, model: OperatingModel) -> dict[str, str]:
    """A letter that was held back, as the one says it that tells of several: when, its subject, what was written."""
    alone = letter.model_copy(update={"drill": False, "language": letter.language})
    facts = _facts(alone, model)
    rendered = template(letter.language, letter.kind).render(facts | {"chained": None, "links": ()})
    said = one_line(rendered.lstrip("\n").partition("\n")[0], _SUBJECT_AT_MOST)
    text = facts["text"] if letter.kind not in _ALARMS else ""
    severity = facts["severity"] if letter.kind in ("start", "change") else ""
    subject = _REFERENCE.sub("", said)
    return {"at": _written(letter.asked_at, letter, model), "subject": subject, "severity": severity, "text": text}


def _decider(letter: Letter) -> str:
    """Who decided what the letter tells; whether that is only what somebody without the key claims."""
    return decided_by(
        letter.said_by, letter.language, is_unverified=letter.is_unverified, confirmed_by=letter.confirmed_by
    )


def _changed(letter: Letter) -> list[str]:
    """What has changed: fields of the report to Kela, or facts of a breach."""
    if letter.kind in _ABOUT_THE_FORM:
        return [ALL_FIELDS[name].label.in_(letter.language) for name in letter.changed]
    return [word("breach_field", name, letter.language) for name in letter.changed]


def _break(letter: Letter, model: OperatingModel) -> dict[str, Any]:
    """What the letters about a planned break say; nothing in the others."""
    if letter.plan is None:
        return NO_BREAK
    zone = model.organisation.time_zone
    facts = break_facts(letter.plan, letter.plan_before, letter.language, zone, window=letter.window)
    marks = ("short_notice", "is_reminder", "withdrawn")
    return facts | {mark: getattr(letter, mark) for mark in marks}


def _organisation(model: OperatingModel, language: Language) -> dict[str, str]:
    return {
        "organisation": one_line(model.organisation.name_in(language)),
        "unit": one_line(model.organisation.unit_in(language)),
        "call_back": one_line(model.organisation.call_back),
        "email": model.organisation.email,
        "kela_email": model.kela.report_email,
        "kela_phone": one_line(model.kela.phone),
    }


def _asked_about(doubt: ContactDoubt, letter: Letter, model: OperatingModel) -> dict[str, str]:
    """A contact that somebody is asked about: its name and id, why, since when, and what its details end with."""
    why = word("contact_why", doubt.why, letter.language)
    channel = word("contact_channel", doubt.channel, letter.language) if doubt.channel and doubt.why == "wrong" else ""
    zone, is_day = model.organisation.time_zone, doubt.why == "cycle"  # a day is enough, and all that the file says
    since = day_of(doubt.since, zone) if is_day and doubt.since else moment_in(letter.language, doubt.since, zone)
    known = model.contacts.get(doubt.contact)
    contact = f"{one_line(known.name)} ({doubt.contact})" if known else doubt.contact
    return {"contact": contact, "why": why.format(since=since, channel=channel), "details": _in_part(known)}


def _in_part(contact: Contact | None) -> str:
    """The details of a contact as far as one who knows them needs to see: mail may be read by others."""
    if contact is None:
        return ""
    before, _at, domain = contact.email.partition("@")
    numbers = [each for each in (contact.phone, contact.text_message) if each and "://" not in each]
    return ", ".join([f"{before[:1]}…@{domain}", *dict.fromkeys(f"…{number[-4:]}" for number in numbers)])


def _item(item: str, language: Language) -> str:
    """Something that nobody has answered yet: what is to be checked in words, a contact or a group by its id."""
    return word("contact_item", item, language) if item in WORDS["contact_item"] else item


def _severity(letter: Letter) -> dict[str, Any]:
    language, is_critical = letter.language, letter.severity == "critical"
    because = "both" if is_critical and letter.extensive else "wide"
    is_known = letter.severity in WORDS["severity"]
    return {
        "severity": word("severity", letter.severity, language) if is_known else "",
        "extent": word("extent", "wide" if letter.extensive else "limited", language),
        "is_phone_needed": is_critical or letter.extensive,
        "phone_because": word("extent", because, language)
        if letter.extensive
        else word("severity", "critical", language),
    }


def _duty(letter: Letter, model: OperatingModel) -> dict[str, str]:
    """The duty in words: its name, and what to do about it, said with the letter or taken from the rules."""
    duty, language = one_line(letter.duty or letter.duty_kind), letter.language
    todo = letter.what_to_do or what_to_do(
        letter.duty_kind, language, reference=letter.reference, duty=duty, phone=model.kela.phone
    )
    return {
        "duty": duty,
        "duty_kind": letter.duty_kind,
        "duty_name": duty_name(letter.duty_kind, duty, letter.towards, language),
        "what_to_do": _commands_apart(_without_codes(cleaned(todo))),
    }


def _commands_apart(text: str) -> str:
    """A command at the end of a sentence goes on a line of its own, to be copied."""
    return text.replace(": kantadesk ", ":\n\n       kantadesk ")


def _services_in_subject(services: tuple[ServiceId, ...], language: Language) -> str:
    names = [SERVICES[service].name.in_(language) for service in services[:_SERVICES_IN_SUBJECT]]
    more = len(services) - len(names)
    return (", ".join(names) or "Kanta") + (f" +{more}" if more else "")


def _written(moment: datetime | None, letter: Letter, model: OperatingModel) -> str:
    return moment_in(letter.language, moment, model.organisation.time_zone)


def place(document: Document) -> Path | str:
    """Where a document lies, for people: a path, or its address where it is not a file."""
    address = urlsplit(document.uri)
    return Path(unquote(address.path)) if address.scheme == "file" else document.uri
