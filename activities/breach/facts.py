"""What the papers of a breach are filled with: facts in the paper's language, cleaned, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from activities.documents.moments import day_of, moment_in
from activities.documents.text import cleaned, one_line, shortened, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus, NotificationPhase, Notified
from workflows.breach.ports import BreachPaper
from workflows.breach.who_notifies import is_other_to_notify, other_named
from workflows.procedure.authorities import AUTHORITIES, UnknownAuthority, authority
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.duties import DutyKind, DutyState
from workflows.procedure.languages import Language
from workflows.procedure.local_time import local
from workflows.procedure.names import folded
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named

_DELAYABLE: DutyKind = "notify_supervisory_authority"
_KELA = ("kela", "fpa", "kansaneläkelaitos", "folkpensionsanstalten")
_PLAIN = ("plain_event", "plain_consequences", "plain_measures", "plain_advice")
_STANDARD = ("breach_in_plain_words", "breach_meaning", "breach_advice")
_CODE_MAY_STAND_IN = (
    "description", "place", "data", "cause", "measures_before", "controllers", "joint_notifier", "risks",
    "notifications", "measures", "conclusion", "awareness", "duties",
)  # fmt: skip


def paper_facts(paper: BreachPaper, model: OperatingModel, language: Language) -> dict[str, Any]:
    """Everything that a paper's template may name; an empty text is a fact that is not known."""
    status, zone = paper.status, model.organisation.time_zone

    def when(moment: datetime | None) -> str:
        return moment_in(language, moment, zone)

    organisation = _organisation(model)
    facts = {
        **organisation,
        **breach_facts(status, language, when, us=organisation["organisation"]),
        **_who_notifies(paper, language, when),
        **_times(paper, language, when, zone),
        **_notification(paper, language, when),
        **_subjects(status, language, when),
        **_plain(paper, model, language),
        "reference": one_line(status.reference),
        "made": when(paper.made_at),
        "made_on": day_of(paper.made_at, zone),
        "is_own_language": language == model.organisation.language,
        "learned_on": day_of(status.first_noticed_at or aware_at(status), zone),
        "controller": named_in(language, paper.controller),
        "unknown": word("breach_unknown", "for_good" if phase_of(paper) == "final" else "yet", language),
        "authority": _authority(paper, model, language),
    }
    lacking = (
        missing(status)
        + _owed_to_persons(paper)
        + (["delay_reasons"] if facts["is_late"] and not facts["delay_reasons"] else [])
    )
    return facts | {"missing": [word("breach_missing", name, language) for name in lacking]}


def breach_facts(
    status: BreachStatus, language: Language, when: Callable[[datetime | None], str], *, us: str = ""
) -> dict[str, Any]:
    """What happened, to which data, with which effects, and what was done. ``us``: our own name."""
    say = sayer(language)
    risk = status.risks[-1] if status.risks else None
    measures = dict.fromkeys([risk.measures if risk else "", *status.measures])
    is_joint = status.role == "joint_controller"
    hours = hours_in_words(aware_at(status))
    return {
        "incident": status.incident if status.incident and status.incident != status.reference else "",
        "role": status.role,
        "role_name": word("breach_role", status.role, language),
        "joint_notifier": _joint_notifier(status, language, us),
        "joint_controllers": [named_in(language, c.name) for c in status.controllers] if is_joint else [],
        "kinds": "\n".join(word("breach_kind", kind, language) for kind in status.kinds),
        "services": named(status.registers, language),
        "is_one_service": len(status.registers) == 1,
        "place": one_line(status.place),
        "description": say(status.description),
        "cause": say(status.cause),
        "data": say(status.data),
        "began": when(status.began_at),
        "noticed": when(status.first_noticed_at),
        "detected": when(status.detected_at),
        "aware": when(aware_at(status)),
        "awareness": [
            ". ".join(part for part in (when(entry.aware_at), say(_own_words(entry.reason))) if part)
            for entry in status.awareness
        ],
        "target": when(status.deadlines.target) if hours else "",
        "hours": hours,
        "risk": word("breach_risk", risk.risk, language) if risk else "",
        "risk_reasons": say(risk.reasons) if risk else "",
        "categories": say(risk.categories) if risk else "",
        "persons": estimate(risk.subjects_estimate if risk else None, language),
        "records": estimate(risk.records_estimate if risk else None, language),
        "consequences": say(risk.consequences) if risk else "",
        "measures_before": say(status.measures_before),
        "measures": [say(measure) for measure in measures if measure],
        "conclusion": say(status.conclusion),
    }


