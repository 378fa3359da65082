"""The triage, asked question by question, for somebody who is tired and in a hurry."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, NoReturn

from temporalio.client import Client

from starter.client.client import clock_of, status_of, talk
from starter.incident.triage_summary import to_be_changed
from starter.language import names
from starter.language.fixed_lists import fixed
from starter.language.lists import FIXED, YES_NO_UNKNOWN
from starter.language.moments import in_words, said_back
from starter.language.words import _, spoken
from starter.law_questions import ask_laws
from starter.sending.kept_answers import kept_are_used
from starter.terminal import prompts
from starter.terminal.errors import Wrong
from starter.terminal.output import clean
from workflows.incident.messages import IncidentStatus
from workflows.procedure.incident.criteria import VERSIONS, Answer, Criterion, conjunction
from workflows.procedure.incident.report_form import ReportDetails
from workflows.procedure.languages import Language
from workflows.procedure.model import Line, Text
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.services import named


def ask_for_the_rest(reference: str, fields: dict[str, Any], language: Language, model: OperatingModel | None) -> None:
    """Ask for everything that ``fields`` lacks and put it there. Raises ``click.Abort`` where the person stops."""
    status, at = talk(lambda client, _settings: _scene(client, reference))
    _introduce(status)
    _ask_criteria(fields, language)
    _ask_severity(fields, language, model)
    had_come_this_far = kept_are_used() and "workaround" in fields  # what may be left out is in the summary, too
    _ask_place(fields)
    if not had_come_this_far:
        ask_details(fields, at)
    _ask_about_notice(fields, status, at)
    if not had_come_this_far:
        _ask_about_supplier(fields, model, at)
    _ask_about_laws(fields, status, model, at)
    ask_again: dict[str, Callable[[], None]] = {
        "criteria": lambda: _ask_criteria(fields, language),
        "severity": lambda: _ask_severity(fields, language, model),
        "extensive": lambda: _ask_severity(fields, language, model),
        "locality": lambda: _ask_place(fields),
        "workaround": lambda: _ask_place(fields),
        "details": lambda: ask_details(fields, at),
        "same_as_notice": lambda: _ask_about_notice(fields, status, at),
        "reported_by_supplier": lambda: _ask_about_supplier(fields, model, at),
        "laws": lambda: _ask_about_laws(fields, status, model, at),
    }
    at_stake = _laws_at_stake(fields)
    while changed := to_be_changed(fields, version_criteria(fields), status, model, at):
        ask_again[changed]()
        _ask_about_laws(fields, status, model, at, but=at_stake)  # of a danger that was not there before
        at_stake = _laws_at_stake(fields)


def _ask_place(fields: dict[str, Any]) -> None:
    if "locality" not in fields:
        fields["locality"] = prompts.choice(_("Where does the fault lie?"), names.PLACES, default="unknown")
    if "workaround" not in fields:
        fields["workaround"] = prompts.text(_("How do people work until it is fixed? (Enter: leave out)"), Text)


def _introduce(status: IncidentStatus) -> None:
    reference = status.reference + names.stranger(status.is_a_strangers)
    prompts.tell(f"{names.drill(status.drill)}{reference}: {status.title}", strong=True)
    prompts.tell(
        _(
            "Services: {services}. Phase: {phase}.",
            services=named(status.services, spoken()),
            phase=names.name(names.PHASES, status.phase),
        )
    )
    prompts.tell(
        _("When in doubt answer u (unknown): it counts as yes, since a report too many does no harm."), faint=True
    )


def _ask_criteria(fields: dict[str, Any], language: Language) -> None:
    criteria, every = fields.setdefault("criteria", {}), version_criteria(fields)
    for number, criterion in enumerate(every, 1):
        if criterion.id in criteria:
            continue
        prompts.tell()
        prompts.tell(f"{number}/{len(every)}  {criterion.text.in_(language)}", strong=True, hang=5)
        prompts.tell(f"     {criterion.explanation.in_(language)}", faint=True)
        criteria[criterion.id] = _ask_criterion(fields, criterion, language)
        if criterion.id not in fields.get("reasons", {}) and (
            why := prompts.text("     " + _("Why? (Enter: leave out)"), Text)
        ):
            fields.setdefault("reasons", {})[criterion.id] = why


def _ask_criterion(fields: dict[str, Any], criterion: Criterion, language: Language) -> Answer:
    if not criterion.parts:
        return prompts.answer("    ")
    answers = fields.setdefault("parts", {}).setdefault(criterion.id, {})
    for part in criterion.parts:
        if part.id not in answers and "no" not in answers.values():
            answers[part.id] = prompts.answer(f"     {part.question.in_(language)}")
    together = conjunction(answers)
    prompts.tell("     " + _("Together: {answer}", answer=names.name(names.ANSWERS, together)), faint=True)
    return together


def _ask_severity(fields: dict[str, Any], language: Language, model: OperatingModel | None) -> None:
    prompts.tell()
    if "severity" not in fields:
        prompts.tell(_("How severe is it?"), strong=True)
        _define(_("Critical"), model.definitions.critical.in_(language) if model else None)
        fields["severity"] = prompts.choice(_("Its number or word"), names.SEVERITIES)
    if "extensive" not in fields:
        prompts.tell(_("Is it extensive?"), strong=True)
        _define(_("Extensive"), model.definitions.extensive.in_(language) if model else None)
        fields["extensive"] = prompts.answer_yes_or_no("    ")
    prompts.tell()


def _define(word: str, definition: str | None) -> None:
    missing = _('the operating model can\'t be read ("kantadesk doctor" says why): judge by your own instructions')
    prompts.tell(
        "     " + _("{word}, in your organisation: {definition}", word=word, definition=definition or missing),
        faint=True,
    )


def ask_details(fields: dict[str, Any], at: datetime) -> None:
    """Offer what else Kela's form asks for; a tired person says no once."""
    if {*ReportDetails.model_fields} & {*fields}:
        return
    prompts.tell()
    prompts.tell(_("Kela's form also asks: since when, which function, ids of messages, how many units and users."))
    if not prompts.agree(_("Do you know any of these?"), default=False):
        return
    asked = {
        "began_at": prompts.moment("     " + _("When did it begin? (Enter: not known)"), at),
        "function": prompts.text("     " + _("Which function of the service? (Enter: leave out)"), Text),
        "message_ids": prompts.text("     " + _("Ids and times of failed messages (Enter: leave out)"), Text),
        "reproducible": prompts.text("     " + _("Does it happen each time? How? (Enter: leave out)"), Text),
        "units_affected": prompts.number("     " + _("How many units? (Enter: not known)")),
        "users_affected": prompts.number("     " + _("How many users? (Enter: not known)")),
    }
    fields |= {name: value for name, value in asked.items() if value not in (None, "")}


