"""The ledger of 0.2.0, small files in a folder: taken over into the store, each file gone only once its note is there.

It can be broken off and repeated, and be done by several workers, each with a folder of its own. What two folders know
of one letter is put together: accepted is accepted, doubtful is doubtful.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection

from activities.mail.ledger import Note, known_of, row_of
from activities.store.port import Store
from activities.store.putting import put, put_new
from activities.store.tables import IN_HAND, LETTERS

LOG = logging.getLogger("kantadesk.mail")
AT_ONCE = 200
"""Notes that are taken over in one transaction."""
_SET_ASIDE = ".unreadable"


class _Found(NamedTuple):
    """A note of the folder, with the message where that still lies there. ``note`` None: it can't be read."""

    file: Path
    note: Note | None
    message: bytes | None


def take_over(folder: Path, store: Store) -> int:
    """Take over what lies in a folder of 0.2.0; how many notes. No worker of that release may still run on it."""
    if not folder.is_dir():
        return 0
    names, number = sorted(folder.glob("*.json")), 0
    for first in range(0, len(names), AT_ONCE):
        found = [each for path in names[first : first + AT_ONCE] if (each := _read(path))]
        store.write(partial(_put_all, found))
        for each in found:
            _clear(each)
        number += len(found)
    for kind in ("eml", "room", "lock"):  # of tries that ended before they had noted anything
        for path in folder.glob(f"*.{kind}"):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
    if number:
        LOG.info("%s notes of sent mail were taken over from %s into %s", number, folder, store.place)
    return number


def _read(path: Path) -> _Found | None:
    """A note; None where another worker has just taken it over."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    message = path.with_suffix(".eml")
    content = message.read_bytes() if message.exists() else None
    try:
        return _Found(path, Note.model_validate_json(text), content)
    except ValidationError:
        LOG.warning("%s can't be read: its letter counts as one of which nobody knows whether it went", path)
        return _Found(path, None, content)


def _put_all(found: list[_Found], store: Connection) -> None:
    for each in found:
        letter, note = each.file.stem, each.note or _in_doubt(each.file)
        if known := known_of(letter, store):
            note = _together(known, note)
        put(store, LETTERS, row_of(letter, note))
        if each.message is not None:
            put_new(store, IN_HAND, {"key": letter, "content": each.message})


def _in_doubt(path: Path) -> Note:
    """What a note that can't be read still says: a letter was handed over, at about that time."""
    return Note(message_id="", first_tried_at=datetime.fromtimestamp(path.stat().st_mtime, UTC), is_doubtful=True)


def _together(one: Note, other: Note) -> Note:
    """What two ledgers know of one letter."""
    accepted = one if one.sent or not other.sent else other
    return accepted.model_copy(
        update={
            "first_tried_at": min(one.first_tried_at, other.first_tried_at),
            "is_doubtful": one.is_doubtful or other.is_doubtful,
            "message_id": accepted.message_id or one.message_id or other.message_id,
        }
    )


def _clear(taken: _Found) -> None:
    """Take the files away: the store has all of it. A note that can't be read is set aside for people."""
    if taken.note is None:
        taken.file.replace(taken.file.with_suffix(_SET_ASIDE))
    for kind in (".eml", ".room", ".lock", ".json"):  # the note last: without it nobody looks for the others
        taken.file.with_suffix(kind).unlink(missing_ok=True)
