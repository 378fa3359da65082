"""The situation report of an incident: what may be passed on of it, to the staff, to management or to an authority.

Safe to pass on: the reporter's words (title, symptoms, who it was) never come in, since nobody has checked them; the
desk's own words come in with identity codes masked; no person is named but whom an authority may ask. Names of contacts
stand only in management's report, and only of those who were not reached or have not answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from activities.documents.as_docx import Frame, as_docx
from activities.documents.as_html import as_html
from activities.documents.as_text import as_text
from activities.documents.blocks import Block, blocks
from activities.documents.moments import moment_in
from activities.documents.text import cleaned, one_line, shortened, word
from activities.mail.duty_wording import due_word, duty_name
from activities.mail.fault_wording import shown
from workflows.incident.messages import IncidentStatus
from workflows.procedure.duties import DutyState
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.guidance import PROFESSIONALS_PAGES, guidance_in_letters, procedure_for
from workflows.procedure.incident.report_form import FORM
from workflows.procedure.incident.situation import FaultPlace, fault_place
from workflows.procedure.languages import Language
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import SERVICE_IDS, named

Reader = Literal["staff", "management", "authority"]
READERS: tuple[Reader, ...] = ("staff", "management", "authority")
_NOT_IN_DAILY_USE = ("OTHER", "TEST", "CODE", "EXTRANET")
"""Services of which nobody asks whether they work."""
_WITHIN_THE_DESK = ("triage", "distribute_instruction", "confirm_decision", "verify_contacts")
"""Duties that are nobody's business outside the house."""
_TOLD = ("start", "change", "end", "cancelled", "instruction")
_STILL_OPEN = ("open", "overdue")


class SituationReport(Model):
    """What a report is made of. ``owed_in_breach``: the duties of the running breach, for those who may read of it."""

    status: IncidentStatus
    reader: Reader
    made_at: Moment
    next_update: Moment | None = None
    text: str = ""
    """What the desk says besides, for this report."""
    owed_in_breach: tuple[DutyState, ...] = ()


class Written(NamedTuple):
    """One report in its three forms; they hold the same words."""

    text: str
    html: str
    docx: bytes


def written_report(report: SituationReport, model: OperatingModel, language: Language) -> Written:
    """The report in one language."""
    facts = situation_facts(report, model, language)
    parts = blocks("situation_report", language, facts)
    mark = word("drill", "mark", language) if report.status.drill else ""
    return Written(as_text(parts, mark), as_html(parts, language, mark), _docx(parts, report, facts, language))


def _docx(parts: Sequence[Block], report: SituationReport, facts: dict[str, Any], language: Language) -> bytes:
    mark = FORM.drill if report.status.drill else ""
    return as_docx(
        parts,
        Frame(left=facts["organisation"], right=report.status.reference, language=language, drill_mark=mark),
    )


def situation_facts(report: SituationReport, model: OperatingModel, language: Language) -> dict[str, Any]:
    """Everything that the template may name, in words."""
    status, zone = report.status, model.organisation.time_zone

    def said(moment: datetime | None) -> str:
        return moment_in(language, moment, zone)

    decision, place = (status.decisions[-1] if status.decisions else None), _place(status)
    return {
        "reader": report.reader,
        "organisation": one_line(model.organisation.name_in(language)),
        "reference": status.reference,
        "made": said(report.made_at),
        "is_unverified": status.is_a_strangers,
        "stranger": word("sender", "nobody", language),
        "phase": status.phase,
        "is_over": status.phase in ("watch", "closed"),
        "began": said(status.details.began_at),
        "noticed": said(status.noticed_at),
        "ended": said(status.resolved_at),
        "watched_until": said(status.watch_until),
        "what_it_is": word("fault_place", place, language).format(
            organisation=one_line(model.organisation.name_in(language))
        ),
        "severity": word("severity", status.severity, language) if status.severity else "",
        "extent": word("extent", "wide" if status.extensive else "limited", language) if status.severity else "",
        "services": named(status.services, language),
        "others": named(tuple(each for each in _in_use(model) if each not in status.services), language),
        "workaround": _desk_says(decision.workaround, language) if decision else "",
        "text": _desk_says(report.text, language),
        "guidance": _guidance(status, model, place, language),
        "procedure": procedure_for(model.organisation.sector).title.in_(language),
        "pages": [shown(page, language) for page in PROFESSIONALS_PAGES.read_in(language)],
        "next_update": said(report.next_update),
        "unit": one_line(model.organisation.unit_in(language)),
        "call_back": one_line(model.organisation.call_back),
        "email": model.organisation.email,
        "contact_person": one_line(model.organisation.contact_person) if report.reader == "authority" else "",
        "has_breach": bool(status.breach) and report.reader != "staff",
        **_to_kela(status, said),
        **_told(report, model, said),
        **_owed(report, language, said),
    }


