"""One look into the mailbox of returned mail: each report goes to the process whose letter it is about, once.

A report is signalled under an id that its mail gives it, and only then the mark moves on. So a look that dies is
repeated, and the process knows what it has heard. Nothing that the mails say is logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.exceptions import ApplicationError

from activities.evidence.case_folder import private_folder, write_whole
from activities.mail.ledger import Note, SentLedger
from activities.mail.transport import reason_of
from activities.returned_mail.addresses import Returned, ReturnedAddresses, ReturnedContact
from activities.returned_mail.mail_report import MailReport, report_in
from activities.returned_mail.mailbox import Arrived, Mailbox
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import SentMessage
from workflows.process.ports import OtherProcessMessage

LOG = logging.getLogger("kantadesk.mail")
WITHIN = 20.0
"""Seconds for one look: the watchdog's step has thirty."""
HEARS = ("incident-", "breach-", "maintenance-")
"""Workflow ids of processes that take a delivery report; others only had their letters go back to an address."""
_WHAT = {"bounced": "bounced", "delivered": "arrived"}
Tell = Callable[[OtherProcessMessage], Awaitable[bool]]


class ReturnedMail:
    """Reads the mailbox (None: none is set) and knows which addresses mail came back from."""

    def __init__(
        self, folder: Path, ledger: Callable[[], SentLedger], mailbox: Mailbox | None = None, tell: Tell | None = None
    ) -> None:
        self.addresses = ReturnedAddresses(folder)
        self._mark = folder / "mailbox.mark"
        self._ledger, self._mailbox, self._tell = ledger, mailbox, tell

    async def look(self) -> str:
        """Take what has come. Answers why the mailbox could not be read, in words; empty where all is well."""
        if self._mailbox is None:
            return ""
        try:
            async with asyncio.timeout(WITHIN):
                for mail in await self._mailbox.since(self._marked(self._mailbox.name)):
                    await self._take(mail)
                    self._keep_mark(self._mailbox.name, mail.mark)
        except ApplicationError as error:
            return reason_of(error)
        except TimeoutError:
            return f"{self._mailbox.name} took too long"
        return ""

    def among(self, model: OperatingModel) -> Iterator[ReturnedContact]:
        """The contacts whose address mail came back from."""
        return self.addresses.among(model)

    async def _take(self, mail: Arrived) -> None:
        """Take what a mail says of one of our letters. One that breaks the reader is passed over and logged."""
        try:
            report = report_in(mail.content)
        except Exception as fault:  # noqa: BLE001  # a mail can hold anything: one must not stop all that come after
            LOG.warning(
                "a mail in %s could not be read (%s)", self._mailbox and self._mailbox.name, type(fault).__name__
            )
            return
        note = await asyncio.to_thread(self._letter, report) if report else None
        if report is None or note is None:
            return
        await asyncio.to_thread(self._remember, report, note)
        if self._tell and note.process.startswith(HEARS):
            await self._tell(_message(report, note, mail.content))

    def _letter(self, report: MailReport) -> Note | None:
        """The letter that it is about, by its Message-ID."""
        ledger = self._ledger()
        return next((note for each in report.message_ids if (note := ledger.by_message_id(each))), None)

    def _remember(self, report: MailReport, note: Note) -> None:
        now = datetime.now(UTC)  # noqa: TID251  # an activity: when it was read
        if what := "complaint" if report.is_complaint else _WHAT.get(report.event):
            self._keep(note, what, now, report.detail)

    def learn(self, messages: Sequence[SentMessage]) -> None:
        """Take what a process was told of its letters by somebody else (a gateway): only what may change a mark."""
        if self._tell is None:  # who only looks changes nothing
            return
        telling = {"failed": "bounced"} | ({"delivered": "arrived"} if self.addresses.knows_any() else {})
        for message in messages:
            what = telling.get(message.state) if message.channel == "email" else None
            if what and message.sent_at and (note := self._ledger().by_message_id(message.id)):
                self._keep(note, what, message.sent_at, message.detail[:300] if what == "bounced" else "")

    def _keep(self, note: Note, what: Any, at: datetime, why: str) -> None:
        sent_at = note.first_tried_at
        self.addresses.keep(
            note.address, Returned(what=what, at=at, sent_at=sent_at, message_id=note.message_id, why=why)
        )

    def _marked(self, name: str) -> str:
        """Where the last look at this mailbox stopped; empty where it was another mailbox."""
        try:
            known = json.loads(self._mark.read_bytes())
        except (FileNotFoundError, ValueError):
            return ""
        return str(known.get("mark", "")) if known.get("mailbox") == name else ""

    def _keep_mark(self, name: str, mark: str) -> None:
        private_folder(self._mark.parent)
        write_whole(self._mark, json.dumps({"mailbox": name, "mark": mark}).encode())


def _message(report: MailReport, note: Note, mail: bytes) -> OtherProcessMessage:
    """The report as the process takes it. The same mail has the same id at each look."""
    digest = hashlib.sha256(note.message_id.encode() + b"\0" + mail).hexdigest()
    key = f"returned-mail-{digest[:32]}"
    payload = {
        "by": "the mailbox of returned mail",
        "source": "mailbox",
        "event_id": key,
        "message_id": note.message_id,
        "event": report.event,
        "detail": report.detail,
    }
    return OtherProcessMessage(key=key, workflow_id=note.process, message="delivery_report", payload=payload)
