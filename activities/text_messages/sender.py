"""Text messages and other short ways: from facts to a message that a provider has accepted, once as far as is known.

A drill has one way only: ``_hand_over`` is the single place where a text message leaves, and decides by its type.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, assert_never

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.acknowledging.links import SeenLinkSigner
from activities.contacts.kept import KeptStandings
from activities.evidence.case_folder import CaseFolders
from activities.mail.envelope import message_id_for
from activities.mail.ledger import Claim, Note, SentLedger
from activities.mail.mailings import Mailings
from activities.mail.send_once import sent_once
from activities.mail.sender import asked_by
from activities.mail.transport import refused
from activities.text_messages.letter_wording import letter_in_short
from activities.text_messages.transport import (
    THIS_RECIPIENT,
    DrillText,
    LiveText,
    TextOutbox,
    TextTransport,
)
from activities.text_messages.wording import text_worded
from workflows.procedure.operating_model.channels import TEXT_MESSAGE
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import SentMessage
from workflows.process.telling.text_messages import ByChannel, TextMessage, TextMessages

IN_DOUBT = "delivery of an earlier try is unknown: the recipient may have it twice"


@dataclass(frozen=True)
class _Short:
    """One short message: what it is known by, whom it goes to by which channel, and what gives its words."""

    key: str
    reference: str
    case: str
    kind: str
    contact: str
    channel: str
    drill: bool
    words: Callable[[OperatingModel, str], str]
    duty: str = ""


class FailedText(NamedTuple):
    """A message that will never reach its contact, because of the number or address there."""

    key: str
    reference: str
    contact: str
    channel: str


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
        failed: Callable[[FailedText], Awaitable[None]] | None = None,
        standings: KeptStandings | None = None,
        links: SeenLinkSigner | None = None,
    ) -> None:
        self._mailings, self._failed = mailings or Mailings(), failed
        self._standings, self._links = standings, links
        self._transport, self._drills = transport, TextOutbox(outbox)
        self._folders, self._model, self._ledger = folders, model, ledger

    @activity.defn(name="send_text_message")
    async def send_text_message(self, message: TextMessage) -> SentMessage:
        """Send a message once; see the port for what it promises."""
        return await self._sent(_of_text(message), is_mailing=True)

    @activity.defn(name="send_by_channel")
    async def send_by_channel(self, order: ByChannel) -> SentMessage:
        """Send what a letter is about by another channel, once; see the port for what it promises."""
        return await self._sent(_of_letter(order, asked_by(), self._links), is_mailing=order.letter.is_mailing)

    async def _sent(self, short: _Short, *, is_mailing: bool) -> SentMessage:
        with self._mailings.place(short.key, is_mailing=is_mailing):
            try:
                return await sent_once(
                    self._ledger,
                    short.key,
                    make_ready=partial(self._made_ready, short),
                    hand_over=partial(self._hand_over, is_mailing=is_mailing),
                    accepted=partial(self._accepted, short),
                    keep=partial(self._keep, short),
                )
            except ApplicationError as error:
                if self._failed and THIS_RECIPIENT in error.details and not short.drill:
                    await self._failed(FailedText(short.key, short.reference, short.contact, short.channel))
                raise

    async def _hand_over(self, text: LiveText | DrillText, *, is_mailing: bool) -> None:
        """The only way out. A drill goes to the outbox folder, whatever the transport is."""
        match text:
            case DrillText():
                await self._drills.divert(text)
            case LiveText():
                await self._transport.deliver(text, is_mailing=is_mailing)
            case _:
                assert_never(text)

    def _made_ready(self, short: _Short, claim: Claim) -> tuple[LiveText | DrillText, Note]:
        """Word it, address it, and note that it is about to be handed over."""
        model = self._model()
        target, name = self._target(short, model), _file_name(short)
        words = short.words(model, target)
        text = DrillText(words, name) if short.drill else LiveText(words, name, target)
        now = datetime.now(UTC)  # noqa: TID251  # an activity: the time at which a message really goes
        note = self._ledger.next_try(short.key, claim.before, message_id=message_id_for(short.key, model), now=now)
        self._ledger.handing_over(short.key, note, text.text.encode(), claim)
        return text, note

    @staticmethod
    def _target(short: _Short, model: OperatingModel) -> str:
        contact = model.contacts.get(short.contact)
        if contact and (target := contact.address_of(short.channel)):
            return target
        if short.channel == TEXT_MESSAGE:
            what, act = "for text messages", "Those who keep the operating model must add one (text_message)"
        else:
            what, act = f"named {short.channel!r}", "Those who keep the operating model must add it (addresses)"
        raise refused(f"contact {short.contact!r} has no address {what}", THIS_RECIPIENT, act=act)

    def _accepted(self, short: _Short, text: LiveText | DrillText, note: Note, _: None) -> SentMessage:
        """Note that it was accepted."""
        is_drill = isinstance(text, DrillText)
        way = self._drills if is_drill else self._transport
        details = [f"{'drill: kept in' if is_drill else 'accepted by'} {way.provider}"]
        if self._standings and not is_drill:
            details += self._standings.told_of(short.contact, self._model())
        sent = SentMessage(
            id=note.message_id,
            to=short.contact,
            channel=short.channel,
            subject=text.text[:160],
            state="diverted" if is_drill else "accepted",
            sent_at=datetime.now(UTC),  # noqa: TID251  # an activity: the time at which the provider accepted
            purpose=short.kind,
            duty=short.duty or None,
            detail="; ".join([*details, *([IN_DOUBT] if note.is_doubtful else [])]),
            sha256=hashlib.sha256(text.text.encode()).hexdigest(),
        )
        self._ledger.accepted(short.key, note, sent)
        return sent

    def _keep(self, short: _Short) -> None:
        """Keep the message as sent on the shelf ``messages``, unless a try before has done so."""
        if (content := self._ledger.as_sent(short.key)) is not None:
            self._folders.keep(short.case, "messages", _file_name(short), content)


def _of_text(message: TextMessage) -> _Short:
    return _Short(
        key=message.key, reference=message.reference, case=message.case, kind=message.kind, contact=message.contact,
        channel=TEXT_MESSAGE, drill=message.drill, words=lambda model, _: text_worded(message, model),
    )  # fmt: skip


def _of_letter(order: ByChannel, workflow_id: str, signer: SeenLinkSigner | None) -> _Short:
    letter = order.letter

    def words(model: OperatingModel, target: str) -> str:
        links = signer.links(letter, model, workflow_id) if signer else ()
        return letter_in_short(letter, model, target, links)

    return _Short(
        key=order.key, reference=letter.reference, case=letter.case or letter.reference, kind=letter.kind,
        contact=letter.contact, channel=order.channel, drill=letter.drill, words=words, duty=letter.duty,
    )  # fmt: skip


def _file_name(short: _Short) -> str:
    """The name under which it is kept: reference, channel, contact, kind, and a hash that belongs to its key."""
    by = "text" if short.channel == TEXT_MESSAGE else short.channel
    digest = hashlib.sha256(short.key.encode()).hexdigest()[:12]
    return f"{short.reference}-{by}-{short.contact}-{short.kind}-{digest}.txt"
