"""Whose data are they? The expected role by register and date (``data/registers.toml``), as a help, never a bar.

Controller, joint controller and processor as in GDPR art. 4(7), 26 and 28. Prescription Centre and Data Management
Service are under joint control of Kela and each provider and pharmacy since 1.1.2024.
"""

from __future__ import annotations

from datetime import date

from workflows.procedure import rule_data
from workflows.procedure.breach.terms import ControllerRole
from workflows.procedure.dated import Dated, holding, in_words
from workflows.procedure.services import SERVICES, Sector, ServiceId

_DATA = rule_data.read("registers")
_TOLD_TO_KELA = frozenset(_DATA["told_to_kela"]["registers"])


class Position(Dated):
    """The role that is expected of an organisation for one register, and Kela's own."""

    service: ServiceId
    """The register."""
    role: ControllerRole
    kela: ControllerRole


POSITIONS: tuple[Position, ...] = tuple(Position.model_validate(entry) for entry in _DATA["positions"])
WORDS: dict[ControllerRole, str] = {
    "controller": "a controller",
    "joint_controller": "a joint controller with Kela",
    "processor": "not the controller (processor)",
}


def expected_role(register: ServiceId, on: date, *, sector: Sector = "healthcare") -> Position | None:
    """The position of an organisation on a day; None where nothing is known. A supplier is a processor everywhere."""
    found = holding((position for position in POSITIONS if position.service == register), on)
    if found is None or sector != "supplier":
        return found
    return found.model_copy(
        update={
            "role": "processor",
            "source": "general knowledge: a supplier works for its customers (GDPR art. 28)",
            "verified": False,
            "note": "Each customer that is a controller must be told.",
        }
    )


def contradictions(
    role: ControllerRole, registers: tuple[ServiceId, ...], aware_on: date, *, sector: Sector = "healthcare"
) -> tuple[str, ...]:
    """What doesn't agree with the given role, one plain sentence for each register. Shown; it never stops anything."""
    expected = [expected_role(register, aware_on, sector=sector) for register in dict.fromkeys(registers)]
    return tuple(_sentence(role, position) for position in expected if position and position.role != role)


def _sentence(role: ControllerRole, position: Position) -> str:
    name = SERVICES[position.service].name.en
    since = f" since {in_words(position.valid_from)}" if position.valid_from else ""
    doubt = "" if position.verified else " (unverified)"
    sentence = (
        f"{name}: the expected role{since} is {WORDS[position.role]}{doubt}, but the role given is {WORDS[role]}: "
        "ask the data protection officer which is right."
    )
    return f"{sentence} {position.note}".strip()


def concerns_kela(registers: tuple[ServiceId, ...]) -> bool:
    """Whether Kela's technical support is told: data of the Prescription Centre or the Data Management Service."""
    return not _TOLD_TO_KELA.isdisjoint(registers)
