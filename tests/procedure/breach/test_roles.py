"""Whose data: the expected role by register and date, what contradicts it, and when Kela is told."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.breach.roles import POSITIONS, concerns_kela, contradictions, expected_role
from workflows.procedure.breach.terms import ControllerRole
from workflows.procedure.services import SERVICE_IDS, ServiceId

ROLES: tuple[ControllerRole, ...] = get_args(ControllerRole)
NOW, BEFORE = date(2026, 11, 22), date(2023, 12, 31)


@pytest.mark.parametrize(
    ("register", "on", "role", "kela", "verified"),
    [
        ("PRESCRIPTION", BEFORE, "processor", "controller", False),
        ("PRESCRIPTION", date(2024, 1, 1), "joint_controller", "joint_controller", True),
        ("DMS", BEFORE, "processor", "controller", False),
        ("DMS", NOW, "joint_controller", "joint_controller", True),
        ("PDR", NOW, "controller", "processor", False),
        ("PDR", BEFORE, "controller", "processor", False),
        ("CDR", NOW, "controller", "processor", False),
        ("IMAGING", NOW, "controller", "processor", False),
    ],
)
def test_the_expected_role(register: ServiceId, on: date, role: str, kela: str, verified: bool) -> None:
    position = expected_role(register, on)
    assert position is not None
    assert (position.role, position.kela, position.verified) == (role, kela, verified)


def test_what_is_not_known_is_not_guessed() -> None:
    assert expected_role("MYKANTA", NOW) is None
    assert contradictions("processor", ("MYKANTA", "OTHER"), NOW) == ()


def test_a_supplier_is_a_processor_and_must_tell_each_customer() -> None:
    position = expected_role("PDR", NOW, sector="supplier")
    assert position is not None
    assert (position.role, position.verified) == ("processor", False)
    assert contradictions("processor", ("PDR", "PRESCRIPTION"), NOW, sector="supplier") == ()
    assert len(contradictions("controller", ("PDR",), NOW, sector="supplier")) == 1


def test_contradictions_are_whole_sentences() -> None:
    [sentence] = contradictions("controller", ("PRESCRIPTION", "PDR", "PRESCRIPTION"), NOW)
    assert sentence == (
        "Prescription service (Prescription Centre): the expected role since 1.1.2024 is a joint controller with Kela, "
        "but the role given is a controller: ask the data protection officer which is right. Kela and each provider "
        "and pharmacy; Kela is the contact point."
    )
    [doubtful] = contradictions("joint_controller", ("PDR",), NOW)
    assert "(unverified)" in doubtful


@given(st.sampled_from(ROLES), st.lists(st.sampled_from(SERVICE_IDS)), st.dates(date(2000, 1, 1), date(2099, 1, 1)))
def test_contradictions_never_stand_in_the_way(role: ControllerRole, registers: list[ServiceId], on: date) -> None:
    found = contradictions(role, tuple(registers), on)
    differing = {r for r in registers if (position := expected_role(r, on)) and position.role != role}
    assert len(found) == len(differing)


def test_kela_is_told_of_two_registers() -> None:
    assert {register for register in SERVICE_IDS if concerns_kela((register,))} == {"PRESCRIPTION", "DMS"}
    assert concerns_kela(("PDR", "DMS"))
    assert not concerns_kela(())


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.sampled_from(SERVICE_IDS))
def test_a_register_has_one_position_at_a_time(on: date, register: ServiceId) -> None:
    assert len([position for position in POSITIONS if position.service == register and position.holds_on(on)]) <= 1


def test_every_position_has_its_source() -> None:
    assert all(position.source for position in POSITIONS)
