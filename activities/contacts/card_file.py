"""Contacts from a file of somebody else's: a table (CSV) or cards of an address book (vCard). Nothing is guessed.

A table has a line of headings: ``id``, ``name``, ``email``, ``phone``, ``text_message``, ``language``, ``groups``
(parted by spaces or commas), ``owner``, ``verified_on``. Any may be missing; an empty cell changes nothing. A card's
mobile number is taken as that for text messages, its categories as groups.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import phonenumbers
import vobject
from email_validator import EmailNotValidError, validate_email
from vobject.base import VObjectError

from activities.edited_file import edited_text
from workflows.procedure.operating_model.mail_address import UnusableAddress, usable

FIELDS = ("id", "name", "email", "phone", "text_message", "language", "groups", "owner", "verified_on")
AT_HOME = "FI"
"""Where a number without a country lies."""
MAX_BYTES = 2_000_000
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Kinds of characters that nobody sees."""
_GROUP = re.compile(r"[a-z0-9][a-z0-9_-]*")
DELIMITERS = ",;\t"


class UnusableCards(ValueError):
    """The file can't be taken. The message is one line: where, what is wrong."""


class Card(NamedTuple):
    """One contact of the file, as far as it says something. ``place``: where it stands, for people."""

    place: str
    facts: dict[str, Any]


def cards_in(content: bytes) -> list[Card]:
    """The contacts of a file. Raises ``UnusableCards`` for the first fault."""
    if len(content) > MAX_BYTES:
        raise UnusableCards("the file is larger than 2 MB")
    try:
        text = edited_text(content)
    except UnicodeDecodeError:
        raise UnusableCards("the file is not UTF-8: save it as UTF-8") from None
    is_cards = text.lstrip()[:11].upper() == "BEGIN:VCARD"
    found = list(_of_cards(text) if is_cards else _of_table(text))
    if not found:
        raise UnusableCards("there is no contact in the file")
    return found


def _of_table(text: str) -> Iterator[Card]:
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    table = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    headings = [(heading or "").strip().casefold() for heading in table.fieldnames or ()]
    if unknown := [heading for heading in headings if heading not in FIELDS]:
        raise UnusableCards(f"line 1: there is no column {unknown[0]!r}; there is {', '.join(FIELDS)}")
    if twice := next((heading for heading in headings if headings.count(heading) > 1), ""):
        raise UnusableCards(f"line 1: the column {twice!r} stands there twice")
    table.fieldnames = headings
    try:
        for row in table:
            place = f"line {table.line_num}"
            if None in row or None in row.values():
                raise UnusableCards(f"{place}: it has not as many cells as there are headings")
            yield _card(place, {name: value.strip() for name, value in row.items() if value.strip()})
    except csv.Error as fault:
        raise UnusableCards(f"line {table.line_num + 1}: {fault}") from None


def _of_cards(text: str) -> Iterator[Card]:
    try:
        for number, card in enumerate(vobject.readComponents(text), 1):
            yield _card(f"card {number}", _facts(card))
    except UnusableCards:
        raise
    except (VObjectError, ValueError, LookupError, AttributeError) as fault:  # whatever a reader of cards stumbles over
        raise UnusableCards(f"the cards can't be read: {' '.join(str(fault).split())[:200]}") from None


def _facts(card: Any) -> dict[str, str]:
    """What a card says of the fields."""
    facts = {"name": str(card.fn.value).strip()} if hasattr(card, "fn") else {}
    if mails := card.contents.get("email"):
        facts["email"] = str(mails[0].value).strip()
    for number in card.contents.get("tel", ()):
        kinds = {kind.casefold() for kind in number.params.get("TYPE", ())}
        if "fax" in kinds:
            continue
        value = str(number.value).strip().removeprefix("tel:")
        facts.setdefault("phone", value)
        if "cell" in kinds:
            facts.setdefault("text_message", value)
    if groups := [str(each) for found in card.contents.get("categories", ()) for each in found.value]:
        facts["groups"] = ",".join(_as_id(each) for each in groups)
    return {name: value for name, value in facts.items() if value}


def _card(place: str, facts: dict[str, str]) -> Card:
    """One contact, each of its facts checked. Raises ``UnusableCards``."""
    checked: dict[str, Any] = dict(facts)
    for name, value in facts.items():
        if any(unicodedata.category(each) in _UNSEEN for each in value):
            raise UnusableCards(f"{place}: {name}: it holds a character that can't be seen")
    if "email" in facts:
        checked["email"] = _mail(place, facts["email"])
    for name in ("phone", "text_message"):
        if name in facts and "://" not in facts[name]:
            checked[name] = _number(place, name, facts[name])
    if "groups" in facts:
        checked["groups"] = [each for each in re.split(r"[,;\s]+", facts["groups"]) if each]
        if wrong := next((each for each in checked["groups"] if not _GROUP.fullmatch(each)), ""):
            raise UnusableCards(
                f"{place}: groups: {wrong!r} is no name of a group: small letters, digits, - and _ only"
            )
    if "verified_on" in facts:
        _day(place, facts["verified_on"])
    return Card(place, checked)


def _day(place: str, day: str) -> None:
    try:
        given = date.fromisoformat(day)
    except ValueError:
        raise UnusableCards(f"{place}: verified_on: write the day like 2026-11-22") from None
    if given > datetime.now(UTC).date() + timedelta(days=1):  # noqa: TID251  # a command; in some zone it is tomorrow
        raise UnusableCards(f"{place}: verified_on: {day} is still to come")


def _mail(place: str, address: str) -> str:
    try:
        validate_email(address, check_deliverability=False)
        return usable(address)
    except EmailNotValidError as fault:
        raise UnusableCards(f"{place}: email: {fault}") from None
    except (UnusableAddress, ValueError) as fault:
        raise UnusableCards(f"{place}: email {fault}") from None


def _number(place: str, name: str, number: str) -> str:
    """The number in international form. Raises ``UnusableCards`` where there can be none such."""
    try:
        parsed = phonenumbers.parse(number, AT_HOME)
    except phonenumbers.NumberParseException:
        raise UnusableCards(f"{place}: {name}: {number[:40]!r} is no telephone number") from None
    if not phonenumbers.is_valid_number(parsed):
        raise UnusableCards(f"{place}: {name}: there can be no number {number[:40]!r}")
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.E164 if name == "text_message" else form.INTERNATIONAL)


def _as_id(name: str) -> str:
    """A name as the id of a contact or a group: small letters, digits and lines between."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64]


def id_for(card: Card) -> str:
    """The id of a contact that has none yet. Raises ``UnusableCards`` where its name makes none."""
    if made := _as_id(str(card.facts.get("name", ""))):
        return made
    raise UnusableCards(f"{card.place}: say an id, or a name of which one can be made")
