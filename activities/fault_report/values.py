"""What the fault report says: every field of the form, in Finnish, from the report and the operating model.

Pure: no file is read and nothing is checked here. What nobody has told us stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from activities.documents.moments import moment_in
from activities.fault_report.changed import change_in_words, changed_in_words
from workflows.incident.messages import Call, Decision, IncidentStatus
from workflows.incident.ports import DeskMeasure, FaultReport
from workflows.procedure.incident.criteria import VERSIONS
from workflows.procedure.incident.further_reports import FURTHER
from workflows.procedure.incident.report_form import FORM, ReportFacts
from workflows.procedure.operating_model.model import OperatingModel, System
from workflows.procedure.services import SERVICES, ServiceId

_PHRASES = FORM.phrases
_NO_NOTICE = {
    "read": "no_services_notice",
    "unreadable": "notices_unreadable",
    "no_feed": "notices_not_followed",
    "unknown": "notices_not_known_to_be_read",
}
"""What the form says where no notice is known, by what became of the look at the notices."""
_TOLD_TO_KELA = ("report_to_kela", "phone_kela", *FURTHER)
_OWN_MESSAGE = re.compile(r"<?[0-9a-f]{32}@[^\s@]+>?")
"""The Message-ID of a mail of ours, also where the status no longer lists that mail."""
_PLACE_CRITERIA = ("localised_to_kela", "locality_unsure_others_affected", "outside_kanta_blocks_use")


def report_facts(report: FaultReport) -> ReportFacts:
    """What the form's checks look at."""
    status, decision = report.status, _decision(report)
    return ReportFacts(
        type=report.type,
        made_at=report.made_at,
        noticed_at=status.noticed_at,
        ended_at=status.resolved_at,
        locality=report.locality,
        answers=decision.answers if decision else {},
        critical=status.severity == "critical",
        extensive=bool(status.extensive),
        kela_reached=any(call.reached for call in status.calls),
        breach=status.breach is not None,
    )


def form_values(report: FaultReport, model: OperatingModel) -> dict[str, str]:
    """The value of every field by its id; empty where nothing is known. Texts are as people wrote them."""

    def when(moment: datetime | None) -> str:
        return moment_in("fi", moment, model.organisation.time_zone)

    return {
        **_notification(report, when),
        **_reporter(report, model),
        **_fault(report, when),
        **_impact(report, model),
        **_criteria(report),
        **_actions(report, when),
        **_systems(systems_concerned(report, model.systems)),
        **_breach(report, when),
    }


def _decision(report: FaultReport) -> Decision | None:
    """The triage in force: the last one."""
    return report.status.decisions[-1] if report.status.decisions else None


def _answer(decision: Decision | None, criterion: str) -> str:
    """The answer to a criterion with its reason; empty where it was not asked."""
    if decision is None or criterion not in decision.answers:
        return ""
    return _sentences(FORM.word("answer", decision.answers[criterion]), decision.reasons.get(criterion, ""))


def _part(decision: Decision | None, criterion: str, part: str) -> str:
    """The answer to one condition of a criterion. From a bare "no" to the whole it doesn't follow which one fails."""
    whole = _answer(decision, criterion)
    if decision is None or not whole:
        return ""
    reason, asked = decision.reasons.get(criterion, ""), decision.parts.get(criterion, {}).get(part)
    if asked is None and decision.answers[criterion] == "no":
        return _sentences(_PHRASES["criterion_not_met"], reason)
    return _sentences(FORM.word("answer", asked), reason) if asked else whole


def _sentences(word: str, reason: str) -> str:
    return f"{word}. {reason}" if word and reason else word or reason


def _notification(report: FaultReport, when: Callable[[datetime | None], str]) -> dict[str, str]:
    return {
        "type": FORM.word("type", report.type),
        "number": str(report.number),
        "changes": changed_in_words(report, when),
        "made_at": when(report.made_at),
        "own_reference": report.reference,
        "kela_reference": ", ".join(_kelas_references(report.status)),
    }


def _kelas_references(status: IncidentStatus) -> Iterable[str]:
    """What people were given by Kela: in a call, or where they met a duty by hand. A mail's Message-ID is our own."""
    ours = {message.id.strip("<>") for message in status.messages}
    told = [duty.reference or "" for duty in status.duties if duty.kind in _TOLD_TO_KELA and duty.is_met]
    by_hand = [said for said in told if said.strip("<>") not in ours and not _OWN_MESSAGE.fullmatch(said)]
    return dict.fromkeys(filter(None, [*(call.reference for call in status.calls), *by_hand]))


