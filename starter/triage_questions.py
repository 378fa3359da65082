"""The triage, asked question by question, for somebody who is tired and in a hurry."""

from __future__ import annotations

from typing import Any

import click

from starter import asking
from starter.speaking import status_of, talk
from starter.triage_gaps import version_criteria
from workflows.messages import IncidentStatus
from workflows.procedure.criteria import Answer, Criterion, conjunction, criteria_met
from workflows.procedure.languages import Language
from workflows.procedure.model import Text
from workflows.procedure.operating_model import OperatingModel
from workflows.procedure.services import named

SEVERITIES = ("critical", "high", "medium", "low")
PLACES = ("own", "kela", "other", "unknown")


def ask_for_the_rest(reference: str, fields: dict[str, Any], language: Language, model: OperatingModel | None) -> None:
    """Ask for everything that ``fields`` lacks and put it there. Raises ``click.Abort`` where the person stops."""
    status = talk(lambda client, _settings: status_of(client, reference))
    _introduce(status)
    _ask_criteria(fields, language)
    _ask_severity(fields, language, model)
    if "locality" not in fields:
        fields["locality"] = asking.choice("Where does the fault lie?", PLACES, default="unknown")
    if "workaround" not in fields:
        fields["workaround"] = asking.text("How do people work meanwhile? (Enter: leave out)", Text)
    _ask_about_notice(fields, status)
    _summarise(fields)
    if not asking.agree("Send this triage?", default=True):
        raise click.Abort


def _introduce(status: IncidentStatus) -> None:
    asking.tell(f"{'DRILL  ' if status.drill else ''}{status.reference}: {status.title}", strong=True)
    asking.tell(f"Services: {named(status.services, 'en')}. Phase: {status.phase.replace('_', ' ')}.")
    asking.tell("When in doubt answer u (unknown): it counts as yes, since a report too many does no harm.", faint=True)


def _ask_criteria(fields: dict[str, Any], language: Language) -> None:
    criteria = fields.setdefault("criteria", {})
    todo = [criterion for criterion in version_criteria(fields) if criterion.id not in criteria]
    for number, criterion in enumerate(todo, 1):
        asking.tell()
        asking.tell(f"{number}/{len(todo)}  {criterion.text.in_(language)}", strong=True)
        asking.tell(f"     {criterion.explanation.in_(language)}", faint=True)
        criteria[criterion.id] = _ask_criterion(fields, criterion, language)
        if criterion.id not in fields.get("reasons", {}) and (why := asking.text("     Why? (Enter: leave out)", Text)):
            fields.setdefault("reasons", {})[criterion.id] = why


def _ask_criterion(fields: dict[str, Any], criterion: Criterion, language: Language) -> Answer:
    if not criterion.parts:
        return asking.answer("    ")
    answers = fields.setdefault("parts", {}).setdefault(criterion.id, {})
    for part in criterion.parts:
        if part.id not in answers and "no" not in answers.values():
            answers[part.id] = asking.answer(f"     {part.question.in_(language)}")
    together = conjunction(answers)
    asking.tell(f"     Together: {together}", faint=True)
    return together


def _ask_severity(fields: dict[str, Any], language: Language, model: OperatingModel | None) -> None:
    asking.tell()
    if "severity" not in fields:
        asking.tell("How severe is it?", strong=True)
        _define("Critical", model.definitions.critical.in_(language) if model else None)
        fields["severity"] = asking.choice("    ", SEVERITIES)
    if "extensive" not in fields:
        asking.tell("Is it extensive?", strong=True)
        _define("Extensive", model.definitions.extensive.in_(language) if model else None)
        fields["extensive"] = asking.answer_yes_or_no("    ")
    asking.tell()


def _define(word: str, definition: str | None) -> None:
    missing = 'the operating model can\'t be read ("kantadesk doctor" says why): judge by your own instructions'
    asking.tell(f"     {word}, in your organisation: {definition or missing}", faint=True)


def _ask_about_notice(fields: dict[str, Any], status: IncidentStatus) -> None:
    if status.known_notice and "report_anyway" not in fields:
        asking.tell(f"Kela has published already: {status.known_notice.title}")
        fields["report_anyway"] = asking.agree("Report it all the same?", default=False)


def _summarise(fields: dict[str, Any]) -> None:
    asking.tell()
    asking.tell("This will be sent:", strong=True)
    for criterion, given in fields["criteria"].items():
        why = fields.get("reasons", {}).get(criterion, "")
        asking.tell(f"  {criterion:<32} {given:<8} {why}")
    asking.tell(f"  severity {fields['severity']}, {'extensive' if fields['extensive'] else 'not extensive'}")
    asking.tell(f"  the fault lies: {fields['locality']}; meanwhile: {fields['workaround'] or '-'}")
    met = criteria_met(fields["criteria"])
    asking.tell(f"  To be reported to Kela: {'yes, by ' + ', '.join(met) if met else 'no, no criterion applies'}")
