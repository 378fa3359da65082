"""Who said it: beside ``by``, which anybody can write, how it came and by which way.

While a message is taken, and in what it sets going, each line of the timeline that bears its ``by`` keeps this too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar

from pydantic import Field

from workflows.process.messages import DeliveryReport, Handover, Message, Sender, Through
from workflows.process.sealed.seals import Arrival, arrival_of_value

SenderIfAny = Annotated[Sender | None, Field(exclude_if=lambda sender: sender is None)]

OUR_OWN_PROCESSES = "kantadesk"
"""``source`` of what a process of ours tells another."""
FROM_A_STRANGER = Sender(came="clear")
"""How that came which a process of ours passes on for a stranger."""


class Speaking(NamedTuple):
    """Who speaks: the name, how it came, and whether nothing follows from it because it came without the key."""

    by: str = ""
    sender: Sender | None = None
    is_apart: bool = False


NOBODY = Speaking()
_SPEAKING: ContextVar[Speaking] = ContextVar("kantadesk_speaking", default=NOBODY)
_CONFIRMED: ContextVar[tuple[str, str]] = ContextVar("kantadesk_confirmed", default=("", ""))
"""By whom something was asked for and by whom confirmed, while it takes effect."""


class Handed(Protocol):
    """What may say by which way it came."""

    @property
    def through(self) -> Through | None:
        """By which way."""


class Opened(Protocol):
    """A record that keeps how the start of its process came."""

    opened_through: Sender | None


class Spoken(Opened, Protocol):
    """A record that counts what was said to its process: in clear, and with the key from no person."""

    applied_count: int
    unverified_count: int
    from_nobody_count: int


OpenedT = TypeVar("OpenedT", bound=Opened)


def with_sender(record: OpenedT, opening: Handed, sent: tuple[Any, ...]) -> OpenedT:
    """The record of a process that begins, with how its start input came."""
    record.opened_through = sender_of(opening, arrival_of_value(sent[0]))
    return record


def was_opened_in_clear(record: Opened) -> bool:
    """Whether nobody knows who has opened a process."""
    return record.opened_through is not None and record.opened_through.is_unverified


def is_a_strangers(record: Spoken) -> bool:
    """Whether a process was opened without the desk's key, and no person who has it has said anything to it yet."""
    from_persons = record.applied_count - record.unverified_count - record.from_nobody_count
    return was_opened_in_clear(record) and from_persons <= 0


def is_from_nobody(said: Message, arrival: Arrival) -> bool:
    """Whether a message has the key and no person has said it: one of our own processes has, or the mail system.

    A handover is said of the whole desk: it says of no process that a person has looked at it.
    """
    return arrival.has_the_key and (said.source == OUR_OWN_PROCESSES or isinstance(said, (DeliveryReport, Handover)))


def sender_of(said: Handed, arrival: Arrival) -> Sender | None:
    """How a message came; None where nothing is known of it. What it says of its way is believed with the key only."""
    if arrival.how == "unmarked":
        return None
    if not arrival.has_the_key:
        return Sender(came="clear")
    return Sender(came="sealed", key=arrival.key, **(said.through.model_dump() if said.through else {}))


def speak(said: Message, arrival: Arrival, *, is_apart: bool) -> None:
    """Say who speaks from here on, in this task and in those that it begins; each message is taken in its own task.

    ``is_apart``: a stranger, in a run that holds them apart; the inbox alone asks that.
    """
    _SPEAKING.set(Speaking(said.by, sender_of(said, arrival), is_apart))


def sender_named(by: str) -> Sender | None:
    """How that came which is noted by this name; None where it is not the one who speaks."""
    speaking = _SPEAKING.get()
    return speaking.sender if by and by == speaking.by else None


def marks_of_opening(sender: Sender | None) -> dict[str, bool]:
    """What a letter about the opening of a process says of who has opened it; nothing where that is known."""
    return {"is_unverified": True} if sender and sender.is_unverified else {}


def speaks_in_clear() -> bool:
    """Whether who speaks now has not shown the desk's key."""
    sender = _SPEAKING.get().sender
    return sender is not None and sender.is_unverified


def is_said_by_a_stranger() -> bool:
    """Whether what is said now is noted only; never in a run of before strangers were held apart."""
    return _SPEAKING.get().is_apart


@contextmanager
def speaking_for(by: str, sender: Sender | None, *, confirmed_by: str) -> Iterator[None]:
    """Let something take effect in the name of who asked for it, now that another person has confirmed it."""
    spoken = _SPEAKING.set(Speaking(by, sender))
    confirmed = _CONFIRMED.set((by, confirmed_by))
    try:
        yield
    finally:
        _CONFIRMED.reset(confirmed)
        _SPEAKING.reset(spoken)


def marks_of(by: str) -> dict[str, Any]:
    """What a duty and a letter keep of the sender by whose word it is so."""
    sender, (asked_by, confirmed_by) = sender_named(by), _CONFIRMED.get()
    confirmed = {"confirmed_by": confirmed_by} if confirmed_by and by == asked_by else {}
    return {"is_unverified": sender is not None and sender.is_unverified} | confirmed


def marks_about(record: Spoken, said_by: str = "") -> dict[str, Any]:
    """What a message about a process keeps of who has led to it: of a decision, who has decided it."""
    return marks_of(said_by) if said_by else {"is_unverified": speaks_in_clear() or is_a_strangers(record)}