def _ask_about_notice(fields: dict[str, Any], status: IncidentStatus, at: datetime) -> None:
    """Show Kela's notice with its age, and ask whether it is about this fault."""
    if (notice := status.known_notice) and "same_as_notice" not in fields:
        prompts.tell()
        said = (
            _("An unverified sender tells of a notice, look at kanta.fi: {title}", title=notice.title)
            if notice.is_unverified
            else _("Kela has published: {title}", title=notice.title)
        )
        prompts.tell(said, strong=True)
        prompts.tell(
            f"     {_dated(notice.published_at, status.notice_changed_at, at)} {notice.link}".rstrip(), faint=True
        )
        fields["same_as_notice"] = prompts.answer("     " + _("Is it about this fault?"))


def _dated(published_at: datetime | None, changed_at: datetime | None, at: datetime) -> str:
    if published_at is None:
        return _("It bears no date.")
    changed = (
        ", " + _("last changed {ago}", ago=_ago(changed_at, at)) if changed_at and changed_at > published_at else ""
    )
    return _(
        "Published {published_at}, {ago}{changed}.",
        published_at=said_back(published_at),
        ago=_ago(published_at, at),
        changed=changed,
    )


def _ago(moment: datetime, at: datetime) -> str:
    return _("{length} ago", length=in_words(max(at - moment, timedelta())))


