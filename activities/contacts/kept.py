"""How the contacts stand, kept beside the ledger of sent mail: for whoever sends to them, and for the commands.

The review of the contacts writes it. No name, address or number is in it; what the operating model says since (a newer
day, other details) holds as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from activities.contacts.mark import mark_of
from activities.evidence.case_folder import private_folder, write_whole
from workflows.contacts.messages import Standings
from workflows.procedure.contacts.standing import ContactDoubt, ContactInFile, about, as_seen, why_asked
from workflows.procedure.local_time import local
from workflows.procedure.operating_model.model import OperatingModel

THESE_DETAILS = "the contact's details"
_WORDS = {
    "cycle": "were last confirmed on {day}",
    "changed": "were changed on {day} and are not confirmed",
    "bounced": "reached nobody on {day}",
    "text_failed": "reached nobody on {day}",
    "wrong": "reached nobody on {day}",
}


class DoubtedContact(NamedTuple):
    """A contact whose details are to be confirmed."""

    contact: str
    doubt: ContactDoubt


class KeptStandings:
    """One file in a folder, readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "standing.json"

    def keep(self, standings: Standings) -> None:
        """Keep how they stand now."""
        private_folder(self._file.parent)
        write_whole(self._file, standings.model_dump_json().encode())

    def among(self, model: OperatingModel, now: datetime) -> Iterator[DoubtedContact]:
        """The contacts of an operating model whose details are to be confirmed at a moment, in the file's order."""
        known = {each.contact: each for each in self._read().contacts}
        zone = model.organisation.time_zone
        for name, contact in model.contacts.items():
            seen = ContactInFile(contact=name, verified_on=contact.verified_on, mark=mark_of(contact))
            there = as_seen(known.get(name), seen, now, zone)
            if why := why_asked(there, now, model.contact_review.every, zone):
                yield DoubtedContact(name, about(there, why, zone))

    def of(self, contact: str, model: OperatingModel, now: datetime) -> ContactDoubt | None:
        """Why a contact's details are to be confirmed; None where they are not, or it is no contact of ours."""
        return next((each.doubt for each in self.among(model, now) if each.contact == contact), None)

    def _read(self) -> Standings:
        """What is kept; nothing where that can't be read: the operating model alone holds then."""
        try:
            return Standings.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return Standings()


def in_words(doubt: ContactDoubt, time_zone: str) -> str:
    """What the record of a letter says of it, in one sentence."""
    day = local(doubt.since, time_zone).date().isoformat() if doubt.since else "-"
    return f"{THESE_DETAILS} {_WORDS[doubt.why].format(day=day)}"
