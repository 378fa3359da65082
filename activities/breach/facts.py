"""What the papers of a breach are filled with: facts in the paper's language, cleaned, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from activities.documents.text import cleaned, one_line, shortened, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus, Notified
from workflows.breach.ports import BreachPaper
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.duties import DutyKind, DutyState
from workflows.procedure.languages import Language
from workflows.procedure.local_time import local, written
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named

_DELAYABLE: DutyKind = "notify_supervisory_authority"
_CODE_MAY_STAND_IN = (
    "description", "place", "data", "controllers", "joint_notifier", "risks", "notifications", "measures", "conclusion",
    "awareness", "duties",
)  # fmt: skip


def paper_facts(paper: BreachPaper, model: OperatingModel, language: Language) -> dict[str, Any]:
    """Everything that a paper's template may name; an empty text is a fact that is not known."""
    status = paper.status

    def when(moment: datetime | None) -> str:
        return written(moment, model.organisation.time_zone) if moment else ""

    return {
        **_organisation(model),
        **breach_facts(status, language, when),
        **_notification(paper, language, when),
        **_subjects(status, language, when),
        "reference": one_line(status.reference),
        "made": when(paper.made_at),
        "learned_on": when(status.first_noticed_at or aware_at(status)).split(" ")[0],
        "controller": one_line(paper.controller),
        "advice": list(dict.fromkeys(word("breach_advice", kind, language) for kind in status.kinds)),
        "plain_kinds": [word("breach_in_plain_words", kind, language) for kind in status.kinds],
        "unknown": word("breach_unknown", "for_good" if paper.phase == "final" else "yet", language),
        "missing": [word("breach_missing", name, language) for name in missing(status)],
        "authority": _authority(paper, model, language),
    }


