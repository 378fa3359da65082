"""Fallback guidance: who reads what, and the two opposites that must never be mixed up."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from workflows.procedure.incident.guidance import (
    CITIZENS,
    GUIDANCE,
    PROCEDURES,
    citizen_advice,
    guidance_for,
    guidance_in_letters,
    procedure_for,
)
from workflows.procedure.incident.progress import EDGES, Phase
from workflows.procedure.services import SERVICE_IDS, SERVICES, Sector, ServiceId

SECTORS: tuple[Sector, ...] = get_args(Sector)


def ids(*arguments: object) -> list[str]:
    return [advice.id for advice in guidance_for(*arguments)]  # type: ignore[arg-type]  # tables below


@pytest.mark.parametrize(
    ("service", "sector", "phase", "expected"),
    [
        ("PRESCRIPTION", "healthcare", "handling", ["prescriptions-by-other-means", "only-the-desk-reports"]),
        ("PRESCRIPTION", "kelain", "handling", ["kelain-prescriptions"]),
        ("KELAIN", "kelain", "handling", ["kelain-prescriptions"]),
        (
            "PRESCRIPTION",
            "pharmacy",
            "handling",
            ["essential-medication", "urgent-dispensing", "pharmacy-saves", "only-the-desk-reports"],
        ),
        ("PDR", "healthcare", "handling", ["repositories-wait", "only-the-desk-reports"]),
        ("CDR", "social_welfare", "handling", ["client-records-wait", "only-the-desk-reports"]),
        ("CDR", "healthcare", "handling", ["repositories-wait", "only-the-desk-reports"]),
        ("PDR", "social_welfare", "handling", ["patient-records-wait", "only-the-desk-reports"]),
        ("PRESCRIPTION", "social_welfare", "handling", ["clients-medicines", "only-the-desk-reports"]),
        ("PDR", "pharmacy", "handling", ["essential-medication", "only-the-desk-reports"]),
        ("MYKANTA", "supplier", "handling", ["citizens-try-later"]),
        (
            "PRESCRIPTION",
            "healthcare",
            "watch",
            ["prescriptions-stay-as-they-are", "queues-empty", "heightened-attention"],
        ),
        (
            "PRESCRIPTION",
            "pharmacy",
            "watch",
            ["dispensed-prescriptions-saved", "queues-empty", "heightened-attention"],
        ),
        ("CDR", "social_welfare", "watch", ["client-records-catch-up", "queues-empty", "heightened-attention"]),
    ],
)
def test_who_reads_what(service: str, sector: Sector, phase: Phase, expected: list[str]) -> None:
    assert ids((service,), sector, phase) == expected


def test_before_the_triage_the_fallback_holds_already() -> None:
    assert ids(("PDR",), "healthcare", "awaiting_triage") == ids(("PDR",), "healthcare", "handling")


@pytest.mark.parametrize("phase", ["closed", "cancelled"])
def test_nothing_is_left_to_do_at_the_end(phase: Phase) -> None:
    assert guidance_for(SERVICE_IDS, "healthcare", phase) == ()


def test_each_advice_is_given_once() -> None:
    given = ids(("PRESCRIPTION", "PRESCRIPTION", "PDR", "CDR"), "healthcare", "watch")
    assert len(given) == len(set(given))


def test_every_service_is_watched_in_every_sector() -> None:
    for service in SERVICE_IDS:
        for sector in SECTORS:
            assert "heightened-attention" in ids((service,), sector, "watch")


def test_no_services_no_advice() -> None:
    assert guidance_for((), "healthcare", "handling") == ()


def test_whoever_prescribes_is_told_not_to_key_anything_in_afterwards() -> None:
    for sector in ("healthcare", "kelain"):
        for phase in ("handling", "watch"):
            texts = [advice.text for advice in guidance_for(("PRESCRIPTION",), sector, phase)]
            assert any("NOT keyed into the Prescription Centre" in text.en for text in texts)
            assert any("EI viedä Reseptikeskukseen käsin" in text.fi for text in texts)
            assert any("förs INTE in i Receptcentret" in text.sv for text in texts)


def test_no_advice_is_a_task_to_enter_prescriptions_again() -> None:
    for advice in GUIDANCE:
        for sentence in re.split(r"[.:;]", advice.text.en):
            if re.search(r"\b(re-?enter|key(ed)? in|enter(ed)? (it|them))", sentence, re.IGNORECASE):
                assert re.search(r"\b(not|nothing)\b", sentence, re.IGNORECASE), advice.id


def test_repository_advice_never_meets_a_prescription_and_the_other_way_round() -> None:
    assert not {"repositories-wait", "repositories-catch-up"} & {
        advice.id for phase in EDGES for advice in guidance_for(("PRESCRIPTION",), "healthcare", phase)
    }
    assert not [
        advice
        for phase in EDGES
        for advice in guidance_for(("PDR",), "healthcare", phase)
        if "rescription" in advice.text.en
    ]


def test_every_advice_names_its_source_and_has_every_language() -> None:
    assert len({advice.id for advice in GUIDANCE}) == len(GUIDANCE)
    for advice in GUIDANCE:
        assert advice.source
        for text in (advice.topic, advice.text):
            assert len({text.fi, text.sv, text.en}) == 3


def test_only_what_a_source_text_states_is_verified() -> None:
    assert {advice.id for advice in GUIDANCE if advice.verified} == {
        "prescriptions-by-other-means",
        "repositories-wait",
        "essential-medication",
        "pharmacy-saves",
        "only-the-desk-reports",
        "prescriptions-stay-as-they-are",
        "client-records-wait",
        "patient-records-wait",
        "citizens-try-later",
    }


def test_the_fallback_classes_of_the_services_are_the_ones_the_advice_knows() -> None:
    known = {fallback for advice in GUIDANCE for fallback in advice.fallbacks}
    assert known == {service.fallback for service in SERVICES.values()} - {"none"}


def test_a_fault_of_our_own_system_has_advice_of_its_own() -> None:
    """Nobody is told to make entries in a system that is down, nor that it saves them by itself."""
    assert ids(("PDR",), "healthcare", "handling", "own") == ["own-system-fallback", "only-the-desk-reports"]
    assert ids(("PDR",), "healthcare", "watch", "own") == [
        "own-system-afterwards",
        "queues-empty",
        "heightened-attention",
    ]
    assert ids(("PRESCRIPTION",), "pharmacy", "handling", "own") == ["pharmacy-saves", "only-the-desk-reports"]
    for sector in SECTORS:
        for phase in ("handling", "watch"):
            for advice in guidance_for(SERVICE_IDS, sector, phase, "own"):
                assert not advice.places or advice.places == ("own",), advice.id


def test_wherever_else_a_fault_is_the_advice_is_that_for_kanta() -> None:
    for place in ("kanta", "outside", "unsaid"):
        assert ids(SERVICE_IDS, "healthcare", "handling", place) == ids(SERVICE_IDS, "healthcare", "handling")


def test_a_fault_of_the_test_environment_asks_nothing_of_anybody() -> None:
    for sector in SECTORS:
        for phase in ("handling", "watch"):
            assert ids(SERVICE_IDS, sector, phase, "test") == []
    assert citizen_advice(SERVICE_IDS, "handling", "test") == ()


def test_the_desks_own_work_is_asked_of_suppliers_only() -> None:
    for sector in SECTORS:
        asked = [advice.id for advice in guidance_in_letters(("PDR",), sector, "watch", "kanta")]
        assert ("queues-empty" in asked) == (sector == "supplier")


@pytest.mark.parametrize("service", SERVICE_IDS)
def test_citizens_are_told_of_every_service_in_every_phase(service: ServiceId) -> None:
    for place in ("kanta", "own"):
        for phase in ("handling", "watch"):
            sentences = citizen_advice((service,), phase, place)
            assert sentences
            assert "{services}" in sentences[0].text.fi
    assert citizen_advice((service,), "cancelled", "kanta") == ()
    assert len({advice.id for advice in CITIZENS}) == len(CITIZENS)


def test_each_sector_has_one_national_procedure() -> None:
    assert sorted(sector for procedure in PROCEDURES for sector in procedure.sectors) == sorted(SECTORS)
    assert procedure_for("pharmacy").title.en == "Procedure for pharmacies in fault situations"
