"""The risk of a breach, asked question by question: a suggestion with its reasons, and the person decides."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Annotated, Any, get_args

from pydantic import StringConstraints

from starter.breach.situation import Situation, situation
from starter.client.configuration import operating_model, settings_in_force
from starter.language.moments import written
from starter.language.names import LANGUAGES, RISKS, drill
from starter.language.words import Texts, _, spoken
from starter.sending.ask_missing import answered, in_words
from starter.sending.kept_answers import kept_are_used
from starter.terminal import prompts
from starter.terminal.errors import Refused
from starter.terminal.last_look import looked_at
from starter.views.breach import clock
from workflows.breach.risk import RiskAssessment
from workflows.procedure.breach.risk_questions import AID, Question, suggested_risk
from workflows.procedure.breach.terms import Risk
from workflows.procedure.incident.criteria import Answer
from workflows.procedure.languages import Language
from workflows.procedure.model import NeededText, Text
from workflows.procedure.operating_model.model import LETTER_LANGUAGES

MEANS: Texts = {
    "unlikely": "the authority is not notified; the reason is kept in the register",
    "risk": "the authority is notified within the legal period",
    "high": "the authority is notified, and the persons themselves are told",
}


def guide(fields: dict[str, Any], typed: dict[str, Any]) -> None:
    """Ask for what the assessment lacks. Raises ``Wrong`` where it is not to go, ``Refused`` for a processor."""
    is_whole = {"risk", "reasons"} <= set(fields)
    if typed["file"] or not sys.stdin.isatty() or (is_whole and not kept_are_used()):
        return  # what is missing then, the message itself says
    here = situation(typed["ref"])
    if here.status.role == "processor":
        raise Refused(_("a processor does not weigh the risk, the controller does; tell each controller"))
    prompts.tell(_("{drill}Breach {reference}", drill=drill(here.status.drill), reference=here.reference), strong=True)
    for line in clock(here.status, here.at):
        prompts.tell(line)
    if not is_whole:
        _weigh(fields, here)
    _let_change(fields, here)


def _let_change(fields: dict[str, Any], here: Situation) -> None:
    """Show what is judged; each answer can be changed before it goes. Raises ``Wrong`` where it is not to go."""
    facts = {question.field: question for question in AID.questions if question.field}
    while True:
        plain = [*PLAIN_WORDS] if fields["risk"] == "high" else []
        asked = ["risk", "reasons", *facts, *plain]
        if (changed := looked_at([_shown(name, fields) for name in asked])) is None:
            return
        match name := asked[changed]:
            case "risk":
                _ask_risk(fields)
                if fields["risk"] == "high":
                    ask_plain_words(fields)
            case "reasons":
                fields[name] = prompts.text(_("Why?"), NeededText)
            case _ if name in facts:
                fields.pop(name, None)
                if (given := _fact(facts[name], here)) not in (None, ""):
                    fields[name] = given
            case _:
                fields.pop(name, None)
                ask_plain_words(fields, (name,))


def _shown(name: str, fields: dict[str, Any]) -> str:
    given = fields.get(name)
    if name == "risk":
        said = _(RISKS[fields["risk"]])
    elif isinstance(given, dict):
        said = "; ".join(f"{_(LANGUAGES[language])}: {text}" for language, text in given.items())
    else:
        said = "-" if given in (None, "") else in_words(given)
    return answered(RiskAssessment, name, said)


def _weigh(fields: dict[str, Any], here: Situation) -> None:
    prompts.tell(
        _("Judge it for the persons concerned, not for the organisation. u (unknown) is an answer too."), faint=True
    )
    answers = _ask(fields, spoken(), here)
    _decide(fields, answers, spoken())
    if fields["risk"] == "high":
        ask_plain_words(fields)


def _ask(fields: dict[str, Any], language: Language, here: Situation) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for number, question in enumerate(AID.questions, 1):
        if question.field and question.field in fields:
            continue
        prompts.tell()
        prompts.tell(f"{number}/{len(AID.questions)}  {question.text.in_(language)}", strong=True)
        prompts.tell(f"     {question.help.in_(language)}", faint=True)
        if question.kind == "yes_no":
            answers[question.id] = prompts.answer("    ")
        elif (given := _fact(question, here)) not in (None, ""):
            fields[question.field] = given
    return answers


def _fact(question: Question, here: Situation) -> Any:
    if question.kind == "moment":
        aware = here.status.awareness[-1].deadline_from
        while (at := prompts.moment("     " + _("(Finnish time; Enter: not known yet)"), here.at)) and at > aware:
            prompts.tell(
                "     "
                + _(
                    "This is after you became aware ({aware}). Give the earlier time, or Enter.",
                    aware=written(aware),
                )
            )
        return at
    if question.kind == "number":
        return prompts.number("     " + _("(Enter: not known yet)"))
    return prompts.text("     " + _("(Enter: not known yet)"), Text)


def _decide(fields: dict[str, Any], answers: dict[str, Answer], language: Language) -> None:
    suggestion = suggested_risk(answers)
    reasons = " ".join(reason.in_(language) for reason in suggestion.reasons)
    prompts.tell("\n" + _("Suggested: {risk}. {reasons}", risk=_(RISKS[suggestion.risk]), reasons=reasons), strong=True)
    prompts.tell("     " + _("A suggestion of this project (unverified), nothing more: you decide."), faint=True)
    if "risk" not in fields:
        _ask_risk(fields)
    if "reasons" not in fields:
        same = fields["risk"] == suggestion.risk
        enter = " " + _("(Enter: the reasons above)") if same else ""
        fields["reasons"] = prompts.text(_("Why?") + enter, Text if same else NeededText) or reasons
    prompts.tell(
        "\n" + _("Risk: {risk}: {means}.", risk=_(RISKS[fields["risk"]]), means=_(MEANS[fields["risk"]])), strong=True
    )


def _ask_risk(fields: dict[str, Any]) -> None:
    risks: tuple[Risk, ...] = get_args(Risk)
    fields["risk"] = prompts.choice(_("Your decision"), {risk: RISKS[risk] for risk in risks}, means=MEANS)


PLAIN_WORDS: Texts = {
    "plain_event": "What happened to their data?",
    "plain_consequences": "What may it mean for them?",
    "plain_measures": "What do you do about it?",
    "plain_advice": "What can they do themselves?",
}
"""What the letter to the persons says in words of its own (GDPR 34(2)), by field."""
_Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


def ask_plain_words(fields: dict[str, Any], about: Collection[str] = PLAIN_WORDS) -> None:
    """Ask what the letter to the persons says, in each language in which it is written; standard sentences else."""
    model = operating_model(settings_in_force())
    languages = model.rules().letter_languages if model else LETTER_LANGUAGES
    prompts.tell(
        "\n" + _("The persons are told by letter, in plain words: no names, no health data, no abbreviations."),
        strong=True,
    )
    prompts.tell(
        "     " + _("What you leave out is said in a standard sentence. You read the letter before it is sent."),
        faint=True,
    )
    for field, question in PLAIN_WORDS.items():
        if field in fields or field not in about:
            continue
        prompts.tell(f"  {_(question)}")
        said = {
            language: prompts.text(
                "     " + _("in {language} (Enter: leave out)", language=_(LANGUAGES[language])), _Short
            )
            for language in languages
        }
        if any(said.values()):
            fields[field] = {language: text for language, text in said.items() if text}
