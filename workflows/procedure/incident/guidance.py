"""How to work while a Kanta service is down, and what to look after once it is back (``data/guidance.toml``).

Two fallbacks are opposites and must never be mixed up: prescriptions written during a fault are *not* keyed in
afterwards, whereas patient and client repositories receive by themselves what your own system has kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.incident.progress import Phase
from workflows.procedure.incident.situation import FaultPlace
from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.model import Model
from workflows.procedure.services import SERVICES, Sector, Service, ServiceId

GuidancePhase = Literal["handling", "watch"]
_PHASES: dict[Phase, GuidancePhase] = {"awaiting_triage": "handling", "handling": "handling", "watch": "watch"}
Where = Literal["kanta", "own"]
"""Whether advice is about a fault of the Kanta Services (or of their use), or about one of the own systems."""


class Advice(Model):
    """One piece of advice: to what it applies, where it comes from, and whether a source text states it.

    An empty tuple means "every": ``places`` every place, ``fallbacks`` and ``services`` together every service.
    """

    id: str
    phase: GuidancePhase
    fallbacks: tuple[Literal["prescription", "repository", "none"], ...] = ()
    services: tuple[ServiceId, ...] = ()
    places: tuple[Where, ...] = ()
    text: Trilingual
    source: str
    verified: bool

    def applies(self, services: Iterable[ServiceId], phase: Phase, place: FaultPlace) -> bool:
        """Whether this holds for a fault of some services; of the client test environment nothing does."""
        if self.phase != _PHASES.get(phase) or place == "test":
            return False
        is_here = not self.places or ("own" if place == "own" else "kanta") in self.places
        return is_here and any(self._concerns(SERVICES[service]) for service in services)

    def _concerns(self, service: Service) -> bool:
        every = not self.fallbacks and not self.services
        return every or service.fallback in self.fallbacks or service.id in self.services


class Guidance(Advice):
    """Advice for those who work with the service. ``sectors``: whose; empty: everybody's."""

    sectors: tuple[Sector, ...] = ()
    topic: Trilingual
    desk: bool = False
    """Work of the desk and of suppliers: no letter asks it of anybody else."""


class Page(Model):
    """An address of kanta.fi in one language. ``verified``: the page stood there when it was last looked at."""

    address: str
    verified: bool


class Procedure(Model):
    """A national procedure. It is a document in Finnish and in Swedish, linked from the page of its audience."""

    sectors: tuple[Sector, ...]
    title: Trilingual


class Pages(Model):
    """The pages of kanta.fi for one audience; ``source``: where the addresses were found."""

    source: str
    fi: Page
    sv: Page
    en: Page

    def in_(self, language: Language) -> Page:
        """The page in one language."""
        return {"fi": self.fi, "sv": self.sv, "en": self.en}[language]

    def read_in(self, language: Language) -> tuple[Page, ...]:
        """The pages for a reader: in the own language; in English those with the procedures in fi and sv as well."""
        return (self.en, self.fi, self.sv) if language == "en" else (self.in_(language),)


_DATA = rule_data.read("guidance")
GUIDANCE: tuple[Guidance, ...] = tuple(Guidance.model_validate(entry) for entry in _DATA["guidance"])
CITIZENS: tuple[Advice, ...] = tuple(Advice.model_validate(entry) for entry in _DATA["citizens"])
"""Sentences of a text for citizens, in the file's order; ``{organisation}`` and ``{services}`` stand for names."""
PROCEDURES: tuple[Procedure, ...] = tuple(Procedure.model_validate(entry) for entry in _DATA["procedures"])
PROFESSIONALS_PAGES = Pages.model_validate(_DATA["pages"]["professionals"])
CITIZENS_PAGES = Pages.model_validate(_DATA["pages"]["citizens"])


def guidance_for(
    services: tuple[ServiceId, ...], sector: Sector, phase: Phase, place: FaultPlace = "unsaid"
) -> tuple[Guidance, ...]:
    """The advice for some services and a sector, in the file's order, each once; nothing once an incident is closed.

    ``watch`` gives the checklist for the watch phase; every earlier phase the fallback while the fault lasts.
    """
    return tuple(
        advice
        for advice in GUIDANCE
        if (not advice.sectors or sector in advice.sectors) and advice.applies(services, phase, place)
    )


def guidance_in_letters(
    services: tuple[ServiceId, ...], sector: Sector, phase: Phase, place: FaultPlace
) -> tuple[Guidance, ...]:
    """The advice for a recipient of a letter: all but the work of the desk, which only suppliers share."""
    advice = guidance_for(services, sector, phase, place)
    return tuple(each for each in advice if sector == "supplier" or not each.desk)


def citizen_advice(services: tuple[ServiceId, ...], phase: Phase, place: FaultPlace) -> tuple[Advice, ...]:
    """The sentences of a text for citizens."""
    return tuple(advice for advice in CITIZENS if advice.applies(services, phase, place))


def procedure_for(sector: Sector) -> Procedure:
    """The national procedure of a sector."""
    return next(procedure for procedure in PROCEDURES if sector in procedure.sectors)
