"""Text messages: from facts to a message that a provider has accepted, once as far as the ledger can know.

A drill has one way only: ``_hand_over`` is the single place where a text message leaves, and decides by its type.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import assert_never

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contacts.kept import KeptStandings
from activities.evidence.case_folder import CaseFolders
from activities.mail.envelope import message_id_for
from activities.mail.ledger import Note, SentLedger
from activities.mail.mailings import Mailings
from activities.mail.send_once import sent_once
from activities.mail.transport import refused
from activities.text_messages.transport import (
    THIS_RECIPIENT,
    DrillText,
    LiveText,
    TextOutbox,
    TextTransport,
)
from activities.text_messages.wording import text_worded
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import SentMessage
from workflows.process.telling.text_messages import TextMessage, TextMessages

IN_DOUBT = "delivery of an earlier try is unknown: the recipient may have it twice"


class TextRoom(TextMessages):
    """Sends text messages by a transport, drills into the outbox folder.

    ``model`` gives the operating model as it stands now: addresses are looked up at each try. All are of mailings.
    ``failed`` is told of a message that will never reach its recipient, because of the number or address there.
    """

    def __init__(
        self,
        transport: TextTransport,
        outbox: Path,
        folders: CaseFolders,
        model: Callable[[], OperatingModel],
        ledger: SentLedger,
        *,
        mailings: Mailings | None = None,
        failed: Callable[[TextMessage], Awaitable[None]] | None = None,
        standings: KeptStandings | None = None,
    ) -> None:
        self._mailings, self._failed = mailings or Mailings(), failed
        self._standings = standings
        self._transport, self._drills = transport, TextOutbox(outbox)
        self._folders, self._model, self._ledger = folders, model, ledger

    @activity.defn(name="send_text_message")
    async def send_text_message(self, message: TextMessage) -> SentMessage:
        """Send a message once; see the port for what it promises."""
        with self._mailings.place(message.key, is_mailing=True):
            try:
                return await self._sent(message)
            except ApplicationError as error:
                if self._failed and THIS_RECIPIENT in error.details and not message.drill:
                    await self._failed(message)
                raise

    async def _sent(self, message: TextMessage) -> SentMessage:
        return await sent_once(
            self._ledger,
            message.key,
            make_ready=partial(self._made_ready, message),
            hand_over=self._hand_over,
            accepted=partial(self._accepted, message),
            keep=partial(self._keep, message),
        )

    async def _hand_over(self, text: LiveText | DrillText) -> None:
        """The only way out. A drill goes to the outbox folder, whatever the transport is."""
        match text:
            case DrillText():
                await self._drills.divert(text)
            case LiveText():
                await self._transport.deliver(text)
            case _:
                assert_never(text)

    def _made_ready(self, message: TextMessage) -> tuple[LiveText | DrillText, Note]:
        """Word it, address it, and note that it is about to be handed over."""
        model = self._model()
        words, name = text_worded(message, model), _file_name(message)
        target = self._target(message, model)
        text = DrillText(words, name) if message.drill else LiveText(words, name, target)
        now = datetime.now(UTC)  # noqa: TID251  # an activity: the time at which a message really goes
        note = self._ledger.next_try(message.key, message_id=message_id_for(message.key, model), now=now)
        self._ledger.handing_over(message.key, note, text.text.encode())
        return text, note

    @staticmethod
    def _target(message: TextMessage, model: OperatingModel) -> str:
        contact = model.contacts.get(message.contact)
        if contact is None or not contact.text_message:
            raise refused(
                f"contact {message.contact!r} has no address for text messages",
                THIS_RECIPIENT,
                act="Those who keep the operating model must add one (text_message)",
            )
        return contact.text_message

    def _accepted(self, message: TextMessage, text: LiveText | DrillText, note: Note, _: None) -> SentMessage:
        """Note that it was accepted."""
        is_drill = isinstance(text, DrillText)
        way = self._drills if is_drill else self._transport
        details = [f"{'drill: kept in' if is_drill else 'accepted by'} {way.provider}"]
        if self._standings and not is_drill:
            details += self._standings.told_of(message.contact, self._model())
        sent = SentMessage(
            id=note.message_id,
            to=message.contact,
            channel="text_message",
            subject=text.text[:160],
            state="diverted" if is_drill else "accepted",
            sent_at=datetime.now(UTC),  # noqa: TID251  # an activity: the time at which the provider accepted
            purpose=message.kind,
            detail="; ".join([*details, *([IN_DOUBT] if note.is_doubtful else [])]),
            sha256=hashlib.sha256(text.text.encode()).hexdigest(),
        )
        self._ledger.accepted(message.key, note, sent)
        return sent

    def _keep(self, message: TextMessage) -> None:
        """Keep the message as sent on the shelf ``messages``, unless a try before has done so."""
        if (content := self._ledger.as_sent(message.key)) is not None:
            self._folders.keep(message.case, "messages", _file_name(message), content)
            self._ledger.kept_elsewhere(message.key)


def _file_name(message: TextMessage) -> str:
    """The name under which it is kept: break, contact, kind, and a hash that belongs to its key."""
    short = hashlib.sha256(message.key.encode()).hexdigest()[:12]
    return f"{message.reference}-text-{message.contact}-{message.kind}-{short}.txt"
