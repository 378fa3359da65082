"""When a message to the review of the contacts is not allowed now, and why, in words for the person who sent it."""

from __future__ import annotations

from datetime import datetime

from workflows.contacts.messages import Checked
from workflows.contacts.record import ContactReviewRecord
from workflows.process import messages as m
from workflows.process.refusals import in_the_future, unknown_delivery


def refusal(record: ContactReviewRecord, said: m.Message, now: datetime) -> str | None:
    """Why a message is not allowed now; None where it is. Whether a contact is known is looked up when it is taken."""
    match said:
        case m.DeliveryReport():
            return unknown_delivery(said, record) or in_the_future(said, now, record.time_zone)
        case Checked() if said.number and said.what != "test_call":
            return f"number is for what = 'test_call' only: leave it out for {said.what!r}"
    return in_the_future(said, now, record.time_zone)


def unknown(kind: str, name: str, known: tuple[str, ...]) -> str:
    """Why nothing can be said of a contact, or of a number, that is not there."""
    return f"there is no {kind} {name!r} in the operating model; there is {', '.join(known) or 'none'}"[:450]
