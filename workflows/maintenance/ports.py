"""What a planned break asks of the world, besides ``ports``: text messages, papers, the incidents it touches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from temporalio import activity

from workflows.procedure.languages import Language
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.model import Model, Moment
from workflows.procedure.services import ServiceId
from workflows.process.messages import Document, SentMessage

TextKind = Literal[
    "maintenance_planned", "maintenance_started", "maintenance_window_ended", "maintenance_ended",
    "maintenance_changed", "maintenance_cancelled",
]  # fmt: skip


class TextMessage(Model):
    """One short message to one recipient's telephone: facts, not wording."""

    key: str
    reference: str
    case: str
    kind: TextKind
    contact: str
    """Contact id of the operating model."""
    language: Language
    plan: Plan
    plan_before: Plan | None = None
    window: int = 1
    short_notice: bool = False
    drill: bool = False


class TextMessages(ABC):
    """Text messages (SMS), or another short way to a person, as the contact's own address says."""

    @activity.defn(name="send_text_message")
    @abstractmethod
    async def send_text_message(self, message: TextMessage) -> SentMessage:
        """Send one message to one recipient; answer once a provider has accepted it, or it was kept back as a drill.

        Key: a message accepted before is not sent again. The message as sent is kept with the evidence. The address is
        looked up at each try, and its secrets are read from their files. No free text goes into one, so no personal
        data does. Raises ``RefusedByProvider`` where the provider will never take it or the contact has no such
        address; everything else is worth another try.
        """


class MaintenanceSheet(Model):
    """What the papers of a break are made of. ``withdrawn``: it is cancelled. ``gone``: how many windows fell away."""

    key: str
    reference: str
    case: str
    plan: Plan
    sequence: int
    gone: int = 0
    withdrawn: bool = False
    languages: tuple[Language, ...]
    drill: bool = False
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
