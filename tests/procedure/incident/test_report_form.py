"""The form's fields are honest about their source; its checks say what is missing or contradicts itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflows.procedure.incident.criteria import VERSIONS
from workflows.procedure.incident.report_form import (
    ALL_FIELDS,
    FORM,
    ReportFacts,
    contradictions,
    criterion_fields,
    fields_of,
    labels,
    missing_fields,
    remarks,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def facts(**changes: Any) -> ReportFacts:
    return ReportFacts.model_validate({"type": "new", "made_at": NOON, "noticed_at": NOON - HOUR} | changes)


def full_values() -> dict[str, str]:
    return {field.id: "x" for field in FORM.fields}


def test_the_list_of_fields_is_a_proposal_and_says_so() -> None:
    assert not FORM.verified
    assert "ei Kelan virallinen" in FORM.stand_in
    assert "ehdotus" in FORM.stand_in


def test_every_field_names_its_grounds_and_stands_in_a_section() -> None:
    sections = {section.id for section in FORM.sections} | {"remarks"}
    assert all(field.grounds for field in FORM.fields)
    assert {field.section for field in FORM.fields} == sections
    assert len({field.id for field in FORM.fields}) == len(FORM.fields)


def test_every_field_has_labels_of_its_own_in_three_languages() -> None:
    for language in ("fi", "sv", "en"):
        found = [field.label.in_(language) for field in FORM.fields]
        assert all(found)
        assert len(set(found)) == len(found), language


@pytest.mark.parametrize("version", VERSIONS)
def test_each_criterion_has_a_field(version: str) -> None:
    ids = [field.id for field in criterion_fields(version)]
    assert ids == [f"criterion_{criterion}" for criterion in VERSIONS[version].ids()]
    assert set(ids) <= set(fields_of(version)) <= set(ALL_FIELDS)


def test_nothing_is_said_about_a_complete_and_consistent_report() -> None:
    assert remarks(full_values(), facts()) == ()


@pytest.mark.parametrize(
    ("field", "changes", "is_required"),
    [
        ("symptoms", {}, True),
        ("kela_reference", {}, False),
        ("ended_at", {}, False),
        ("ended_at", {"type": "resolved"}, True),
        ("phone_calls", {}, False),
        ("phone_calls", {"critical": True}, True),
        ("phone_calls", {"extensive": True}, True),
        ("breach_description", {"answers": {"privacy": "unknown"}}, False),
        ("breach_description", {"answers": {"privacy": "yes"}}, True),
        ("breach_description", {"breach": True}, True),
    ],
)
def test_which_fields_are_required(field: str, changes: dict[str, Any], is_required: bool) -> None:
    missing = missing_fields(full_values() | {field: " \n"}, facts(**changes))
    assert [found.id for found in missing] == ([field] if is_required else [])


def test_missing_fields_are_named_by_their_labels() -> None:
    assert remarks(full_values() | {"symptoms": "", "supplier": ""}, facts()) == (
        "Ei tiedossa ilmoitushetkellä: Oireet, Toimittaja.",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ended_at": NOON - 2 * HOUR}, "ended_before_noticed"),
        ({"noticed_at": NOON + HOUR}, "noticed_after_report"),
        ({"ended_at": NOON + HOUR}, "ended_after_report"),
        ({"type": "resolved"}, "ended_without_time"),
        ({"locality": "own", "answers": {"localised_to_kela": "yes"}}, "own_but_localised_to_kela"),
        ({"locality": "kela", "answers": {"localised_to_kela": "no"}}, "kela_but_not_localised"),
        ({"locality": "kela", "answers": {"outside_kanta_blocks_use": "yes"}}, "kela_but_outside_kanta"),
        ({"answers": {"localised_to_kela": "yes", "outside_kanta_blocks_use": "yes"}}, "inside_and_outside"),
        ({"locality": "other", "answers": {"locality_unsure_others_affected": "yes"}}, "placed_but_unsure"),
        ({"critical": True}, "call_missing"),
        ({"extensive": True}, "call_missing"),
    ],
)
def test_what_contradicts_itself_is_said(changes: dict[str, Any], expected: str) -> None:
    assert contradictions(facts(**changes)) == (expected,)
    assert remarks(full_values(), facts(**changes)) == (FORM.remarks[expected],)


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": NOON - HOUR},
        {"noticed_at": NOON, "ended_at": NOON},
        {"type": "resolved", "ended_at": NOON},
        {"locality": "own", "answers": {"localised_to_kela": "unknown"}},
        {"locality": "kela", "answers": {"localised_to_kela": "yes", "outside_kanta_blocks_use": "no"}},
        {"locality": "unknown", "answers": {"locality_unsure_others_affected": "yes"}},
        {"critical": True, "kela_reached": True},
    ],
)
def test_what_agrees_is_left_alone(changes: dict[str, Any]) -> None:
    assert contradictions(facts(**changes)) == ()


def test_a_label_in_several_languages_says_each_wording_once() -> None:
    assert labels(ALL_FIELDS["description"], ("fi", "en")) == "Kuvaus / Description"
    assert labels(ALL_FIELDS["organisation"], ("sv", "en")) == "Organisation"