def _ask_about_supplier(fields: dict[str, Any], model: OperatingModel | None, at: datetime) -> None:
    """Ask whether the supplier of one of the organisation's systems has reported it, and when."""
    if "reported_by_supplier" not in fields and model and model.suppliers():
        question = _("Has your supplier ({suppliers}) reported it to Kela?", suppliers="; ".join(model.suppliers()))
        if prompts.agree(question, default=False):
            fields["reported_by_supplier"] = {
                "by": model.suppliers()[0] if len(model.suppliers()) == 1 else "",
                "at": prompts.moment("     " + _("When? (Enter: now)"), at, at),
                "reference": prompts.text("     " + _("Number of that report (Enter: leave out)"), Line),
            }


async def _scene(client: Client, reference: str) -> tuple[IncidentStatus, datetime]:
    return await status_of(client, reference), await clock_of(client, reference)


def _ask_about_laws(
    fields: dict[str, Any],
    status: IncidentStatus,
    model: OperatingModel | None,
    at: datetime,
    *,
    but: Collection[str] = (),
) -> None:
    """Ask what other laws are at stake. ``but``: those that were asked before."""
    answered = {*status.laws.given(), *but}
    about = [name for name in _laws_at_stake(fields) if name not in answered]
    ask_laws(fields, model, at, status.noticed_at, about=about)


def _laws_at_stake(fields: dict[str, Any]) -> list[str]:
    """A danger to somebody asks for deviation and device; a major outage for NIS2 and critical entities."""
    about: list[str] = []
    if fields["criteria"].get("safety", "no") != "no":
        about += ["significant_deviation", "device_hazard"]
    if fields["severity"] == "critical" or fields["extensive"]:
        about += ["nis2_significant", "cer_significant"]
    return about


def version_criteria(fields: dict[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of the version asked for; raises ``Wrong`` where there is no such version."""
    version = fields["criteria_version"]
    if version not in VERSIONS:
        raise Wrong(_("--criteria-version: is not known; give one of {versions}", versions=", ".join(VERSIONS)))
    return VERSIONS[version].criteria


def fill_from_parts(fields: dict[str, Any]) -> None:
    """Answer each criterion all of whose conditions are answered, or one of them with no. Raises ``Wrong``."""
    known = {criterion.id: criterion for criterion in version_criteria(fields)}
    _check_answers(fields.get("criteria", {}), known)
    parts = fields.get("parts", {})
    if not isinstance(parts, dict):
        return  # the model says what is wrong
    for name, answers in parts.items():
        ids = [part.id for part in known[name].parts] if name in known else []
        if not ids or not isinstance(answers, dict) or not set(answers) <= set(ids):
            with_parts = [f"{c.id}.{part.id}" for c in known.values() for part in c.parts]
            raise Wrong(
                _("--part: there is no such condition; there is {with_parts}", with_parts=", ".join(with_parts))
            )
        if "no" in answers.values() or set(answers) == set(ids):
            fields.setdefault("criteria", {}).setdefault(name, conjunction(answers))


def _check_answers(answers: Any, known: dict[str, Criterion]) -> None:
    """Raise ``Wrong`` for an answer that can't be one, before anything else is asked."""
    if not isinstance(answers, dict):
        return  # the model says what is wrong
    for name, answer in answers.items():
        if name not in known:
            said = _(
                "--criterion: {name} is not a criterion; there is {known}",
                name=clean(str(name))[:60],
                known=", ".join(known),
            )
            near = fixed({each: each for each in known}).close(str(name))
            raise Wrong(_("{said}; did you mean {close}?", said=said, close=near) if near else said)
        if answer not in ("yes", "no", "unknown"):
            raise Wrong(f"--criterion {name}: {YES_NO_UNKNOWN.refusal(clean(str(answer))[:60])}")


def gaps(fields: dict[str, Any]) -> list[str]:
    """The options that are still needed."""
    answered = fields.get("criteria", {})
    answers = _("yes|no|unknown")
    missing = [f"--criterion {c.id}={answers}" for c in version_criteria(fields) if c.id not in answered]
    if "severity" not in fields:
        missing.append("--severity " + "|".join(FIXED["severity"].shown().values()))
    if "extensive" not in fields:
        missing.append("--extensive|--not-extensive")
    return missing


def say_gaps(fields: dict[str, Any]) -> NoReturn:
    """Raise ``Wrong`` with everything that is missing."""
    raise Wrong(_("the triage is not complete; add {gaps} (in a terminal it asks you)", gaps=", ".join(gaps(fields))))
