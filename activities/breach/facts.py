"""What the papers of a breach are filled with: facts in the paper's language, cleaned, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from activities.breach.saying import aware_at, estimate, named_in, sayer
from activities.breach.told import (
    duties_of,
    earlier_notice,
    logged_facts,
    owed_to_persons,
    persons_facts,
    phase_of,
    to_authority,
    who_notifies,
)
from activities.documents.moments import day_of, moment_in
from activities.documents.text import WORDS, one_line, word
from workflows.breach.messages import BreachStatus
from workflows.breach.ports import BreachPaper
from workflows.breach.who_notifies import is_other_to_notify, other_named
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.languages import Language
from workflows.procedure.local_time import local
from workflows.procedure.names import folded
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named

_PLAIN = ("plain_event", "plain_consequences", "plain_measures", "plain_advice")
_STANDARD = ("breach_in_plain_words", "breach_meaning", "breach_advice")
CODE_MAY_STAND_IN = (
    "description", "place", "data", "cause", "measures_before", "controllers", "joint_notifier", "risks",
    "notifications", "measures", "conclusion", "awareness", "duties",
)  # fmt: skip


def paper_facts(paper: BreachPaper, model: OperatingModel, language: Language) -> dict[str, Any]:
    """Everything that a paper's template may name; an empty text is a fact that is not known."""
    status, zone = paper.status, model.organisation.time_zone

    def when(moment: datetime | None) -> str:
        return moment_in(language, moment, zone)

    organisation = _organisation(model, language)
    facts = {
        **organisation,
        **breach_facts(status, language, when, us=organisation["organisation"]),
        **who_notifies(paper, language, when),
        **_times(paper, language, when, zone),
        **logged_facts(paper, language, when),
        **persons_facts(status, language, when),
        **_plain(paper, model, language),
        "reference": one_line(status.reference),
        "made": when(paper.made_at),
        "made_on": day_of(paper.made_at, zone),
        "is_own_language": language == model.organisation.language,
        "learned_on": day_of(status.first_noticed_at or aware_at(status), zone),
        "controller": named_in(language, paper.controller),
        "earlier_notice": when(earlier_notice(paper)),
        **_unknown(paper, language),
        "authority": _authority(paper, model, language),
    }
    lacking = (
        missing(status)
        + owed_to_persons(paper)
        + (["delay_reasons"] if facts["is_late"] and not facts["delay_reasons"] else [])
    )
    return facts | {"missing": [word("breach_missing", name, language) for name in lacking]}


def _unknown(paper: BreachPaper, language: Language) -> dict[str, Any]:
    """What is said where nothing is known: of most fields the same, of some their own words (``unknown_risk``)."""
    how = "for_good" if phase_of(paper) == "final" else "yet"
    own = {f"unknown_{name}": word(f"breach_unknown_{how}", name, language) for name in WORDS[f"breach_unknown_{how}"]}
    return {"unknown": word("breach_unknown", how, language), **own}


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
        "risk_level": risk.risk if risk else "",
        "is_one_controller": len(status.controllers) <= 1,
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
    if status.role != "joint_controller":
        return ""
    if not status.joint_notifier and not to_authority(status):
        return word("breach_joint_notifier", "unsaid", language)
    is_ours = any(duty.kind == "notify_supervisory_authority" for duty in status.duties)
    name = other_named(status) if is_other_to_notify(status) or not is_ours else ""
    return named_in(language, name) if name else us or word("breach_role", "ourselves", language)


def _own_words(reason: str) -> str:
    """The person's own words of a correction, without the record's remarks in English."""
    return reason.removeprefix("assessed again: ").replace(" Deadline: ", " ")


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
    owed = duties_of(status, "notify_controller")
    own = next((duty for duty in owed if folded(duty.recipient) == folded(paper.controller)), None)
    is_later = own is not None and own.opened_at > min(duty.opened_at for duty in owed)
    return {
        "target_explained": word("breach_target", how, language).format(**said) if how else said["target"],
        "is_target_over": paper.made_at > target,
        "found_later": when(own.opened_at) if own and is_later and status.role == "processor" else "",
    }


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


def texts(paper: BreachPaper) -> Iterator[tuple[str, str]]:
    """Every text of persons that a paper may show, by the name of its field ("risks.1.reasons")."""
    yield "controller", paper.controller
    yield "reference", paper.status.reference
    for name, value in paper.status.model_dump(include=set(CODE_MAY_STAND_IN)).items():
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


def _authority(paper: BreachPaper, model: OperatingModel, language: Language) -> str:
    """Who is notified on the day on which the paper is made; empty where nobody is known."""
    today = local(paper.made_at, model.organisation.time_zone).date()
    try:
        return authority("data_protection", today).name.in_(language)
    except UnknownAuthority:
        return ""


def _organisation(model: OperatingModel, language: Language) -> dict[str, Any]:
    """Who answers: the data protection officer, or the person to whom the role falls (GDPR 33(3)(b))."""
    organisation = model.organisation
    holders = [model.contacts[contact] for contact in model.holders(("data_protection_officer",))]
    names = [one_line(name) for name in (organisation.name_in(language), organisation.unit_in(language)) if name]
    return {
        "organisation": names[0],
        "organisation_full": ", ".join(names),
        "business_id": one_line(organisation.business_id),
        "oid": one_line(organisation.oid),
        "email": organisation.email,
        "call_back": one_line(organisation.call_back),
        "has_officer": "data_protection_officer" in model.roles,
        "contacts": [", ".join(one_line(part) for part in (c.name, c.phone, c.email) if part) for c in holders],
    }