def breach_facts(status: BreachStatus, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """What happened, to which data, with which effects, and what was done."""
    say = sayer(language)
    risk = status.risks[-1] if status.risks else None
    measures = dict.fromkeys([risk.measures if risk else "", *status.measures])
    return {
        "incident": status.incident or "",
        "role": status.role,
        "role_name": word("breach_role", status.role, language),
        "joint_notifier": one_line(status.joint_notifier),
        "kinds": "\n".join(word("breach_kind", kind, language) for kind in status.kinds),
        "services": named(status.registers, language),
        "place": one_line(status.place),
        "description": say(status.description),
        "data": say(status.data),
        "noticed": when(status.first_noticed_at),
        "detected": when(status.detected_at),
        "aware": when(aware_at(status)),
        "awareness": [
            ". ".join(part for part in (when(entry.aware_at), say(entry.reason)) if part) for entry in status.awareness
        ],
        "target": when(status.deadlines.target),
        "risk": word("breach_risk", risk.risk, language) if risk else "",
        "risk_reasons": say(risk.reasons) if risk else "",
        "categories": say(risk.categories) if risk else "",
        "persons": estimate(risk.subjects_estimate if risk else None, language),
        "records": estimate(risk.records_estimate if risk else None, language),
        "consequences": say(risk.consequences) if risk else "",
        "measures": [say(measure) for measure in measures if measure],
        "conclusion": say(status.conclusion),
    }


def aware_at(status: BreachStatus) -> datetime:
    """When the organisation became aware, as the last entry says; the first instant stays among the entries."""
    return status.awareness[-1].aware_at if status.awareness else status.aware_at


def sayer(language: Language) -> Callable[[str], str]:
    """How a person's text goes into a paper: cleaned, and cut (with a remark) where it is very long."""
    remark = word("text", "shortened", language)
    return lambda text: shortened(cleaned(text), remark)


def estimate(number: int | None, language: Language) -> str:
    """An estimated number, said to be one: "about 1,200 (estimate)"; empty where there is none."""
    if number is None:
        return ""
    grouped = f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
    return word("breach_estimate", "about", language).format(number=grouped)


def missing(status: BreachStatus) -> list[str]:
    """What the authority asks (GDPR 33(3)) and nobody has told yet; ids of the words ``breach_missing``."""
    risk = status.risks[-1] if status.risks else None
    known = {
        "data": status.data,
        "risk": risk,
        "categories": risk and risk.categories,
        "persons": risk and risk.subjects_estimate is not None,
        "records": risk and risk.records_estimate is not None,
        "consequences": risk and risk.consequences,
        "measures": status.measures or (risk and risk.measures),
    }
    return [name for name, value in known.items() if not value]


def texts(paper: BreachPaper) -> Iterator[tuple[str, str]]:
    """Every text of persons that a paper may show, by the name of its field ("risks.1.reasons")."""
    yield "controller", paper.controller
    yield "reference", paper.status.reference
    for name, value in paper.status.model_dump(include=set(_CODE_MAY_STAND_IN)).items():
        yield from _texts(name, value)


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(f"{name}.{key}", part)
    elif isinstance(value, tuple):
        for number, part in enumerate(value, start=1):
            yield from _texts(f"{name}.{number}", part)


def to_authority(status: BreachStatus) -> list[Notified]:
    """The notifications made to the supervisory authority, which alone have a phase, in order of time."""
    return sorted((one for one in status.notifications if one.phase is not None), key=lambda one: one.at)


def _authority(paper: BreachPaper, model: OperatingModel, language: Language) -> str:
    """Who is notified on the day on which the paper is made; what the status says where nobody is known."""
    today = local(paper.made_at, model.organisation.time_zone).date()
    try:
        return authority("data_protection", today).name.in_(language)
    except UnknownAuthority:
        return one_line(paper.status.authority)


def _organisation(model: OperatingModel) -> dict[str, Any]:
    """Who answers: the data protection officer, or the person to whom the role falls (GDPR 33(3)(b))."""
    organisation = model.organisation
    holders = [model.contacts[contact] for contact in model.holders(("data_protection_officer",))]
    names = (organisation.name, organisation.unit)
    return {
        "organisation": one_line(organisation.name),
        "organisation_full": ", ".join(one_line(name) for name in names if name),
        "business_id": one_line(organisation.business_id),
        "oid": one_line(organisation.oid),
        "email": organisation.email,
        "call_back": one_line(organisation.call_back),
        "contacts": [", ".join(one_line(part) for part in (c.name, c.phone, c.email) if part) for c in holders],
    }


def _notification(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Number, phase, earlier notifications, and whether the first one came (or comes now) after the 72 hours."""
    status, say = paper.status, sayer(language)
    earlier = to_authority(status)
    first_at = earlier[0].at if earlier else paper.made_at
    duties = _of(status, _DELAYABLE)
    reasons = dict.fromkeys([one.delay_reason for one in earlier] + [duty.delay_reason or "" for duty in duties])
    return {
        "phase": paper.phase,
        "phase_name": word("breach_phase", paper.phase, language),
        "number": len(earlier) + 1,
        "earlier": [_one_notification(one, language, when) for one in earlier],
        "is_late": first_at > status.deadlines.target,
        "delay_reasons": [say(reason) for reason in reasons if reason],
    }


def _one_notification(one: Notified, language: Language, when: Callable[[datetime | None], str]) -> str:
    phase = word("breach_phase", one.phase, language) if one.phase else ""
    return ", ".join(part for part in (when(one.at), phase.lower(), one_line(one.reference)) if part)


def _subjects(status: BreachStatus, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Whether the persons were told: ``told``, ``not_yet``, ``waived`` or ``no_duty``, with the details."""
    say = sayer(language)
    told = [one for one in status.notifications if one.to == DATA_SUBJECTS]
    duty = next(iter(_of(status, "inform_data_subjects")), None)
    is_open = duty is not None and duty.state in ("open", "overdue")
    met_at = duty.met_at if duty and duty.state in ("met", "met_late") else None
    moments = [one.at for one in told] or [at for at in (met_at,) if at]
    state = "told" if moments else "not_yet" if is_open else "waived" if duty else "no_duty"
    return {
        "subjects": state,
        "subjects_told": [when(at) for at in moments],
        "subjects_how": [say(one.detail) for one in told if one.detail],
        "subjects_waived": say(duty.waived_reason or "") if duty else "",
    }


def _of(status: BreachStatus, kind: DutyKind) -> list[DutyState]:
    """The duties of a kind, the newest first."""
    return sorted((duty for duty in status.duties if duty.kind == kind), key=lambda duty: duty.opened_at, reverse=True)
