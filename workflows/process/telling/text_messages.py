"""What every process asks of those who carry short messages: text messages, and other ways to a person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal

from pydantic import Field
from temporalio import activity

from workflows.procedure.incident.situation import FaultSituation
from workflows.procedure.languages import Language
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.model import Model, Moment, Unverified
from workflows.procedure.services import ServiceId
from workflows.process.messages import SentMessage
from workflows.process.ports import Letter
from workflows.process.sealed import checked_names as checked

TextKind = Literal[
    "start", "change", "end", "cancelled", "maintenance_planned", "maintenance_started", "maintenance_window_ended",
    "maintenance_ended", "maintenance_changed", "maintenance_cancelled",
]  # fmt: skip


class TextMessage(Model):
    """One short message to one recipient's telephone: facts, not wording, and nothing that a person wrote."""

    key: str
    reference: checked.ProcessReference
    case: checked.CaseName
    kind: TextKind
    contact: checked.FileSafe
    """Contact id of the operating model."""
    language: Language
    drill: bool = False
    is_unverified: Unverified = False
    services: tuple[ServiceId, ...] = ()
    """Of a fault, as the next three."""
    noticed_at: Moment | None = None
    happened_at: Moment | None = None
    situation: FaultSituation | None = None
    plan: Plan | None = None
    """Of a planned break; so are the next three."""
    plan_before: Plan | None = None
    window: int = 1
    short_notice: bool = False


class ByChannel(Model):
    """A letter whose matter goes by another channel than mail: ``text_message``, or an address of the contact's own.

    Only facts go, nothing that a person wrote: what to read is in the letter, or with the desk.
    """

    letter: Letter
    channel: Annotated[checked.FileSafe, Field(max_length=32)]

    @property
    def key(self) -> str:
        """What it is known by: the same letter may go by several channels, once by each."""
        return f"{self.letter.key}/{self.channel}"


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

    @activity.defn(name="send_by_channel")
    @abstractmethod
    async def send_by_channel(self, order: ByChannel) -> SentMessage:
        """Send what a letter is about by another channel of its contact, in short; as ``send_text_message`` otherwise.

        Key: that of the letter with the channel's name. A letter that went by mail before is not known here.
        """
