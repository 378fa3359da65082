"""What may be said to a process and asked of it: start inputs, one model a message, results of queries, ids.

The public contract. Names are fixed: fields may be added (with defaults), never renamed or removed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from workflows.procedure.breach.terms import DeviceHazard
from workflows.procedure.duties import Role
from workflows.procedure.languages import Language
from workflows.procedure.model import Line, Model, Moment, NeededLine, NeededText, Text, Unverified
from workflows.procedure.names import person_named
from workflows.procedure.other_laws import ANSWERS, LawAnswers
from workflows.procedure.services import ServiceId
from workflows.process.sealed.checked_names import FileName

Severity = Literal["critical", "high", "medium", "low"]
Services = Annotated[tuple[ServiceId, ...], Field(min_length=1, max_length=17)]


# --- Start inputs -------------------------------------------------------------------------------------------


# --- Messages -----------------------------------------------------------------------------------------------


def _is_none(value: object) -> bool:
    return value is None


class Through(Model):
    """By which way a message came, as says who has the key: the command, or the door that sealed it for its client."""

    os_user: Line = ""
    """The account on the machine where the command ran."""
    token: Line = ""
    """The name of the token that the client of the door has shown."""


ThroughIfAny = Annotated[Through | None, Field(exclude_if=_is_none)]
"""Believed only where it is sealed with the desk's key."""


class Sender(Through):
    """How something came, beside who says that it is theirs (``by``). ``clear``: without the key, from anybody."""

    came: Literal["sealed", "clear"]
    key: str = ""
    """The id of the key that had sealed it."""

    @property
    def is_unverified(self) -> bool:
        """Whether it came without the key: nobody knows who has said it."""
        return self.came == "clear"


class Message(Model):
    """What every message carries: who says it, when it happened (default: the time of receipt), the sender's own id."""

    by: NeededLine
    occurred_at: Moment | None = None
    event_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    source: Line = "api"
    note: Text = ""
    through: ThroughIfAny = None


class Acknowledgement(Message):
    """A contact has seen an instruction, or the reminder of a duty."""

    contact: NeededLine
    what: NeededLine


class DutyMet(Message):
    """A duty was met by hand."""

    duty: NeededLine
    met_at: Moment
    reference: Line = ""
    delay_reason: Text = ""


class DutyWaived(Message):
    """The recorded decision not to do something."""

    duty: NeededLine
    reason: NeededText


def in_line(answers: dict[str, Any]) -> str:
    """Answers for a line of the timeline."""
    return ", ".join(f"{name}: {value}" for name, value in answers.items())


class OtherLaws(Message):
    """Answers to what other laws ask (deviation, device hazard, NIS2); what is left out stays as it was."""

    significant_deviation: bool | None = None
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None
    detected_at: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        """At least one answer is given."""
        if not self.answers():
            raise ValueError(f"answer one of {', '.join(ANSWERS)} or detected_at")
        return self

    def answers(self) -> dict[str, Any]:
        """What was answered."""
        return {name: value for name, value in self if name in LawAnswers.model_fields and value is not None}


class LawsPassedOn(OtherLaws):
    """Message ``laws_passed_on``: said by the system itself, what was answered in an incident or in its breach.

    Each question belongs to the one that answered it first: its duties stand there, and nowhere else.
    """

    duties_there: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    """Of these answers, those whose duties stand with the sender; the others are the receiver's."""

    def as_sent(self) -> dict[str, Any]:
        """What is said, as JSON has it."""
        return self.model_dump(mode="json", include={"by", "duties_there", *self.answers()})


class DeliveryReport(Message):
    """What the mail system says about a message that had been accepted."""

    message_id: NeededLine
    event: Literal["delivered", "bounced", "dropped", "deferred"]
    detail: Text = ""

    @property
    def came_back(self) -> bool:
        """Whether the recipient has not got it."""
        return self.event in ("bounced", "dropped")

    def in_words(self, to: str) -> str:
        """What became of the message to a contact, for the timeline."""
        return f"Mail to {to} {self.event}"


