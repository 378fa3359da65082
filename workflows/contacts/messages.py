"""What may be said to the review of the contacts and asked of it, and what a look at the operating model gives."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from workflows.procedure.contacts.rules import CheckId, ReviewRules
from workflows.procedure.contacts.standing import ContactChannel, ContactInFile, KnownContact, Why
from workflows.procedure.duties import DutyState
from workflows.procedure.model import Line, Model, Moment
from workflows.procedure.operating_model.people import ContactId
from workflows.process.messages import Message, Refused, SentMessage, Tally

CONTACTS_AT_MOST = 1500
"""So many contacts are kept up: the record travels in one payload. More are named as a problem."""


class ReviewOpening(Model):
    """Start input of ``ContactReview``; may be left out. What a review that is a drill asks stays in the house."""

    drill: bool = False


# --- Messages -----------------------------------------------------------------------------------------------


class Confirmation(Message):
    """A contact's details are right (message ``confirmation``); ``occurred_at``: when that was made sure of."""

    contact: ContactId


class WrongDetails(Message):
    """Somebody was not reached by a contact's details (message ``wrong_details``); ``note``: what was found."""

    contact: ContactId
    channel: ContactChannel
    failed: bool = False
    """Whether a provider has said so when something was sent, and not a person."""


class Checked(Message):
    """What others keep was looked at, or an emergency number was called (message ``checked``).

    ``number``: which one (``kela``, ``call_back``, a contact); left out, all of them.
    """

    what: CheckId
    number: Line = ""


class ContactTested(Message):
    """A test message to a contact was accepted by a provider (message ``tested``): that is not yet delivered."""

    contact: ContactId
    channel: ContactChannel


class LookAtContacts(Message):
    """Look at the operating model at once instead of waiting (message ``look_now``)."""


# --- What one look gives ------------------------------------------------------------------------------------


class ContactsSeen(Model):
    """The contacts of the operating model as they stand, and the rules of the review."""

    rules: ReviewRules = ReviewRules()
    contacts: tuple[ContactInFile, ...] = Field(default=(), max_length=CONTACTS_AT_MOST)
    numbers: tuple[str, ...] = Field(default=(), max_length=CONTACTS_AT_MOST)
    """The emergency numbers, by their names: ``kela``, ``call_back``, contacts who hold a role and have a telephone."""
    left_out: int = 0
    """How many contacts more there are than can be kept up."""


class Standings(Model):
    """How every contact stands, for whoever sends to them."""

    contacts: tuple[KnownContact, ...] = ()


# --- What the review answers --------------------------------------------------------------------------------


class ContactState(Model):
    """How a contact's details stand. ``why``: why they are to be confirmed now; null where they are."""

    contact: str
    owner: str = ""
    verified_on: date
    confirmed_at: Moment
    confirmed_by: str = ""
    due_at: Moment
    why: Why | None = None
    since: Moment | None = None
    channel: ContactChannel | None = None
    tested_at: Moment | None = None
    """When a test message to it was accepted last."""
    duty: str = ""
    """The duty by which somebody is asked; empty where nobody is yet."""


class CheckState(Model):
    """How something else stands. ``number``: which emergency number."""

    what: CheckId
    number: str = ""
    done_at: Moment | None = None
    done_by: str = ""
    due_at: Moment
    duty: str = ""


class ContactReviewStatus(Tally):
    """Answer of the query ``status`` and of every update of ``ContactReview``."""

    phase: Literal["reviewing"] = "reviewing"
    drill: bool
    opened_at: Moment
    looked_at: Moment | None
    next_look_at: Moment
    contacts: tuple[ContactState, ...]
    checks: tuple[CheckState, ...]
    duties: tuple[DutyState, ...]
    messages: tuple[SentMessage, ...]
    rejected: tuple[Refused, ...]
    problems: tuple[str, ...] = ()