def _joint_notifier(status: BreachStatus, language: Language, us: str) -> str:
    """Who of the joint controllers notifies: we, unless the other was chosen (or named, in a run of release 0.2.0)."""
    if not status.joint_notifier:
        return ""
    is_ours = any(duty.kind == "notify_supervisory_authority" for duty in status.duties)
    name = other_named(status) if is_other_to_notify(status) or not is_ours else ""
    return named_in(language, name) if name else us or word("breach_role", "ourselves", language)


def _own_words(reason: str) -> str:
    """The person's own words of a correction, without the record's remarks in English."""
    return reason.removeprefix("assessed again: ").replace(" Deadline: ", " ")


def _who_notifies(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Whether the authority knows: from us, from the other joint controller, or from a processor on one's behalf."""
    status = paper.status
    asked = next(iter(_of(status, "confirm_joint_notification")), None)
    is_confirmed = asked is not None and asked.state in ("met", "met_late")
    parts = (when(asked.met_at), one_line(asked.reference or "")) if asked and is_confirmed else ()
    confirmed = ", ".join(part for part in parts if part)
    who = named_in(language, other_named(status)) if is_other_to_notify(status) else ""
    told = [_one_notification(one, language, when) for one in to_authority(status) if not one.detail]
    if not told and (who or asked):
        state = "confirmed" if is_confirmed else "awaited"
        told = [
            word("breach_other_notifies", state, language).format(who=who or (asked and asked.recipient), at=confirmed)
        ]
    ours = [one for one in to_authority(status) if folded(one.detail) == folded(f"on behalf of {paper.controller}")]
    return {
        "is_confirmed": is_confirmed,
        "confirmed": confirmed,
        "notifier_reason": sayer(language)(status.joint_notifier_reason) if who else "",
        "authority_told": told or [word("breach_other_notifies", "nobody_yet", language)],
        "on_behalf": [_one_notification(one, language, when) for one in ours],
    }


def _times(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str], zone: str) -> dict[str, Any]:
    """What the end of the period counts from, and when a controller was found who was not known at first."""
    status = paper.status
    target, counted_from = status.deadlines.target, aware_at(status)
    if status.awareness:
        counted_from = status.awareness[-1].deadline_from
    how = None
    if counted_from != aware_at(status):
        how = "earlier"
    elif local(target, zone).utcoffset() != local(counted_from, zone).utcoffset():
        how = "clocks_changed"
    said = {"target": when(target) if hours_in_words(aware_at(status)) else "", "counted_from": when(counted_from)}
    how = how if said["target"] else None
    owed = _of(status, "notify_controller")
    own = next((duty for duty in owed if folded(duty.recipient) == folded(paper.controller)), None)
    is_later = own is not None and own.opened_at > min(duty.opened_at for duty in owed)
    return {
        "target_explained": word("breach_target", how, language).format(**said) if how else said["target"],
        "is_target_over": paper.made_at > target,
        "found_later": when(own.opened_at) if own and is_later and status.role == "processor" else "",
    }


def named_in(language: Language, name: str) -> str:
    """A recipient's name in a language, where it is an authority's or Kela's; else as it was given, on one line."""
    if name.strip().casefold() in _KELA:
        return word("breach_recipient", "kela", language)
    if name == DATA_SUBJECTS:
        return word("breach_recipient", "data_subjects", language)
    found = next((one.name for one in AUTHORITIES if name in (one.name.fi, one.name.sv, one.name.en)), None)
    return found.in_(language) if found else one_line(name)


