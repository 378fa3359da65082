"""Imported contacts beside those of the operating model: what would change, and the file written with its comments.

Nobody is taken out, and nobody is taken for somebody else: a line without an id is about the contact with its
address, or about a new one. Details that an import brings are confirmed by nobody: a contact keeps the day it was
verified on, and a new one without such a day has one long past, so that the review asks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import Any, NamedTuple

import tomlkit
from tomlkit.items import Table

from activities.contacts.card_file import Card, UnusableCards, id_for
from activities.edited_file import read_edited
from activities.operating_model.file import load_operating_model
from workflows.procedure.operating_model.model import OperatingModel

NEVER = date(2000, 1, 1)
"""When a contact was verified of which nobody says that it ever was."""
DETAILS = ("email", "phone", "text_message")
"""By what somebody is reached: what a day of verification is about."""
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class ContactChange(NamedTuple):
    """One detail that an import would change. ``before``: empty where there was none, and for a new contact."""

    contact: str
    field: str
    before: str
    after: str
    is_new: bool


def differences(cards: Iterable[Card], model: OperatingModel) -> list[ContactChange]:
    """What would change, in the order of the file. Raises ``UnusableCards``."""
    found: list[ContactChange] = []
    seen: dict[str, str] = {}
    for card in cards:
        contact = _contact_of(card, model)
        if before := seen.get(contact):
            raise UnusableCards(f"{card.place}: {contact} stands at {before} already")
        seen[contact] = card.place
        found += _of_card(contact, card, model)
    return found


def _contact_of(card: Card, model: OperatingModel) -> str:
    """The contact that a card is about: by its id, else by the address that it has here, else a new one."""
    if named := card.facts.get("id"):
        if not _ID.fullmatch(str(named)):
            raise UnusableCards(f"{card.place}: id: small letters, digits, - and _ only, at most 64")
        return str(named)
    address = str(card.facts.get("email", "")).casefold()
    known = [name for name, entry in model.contacts.items() if address and entry.email.casefold() == address]
    if len(known) > 1:
        raise UnusableCards(f"{card.place}: {', '.join(known)} have this address: say which by id")
    if known:
        return known[0]
    made = id_for(card)
    if made in model.contacts:
        raise UnusableCards(f"{card.place}: there is {made} here already: say by id whether it is the same contact")
    return made


def _of_card(contact: str, card: Card, model: OperatingModel) -> list[ContactChange]:
    entry = model.contacts.get(contact)
    there = entry.model_dump(mode="json") if entry else {}
    facts = {name: value for name, value in card.facts.items() if name != "id"}
    if entry is None:
        for needed in ("name", "email"):
            if needed not in facts:
                raise UnusableCards(f"{card.place}: {contact} is new and has no {needed}")
        facts.setdefault("verified_on", NEVER.isoformat())
    changes = [
        ContactChange(contact, name, _shown(there.get(name)), _shown(value), entry is None)
        for name, value in facts.items()
        if _shown(there.get(name)) != _shown(value)
    ]
    changed = {each.field for each in changes}
    if entry and "verified_on" in changed and changed & {*DETAILS}:
        raise UnusableCards(f"{card.place}: details that change here are confirmed by nobody: leave verified_on empty")
    return changes


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def write(file: Path, found: Iterable[ContactChange]) -> None:
    """Write what changes into the operating model, whole or not at all; everything else in it stays as it was written.

    Raises ``OperatingModelFault`` where the file would no longer be valid (nothing is written then), ``OSError``.
    """
    replace_file(file, _with(file, found))


def must_stay_valid(file: Path, found: Iterable[ContactChange]) -> None:
    """Raises ``OperatingModelFault`` where the file would no longer be valid with these changes; nothing is written."""
    text = _with(file, found)
    with TemporaryDirectory() as folder:
        beside = Path(folder) / file.name
        beside.write_text(text, encoding="utf-8")
        load_operating_model(beside)


def _with(file: Path, found: Iterable[ContactChange]) -> str:
    document = tomlkit.parse(read_edited(file))
    contacts: Any = document["contacts"]
    for each in found:
        if each.contact not in contacts:
            contacts.append(each.contact, tomlkit.table())
        _set(contacts[each.contact], each)
    return tomlkit.dumps(document)


def _set(entry: Table, each: ContactChange) -> None:
    match each.field:
        case "groups":
            entry[each.field] = each.after.split(", ")
        case "verified_on":
            entry[each.field] = date.fromisoformat(each.after)
        case _:
            entry[each.field] = each.after


def replace_file(file: Path, text: str) -> None:
    """Put a text in the place of a file, once it is known to be a valid operating model."""
    handle, name = mkstemp(dir=file.parent, prefix=".operating-model-", suffix=".toml")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as made:
            made.write(text)
            made.flush()
            os.fsync(made.fileno())
        load_operating_model(beside)
        beside.chmod(file.stat().st_mode & 0o777)
        beside.replace(file)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
