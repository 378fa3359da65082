"""What may be said to a ``Maintenance`` and asked of it: start input, messages, status, workflow id."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from workflows.procedure.maintenance.plan import MaintenancePhase, Plan
from workflows.procedure.maintenance.rules import Channel
from workflows.procedure.model import Line, Model, Moment, NeededLine, Reference, Text
from workflows.procedure.services import ServiceId
from workflows.procedure.window import Window
from workflows.process.messages import Document, Message, Refused, SentMessage, Services, Tally, ThroughIfAny

GroupName = Annotated[str, Field(min_length=1, max_length=64)]
Audience = Annotated[tuple[GroupName, ...], Field(max_length=20)]
Windows = Annotated[tuple[Window, ...], Field(max_length=50)]
PLANNED = ("title", "services", "starts_at", "ends_at", "windows", "effect", "not_affected", "text", "link")
"""What a ``change`` may change besides the audience. Whose work it is stays: another's work is another break."""


class MaintenanceOpening(Plan):
    """Start input of ``Maintenance``."""

    reference: Reference
    audience: Audience = ()
    """Contact groups to tell; empty: those of the operating model."""
    by: Line = ""
    drill: bool = False
    through: ThroughIfAny = None

    def plan(self) -> Plan:
        """What is told of it."""
        return Plan.model_validate(self.model_dump())


class MaintenanceChange(Message):
    """The break is changed: what is left out stays. Those who were told hear of a change that concerns them."""

    title: NeededLine | None = None
    services: Services | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    windows: Windows | None = None
    effect: Text | None = None
    not_affected: Annotated[tuple[ServiceId, ...], Field(max_length=17)] | None = None
    text: Text | None = None
    link: Line | None = None
    audience: Audience | None = None

    def applied(self, plan: Plan) -> Plan:
        """The plan after the change. Raises ``ValueError`` with the reason where it would make no sense."""
        changed = {name: value for name in PLANNED if (value := getattr(self, name)) is not None}
        try:
            return Plan.model_validate(plan.model_dump() | changed)
        except ValidationError as error:
            raise ValueError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None


class Completion(Message):
    """The work is completed: the break is over."""

    completed_at: Moment


class Told(Model):
    """One contact who was told of the break: by which ways, of which points. ``acknowledged_at``: has seen it."""

    contact: str
    channels: tuple[Channel, ...]
    points: tuple[str, ...]
    told_at: Moment
    short_notice: bool = False
    acknowledged_at: Moment | None = None


class Coming(Model):
    """What comes next by the clock, in words (``text message: day_before``)."""

    at: Moment
    what: str


class MaintenanceStatus(Tally):
    """Answer of the query ``status`` and of every update of a ``Maintenance``."""

    reference: str
    title: str
    phase: MaintenancePhase
    services: tuple[ServiceId, ...]
    starts_at: Moment
    ends_at: Moment
    windows: tuple[Window, ...]
    source: Literal["kela", "own"]
    effect: str
    not_affected: tuple[ServiceId, ...]
    text: str
    link: str
    audience: tuple[str, ...]
    sequence: int
    """How many changes there were that recipients see; it is also the SEQUENCE of the calendar file."""
    short_notice: bool
    opened_at: Moment
    began_at: Moment | None
    completed_at: Moment | None
    closed_at: Moment | None
    overlong: bool
    """Nobody has said that it is over, and it should be."""
    told: tuple[Told, ...]
    next: tuple[Coming, ...]
    incidents: tuple[str, ...]
    """References of open incidents that it touches."""
    unverified: tuple[str, ...]
    """Points of telling that rest on rules which nobody has checked."""
    documents: tuple[Document, ...]
    messages: tuple[SentMessage, ...]
    rejected: tuple[Refused, ...]
    problems: tuple[str, ...]
    drill: bool