def _plain(paper: BreachPaper, model: OperatingModel, language: Language) -> dict[str, Any]:
    """The letter's own words: as the assessment has them in this language, or a standard sentence of each kind.

    What the assessment says to the authority stands in only where the letter has the organisation's own language.
    """
    status, say = paper.status, sayer(language)
    own = language == model.organisation.language
    risk = status.risks[-1] if status.risks else None
    said = {name: _in_plain_words(status, name, language) for name in _PLAIN}
    standard = {group: _each_kind(group, status, language) for group in _STANDARD}
    measures = dict.fromkeys([*([risk.measures] if risk else []), *status.measures]) if own else {}
    consequences = risk.consequences if risk and own else ""
    return {
        "plain_event": [say(said["plain_event"])] if said["plain_event"] else standard["breach_in_plain_words"],
        "plain_data": say(status.data) if own and not said["plain_event"] else "",
        "plain_consequences": [say(text)]
        if (text := said["plain_consequences"] or consequences)
        else standard["breach_meaning"],
        "plain_measures": [say(said["plain_measures"])]
        if said["plain_measures"]
        else [say(measure) for measure in measures if measure],
        "plain_advice": [say(said["plain_advice"])] if said["plain_advice"] else standard["breach_advice"],
        "is_plain": all(said.values()),
    }


def _in_plain_words(status: BreachStatus, name: str, language: Language) -> str:
    """What the last assessment that has plain words in this language says."""
    found: Iterator[str] = (getattr(decision, name).get(language, "") for decision in reversed(status.risks))
    return next((text for text in found if text), "")


def _each_kind(group: str, status: BreachStatus, language: Language) -> list[str]:
    return list(dict.fromkeys(word(group, kind, language) for kind in status.kinds))


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
        "began": status.began_at,
        "cause": status.cause,
        "data": status.data,
        "risk": risk,
        "categories": risk and risk.categories,
        "persons": risk and risk.subjects_estimate is not None,
        "records": risk and risk.records_estimate is not None,
        "consequences": risk and risk.consequences,
        "measures_before": status.measures_before,
        "measures": status.measures or (risk and risk.measures),
    }
    return [name for name, value in known.items() if not value]


def _owed_to_persons(paper: BreachPaper) -> list[str]:
    """That the persons are still to be informed, before the final paper."""
    owed = _of(paper.status, "inform_data_subjects")
    is_open = any(duty.state in ("open", "overdue") for duty in owed)
    return ["subjects"] if is_open and phase_of(paper) != "final" else []


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


def phase_of(paper: BreachPaper) -> NotificationPhase:
    """The phase of a paper by what was logged as told to its recipient; final where it is written as such."""
    if paper.paper == "authority_notification":
        told = bool(to_authority(paper.status))
    elif paper.paper == "controller_notice":
        told = paper.phase == "supplementary" or _is_met_towards(paper.status, "notify_controller", paper.controller)
    else:  # Kela may be told as the other joint controller, too: that is another notice
        told = paper.phase == "supplementary" or _is_met_towards(paper.status, "notify_kela_of_breach", "Kela")
    return "final" if paper.phase == "final" else "supplementary" if told else "preliminary"


def _is_met_towards(status: BreachStatus, kind: DutyKind, recipient: str) -> bool:
    """Whether the duty to tell this recipient is met: where it has none of its own, whether a notice was logged."""
    wanted = folded(recipient)
    owed = [duty for duty in _of(status, kind) if kind != "notify_controller" or folded(duty.recipient) == wanted]
    if kind == "notify_kela_of_breach" and owed:
        return all(duty.state in ("met", "met_late") for duty in owed)
    is_logged = bool(wanted) and any(folded(one.to) == wanted for one in status.notifications)
    is_joint = status.role == "joint_controller"
    return any(duty.state in ("met", "met_late") for duty in owed) or (is_logged and not (is_joint and owed))


