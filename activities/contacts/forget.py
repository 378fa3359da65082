"""Takes a contact out of the operating model: its details, and every place that names it. All else stays as written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from tomlkit.items import Table

from activities.contacts.import_cards import replace_file
from activities.edited_file import read_edited
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.operating_model.references import entries

_IN_LISTS = (("roles", "*", "contacts"), ("roles", "*", "deputies"), ("contacts", "*", "deputies"))
_WITH_OWNER = ("contacts", "roles")


class StillNeeded(NamedTuple):
    """A role or a group that nobody else is in. ``others``: who stands in so far, or could take it over."""

    kind: str
    name: str
    others: tuple[str, ...]


class NamedAt(NamedTuple):
    """A place that names the contact: ``roles.desk.contacts``; who is left there."""

    place: str
    left: tuple[str, ...]


def still_needed(contact: str, model: OperatingModel) -> list[StillNeeded]:
    """Where a contact can't be done without: the only one in a role, or in a group that is told."""
    roles = [
        StillNeeded("role", role, tuple(each for each in held.deputies if each != contact))
        for role, held in model.roles.items()
        if held.contacts == (contact,)
    ]
    told = {group for _, group in entries(model, "telling", "*", "*")}
    told |= {group for _, group in entries(model, "maintenance", "points", "*", "groups", "*")}
    groups = [
        StillNeeded("group", group, model.contacts[contact].deputies)
        for group in model.contacts[contact].groups
        if group in told and model.members((group,)) == (contact,)
    ]
    return roles + groups


def named_at(contact: str, model: OperatingModel) -> Iterator[NamedAt]:
    """Every place that names a contact besides its own table."""
    for pattern in _IN_LISTS:
        for place, names in entries(model, *pattern):
            if contact in names and place[:2] != ("contacts", contact):
                yield NamedAt(".".join(map(str, place)), tuple(each for each in names if each != contact))
    for kind in _WITH_OWNER:
        for place, entry in entries(model, kind, "*"):
            if entry.owner == contact and place != ("contacts", contact):
                yield NamedAt(".".join(map(str, (*place, "owner"))), ())


def forget(file: Path, contact: str) -> None:
    """Write the operating model without a contact, whole or not at all.

    Raises ``OperatingModelFault`` where the file would no longer be valid (nothing is written then), ``OSError``.
    """
    text = _without_table(read_edited(file), contact)
    document: Any = tomlkit.parse(text)
    _take_out(document, contact)
    written = tomlkit.dumps(document)
    if contact in tomllib.loads(written)["contacts"]:
        raise ValueError("the contact is still there")
    replace_file(file, written)


def lines_that_name(text: str, details: tuple[str, ...]) -> list[int]:
    """The lines (from 1) of a text in which one of some details still stands, in a comment as a rule."""
    wanted = [each.casefold() for each in details if each]
    return [number for number, line in enumerate(text.splitlines(), 1) if any(w in line.casefold() for w in wanted)]


def _without_table(text: str, contact: str) -> str:
    """The text without the contact's table. Comments below its last key belong to what comes next, and stay."""
    document: Any = tomlkit.parse(text)
    table = document["contacts"][contact]
    name = rf"(?:{contact}|\"{contact}\"|'{contact}')"
    header = re.search(rf"^[ \t]*\[[ \t]*contacts[ \t]*\.[ \t]*{name}[ \t]*\][^\n]*(?:\n|\Z)", text, re.MULTILINE)
    if header and isinstance(table, Table) and text.startswith(own := _own(table), header.end()):
        left = text[: header.start()] + text[header.end() + len(own) :]
        if tomllib.loads(left) == _data_without(text, contact):
            return left
    del document["contacts"][contact]
    return tomlkit.dumps(document)


def _own(table: Table) -> str:
    """The part of a table's text that ends with its last key."""
    whole = table.as_string()
    trailing = ""
    for key, item in reversed(table.value.body):
        if key is not None:
            break
        trailing = item.as_string() + trailing
    return whole.removesuffix(trailing)


def _data_without(text: str, contact: str) -> dict[str, Any]:
    data = tomllib.loads(text)
    del data["contacts"][contact]
    return data


def _take_out(document: Any, contact: str) -> None:
    for kind in ("roles", "contacts"):
        for entry in document.get(kind, {}).values():
            for key in ("contacts", "deputies"):
                while contact in entry.get(key, ()):
                    entry[key].remove(contact)
            if entry.get("owner") == contact:
                del entry["owner"]
