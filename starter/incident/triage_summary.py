"""What a triage says, shown before it is sent: each answer with a number, by which it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import click
from pydantic import ValidationError

from starter.language import names
from starter.language.heard import heard
from starter.language.moments import said_back
from starter.language.words import Texts, _, spoken
from starter.law_questions import NAMES, answer_in_words
from starter.terminal import prompts
from starter.terminal.output import clean
from workflows.incident.messages import IncidentStatus, SupplierReport
from workflows.procedure.incident.criteria import Criterion, criteria_met
from workflows.procedure.incident.report_form import ReportDetails
from workflows.procedure.incident.triage import DeskAnswers, Published, Verdict, verdict
from workflows.procedure.operating_model.model import NoticeRules, OperatingModel

DETAILS: Texts = {
    "began_at": "began", "function": "function", "message_ids": "messages", "reproducible": "each time",
    "units_affected": "units", "users_affected": "users",
}  # fmt: skip
HANG = 4
"""Letters that a second line stands further in: under the text, behind the number."""


class TriageAnswer(NamedTuple):
    """One answer of the summary. ``about``: which question it answers; ``criterion``: of which one."""

    about: str
    text: str
    criterion: str = ""


def to_be_changed(
    fields: dict[str, Any],
    known: Sequence[Criterion],
    status: IncidentStatus,
    model: OperatingModel | None,
    at: datetime,
) -> str:
    """Show everything and ask whether it may go: which question is to be asked anew, empty where it may go.

    The answer that is to be changed is taken out of ``fields``. Raises ``click.Abort`` where nothing may go.
    """
    answers = [*_answers(fields, known, model)]
    prompts.tell()
    prompts.tell(_("This will be sent:"), strong=True)
    for number, each in enumerate(answers, 1):
        prompts.tell(f"  {number:>2}  {each.text}", hang=HANG + (CRITERION_IN if each.criterion else 0))
    _tell_verdict(fields, status, model, at)
    while True:
        typed = prompts.line(prompts.yes_or_no(_("Send this triage? A number changes that answer"), default=True))
        given = prompts.understood(typed)
        if not typed or given == "yes":
            return ""
        if given == "no":
            raise click.Abort
        if typed.isdecimal() and 0 < int(typed) <= len(answers):
            _take_out(fields, answers[int(typed) - 1])
            return answers[int(typed) - 1].about
        prompts.tell("  " + _("Please answer y or n, or give one of the numbers above."))


CRITERION_IN = 13
"""Letters before the text of a criterion: what was answered."""


def _answers(
    fields: dict[str, Any], known: Sequence[Criterion], model: OperatingModel | None
) -> Iterator[TriageAnswer]:
    for criterion in known:
        why = fields.get("reasons", {}).get(criterion.id, "")
        answered = names.name(names.ANSWERS, fields["criteria"][criterion.id])
        text = f"{answered:<12} {criterion.text.in_(spoken())}" + (f" ({why})" if why else "")
        yield TriageAnswer("criteria", text, criterion.id)
    severity = names.name(names.SEVERITIES, fields["severity"])
    yield TriageAnswer("severity", _("severity: {severity}", severity=severity))
    yield TriageAnswer("extensive", _("extensive") if fields["extensive"] else _("not extensive"))
    place = names.name(names.PLACES, fields["locality"])
    yield TriageAnswer("locality", _("the fault lies: {place}", place=place))
    yield TriageAnswer("workaround", _("workaround: {workaround}", workaround=fields["workaround"] or "-"))
    details = "; ".join(f"{_(DETAILS[n])}: {_shown(fields[n])}" for n in ReportDetails.model_fields if fields.get(n))
    yield TriageAnswer("details", _("also for the form: {details}", details=details or "-"))
    if "same_as_notice" in fields:
        same = names.name(names.ANSWERS, fields["same_as_notice"])
        yield TriageAnswer("same_as_notice", _("Kela's notice is about this fault: {answer}", answer=same))
    if fields.get("reported_by_supplier") or (model and model.suppliers()):
        yield TriageAnswer("reported_by_supplier", _supplier_line(fields.get("reported_by_supplier")))
    laws = "; ".join(f"{_(text)}: {answer_in_words(fields[field])}" for field, text in NAMES.items() if field in fields)
    if laws:
        yield TriageAnswer("laws", _("other laws: {laws}", laws=laws))


def _supplier_line(said: Any) -> str:
    if not said:
        return _("reported by our supplier: no")
    at = said.get("at", "")
    at = datetime.fromisoformat(at) if at and isinstance(at, str) else at  # as kept answers have it
    facts = [said.get("by", ""), said_back(at) if at else ""]
    facts.append(said.get("reference", ""))
    return _("reported by our supplier: {facts}", facts=clean(", ".join(fact for fact in facts if fact)))


def _take_out(fields: dict[str, Any], answer: TriageAnswer) -> None:
    if answer.about == "criteria":
        for table in ("criteria", "parts", "reasons"):
            fields.get(table, {}).pop(answer.criterion, None)
    gone = {"details": (*ReportDetails.model_fields,), "laws": (*NAMES, "detected_at"), "criteria": ()}
    for name in gone.get(answer.about, (answer.about,)):
        fields.pop(name, None)


def _tell_verdict(fields: dict[str, Any], status: IncidentStatus, model: OperatingModel | None, at: datetime) -> None:
    judged = _judged(fields, status, model, at)
    met = names.criteria(criteria_met(fields["criteria"]))
    if judged.report:
        prompts.tell("  " + _("To be reported to Kela: yes, since: {criteria}", criteria=met))
    else:
        prompts.tell("  " + _("To be reported to Kela: no, {why}", why=heard(judged.why)))


def _shown(value: Any) -> str:
    return said_back(value) if isinstance(value, datetime) else clean(str(value))


def _judged(fields: dict[str, Any], status: IncidentStatus, model: OperatingModel | None, at: datetime) -> Verdict:
    """What the incident will judge, unless a report is owed or made already: that stays so."""
    rules = model.notices if model else NoticeRules()
    said = DeskAnswers(
        criteria_met=criteria_met(fields["criteria"]),
        by_supplier=_supplier_in_words(fields.get("reported_by_supplier")),
        **{
            name: fields[name]
            for name in ("severity", "extensive", "same_as_notice", "report_anyway")
            if name in fields
        },
    )
    published = None
    if (notice := status.known_notice) and not notice.is_unverified:
        published = Published(title=notice.title, age=at - changed if (changed := status.notice_changed_at) else None)
    return verdict(said, published, rules.same_fault_within)


def _supplier_in_words(said: Any) -> str:
    try:
        return SupplierReport.model_validate(said).in_words() if said else ""
    except ValidationError:
        return "our supplier reported it"  # what is wrong with it is said when it is sent
