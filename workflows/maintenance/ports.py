"""What a planned break asks of the world, besides ``ports``: papers, the incidents it touches."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from workflows.procedure.languages import Language
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.model import Model, Moment, Unverified
from workflows.procedure.services import ServiceId
from workflows.process.messages import Document
from workflows.process.sealed.checked_names import CaseName, ProcessReference


class MaintenanceSheet(Model):
    """What the papers of a break are made of. ``withdrawn``: it is cancelled. ``gone``: how many windows fell away."""

    key: str
    reference: ProcessReference
    case: CaseName
    plan: Plan
    sequence: int
    gone: int = 0
    withdrawn: bool = False
    languages: tuple[Language, ...]
    drill: bool = False
    is_unverified: Unverified = False
    """Whether a stranger has planned it, and the desk has not spoken yet."""
    made_at: Moment


class MaintenancePapers(ABC):
    """Writes what goes with the letters about a break."""

    @activity.defn(name="write_maintenance_papers")
    @abstractmethod
    async def write_maintenance_papers(self, sheet: MaintenanceSheet) -> list[Document]:
        """Write the calendar file (``.ics``) and, in each language, the notice to publish (``.txt``); keep them.

        Key: the same key answers the same documents again. In the calendar file each window keeps its UID through all
        changes, and SEQUENCE is that of the sheet. Raises ``PersonalDataFound`` where a text holds a personal identity
        code (nothing is written).
        """


class IncidentQuestion(Model):
    """Which services are concerned. A drill asks for drills only, and the other way round."""

    services: tuple[ServiceId, ...]
    drill: bool = False


class OpenIncidents(ABC):
    """The incidents that are open now."""

    @activity.defn(name="open_incidents")
    @abstractmethod
    async def open_incidents(self, question: IncidentQuestion) -> list[str]:
        """References of the open incidents that concern one of the services, by Temporal's own list; at most 20."""
