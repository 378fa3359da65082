"""The Kanta services: ids, current and older names in three languages (``data/services.toml``)."""

from __future__ import annotations

from typing import Literal, get_args

from workflows.procedure import rule_data
from workflows.procedure.languages import LANGUAGES, Language, Trilingual
from workflows.procedure.model import Model

ServiceId = Literal[
    "PRESCRIPTION", "PDR", "CDR", "IMAGING", "MYKANTA", "KELAIN", "DMS", "WILL", "PHR", "MEDDB", "NCP", "RELAY", "OLD",
    "EXTRANET", "TEST", "CODE", "OTHER",
]  # fmt: skip
SERVICE_IDS: tuple[ServiceId, ...] = get_args(ServiceId)


class Service(Model):
    """One service. ``other_names`` holds further current names and all older ones, in any language."""

    id: ServiceId
    name: Trilingual
    other_names: tuple[str, ...] = ()
    fallback: Literal["prescription", "repository", "none"] = "none"
    """Which fallback guidance holds: prescriptions are not keyed in afterwards, repositories save by themselves."""

    def names(self) -> tuple[str, ...]:
        """Every name by which a text may mean this service."""
        return tuple(dict.fromkeys([*(self.name.in_(language) for language in LANGUAGES), *self.other_names]))


_DATA = rule_data.read("services")
SOURCE: str = _DATA["source"]
SERVICES: dict[ServiceId, Service] = {
    service.id: service for service in (Service.model_validate(entry) for entry in _DATA["services"])
}


def named(services: tuple[ServiceId, ...], language: Language) -> str:
    """The current names of some services, for a sentence: "Reseptikeskus, OmaKanta"."""
    return ", ".join(SERVICES[service].name.in_(language) for service in services)


Sector = Literal["healthcare", "social_welfare", "pharmacy", "kelain", "supplier"]
