"""How the contacts stand, kept beside the ledger of sent mail: for whoever sends to them, and for the commands.

The review of the contacts writes it. No name, address or number is in it; what the operating model says since (a newer
day, other details) holds as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from activities.contacts.mark import mark_of
from activities.documents.moments import day_of
from activities.edited_file import stamp_of
from activities.evidence.case_folder import private_folder, write_whole
from workflows.contacts.messages import Standings
from workflows.procedure.contacts.standing import ContactDoubt, ContactInFile, KnownContact, about, as_seen, why_asked
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
        self._known: tuple[tuple[int, ...], dict[str, KnownContact]] = ((), {})
        """What was read last, by the stamp of the file as it was then: a mailing asks for each of its recipients."""

    def keep(self, standings: Standings) -> None:
        """Keep how they stand now."""
        private_folder(self._file.parent)
        write_whole(self._file, standings.model_dump_json().encode())

    def among(self, model: OperatingModel, now: datetime) -> Iterator[DoubtedContact]:
        """The contacts of an operating model whose details are to be confirmed at a moment, in the file's order."""
        for name in model.contacts:
            if doubt := self.of(name, model, now):
                yield DoubtedContact(name, doubt)

    def of(self, contact: str, model: OperatingModel, now: datetime) -> ContactDoubt | None:
        """Why a contact's details are to be confirmed; None where they are not, or it is no contact of ours."""
        if (entry := model.contacts.get(contact)) is None:
            return None
        zone = model.organisation.time_zone
        seen = ContactInFile(contact=contact, verified_on=entry.verified_on, mark=mark_of(entry))
        there = as_seen(self._read().get(contact), seen, now, zone)
        why = why_asked(there, now, model.contact_review.every, zone)
        return about(there, why, zone) if why else None

    def told_of(self, contact: str, model: OperatingModel) -> list[str]:
        """What the record of a message says of its recipient now, in one sentence; nothing where all is well."""
        doubt = self.of(contact, model, datetime.now(UTC))  # noqa: TID251  # an activity: as they stand when it goes
        return [in_words(doubt, model.organisation.time_zone)] if doubt else []

    def _read(self) -> dict[str, KnownContact]:
        """What is kept; nothing where that can't be read: the operating model alone holds then."""
        stamp = stamp_of(self._file)
        if stamp != self._known[0]:
            try:
                standings = Standings.model_validate_json(self._file.read_bytes())
            except (OSError, ValidationError):
                return {}
            self._known = stamp, {each.contact: each for each in standings.contacts}
        return self._known[1]


def in_words(doubt: ContactDoubt, time_zone: str) -> str:
    """What the record of a letter says of it, in one sentence."""
    day = day_of(doubt.since, time_zone) if doubt.since else "-"
    return f"{THESE_DETAILS} {_WORDS[doubt.why].format(day=day)}"