class Handover(Message):
    """Message ``handover``: the desk changes hands. ``by`` hands over; ``to`` goes on, empty where nobody is named.

    Where a rota changes shifts, ``roles`` are those that somebody else is on duty in now, ``changed_at`` since when.
    """

    to: Line = ""
    roles: Annotated[tuple[Role, ...], Field(max_length=10)] = ()
    changed_at: Moment | None = None


class Cancellation(Message):
    """The process was opened by mistake."""

    reason: NeededText


class Conclusion(Message):
    """The breach is dealt with; what is learned of it."""

    text: NeededText


# --- What a process answers ---------------------------------------------------------------------------------


class Happening(Model):
    """One line of the timeline, in plain words."""

    at: Moment
    """When it happened."""
    what: str
    by: str = ""
    detail: str = ""
    recorded_at: Moment | None = None
    """When it was recorded, where that was a minute or more from when it happened."""
    sender: Annotated[Sender | None, Field(exclude_if=_is_none)] = None
    """How it came, where that is known: what was said without the key is from an unverified sender."""

    @property
    def is_unverified(self) -> bool:
        """Whether it came without the key: nobody knows who has said it."""
        return self.sender is not None and self.sender.is_unverified

    def said_by(self, language: Language) -> str:
        """Who has said it, for people."""
        return person_named(self.by, language, is_unverified=self.is_unverified)


class Refused(Model):
    """A message that was kept but not applied: of its content, only the SHA-256."""

    message: str
    received_at: Moment
    reason: str
    sha256: str


class ChainHead(Model):
    """The chain of a case's evidence up to some line: how many lines, and the SHA-256 of the last."""

    length: int
    sha256: str


class Document(Model):
    """A file that the process has made, kept outside the history. ``uri``: where it lies (``file:``)."""

    name: FileName
    uri: str
    sha256: str
    created_at: Moment
    chained: ChainHead | None = Field(default=None, exclude_if=lambda value: value is None)
    """Its line in the chain of the evidence; None in releases before there were chains."""


class SentMessage(Model):
    """A message to somebody. ``to``: contact id, never an address; ``id``: its Message-ID."""

    id: str
    to: str
    channel: str = "email"
    subject: str = ""
    state: Literal["accepted", "delivered", "failed", "diverted"]
    sent_at: Moment | None = None
    purpose: str = ""
    duty: str | None = None
    detail: str = ""
    sha256: str = Field(default="", exclude_if=lambda value: not value)
    """Of the message as sent, as it lies with the evidence; empty in earlier releases."""


class HeldMessages(Model):
    """What waits for one contact: since and until when, why, and what kinds of messages they are, in their order.

    ``because``: ``quiet hours``, or within which time one message goes. Nothing of it is dropped.
    """

    to: str
    since: Moment
    until: Moment
    because: str
    purposes: tuple[str, ...]


def message_named(kind: str, contact: str, channel: str = "email") -> str:
    """A message by its kind and recipient, in the name of a problem: "maintenance planned to ward by text message"."""
    return f"{kind.replace('_', ' ')} to {contact}" + (" by text message" if channel == "text_message" else "")


class Tally(Model):
    """Messages applied, repeated and refused, and how much of each list only the evidence holds any more."""

    applied_count: int = 0
    repeated_count: int = 0
    """Messages whose ``event_id`` had been taken before: they changed nothing."""
    rejected_count: int = 0
    """Signals that were refused and kept; ``rejected`` lists the latest of them."""
    unverified_count: int = 0
    """Messages that were taken although they came without the desk's key: nobody knows who sent them."""
    is_a_strangers: Unverified = False
    """Whether it was opened without the desk's key, and nobody who has it has said anything to it yet."""
    held: tuple[HeldMessages, ...] = Field(default=(), exclude_if=lambda held: not held)
    """Messages that wait for their contacts, in quiet hours or since one has just gone."""
    only_in_evidence: dict[str, int] = Field(default_factory=dict)
    """Older entries of a list (``calls``, ``messages``, ...) that only the evidence holds any more, by its name."""
