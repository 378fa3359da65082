"""From answers to a verdict to duties: the criteria, as tables of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.incident.criteria import VERSIONS, Answer, conjunction, criteria_met, fault_in_answers
from workflows.procedure.incident.triage import duties_arising, verdict

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
    judged = verdict(met, published=None, report_anyway=False)
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
def test_duties_towards_kela(
    met: tuple[str, ...], published: str | None, anyway: bool, severity: str, extensive: bool, duties: tuple[str, ...]
) -> None:
    judged = verdict(met, published=published, report_anyway=anyway)
    assert duties_arising(judged, severity=severity, extensive=extensive) == duties


def test_a_missing_or_foreign_criterion_is_named() -> None:
    whole = dict.fromkeys(VERSIONS["kanta-fi-2019"].ids(), "no")
    assert "safety" in str(fault_in_answers({k: v for k, v in whole.items() if k != "safety"}, "kanta-fi-2019"))  # type: ignore[misc]
    assert "weather is not a criterion" in str(fault_in_answers(whole | {"weather": "yes"}, "kanta-fi-2019"))  # type: ignore[arg-type]
    assert "not known" in str(fault_in_answers({}, "kanta-fi-1999"))