def _authority(paper: BreachPaper, model: OperatingModel, language: Language) -> str:
    """Who is notified on the day on which the paper is made; empty where nobody is known."""
    today = local(paper.made_at, model.organisation.time_zone).date()
    try:
        return authority("data_protection", today).name.in_(language)
    except UnknownAuthority:
        return ""


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
        "has_officer": "data_protection_officer" in model.roles,
        "contacts": [", ".join(one_line(part) for part in (c.name, c.phone, c.email) if part) for c in holders],
    }


def _notification(paper: BreachPaper, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Number, phase, earlier notifications, and whether the first one came (or comes now) after the 72 hours."""
    status, say, hours = paper.status, sayer(language), hours_in_words(aware_at(paper.status))
    logged = to_authority(status)
    now = phase_of(paper)
    is_made = now == "final" and bool(logged) and logged[-1].phase == "final"
    earlier = logged[:-1] if is_made else logged
    first_at = logged[0].at if logged else None
    duties = _of(status, _DELAYABLE)
    reasons = dict.fromkeys([one.delay_reason for one in logged] + [duty.delay_reason or "" for duty in duties])
    phase = word("breach_phase", now, language)
    delay = word("breach_delay", "made" if first_at else "not_made", language)
    told = word("breach_number", "final" if now == "final" else "supplement", language)
    return {
        "phase": now,
        "phase_and_number": word("breach_number", "number", language).format(phase=phase, number=len(earlier) + 1),
        "supplement": "" if now == "preliminary" else told,
        "made_as": _one_notification(logged[-1], language, when) if is_made else "",
        "case_number": next((one_line(one.reference) for one in reversed(logged) if one.reference), ""),
        "earlier": [_one_notification(one, language, when) for one in earlier],
        "notified": [_one_notification(one, language, when) for one in logged],
        "is_late": bool(hours) and (first_at or paper.made_at) > status.deadlines.target,
        "first_made": delay.format(at=when(first_at or status.deadlines.target), hours=hours),
        "delay_reasons": [say(reason) for reason in reasons if reason],
    }


def _one_notification(one: Notified, language: Language, when: Callable[[datetime | None], str]) -> str:
    phase = word("breach_phase", one.phase, language) if one.phase else ""
    return ", ".join(part for part in (when(one.at), phase.lower(), one_line(one.reference)) if part)


def _subjects(status: BreachStatus, language: Language, when: Callable[[datetime | None], str]) -> dict[str, Any]:
    """Whether the persons were told, and how: the moments, or why there is none."""
    say = sayer(language)
    told = [one for one in status.notifications if one.to == DATA_SUBJECTS]
    duty = next(iter(_of(status, "inform_data_subjects")), None)
    met_at = duty.met_at if duty and duty.state in ("met", "met_late") else None
    moments = [one.at for one in told] or [at for at in (met_at,) if at]
    if duty is None:
        state = "not_high" if status.risks else "undecided"
    else:
        state = "not_yet" if duty.state in ("open", "overdue") else "waived"
    because = word("breach_subjects", state, language).format(why=say(duty.waived_reason or "") if duty else "")
    return {
        "subjects_told": [when(at) for at in moments] or [because],
        "subjects_how": [say(how_told(one.detail, language)) for one in told if one.detail],
    }


def how_told(detail: str, language: Language) -> str:
    """How the persons were told ("letter: 40" in the record), in words; another text as it is."""
    channel, colon, count = detail.rpartition(": ")
    if not (colon and count.isdigit()):
        return detail
    how = "how_one" if int(count) == 1 else "how"
    return word("breach_subjects", how, language).format(channel=one_line(channel), count=count)


def _of(status: BreachStatus, kind: DutyKind) -> list[DutyState]:
    """The duties of a kind, the newest first."""
    return sorted((duty for duty in status.duties if duty.kind == kind), key=lambda duty: duty.opened_at, reverse=True)
