"""What may be said of an authority's instruction, and what is known of it. Part of the public contract."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from workflows.procedure.model import Line, Model, Moment, NeededLine, NeededText, Text
from workflows.process.messages import Acknowledgement, Message


class AuthorityInstruction(Message):
    """What the authorities tell providers to do; it is passed on, and each contact person acknowledges it."""

    authority: NeededLine
    text: NeededText
    received_at: Moment | None = None


class InstructionAnswer(Acknowledgement):
    """Message ``acknowledgement``: a contact has seen it; or nobody waits for this contact any more.

    ``waive``: the recorded decision not to wait, with its ``reason``.
    """

    waive: bool = False
    reason: Text = ""
    passed_on_to: Line = ""
    """Whom the contact has passed the instruction on to, in the contact's own words."""

    @model_validator(mode="after")
    def _reason_goes_with_waiving(self) -> Self:
        if self.waive and not self.reason:
            raise ValueError("reason: say why nobody waits for this contact any more")
        if self.reason and not self.waive:
            raise ValueError("reason: belongs to waive; an acknowledgement needs none")
        if self.passed_on_to and self.waive:
            raise ValueError("passed_on_to: whoever is waived has passed nothing on")
        return self


class ContactAnswer(Model):
    """When a contact's acknowledgement came, or the decision not to wait for it, and who has said so."""

    at: Moment
    by: str
    passed_on_to: str = ""


class Instruction(Model):
    """An authority's instruction on its way through the organisation, by contact ids."""

    id: str
    authority: str
    text: str
    """Its beginning, where it is long; the whole stands in the letters."""
    duty: str
    received_at: Moment | None = None
    awaiting: tuple[str, ...]
    """Contacts who have not acknowledged it."""
    acknowledged: tuple[str, ...] = ()
    waived: dict[str, str] = Field(default_factory=dict)
    """Contacts for whom nobody waits any more, each with the reason."""
    answers: Annotated[dict[str, ContactAnswer], Field(exclude_if=lambda answers: not answers)] = Field(
        default_factory=dict
    )
    """By contact: when each answered, and who said so. Empty in runs of earlier releases."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is still waited for."""
        return bool(self.awaiting)
