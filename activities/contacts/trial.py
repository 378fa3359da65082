"""A test message to one contact, really through the ways out: marked as a test, in the contact's language.

It stands in the ledger like every other message, so that a test that comes back casts doubt on the address.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal, NamedTuple

from temporalio.exceptions import ApplicationError

from activities.documents.moments import moment_in
from activities.documents.templates import template
from activities.documents.text import one_line
from activities.mail.envelope import POST, message_id_for
from activities.mail.ledger import Note, SentLedger
from activities.mail.outbox import Outbox
from activities.mail.transport import DELIVERY_UNKNOWN, LiveMail, Transport, reason_of, refused
from activities.returned_mail.addresses import digest_of
from activities.text_messages.length import plain
from activities.text_messages.transport import THIS_RECIPIENT, LiveText, TextOutbox, TextTransport
from workflows.procedure.operating_model.mail_address import UnusableAddress, as_sent
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import SentMessage

Way = str
"""``email``, ``text_message``, or an address of the contact's own by its name."""
KEY = "contacts-test"
CORRECT = "Those who keep the operating model must correct it"
WITHIN = 60.0
"""Seconds: somebody sits and waits."""


class Tried(NamedTuple):
    """What became of a test. ``accepted``: by the provider, which is not yet delivered; ``kept``: it goes nowhere here.

    ``is_about_contact``: whether it failed because of the contact's own number or address.
    """

    contact: str
    channel: Way
    state: Literal["accepted", "kept", "failed", "unknown"]
    detail: str = ""
    is_about_contact: bool = False


class ContactTrials:
    """Sends tests by the ways out of this machine, and notes them in the ledger."""

    def __init__(self, mail: Transport, texts: TextTransport, ledger: SentLedger) -> None:
        self._mail, self._texts, self._ledger = mail, texts, ledger

    async def try_all(self, contact: str, model: OperatingModel) -> list[Tried]:
        """Send a mail and, where the contact has a way for them, a text message and others. Each says why not."""
        tried = [await self._try_one("email", contact, model)]
        if model.contacts[contact].text_message:
            tried.append(await self._try_one("text_message", contact, model))
        for own in model.contacts[contact].addresses:
            tried.append(await self._try_one(own, contact, model))  # noqa: PERF401  # one after the other
        return tried

    async def _try_one(self, way: Way, contact: str, model: OperatingModel) -> Tried:
        is_kept = isinstance(self._mail if way == "email" else self._texts, Outbox | TextOutbox)
        try:
            async with asyncio.timeout(WITHIN):
                await (self._mailed(contact, model) if way == "email" else self._texted(contact, model, way))
        except TimeoutError:
            return Tried(contact, way, "unknown", f"no answer within {WITHIN:.0f} seconds")
        except ApplicationError as error:
            state: Literal["unknown", "failed"] = "unknown" if error.type == DELIVERY_UNKNOWN else "failed"
            return Tried(contact, way, state, reason_of(error), THIS_RECIPIENT in error.details)
        return Tried(contact, way, "kept" if is_kept else "accepted")

    async def _mailed(self, contact: str, model: OperatingModel) -> None:
        key, now = _key(contact, "email"), datetime.now(UTC)  # noqa: TID251  # an activity: when it really goes
        subject, _, body = _words(contact, model, now, is_text=False).partition("\n")
        message = EmailMessage(policy=POST)
        message["From"] = Address(one_line(model.organisation.name), addr_spec=_address(model.organisation.email))
        message["To"] = Address(addr_spec=_address(model.contacts[contact].email))
        message["Subject"] = one_line(subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{message_id_for(key, model)}>"
        message.set_content(body.strip() + "\n")
        mail = LiveMail(message, _file_name(key, "eml"))
        note = self._noted(key, model, now, bytes(message), digest_of(mail.address))
        await self._handed_over(key, note, contact, "email", self._mail.deliver(mail))

    async def _texted(self, contact: str, model: OperatingModel, way: Way) -> None:
        key, now = _key(contact, way), datetime.now(UTC)  # noqa: TID251  # likewise
        words = one_line(plain(_words(contact, model, now, is_text=True)))
        text = LiveText(words, _file_name(key, "txt"), model.contacts[contact].address_of(way))
        note = self._noted(key, model, now, words.encode(), "")
        await self._handed_over(key, note, contact, way, self._texts.deliver(text))

    def _noted(self, key: str, model: OperatingModel, now: datetime, content: bytes, address: str) -> Note:
        note = self._ledger.next_try(key, None, message_id=message_id_for(key, model), now=now)
        note = note.model_copy(update={"address": address})
        self._ledger.handing_over(key, note, content)
        return note

    async def _handed_over(self, key: str, note: Note, contact: str, way: Way, handing: Awaitable[object]) -> None:
        """Hand it over and note the answer; what surely did not go leaves nothing in the ledger."""
        try:
            await handing
        except ApplicationError as error:
            if error.type == DELIVERY_UNKNOWN:
                self._ledger.kept_elsewhere(key)  # a test is not looked after: nobody need find out whether it went
            else:
                self._ledger.did_not_go(key, note)
            raise
        now = datetime.now(UTC)  # noqa: TID251  # an activity: when it was accepted
        sent = SentMessage(
            id=note.message_id, to=contact, channel=way, state="accepted", sent_at=now, purpose="contact_test"
        )
        self._ledger.accepted(key, note, sent)
        self._ledger.kept_elsewhere(key)


def _words(contact: str, model: OperatingModel, now: datetime, *, is_text: bool) -> str:
    """What the test says, in the contact's language: the first line is the subject."""
    entry, organisation = model.contacts[contact], model.organisation
    facts = {
        "organisation": one_line(organisation.name_in(entry.language)),
        "email": organisation.email,
        "moment": moment_in(entry.language, now, organisation.time_zone),
        "is_text": is_text,
        "chained": None,
    }
    return template(entry.language, "contact_test").render(facts)


def _address(address: str) -> str:
    try:
        return as_sent(address)
    except UnusableAddress as fault:
        raise refused(f"the mail address can't be used: it {fault}", THIS_RECIPIENT, act=CORRECT) from None


def _key(contact: str, way: Way) -> str:
    return f"{KEY}/{contact}/{way}/{secrets.token_hex(8)}"


def _file_name(key: str, kind: str) -> str:
    """Under which it is kept where it goes nowhere."""
    return f"contact_test-{hashlib.sha256(key.encode()).hexdigest()[:12]}.{kind}"
