"""Questions by which a person who is no lawyer judges the risk of a breach, and a suggestion from the answers.

This project's own aid (``data/risk_questions.toml``, ``verified = false``), after what the authority's form asks. It
leans to the safe side: what is not known counts as it might turn out, and only a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from workflows.procedure import rule_data
from workflows.procedure.breach.terms import Risk
from workflows.procedure.incident.criteria import Answer
from workflows.procedure.languages import Trilingual
from workflows.procedure.model import Model


class Question(Model):
    """One question. ``worse``: the answer that raises the risk; ``field``: where a text, number or time is kept."""

    id: str
    kind: Literal["yes_no", "text", "number", "moment"]
    text: Trilingual
    help: Trilingual
    worse: Literal["yes", "no", ""] = ""
    field: Literal[
        "", "began_at", "cause", "categories", "subjects_estimate", "records_estimate", "consequences",
        "measures_before", "measures",
    ] = ""  # fmt: skip


class SuggestionRule(Model):
    """When each question has one of the answers, this risk is suggested for this reason."""

    suggests: Literal["high", "unlikely"]
    when: dict[str, tuple[Answer, ...]]
    reason: Trilingual

    def applies(self, answers: Mapping[str, Answer]) -> bool:
        """Whether the rule applies; a question without an answer is unknown."""
        return all(answers.get(question, "unknown") in among for question, among in self.when.items())


class RiskAid(Model):
    """The questions and rules of one version of the aid."""

    version: str
    valid_from: date
    source: str
    verified: bool
    questions: tuple[Question, ...]
    rules: tuple[SuggestionRule, ...]
    otherwise: Trilingual
    open: Trilingual


class Suggestion(NamedTuple):
    """A suggested risk with the reasons. A suggestion only: nothing follows from it until a person has decided."""

    risk: Risk
    reasons: tuple[Trilingual, ...]


AID = RiskAid.model_validate(rule_data.read("risk_questions"))


def suggested_risk(answers: Mapping[str, Answer]) -> Suggestion:
    """The risk that the answers to the yes-or-no questions point to. Unknown ids are passed over.

    One reason for "high" is enough; "unlikely" needs a rule of its own; everything else is "risk".
    """
    for risk in ("high", "unlikely"):
        reasons = tuple(rule.reason for rule in AID.rules if rule.suggests == risk and rule.applies(answers))
        if reasons:
            return Suggestion(risk, (*reasons, *_not_known(answers)))
    return Suggestion("risk", (AID.otherwise, *_not_known(answers)))


def _not_known(answers: Mapping[str, Answer]) -> tuple[Trilingual, ...]:
    """One sentence that names the questions without an answer; nothing where all are answered."""
    unknown = [q for q in AID.questions if q.kind == "yes_no" and answers.get(q.id, "unknown") == "unknown"]
    if not unknown:
        return ()
    return (
        Trilingual(
            fi=AID.open.fi.format(questions=" ".join(question.text.fi for question in unknown)),
            sv=AID.open.sv.format(questions=" ".join(question.text.sv for question in unknown)),
            en=AID.open.en.format(questions=" ".join(question.text.en for question in unknown)),
        ),
    )
