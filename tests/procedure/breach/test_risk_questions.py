"""The suggested risk: cautious, explained, and never lower because somebody knows less or something worse."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.breach.risk import RiskAssessment
from workflows.procedure.breach.risk_questions import AID, suggested_risk
from workflows.procedure.breach.terms import Risk
from workflows.procedure.incident.criteria import Answer
from workflows.procedure.languages import LANGUAGES

ORDER: tuple[Risk, ...] = get_args(Risk)
JUDGED = {question.id: question for question in AID.questions if question.kind == "yes_no"}
ANSWERS = st.dictionaries(st.sampled_from(sorted(JUDGED)), st.sampled_from(["yes", "no", "unknown"]))
BEST: dict[str, Answer] = {question: "no" for question in JUDGED}  # noqa: C420  # typed values


def from_best(question: str) -> list[Answer]:
    """The answers to a question, the best first; what is not known lies between."""
    return ["no", "unknown", "yes"] if JUDGED[question].worse == "yes" else ["yes", "unknown", "no"]


@pytest.mark.parametrize(
    ("answers", "risk"),
    [
        ({}, "risk"),
        ({"left_our_control": "yes", "health_data": "yes"}, "high"),
        ({"left_our_control": "yes"}, "high"),  # whether health data were among them isn't known
        ({**BEST, "left_our_control": "yes"}, "risk"),
        ({**BEST, "left_our_control": "yes", "health_data": "yes", "contained": "yes"}, "risk"),
        ({**BEST, "left_our_control": "yes", "contained": "yes"}, "unlikely"),
        ({**BEST, "left_our_control": "yes", "health_data": "yes", "unintelligible": "yes"}, "unlikely"),
        ({**BEST, "left_our_control": "yes", "untrusted_recipient": "yes", "easy_to_identify": "yes"}, "high"),
        ({**BEST, "left_our_control": "yes", "vulnerable": "yes"}, "high"),
        ({**BEST, "care_affected": "yes"}, "high"),
        ({**BEST, "not_restorable": "yes", "health_data": "yes"}, "high"),
        ({**BEST, "not_restorable": "yes"}, "risk"),
        ({**BEST, "serious_consequences": "yes"}, "high"),
        ({**BEST, "untrusted_recipient": "yes"}, "risk"),
        (BEST, "unlikely"),
        ({**BEST, "care_affected": "unknown"}, "risk"),
    ],
)
def test_the_suggestion(answers: dict[str, Answer], risk: Risk) -> None:
    assert suggested_risk(answers).risk == risk


@given(ANSWERS)
def test_every_suggestion_has_its_reason(answers: dict[str, Answer]) -> None:
    suggestion = suggested_risk(answers)
    assert suggestion.reasons
    assert all(reason.in_(language) for reason in suggestion.reasons for language in LANGUAGES)


@given(ANSWERS, st.sampled_from(sorted(JUDGED)))
def test_a_worse_answer_never_lowers_the_risk(answers: dict[str, Answer], question: str) -> None:
    risks = [suggested_risk({**answers, question: answer}).risk for answer in from_best(question)]
    assert risks == sorted(risks, key=ORDER.index)


@given(ANSWERS)
def test_a_missing_answer_is_an_unknown_one(answers: dict[str, Answer]) -> None:
    assert suggested_risk(answers) == suggested_risk(
        {question: answers.get(question, "unknown") for question in JUDGED}
    )
    assert suggested_risk({**answers, "no such question": "yes"}) == suggested_risk(answers)


def test_what_is_not_known_is_named() -> None:
    assert JUDGED["care_affected"].text.sv in suggested_risk({}).reasons[-1].sv
    assert JUDGED["care_affected"].text.en not in suggested_risk({"care_affected": "no"}).reasons[-1].en


def test_the_aid_is_whole_and_marked_as_unverified() -> None:
    assert not AID.verified
    assert AID.source
    assert len({question.id for question in AID.questions}) == len(AID.questions)
    assert {question for rule in AID.rules for question in rule.when} <= set(JUDGED)
    assert all(question.worse for question in JUDGED.values())
    fields = {question.field for question in AID.questions if question.field}
    assert fields == {
        "began_at", "cause", "categories", "subjects_estimate", "records_estimate", "consequences", "measures_before",
        "measures",
    }  # fmt: skip
    assert fields <= set(RiskAssessment.model_fields)