def _reporter(report: FaultReport, model: OperatingModel) -> dict[str, str]:
    """The desk stands in for a contact person or call-back number that the operating model doesn't name."""
    organisation, desk = model.organisation, model.contacts[model.holders(("desk",))[0]]
    return {
        "organisation": organisation.name,
        "business_id": organisation.business_id,
        "organisation_oid": organisation.oid,
        "unit": organisation.unit,
        "unit_oid": organisation.unit_oid,
        "noticed_in": report.reported_by.get("unit", ""),
        "sector": FORM.word("sector", report.sector),
        "reporter_role": FORM.word("reporter_role", organisation.reporter_role),
        "contact_person": organisation.contact_person or desk.name,
        "phone": organisation.call_back or desk.phone,
        "email": organisation.email,
    }


def _fault(report: FaultReport, when: Callable[[datetime | None], str]) -> dict[str, str]:
    status = report.status
    return {
        "title": status.title,
        "services": "\n".join(_service(service) for service in status.services),
        "function": report.details.function,
        "environment": FORM.word("environment", report.environment),
        "noticed_at": when(status.noticed_at),
        "began_at": when(report.details.began_at),
        "ended_at": when(status.resolved_at),
        "ongoing": _ongoing(report),
        "description": report.description,
        "symptoms": report.symptoms,
        "error_message": report.error_message,
        "message_ids": report.details.message_ids,
        "reproducible": report.details.reproducible,
    }


def _ongoing(report: FaultReport) -> str:
    if report.type == "withdrawn":
        return _PHRASES["withdrawn"]
    return FORM.word("answer", "no" if report.status.resolved_at else "yes")


def _service(service: ServiceId) -> str:
    """The current name, with one by which the service was known before."""
    name = SERVICES[service].name.fi
    older = (other for other in SERVICES[service].other_names if other.lower() not in name.lower())
    return next((_PHRASES["also"].format(name=name, other=other) for other in older), name)


def _impact(report: FaultReport, model: OperatingModel) -> dict[str, str]:
    status, decision = report.status, _decision(report)
    severity, reasons = status.severity, decision.reasons if decision else {}
    effect = decision.answers.get("prevents_or_slows") if decision else None
    critical = None if severity is None else severity == "critical"
    return {
        "effect": _sentences(FORM.word("effect", effect), reasons.get("prevents_or_slows", "")),
        "severity": FORM.word("severity", severity),
        "critical": _defined(critical, model.definitions.critical.fi),
        "extensive": _defined(status.extensive, model.definitions.extensive.fi),
        "units_affected": _number(report.details.units_affected),
        "users_affected": _number(report.details.users_affected),
        "extent": _part(decision, "locality_unsure_others_affected", "others_affected"),
        "locality": FORM.word("locality", report.locality),
        "locality_basis": "\n".join(reasons[criterion] for criterion in _PLACE_CRITERIA if reasons.get(criterion)),
        "safety_suspicion": _part(decision, "safety", "suspected"),
        "privacy_suspicion": _part(decision, "privacy", "suspected"),
    }


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _defined(applies: bool | None, definition: str) -> str:
    """Yes or no, with what the organisation means by the word: nationally it is undefined."""
    if applies is None:
        return ""
    return _PHRASES["definition"].format(answer=FORM.word("answer", "yes" if applies else "no"), definition=definition)


def _criteria(report: FaultReport) -> dict[str, str]:
    decision = _decision(report)
    if decision is None:
        return {"criteria_met": "", "criteria": ""}
    criteria = VERSIONS[decision.criteria_version].criteria
    each = {f"criterion_{criterion.id}": _answer(decision, criterion.id) for criterion in criteria}
    numbers = [
        _PHRASES["counts_as_met"].format(number=criterion.number)
        if decision.answers.get(criterion.id) == "unknown"
        else str(criterion.number)
        for criterion in criteria
        if criterion.id in decision.criteria_met
    ]
    summary = ", ".join(numbers) or _PHRASES["no_criterion_met"]
    return {
        "criteria_met": "\n".join([summary, _PHRASES["criteria_version"].format(version=decision.criteria_version)]),
        "criteria": "\n".join(
            f"{criterion.number}. {criterion.text.fi}: {each[f'criterion_{criterion.id}']}" for criterion in criteria
        ),
        **each,
    }


