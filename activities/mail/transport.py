"""What every way of sending mail has in common: what it is handed, what it answers, how it says no.

A live message and a drill are two types. A ``Transport`` takes live mail only: handing it a drill is a type error, and
a ``LiveMail`` that carries the mark of a drill can't be made at all.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from functools import cached_property
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

from activities.documents.text import one_line
from workflows.process.ports import REFUSED_BY_PROVIDER

DRILL_HEADER = "X-Kantadesk-Drill"
INCIDENT_HEADER = "X-Kantadesk-Incident"
MESSAGE_HEADER = "X-Kantadesk-Message"
"""Our Message-ID once more, for a way out that may give the letter another one: mail that comes back shows it."""
NOT_NOW = "ProviderNotReady"
DELIVERY_UNKNOWN = "DeliveryUnknown"
LONGEST_WAIT = timedelta(hours=1)
THE_OPERATOR = "Those who run kantadesk must look at the mail settings"
THE_DESK = "Check the recipient's address in the operating model; until then send it by hand"
T = TypeVar("T")
_UNDER_WAY: set[asyncio.Future[Any]] = set()
"""Held, since the event loop itself does not hold its tasks."""
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


@dataclass(frozen=True)
class LiveMail:
    """A message that is to reach somebody. ``file_name``: under which it is kept; no personal data in it.

    ``may_have_gone``: an earlier try has no answer; a way out that can look whether it went looks first.
    """

    message: EmailMessage
    file_name: str
    may_have_gone: bool = False

    def __post_init__(self) -> None:
        if self.message[DRILL_HEADER]:
            raise ValueError("a drill is never sent: it goes to the outbox folder")

    @cached_property
    def content(self) -> bytes:
        """The message as it stands in a file."""
        return bytes(self.message)

    @property
    def address(self) -> str:
        """Whom it goes to: a letter goes to one address."""
        return parseaddr(str(self.message["To"]))[1]

    @property
    def message_id(self) -> str:
        """The Message-ID, with its angle brackets."""
        return str(self.message["Message-ID"])


@dataclass(frozen=True)
class DrillMail:
    """A message of a drill. It is kept, never sent."""

    message: EmailMessage
    file_name: str

    @cached_property
    def content(self) -> bytes:
        """The message as it stands in a file."""
        return bytes(self.message)


async def shielded(handing_over: Coroutine[Any, Any, T]) -> T:
    """Hand a message over, even if nobody waits for it any more: what has gone must be noted.

    If the duty is met in that time, or the worker stops, the waiting ends; the provider has the message all the same.
    """
    work = asyncio.ensure_future(handing_over)
    _UNDER_WAY.add(work)
    work.add_done_callback(_UNDER_WAY.discard)
    work.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # its waiter may have gone
    return await asyncio.shield(work)


async def all_handed_over() -> None:
    """Wait until everything that this loop has begun to hand over is finished."""
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(work for work in _UNDER_WAY if work.get_loop() is loop), return_exceptions=True)


class Transport(ABC):
    """One way of sending mail. ``channel``: what the record calls it; ``provider``: who accepts, in words."""

    channel: str = "email"
    provider: str

    @abstractmethod
    async def deliver(self, mail: LiveMail) -> str:
        """Hand a message over; answer the provider's own id of it (may be empty) once the provider has accepted it.

        Raises ``ApplicationError``: of type ``RefusedByProvider`` if trying again is of no use, ``ProviderNotReady`` if
        the message surely did not go and may be tried again, ``DeliveryUnknown`` if it may have gone.
        """


def refused(reason: str, *details: str, act: str) -> ApplicationError:
    """The provider will never take it. ``act``: who must do what; ``details``: for programmes."""
    return ApplicationError(f"{reason}. {act}", *details, type=REFUSED_BY_PROVIDER, non_retryable=True)


AGAIN = "; not sent, it is tried again"
UNKNOWN = "; whether the message went is unknown, it is tried again with the same Message-ID"


def reason_of(error: ApplicationError) -> str:
    """Why, without what becomes of a message: for a check that sends none."""
    return error.message.removesuffix(AGAIN).removesuffix(UNKNOWN)


def not_now(reason: str, *, after: timedelta | None = None) -> ApplicationError:
    """It surely did not go; it is tried again, after the time the provider names (at most an hour)."""
    delay = min(after, LONGEST_WAIT) if after is not None else None
    return ApplicationError(f"{reason}{AGAIN}", type=NOT_NOW, next_retry_delay=delay)


def unknown(reason: str) -> ApplicationError:
    """It may have gone or not; it is tried again with the same Message-ID."""
    return ApplicationError(f"{reason}{UNKNOWN}", type=DELIVERY_UNKNOWN)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in seconds or as a date (RFC 9110, section 10.2.3); None where there is none that can be read."""
    said = str(headers.get("Retry-After", "")).strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said), 86_400))
    try:
        moment = parsedate_to_datetime(said).astimezone(UTC)
    except ValueError:
        return None
    return max(moment - datetime.now(UTC), timedelta(0))  # noqa: TID251  # an activity: counted from now


def without_addresses(reason: str) -> str:
    """A provider's words on one line, without mail addresses, at most 300 characters."""
    return one_line(_ADDRESS.sub("[address]", reason))
