"""A worded letter as an e-mail: sender, recipient, Message-ID, attachments; sealed as live mail or as a drill.

The file of a drill carries no real address at all, so that it can't reach anybody even where it is picked up.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from temporalio.exceptions import ApplicationError

from activities.documents.text import one_line
from activities.mail.transport import DRILL_HEADER, INCIDENT_HEADER, DrillMail, LiveMail, refused
from activities.mail.wording import Wording, place
from workflows.procedure.operating_model.mail_address import UnusableAddress, as_sent
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.messages import Document
from workflows.process.ports import FORM_UNUSABLE, KELA, Letter

CONTROLLER = "controller:"
_CORRECT_THE_MODEL = "Those who keep the operating model must correct it"
_ASSESS_AGAIN = "Assess the breach again with the right one (kantadesk breach assess), or tell them in another way"
NOWHERE = "drill.invalid"  # RFC 2606: never resolves
_TEXTS = {".ics": "calendar", ".txt": "plain"}
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


class _Post(EmailPolicy):
    """Headers as mail servers want them (CRLF), with every space of a subject.

    Where a line is folded between two words that are not plain ASCII, Python 3.11 loses the space ("päättynyt–
    tarkista", python/cpython#92081), and some later versions write what mail servers refuse (python/cpython#144156).
    So a subject with such words is encoded whole.
    """

    def fold(self, name: str, value: Any) -> str:
        """A header as it is written."""
        return self._whole(value) if _is_beyond_ascii(name, value) else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self._whole(value).encode() if _is_beyond_ascii(name, value) else super().fold_binary(name, value)

    def _whole(self, value: Any) -> str:
        subject = Header(str(value), "utf-8", header_name="Subject")
        return f"Subject: {subject.encode(linesep=self.linesep)}{self.linesep}"


class _Headers(HeaderRegistry):
    """The classes of headers, each made once: Python makes one anew for each header of each letter."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        """The class for a header of this name."""
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]


def _is_beyond_ascii(name: str, value: Any) -> bool:
    return name.lower() == "subject" and not str(value).isascii()


POST = _Post(linesep="\r\n", header_factory=_Headers())


def message_id_for(key: str, model: OperatingModel) -> str:
    """The Message-ID (without angle brackets) that belongs to a key: the same key, the same id; no personal data."""
    sender = _as_sent(model.organisation.email, "the organisation")
    return f"{_digest(key)[:32]}@{sender.rpartition('@')[2]}"


def file_name_for(letter: Letter) -> str:
    """The name under which a letter is kept: incident, kind, and a hash that belongs to its key."""
    return f"{letter.reference}-{letter.kind}-{_digest(letter.key)[:12]}.eml"


def sealed(
    letter: Letter, wording: Wording, model: OperatingModel, *, message_id: str, dated: datetime,
    may_have_gone: bool = False,
) -> LiveMail | DrillMail:  # fmt: skip
    """The letter, ready to be handed over. The same arguments give the same bytes.

    Raises ``RefusedByProvider`` where the contact or the address is unusable, ``FormUnusable`` where an attachment is
    not the one that was made.
    """
    if letter.contact.startswith(CONTROLLER):
        whose, act = f"the {letter.contact}", _ASSESS_AGAIN
    else:
        whose, act = f"contact {letter.contact!r}", _CORRECT_THE_MODEL
    to = Address(addr_spec=_as_sent(address_of(letter, model), whose, act))
    sender = _as_sent(model.organisation.email, "the organisation")
    message = EmailMessage(policy=POST)
    message["From"] = Address(one_line(model.organisation.name), addr_spec=sender)
    message["To"] = _nowhere(letter.contact) if letter.drill else to
    message["Subject"] = wording.subject
    message["Date"] = format_datetime(dated)
    message["Message-ID"] = f"<{message_id}>"
    message[INCIDENT_HEADER] = letter.reference
    message.set_content(wording.body)
    _attach(message, letter)
    file_name = file_name_for(letter)
    if letter.drill:
        message[DRILL_HEADER] = "yes"
        return DrillMail(message, file_name)
    return LiveMail(message, file_name, may_have_gone)


def address_of(letter: Letter, model: OperatingModel) -> str:
    """The recipient's address as it stands now. Raises ``RefusedByProvider`` where there is none.

    Only a controller's address comes with the letter; everybody else's is in the operating model.
    """
    if letter.contact == KELA:
        return model.kela.report_email
    if letter.contact.startswith(CONTROLLER):
        if not letter.address:
            raise refused(
                f"no mail address of the {letter.contact} is known",
                act="Tell them in another way, and log it: kantadesk breach controller",
            )
        return letter.address
    if letter.contact not in model.contacts:
        raise refused(
            f"there is no contact {letter.contact!r} in the operating model",
            act="Those who keep the operating model must add it, or take it out of the groups and roles",
        )
    return model.contacts[letter.contact].email


def _nowhere(contact: str) -> Address:
    """An address that reaches nobody. A controller's name may hold what no address may: it stays out."""
    return Address(addr_spec=f"{contact.partition(':')[0]}@{NOWHERE}")


def _as_sent(address: str, whose: str, act: str = _CORRECT_THE_MODEL) -> str:
    """The address as every way out takes it. Raises ``RefusedByProvider`` with the reason and who must act."""
    try:
        return as_sent(address)
    except UnusableAddress as fault:
        raise refused(f"the mail address of {whose} can't be used: it {fault}", act=act) from None


def _attach(message: EmailMessage, letter: Letter) -> None:
    """Attach the documents. The letter about a report that was refused only names them: they may be the reason."""
    if letter.kind == "not_sent" or not letter.attachments:
        return
    for document in letter.attachments:
        content, kind = _content(document), Path(document.name).suffix
        if kind in _TEXTS:
            method = _METHOD.search(content)
            params = {"method": method[1].decode()} if kind == ".ics" and method else {}
            text = content.decode("utf-8")
            message.add_attachment(text, subtype=_TEXTS[kind], filename=document.name, params=params, cte="base64")
        else:
            maintype, subtype = _DOCX if kind == ".docx" else ("application", "octet-stream")
            message.add_attachment(content, maintype=maintype, subtype=subtype, filename=document.name)
    message.set_boundary(f"=_{_digest(letter.key)[:32]}")


def _content(document: Document) -> bytes:
    try:
        content = Path(place(document)).read_bytes()
    except OSError:
        # Tried again: with several workers, another one may see the folder.
        raise ApplicationError(f"{document.name} is not where it was kept; look for {place(document)}") from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise ApplicationError(
            f"{document.name} is not as it was made (SHA-256 differs): it is not sent. Look who changed "
            f"{place(document)}, and send the right form by hand",
            type=FORM_UNUSABLE,
            non_retryable=True,
        )
    return content


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
