"""Electronic mail: from a letter's facts to a message that a provider has accepted, once as far as can be known.

A drill has one way only: ``_hand_over`` is the single place where mail leaves this room, and decides by the type of the
mail. How repeated tries are kept from sending twice, and where that is impossible: ``ledger.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import assert_never

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.acknowledging.links import SeenLinkSigner
from activities.contacts.kept import KeptStandings
from activities.evidence.case_folder import CaseFolders
from activities.mail.envelope import file_name_for, message_id_for, sealed
from activities.mail.ledger import Claim, Note, SentLedger
from activities.mail.mailings import Mailings
from activities.mail.outbox import Outbox
from activities.mail.send_once import sent_once
from activities.mail.transport import DrillMail, LiveMail, Transport
from activities.mail.wording import identity_code_in, tells_the_end, worded
from activities.returned_mail.addresses import ReturnedAddresses, digest_of
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import SentMessage
from workflows.process.ports import PERSONAL_DATA_FOUND, Letter, Mail

IN_DOUBT = "delivery of an earlier try is unknown: the recipient may have it twice, with the same Message-ID"


def asked_by() -> str:
    """The workflow that has asked for this activity; empty outside of one."""
    return (activity.info().workflow_id or "") if activity.in_activity() else ""


class MailRoom(Mail):
    """Sends letters by a transport, drills into the outbox folder.

    ``model`` gives the operating model as it stands now: addresses are looked up at each try. ``mailings`` bounds what
    letters to groups take of a worker. ``returned``: addresses from which mail came back; a letter goes all the same,
    and its record says so. ``standings``: whose details nobody has confirmed; likewise. ``links``: signs the links by
    which a contact acknowledges.
    """

    def __init__(
        self,
        transport: Transport,
        outbox: Path,
        folders: CaseFolders,
        model: Callable[[], OperatingModel],
        ledger: SentLedger,
        *,
        mailings: Mailings | None = None,
        returned: ReturnedAddresses | None = None,
        standings: KeptStandings | None = None,
        links: SeenLinkSigner | None = None,
    ) -> None:
        self._mailings, self._standings = mailings or Mailings(), standings
        self._transport, self._drills = transport, Outbox(outbox)
        self._folders, self._model, self._ledger, self._returned = folders, model, ledger, returned
        self._links = links

    @activity.defn(name="send_letter")
    async def send_letter(self, letter: Letter) -> SentMessage:
        """Send a letter once; see the port for what it promises."""
        with self._mailings.place(letter.key, is_mailing=letter.is_mailing):
            return await sent_once(
                self._ledger,
                letter.key,
                make_ready=partial(self._made_ready, letter, asked_by()),
                hand_over=self._hand_over,
                accepted=partial(self._accepted, letter),
                keep=partial(self._keep, letter),
            )

    async def _hand_over(self, mail: LiveMail | DrillMail) -> str:
        """The only way out. A drill goes to the outbox folder, whatever the transport is."""
        match mail:
            case DrillMail():
                return await self._drills.divert(mail)
            case LiveMail():
                return await self._transport.deliver(mail)
            case _:
                assert_never(mail)

    def _made_ready(self, letter: Letter, workflow_id: str, claim: Claim) -> tuple[LiveMail | DrillMail, Note]:
        """Word the letter, look for identity codes, address it, and note that it is about to be handed over."""
        model = self._model()
        chained = self._folders.head(letter.case or letter.reference) if tells_the_end(letter) else None
        links = self._links.links(letter, model, workflow_id) if self._links else ()
        wording = worded(letter, model, chained, links)
        if part := identity_code_in(letter, wording):
            raise ApplicationError(
                f"the {part} of the letter ({letter.kind}) holds what looks like a personal identity code: it is not "
                "sent. Take the code out of the incident's texts (send the triage or the update again without it)",
                type=PERSONAL_DATA_FOUND,
                non_retryable=True,
            )
        now = datetime.now(UTC)  # noqa: TID251  # an activity: the time at which a message really goes
        note = self._ledger.next_try(letter.key, claim.before, message_id=message_id_for(letter.key, model), now=now)
        mail = sealed(
            letter, wording, model, message_id=note.message_id, dated=note.first_tried_at,
            may_have_gone=note.is_doubtful,
        )  # fmt: skip
        if isinstance(mail, LiveMail):
            note = note.model_copy(update={"address": digest_of(mail.address)})
        self._ledger.handing_over(letter.key, note, mail.content, claim)
        return mail, note

    def _accepted(self, letter: Letter, mail: LiveMail | DrillMail, note: Note, answer: str) -> SentMessage:
        """Note that it was accepted."""
        is_drill = isinstance(mail, DrillMail)
        way = self._drills if is_drill else self._transport
        what = "drill: kept in" if is_drill else "accepted by"
        details = [
            f"{what} {way.provider}" + (f" as {answer}" if answer else ""),
            *([IN_DOUBT] if note.is_doubtful else []),
            *(self._came_back_before(letter, mail) or self._doubted(letter, mail)),
        ]
        sent = SentMessage(
            id=note.message_id,
            to=letter.contact,
            channel=way.channel,
            subject=str(mail.message["Subject"]),
            state="diverted" if is_drill else "accepted",
            sent_at=datetime.now(UTC),  # noqa: TID251  # an activity: the time at which the provider accepted
            purpose=letter.kind,
            duty=letter.duty or None,
            detail="; ".join(details),
            sha256=hashlib.sha256(mail.content).hexdigest(),
        )
        self._ledger.accepted(letter.key, note, sent)
        return sent

    def _came_back_before(self, letter: Letter, mail: LiveMail | DrillMail) -> list[str]:
        """That mail to this address came back, where that still holds."""
        if self._returned is None or not isinstance(mail, LiveMail):
            return []
        model = self._model()
        verified_on = known.verified_on if (known := model.contacts.get(letter.contact)) else None
        zone = model.organisation.time_zone
        found = self._returned.of(mail.address, verified_on, zone=zone)
        return [found.in_words(zone)] if found else []

    def _doubted(self, letter: Letter, mail: LiveMail | DrillMail) -> list[str]:
        """That nobody has confirmed these details, or that they reached nobody lately."""
        is_live = isinstance(mail, LiveMail)
        return self._standings.told_of(letter.contact, self._model()) if self._standings and is_live else []

    def _keep(self, letter: Letter) -> None:
        """Keep the message as sent on the shelf ``messages``, unless a try before has done so."""
        if (message := self._ledger.as_sent(letter.key)) is not None:
            self._folders.keep(letter.case or letter.reference, "messages", file_name_for(letter), message)
