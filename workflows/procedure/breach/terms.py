"""What the rules of a personal data breach look at: its kinds, the roles, the risk, and the facts of one breach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from workflows.procedure import local_time
from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Model, Moment
from workflows.procedure.services import ServiceId

BreachKind = Literal[
    "destruction", "loss", "alteration", "unauthorised_disclosure", "unauthorised_access", "unavailability"
]
ControllerRole = Literal["controller", "joint_controller", "processor"]
Risk = Literal["unlikely", "risk", "high"]
DeviceHazard = Literal["serious", "near_miss", "none"]


class BreachFacts(Model):
    """One breach as the rules see it. None means "not answered yet"; for the risk that counts as a risk."""

    aware_from: Moment
    """The instant from which the legal clock runs."""
    opened_at: Moment
    """When the breach was opened here: authorities are those of this day, since nobody else takes a report now."""
    organisation: str
    detected_at: Moment | None = None
    role: ControllerRole | None = None
    registers: tuple[ServiceId, ...] = ()
    kinds: tuple[BreachKind, ...] = ()
    controllers: tuple[str, ...] = ()
    """A processor's controllers, by name."""
    other_notifier: str = ""
    """Joint controllers: the other one who notifies the authority, where that was said; empty: we do."""
    is_notifier_agreed: bool = False
    """Joint controllers: whether somebody has said which of them notifies."""
    risk: Risk | None = None
    risk_assessed_at: Moment | None = None
    """When the risk was last judged: what rests on the judgement can't be due before it."""
    significant_deviation: bool | None = None
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None
    met_at: Mapping[DutyKind, Moment] = Field(default_factory=dict)
    """When duties were met: a report may count from an earlier notice."""
    suppliers: tuple[str, ...] = ()
    as_before: bool = False
    """As release 0.2.0 derived the duties: for runs that began on it."""
    time_zone: str = local_time.HELSINKI
