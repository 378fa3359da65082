"""From answers to a verdict to duties: the criteria, as tables of cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.incident.criteria import VERSIONS, Answer, conjunction, criteria_met, fault_in_answers
from workflows.procedure.incident.triage import DeskAnswers, Published, duties_arising, verdict, verdict_before

ANSWERS: list[Answer] = ["yes", "no", "unknown"]


@pytest.mark.parametrize(
    ("answers", "whole"),
    [
        (["yes", "yes"], "yes"),
        (["yes", "no"], "no"),
        (["no", "unknown"], "no"),
        (["yes", "unknown"], "unknown"),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_a_conjunction_holds_where_every_part_does(answers: list[Answer], whole: Answer) -> None:
    assert conjunction(dict(enumerate(answers))) == whole  # type: ignore[arg-type]


def test_the_versions_have_the_criteria_of_their_pages() -> None:
    assert len(VERSIONS["kanta-en-current"].criteria) == 6
    assert len(VERSIONS["kanta-fi-2019"].criteria) == 5
    assert all(version.source for version in VERSIONS.values())
    assert {c.id: len(c.parts) for c in VERSIONS["kanta-en-current"].criteria if c.parts} == {
        "safety": 2,
        "privacy": 2,
        "locality_unsure_others_affected": 2,
    }


@given(st.fixed_dictionaries({c: st.sampled_from(ANSWERS) for c in VERSIONS["kanta-en-current"].ids()}))
def test_reported_exactly_where_one_criterion_is_not_ruled_out(answers: dict[str, Answer]) -> None:
    met = criteria_met(answers)
    judged = verdict(DeskAnswers(criteria_met=met))
    assert judged.report == any(answer != "no" for answer in answers.values())
    assert fault_in_answers(answers, "kanta-en-current") is None
    assert judged.why


@pytest.mark.parametrize(
    ("met", "published", "anyway", "severity", "extensive", "duties"),
    [
        (("safety",), None, False, "high", False, ("report_to_kela",)),
        (("safety",), None, False, "critical", False, ("report_to_kela", "phone_kela")),
        (("safety",), None, False, "low", True, ("report_to_kela", "phone_kela")),
        ((), None, False, "critical", True, ()),
        ((), None, True, "critical", True, ()),
        (("safety",), "Häiriö", False, "critical", True, ()),
        (("safety",), "Häiriö", True, "critical", True, ("report_to_kela", "phone_kela")),
    ],
)
def test_duties_towards_kela_in_runs_of_the_first_releases(
    met: tuple[str, ...], published: str | None, anyway: bool, severity: str, extensive: bool, duties: tuple[str, ...]
) -> None:
    judged = verdict_before(DeskAnswers(criteria_met=met, report_anyway=anyway), published)
    assert duties_arising(judged, severity=severity, extensive=extensive) == duties


SLOW = ("prevents_or_slows",)
BOTH = ("report_to_kela", "phone_kela")


@pytest.mark.parametrize(
    ("said", "hours", "duties", "why"),
    [
        ({}, None, ("report_to_kela",), "prevents_or_slows"),
        ({"criteria_met": ()}, 1, (), "no criterion applies"),
        ({"criteria_met": (), "severity": "critical"}, None, (), "no criterion applies"),
        ({}, 1, ("report_to_kela",), "the notice 'Häiriö' is not known to be about this fault"),
        ({"same_as_notice": "no"}, 1, ("report_to_kela",), "the notice 'Häiriö' is about another fault"),
        ({"same_as_notice": "yes"}, 1, (), "this fault, says the desk: Kela has published 'Häiriö'"),
        ({"same_as_notice": "yes"}, 24, (), "says the desk"),
        ({"same_as_notice": "yes"}, 25, ("report_to_kela",), "is 25 h old; one counts for 24 h"),
        ({"same_as_notice": "yes"}, 24 * 24, ("report_to_kela",), "is 24 days old"),
        ({"same_as_notice": "yes"}, -1, ("report_to_kela",), "bears no date"),
        ({"same_as_notice": "yes", "severity": "critical"}, 1, BOTH, "critical: reported in spite of"),
        ({"same_as_notice": "yes", "extensive": True}, 1, BOTH, "extensive: reported in spite of"),
        ({"same_as_notice": "yes", "criteria_met": ("safety",)}, 1, ("report_to_kela",), "safety: reported in spite"),
        ({"same_as_notice": "yes", "criteria_met": ("privacy",)}, 1, ("report_to_kela",), "privacy: reported"),
        ({"same_as_notice": "yes", "report_anyway": True}, 1, ("report_to_kela",), "prevents_or_slows"),
        ({"by_supplier": "our supplier reported it"}, None, (), "our supplier reported it; criteria met"),
        ({"by_supplier": "our supplier reported it", "severity": "critical"}, 1, ("phone_kela",), "our supplier"),
        ({"by_supplier": "our supplier reported it", "report_anyway": True}, None, ("report_to_kela",), "prevents"),
    ],
)
def test_a_notice_silences_nobody_by_itself(
    said: dict[str, object], hours: int | None, duties: tuple[str, ...], why: str
) -> None:
    """``hours``: how old Kela's open notice is; None: there is none; -1: it bears no date."""
    age = timedelta(hours=hours) if hours is not None and hours >= 0 else None
    answers = DeskAnswers.model_validate({"criteria_met": SLOW, "severity": "high", "extensive": False, **said})
    judged = verdict(answers, None if hours is None else Published(title="Häiriö", age=age))
    assert duties_arising(judged, severity=answers.severity, extensive=answers.extensive) == duties
    assert why in judged.why


def test_a_missing_or_foreign_criterion_is_named() -> None:
    whole = dict.fromkeys(VERSIONS["kanta-fi-2019"].ids(), "no")
    assert "safety" in str(fault_in_answers({k: v for k, v in whole.items() if k != "safety"}, "kanta-fi-2019"))  # type: ignore[misc]
    assert "weather is not a criterion" in str(fault_in_answers(whole | {"weather": "yes"}, "kanta-fi-2019"))  # type: ignore[arg-type]
    assert "not known" in str(fault_in_answers({}, "kanta-fi-1999"))
