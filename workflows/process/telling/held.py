"""What a record keeps of messages that wait for their contacts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.channels import Manner
from workflows.process.messages import HeldMessages
from workflows.process.ports import Letter


class HeldBack(Model):
    """What waits for one contact: since and until when, how it is told, which letters, by their ids in the record."""

    since: Moment
    until: Moment
    because: str
    manner: Manner
    letters: tuple[str, ...]


class LastTold(Model):
    """When a contact was told something last, how severe the fault was, and what it was."""

    at: Moment
    severity: str = ""
    said: str = ""


class HoldingRecord(BaseModel):
    """The part of a record that says what waits."""

    held: Annotated[dict[str, HeldBack], Field(exclude_if=lambda held: not held)] = Field(default_factory=dict)
    held_letters: Annotated[dict[str, Letter], Field(exclude_if=lambda letters: not letters)] = Field(
        default_factory=dict
    )
    told_last: Annotated[dict[str, LastTold], Field(exclude_if=lambda told: not told)] = Field(default_factory=dict)
    """Of contacts who are told once in a while only."""

    def held_messages(self) -> tuple[HeldMessages, ...]:
        """What waits for whom, for ``status``."""
        return tuple(
            HeldMessages(
                to=contact,
                since=each.since,
                until=each.until,
                because=each.because,
                purposes=tuple(self.held_letters[name].kind for name in each.letters if name in self.held_letters),
            )
            for contact, each in self.held.items()
        )