def _actions(report: FaultReport, when: Callable[[datetime | None], str]) -> dict[str, str]:
    return {
        "measures": "\n".join([*report.measures, *(_measure(each, report, when) for each in report.done)]),
        "fallback": report.workaround,
        "notice_check": _notice_check(report, when),
        "phone_calls": _phone_calls(report, when),
        "attachments": "",
        "no_personal_data": _PHRASES["checked_for_codes"].format(at=when(report.made_at)),
    }


def _measure(done: DeskMeasure, report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    """What the desk has done at a time: what it was, what changed by it, and the desk's own words."""
    kind = done.kind if done.kind != "call" else "call_reached" if done.reached else "call_unanswered"
    what = _PHRASES[f"measure_{kind}"].format(at=when(done.at), number=done.number, person=done.person)
    changes = "; ".join(change_in_words(change, report, when) for change in done.changes)
    return ". ".join(filter(None, [what.rstrip(": "), changes, done.text]))


def _notice_check(report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    notice, checked = report.status.known_notice, when(report.notice_checked_at)
    if notice is None or notice.is_unverified:
        phrase = _NO_NOTICE[report.notice_look]
        return _PHRASES[phrase].format(at=checked) if checked else ""
    phrase = _PHRASES["known_notice" if checked else "unchecked_known_notice"]
    said = phrase.format(at=checked, title=notice.title, link=notice.link).strip()
    decision, changed_at = _decision(report), report.status.notice_changed_at
    published, changed = when(notice.published_at), when(changed_at) if changed_at != notice.published_at else ""
    return "\n".join(
        [
            said,
            _PHRASES["notice_published"].format(at=published) if published else _PHRASES["notice_without_time"],
            *([_PHRASES["notice_changed"].format(at=changed)] if changed else []),
            _PHRASES[f"same_as_notice_{decision.same_as_notice if decision else 'unknown'}"],
        ]
    )


def _phone_calls(report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    status = report.status
    if not status.calls and status.severity not in (None, "critical") and status.extensive is False:
        return _PHRASES["no_call_needed"]
    return "\n".join(_call(call, when) for call in status.calls)


def _call(call: Call, when: Callable[[datetime | None], str]) -> str:
    phrase = _PHRASES["call_reached" if call.reached else "call_unanswered"]
    said = phrase.format(at=when(call.called_at), by=call.said_by("fi"), number=call.number, person=call.person)
    return said + (_PHRASES["call_reference"].format(reference=call.reference) if call.reference else "")


def systems_concerned(report: FaultReport, systems: tuple[System, ...]) -> tuple[System, ...]:
    """The systems that the desk has named, else those that use the services; one we don't know by its name only."""
    if named := report.details.systems:
        known = {system.name: system for system in systems}
        return tuple(known.get(name) or System(name=name) for name in named)
    services = {*report.status.services}
    return tuple(system for system in systems if not system.services or services & {*system.services})


def _systems(systems: tuple[System, ...]) -> dict[str, str]:
    def all_of(detail: Callable[[System], str]) -> str:
        """One system: the bare value; several: one line each, after the system's name."""
        if len(systems) == 1:
            return detail(systems[0])
        return _lines(f"{system.name}: {detail(system)}" for system in systems if detail(system))

    return {
        "system": _lines(system.name for system in systems),
        "system_version": all_of(lambda system: system.version),
        "supplier": all_of(lambda system: system.supplier),
        "system_class": all_of(lambda system: system.system_class),
        "connection_point": all_of(lambda system: system.connection_point),
    }


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _breach(report: FaultReport, when: Callable[[datetime | None], str]) -> dict[str, str]:
    """The data protection annex: filled where privacy is suspected or a breach is being handled."""
    status, decision = report.status, _decision(report)
    suspected = status.breach is not None or (decision is not None and decision.answers.get("privacy") == "yes")
    place = report.reported_by.get("unit", "")
    return {
        "breach_reference": status.breach or "",
        "breach_data": "",
        "breach_noticed": ", ".join(filter(None, [when(status.noticed_at), place])) if suspected else "",
        "breach_description": decision.reasons.get("privacy", "") if suspected and decision else "",
    }
