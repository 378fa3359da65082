"""Addresses whose mail came back: one small file each, beside the ledger of sent mail, without the address itself.

An entry holds until a later letter to the address is known to have arrived, the address is another one, or a person
has verified the contact after the day on which it came back (``verified_on`` in the operating model).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from activities.evidence.case_folder import private_folder, write_whole
from workflows.procedure.local_time import local
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.mail_address import UnusableAddress, as_sent
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import KELA

TO_THIS_ADDRESS = "mail to this address"


class Returned(Model):
    """What is known of an address. ``sent_at``: of the letter that it is known by; ``why``: without addresses."""

    what: Literal["bounced", "complaint", "arrived"]
    at: Moment
    sent_at: Moment
    message_id: str
    why: str = ""

    def in_words(self, zone: str) -> str:
        """What became of mail to it, in one sentence."""
        day = local(self.at, zone).date().isoformat()
        what = "came back" if self.what == "bounced" else "was reported as unwanted"
        return f"{TO_THIS_ADDRESS} {what} on {day}" + (f": {self.why}" if self.why else "")


class ReturnedContact(NamedTuple):
    """A contact whose address is one of them."""

    contact: str
    returned: Returned


def digest_of(address: str) -> str:
    """The address without the address: the same however it is written."""
    try:
        written = as_sent(address)
    except UnusableAddress:
        written = address
    return hashlib.sha256(written.lower().encode()).hexdigest()


class ReturnedAddresses:
    """The entries in one folder, readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, address: str, returned: Returned) -> None:
        """Keep what became of a letter to an address (its digest), where nothing is known of a later one."""
        before = self._read(address)
        if address and (before is None or before.sent_at < returned.sent_at):
            write_whole(private_folder(self._folder) / f"{address}.json", returned.model_dump_json().encode())

    def knows_any(self) -> bool:
        """Whether anything is known of any address."""
        return self._folder.is_dir() and any(self._folder.glob("*.json"))

    def of(self, address: str, verified_on: date | None = None, *, zone: str) -> Returned | None:
        """What holds of an address; nothing where its contact was verified on a later day."""
        found = self._read(digest_of(address))
        if found and found.what == "arrived":
            return None
        is_verified = found and verified_on and verified_on > local(found.at, zone).date()
        return None if is_verified else found

    def among(self, model: OperatingModel) -> Iterator[ReturnedContact]:
        """The contacts of an operating model whose address is one of them, Kela's technical support among them."""
        zone = model.organisation.time_zone
        if self.knows_any():
            if found := self.of(model.kela.report_email, zone=zone):
                yield ReturnedContact(KELA, found)
            for name, contact in model.contacts.items():
                if found := self.of(contact.email, contact.verified_on, zone=zone):
                    yield ReturnedContact(name, found)

    def _read(self, address: str) -> Returned | None:
        try:
            return Returned.model_validate_json((self._folder / f"{address}.json").read_bytes()) if address else None
        except FileNotFoundError:
            return None
