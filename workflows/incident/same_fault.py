"""Two incidents of one fault: what is said when one follows the other, and how that stands. Part of the contract."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal, get_args

from pydantic import Field

from workflows.procedure.identity_codes import identity_codes_in
from workflows.procedure.incident.progress import Phase
from workflows.procedure.model import MAX_LINE, Line, Model, Moment, Reference, Text
from workflows.procedure.services import ServiceId
from workflows.process.messages import Message, Severity

LeftDuty = Literal["triage", "report_to_kela", "phone_kela"]
"""Duties that a follower leaves to the other: one fault is judged, reported and phoned once."""
LEFT_DUTIES: tuple[LeftDuty, ...] = get_args(LeftDuty)
Point = Literal["start", "change", "end", "start_text", "change_text", "end_text"]
GROUPS_AT_MOST = 200
Groups = Annotated[tuple[Line, ...], Field(max_length=GROUPS_AT_MOST)]
Number = Annotated[int, Field(ge=1, le=1_000_000)]
FollowingStateName = Literal["asked", "follows", "refused", "over", "taken_back"]


class SameAs(Message):
    """Another open incident is of the same fault: this one follows it."""

    reference: Reference
    """Of the incident that goes on as the one of this fault."""
    reason: Text = ""


class NotSameAs(Message):
    """It is a fault of its own after all: this incident owes again what was left to the other."""

    reason: Text = ""


class FollowedBy(Message):
    """Sent by the system itself: an incident of the same fault wants to follow this one, or no longer does."""

    reference: Reference
    """Of the follower."""
    drill: bool
    opened_at: Moment
    number: Number
    """Grows each time the follower says something else: what arrives late changes nothing."""
    still: bool = True


class LeadFault(Model):
    """The fault, as the incident that is followed has judged it."""

    services: Annotated[tuple[ServiceId, ...], Field(max_length=17)] = ()
    severity: Severity | None = None
    extensive: bool | None = None
    criteria_met: Annotated[tuple[Line, ...], Field(max_length=50)] = ()


class LeadState(Message):
    """Sent by the system itself: how the incident that this one follows stands; or why it can't be followed."""

    reference: Reference
    """Of the incident that is followed."""
    number: Number
    """Of the follower's word that this answers."""
    told: Number = 1
    """Grows each time: what arrives late changes nothing."""
    refused: Text = ""
    phase: Phase = "awaiting_triage"
    duties: Annotated[dict[LeftDuty, Moment | None], Field(max_length=3)] = Field(default_factory=dict)
    """What it owes, or has done: since when it is done; None where it is owed still."""
    tells: Annotated[dict[Point, Groups], Field(max_length=6)] = Field(default_factory=dict)
    """The contact groups that it tells at each point of the story, by mail and by text message, by ``group_mark``."""
    fault: LeadFault | None = None
    """How it has judged the fault; None where it has not."""
    resolved_at: Moment | None = None
    watch_until: Moment | None = None


class FollowingState(Model):
    """The incident that another one follows, and how that stands, as the world sees it."""

    reference: str
    by: str
    reason: str = ""
    since: Moment
    state: FollowingStateName = "asked"
    """``asked``: the other has not answered yet, and everything is still owed here; ``over``: the other has ended."""
    why: str = ""
    """Why it is not followed (any more)."""


def group_mark(group: str) -> str:
    """By what a group is named to another incident: its name, or a digest of a name that no message may bear."""
    if len(group) <= MAX_LINE and group == group.strip() and not identity_codes_in(group):
        return group
    digest = sha256(group.encode(errors="replace")).hexdigest()
    return "group-" + "".join(chr(ord("a") + int(digit, 16)) for digit in digest)  # letters only: never like a code


class Following(FollowingState):
    """The same with what a follower must remember."""

    number: int
    lead: LeadState | None = None
    """What the other has said last."""
    left: tuple[str, ...] = ()
    """The duties of this incident that are left to the other, by their ids."""
    went_along: bool = False
    """Whether this incident was resolved by the other's end, not by its own."""
    start_kept_from: tuple[str, ...] = ()
    """The contact groups that were not told of this incident, since the other tells them."""
    start_text_kept_from: tuple[str, ...] = ()
    """The same by text message."""


class Follower(Model):
    """An incident that follows this one."""

    number: int
    still: bool = True
    told: int = 0
    last: str = ""
    """Digest of what it has heard last; empty where it waits for an answer."""
