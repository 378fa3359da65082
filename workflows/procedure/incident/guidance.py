"""How to work while a Kanta service is down, and what to look after once it is back (``data/guidance.toml``).

Two fallbacks are opposites and must never be mixed up: prescriptions written during a fault are *not* keyed in
afterwards, whereas patient and client repositories receive by themselves what your own system has kept.
"""

from __future__ import annotations

from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.incident.progress import Phase
from workflows.procedure.languages import Trilingual
from workflows.procedure.model import Model
from workflows.procedure.services import SERVICES, Sector, Service, ServiceId

GuidancePhase = Literal["handling", "watch"]
_PHASES: dict[Phase, GuidancePhase] = {"awaiting_triage": "handling", "handling": "handling", "watch": "watch"}


class Guidance(Model):
    """One piece of advice: to whom it applies, where it comes from, and whether a source text states it.

    An empty tuple means "every": ``sectors`` every sector, ``fallbacks`` and ``services`` together every service.
    """

    id: str
    phase: GuidancePhase
    fallbacks: tuple[Literal["prescription", "repository", "none"], ...] = ()
    services: tuple[ServiceId, ...] = ()
    sectors: tuple[Sector, ...] = ()
    topic: Trilingual
    text: Trilingual
    source: str
    verified: bool

    def concerns(self, service: Service) -> bool:
        """Whether this advice is about a service."""
        every = not self.fallbacks and not self.services
        return every or service.fallback in self.fallbacks or service.id in self.services


GUIDANCE: tuple[Guidance, ...] = tuple(
    Guidance.model_validate(entry) for entry in rule_data.read("guidance")["guidance"]
)


def guidance_for(services: tuple[ServiceId, ...], sector: Sector, phase: Phase) -> tuple[Guidance, ...]:
    """The advice for some services and a sector, in the file's order, each once; nothing once an incident is closed.

    ``watch`` gives the checklist for the watch phase; every earlier phase the fallback while the fault lasts.
    """
    affected = [SERVICES[service] for service in services]
    return tuple(
        advice
        for advice in GUIDANCE
        if advice.phase == _PHASES.get(phase)
        and (not advice.sectors or sector in advice.sectors)
        and any(advice.concerns(service) for service in affected)
    )