def _place(status: IncidentStatus) -> FaultPlace:
    if not status.decisions:
        return "unsaid"
    judged = status.decisions[-1]
    return fault_place(judged.locality, judged.answers)


def _in_use(model: OperatingModel) -> tuple[Any, ...]:
    """The services that the organisation's systems use; all in daily use where a system names none."""
    used = {service for system in model.systems for service in system.services}
    every = not used or any(not system.services for system in model.systems)
    return tuple(each for each in SERVICE_IDS if (every or each in used) and each not in _NOT_IN_DAILY_USE)


def _desk_says(text: str, language: Language) -> str:
    """What the desk has written: what is a code, or may be one, is masked."""
    return masked(shortened(cleaned(text), word("text", "shortened", language)))


def _guidance(status: IncidentStatus, model: OperatingModel, place: FaultPlace, language: Language) -> list[Any]:
    advice = guidance_in_letters(status.services, model.organisation.sector, status.phase, place)
    return [
        {"topic": each.topic.in_(language), "text": each.text.in_(language), "verified": each.verified}
        for each in advice
    ]


def _to_kela(status: IncidentStatus, said: Any) -> dict[str, Any]:
    """Whether Kela was told: by form, by telephone, not yet, or by decision not."""
    reports = [duty for duty in status.duties if duty.kind == "report_to_kela"]
    made = [duty.met_at for duty in reports if duty.is_met and duty.met_at]
    waiting = [duty for duty in reports if duty.state in _STILL_OPEN]
    return {
        "reported": said(max(made)) if made else "",
        "report_due": said(waiting[-1].due_at) if waiting else "",
        "report_waits": bool(waiting) and not made,
        "report_left_out": not made and not waiting and _is_left_out(status, reports),
        "calls": [
            {"at": said(call.called_at), "reference": masked(one_line(call.reference))}
            for call in status.calls
            if call.reached
        ],
        "kela_notice": _notice(status),
    }


def _is_left_out(status: IncidentStatus, reports: Sequence[DutyState]) -> bool:
    """Whether somebody has decided that no report is made: by the triage, or by waiving it."""
    return bool(reports) or bool(status.decisions and not status.decisions[-1].report)


def _notice(status: IncidentStatus) -> str:
    """Kela's notice, where the desk says that it is about this fault; never one of an unverified sender."""
    notice = status.known_notice
    is_of_this = bool(status.decisions) and status.decisions[-1].same_as_notice == "yes"
    return masked(one_line(notice.title)) if notice and is_of_this and not notice.is_unverified else ""


def _told(report: SituationReport, model: OperatingModel, said: Any) -> dict[str, Any]:
    """Who in the house was told what and when, in numbers; names only for management, of those who miss something."""
    by_kind: list[dict[str, Any]] = []
    for kind in _TOLD:
        sent = [each for each in report.status.messages if each.purpose == kind]
        if sent:
            last = max((each.sent_at for each in sent if each.sent_at), default=None)
            reached = {each.to for each in sent if each.state != "failed"}
            by_kind.append({"kind": kind, "count": len({each.to for each in sent}), "reached": len(reached),
                            "last": said(last)})  # fmt: skip
    return {
        "told": by_kind,
        "not_reached": _named(_missed(report.status), model) if report.reader == "management" else "",
        "instructions": [
            {
                "authority": masked(one_line(each.authority)),
                "received": said(each.received_at),
                "acknowledged": len(each.acknowledged),
                "awaited": len(each.awaiting),
                "names": _named(each.awaiting, model) if report.reader == "management" else "",
            }
            for each in report.status.instructions
        ],
    }


def _missed(status: IncidentStatus) -> tuple[str, ...]:
    """The contacts whom a message about the fault has not reached, by no channel."""
    missed: dict[str, bool] = {}
    for sent in status.messages:
        if sent.purpose in _TOLD:
            missed[sent.to] = missed.get(sent.to, True) and sent.state == "failed"
    return tuple(contact for contact, is_missed in missed.items() if is_missed)


def _named(contacts: Sequence[str], model: OperatingModel) -> str:
    return ", ".join(one_line(model.contacts[each].name) if each in model.contacts else each for each in contacts)


def _owed(report: SituationReport, language: Language, said: Any) -> dict[str, Any]:
    """What is still to be done, and until when; nothing for the staff."""
    left_out = _WITHIN_THE_DESK if report.reader == "authority" else ()
    owed = [
        duty
        for duty in (*report.status.duties, *report.owed_in_breach)
        if duty.state in _STILL_OPEN and duty.kind not in left_out
    ]
    if report.reader == "staff":
        owed = []
    return {
        "owed": [
            {
                "name": _capitalised(duty_name(duty.kind, duty.id, "", language)),
                "due_word": due_word(duty.kind, language),
                "due": said(duty.due_at),
                "is_late": duty.state == "overdue",
            }
            for duty in sorted(owed, key=lambda duty: (duty.due_at is None, duty.due_at or duty.opened_at))
        ]
    }


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
