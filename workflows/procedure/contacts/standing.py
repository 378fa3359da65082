"""How a contact's details stand: confirmed when, by whom, doubted since when and why; when they are asked for again.

Details count as confirmed by a message, or by the day ``verified_on`` of the operating model, whichever is later. What
is doubted (mail came back, a text did not go, somebody found a number wrong) stays so until they are confirmed later.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.procedure.local_time import local, zone
from workflows.procedure.model import EARLIEST, Model, Moment
from workflows.procedure.operating_model.people import ContactId
from workflows.procedure.working_days import is_free

ContactChannel = Literal["email", "phone", "text_message", "other"]
Doubt = Literal["bounced", "text_failed", "wrong", "changed"]
"""Mail came back; a text message did not go; somebody found them wrong; they were changed and nobody has confirmed."""
Why = Literal["cycle", "bounced", "text_failed", "wrong", "changed"]
AT_ONCE = ("bounced", "text_failed", "wrong")
"""Doubts that are asked about at once, on any day and at any hour: nobody is reached by these details."""


class ContactInFile(Model):
    """A contact as the operating model has it now; ``mark``: changes with its details, and does not tell them."""

    contact: ContactId
    owner: str = ""
    verified_on: date
    mark: str = ""
    returned_at: Moment | None = None
    """When mail to its address came back, where that still holds."""


class KnownContact(Model):
    """What the review knows of a contact. No name, no address, no number."""

    contact: ContactId
    owner: str = ""
    verified_on: date
    mark: str = ""
    confirmed_at: Moment | None = None
    confirmed_by: str = ""
    doubt: Doubt | None = None
    doubted_at: Moment | None = None
    channel: ContactChannel | None = None
    tested_at: Annotated[Moment | None, Field(exclude_if=lambda moment: moment is None)] = None
    """When a test message to these details was accepted last."""


class ContactDoubt(Model):
    """A contact that somebody is asked about: why, and since when."""

    contact: str
    why: Why
    since: Moment | None = None
    channel: ContactChannel | None = None


def as_seen(before: KnownContact | None, seen: ContactInFile, at: datetime, time_zone: str) -> KnownContact:
    """What is known of a contact once it was looked up in the operating model."""
    verified_on = min(seen.verified_on, local(at, time_zone).date())
    known = before or KnownContact(contact=seen.contact, verified_on=verified_on, mark=seen.mark)
    changes: dict[str, Any] = {"owner": seen.owner, "verified_on": verified_on, "mark": seen.mark}
    if known.mark != seen.mark:
        changes["tested_at"] = None
    is_changed, is_renewed = known.mark != seen.mark, verified_on > known.verified_on
    if known.doubted_at and _settles(verified_on, known.doubted_at, time_zone, is_new=is_changed or is_renewed):
        changes |= _NO_DOUBT
    if is_changed and not is_renewed and verified_on < local(at, time_zone).date() and known.doubt not in AT_ONCE:
        changes |= {"doubt": "changed", "doubted_at": at, "channel": None}
    known = known.model_copy(update=changes)
    if seen.returned_at and known.doubt not in AT_ONCE and _is_later(seen.returned_at, known.confirmed_at):
        return doubted(known, "bounced", seen.returned_at, "email")
    return known


_NO_DOUBT: dict[str, Any] = {"doubt": None, "doubted_at": None, "channel": None}


def _settles(verified_on: date, doubted_at: datetime, time_zone: str, *, is_new: bool) -> bool:
    """Whether a day of verification comes after a doubt; on the same day, where the file was changed since."""
    day = local(doubted_at, time_zone).date()
    return verified_on > day or (verified_on == day and is_new)


def _is_later(moment: datetime, than: datetime | None) -> bool:
    return than is None or moment > than


def doubted(known: KnownContact, doubt: Doubt, at: datetime, channel: ContactChannel | None = None) -> KnownContact:
    """The contact, doubted since a moment."""
    return known.model_copy(update={"doubt": doubt, "doubted_at": at, "channel": channel})


def confirmed(known: KnownContact, at: datetime, by: str) -> KnownContact:
    """The contact, confirmed at a moment; a doubt that came after that moment stays."""
    if known.confirmed_at and known.confirmed_at >= at:
        return known
    settled = _NO_DOUBT if known.doubted_at is None or at >= known.doubted_at else {}
    return known.model_copy(update={"confirmed_at": at, "confirmed_by": by[:100], **settled})


def last_confirmed(known: KnownContact, time_zone: str) -> datetime:
    """When the details were last confirmed: by a message, or at the beginning of the day that the file names."""
    is_any_day = known.verified_on <= EARLIEST.date()  # the file may say whatever it likes, as one that nobody verified
    in_file = EARLIEST if is_any_day else datetime.combine(known.verified_on, time(), zone(time_zone))
    return max(in_file, known.confirmed_at) if known.confirmed_at else in_file


def due_at(known: KnownContact, every: timedelta, time_zone: str) -> datetime:
    """When they are to be confirmed again."""
    return last_confirmed(known, time_zone) + every


def why_asked(known: KnownContact, now: datetime, every: timedelta, time_zone: str) -> Why | None:
    """Why somebody is asked to confirm them now; None where nobody is."""
    return known.doubt or ("cycle" if due_at(known, every, time_zone) <= now else None)


def about(known: KnownContact, why: Why, time_zone: str) -> ContactDoubt:
    """What a letter says of it."""
    since = known.doubted_at if known.doubt else last_confirmed(known, time_zone)
    return ContactDoubt(contact=known.contact, why=why, since=since, channel=known.channel)


def is_time_to_ask(now: datetime, ask_at: int, time_zone: str) -> bool:
    """Whether people may be asked what is not urgent: on a working day, from a local hour on, until the evening."""
    there = local(now, time_zone)
    return not is_free(there.date()) and ask_at <= there.hour < max(ask_at + 1, _EVENING)


_EVENING = 18


def next_working_morning(after: datetime, ask_at: int, time_zone: str) -> datetime:
    """The first moment after another at which people may be asked what is not urgent: so late on a working day."""
    day = local(after, time_zone).date()
    while is_free(day) or (morning := datetime.combine(day, time(ask_at), zone(time_zone))) <= after:
        day += timedelta(days=1)
    return morning
