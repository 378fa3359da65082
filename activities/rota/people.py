"""Whom a shift of a calendar means among the contacts: by e-mail address, id or name. What is not certain is nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from workflows.procedure.operating_model.model import OperatingModel

_NOT_ON_DUTY = ("ROOM", "RESOURCE")
_BETWEEN = re.compile(r"[:;,/|&+\n()\[\]]| [-\N{EN DASH}\N{EM DASH}] ")


class People:
    """The contacts of an operating model by what a calendar may call them. ``role``: whose rota it is."""

    def __init__(self, model: OperatingModel, role: tuple[str, ...]) -> None:
        self._role = frozenset(role)
        self._by_mail: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for contact, entry in model.contacts.items():
            self._by_mail.setdefault(entry.email.casefold(), []).append(contact)
            for name in {contact.casefold(), _plain(entry.name)}:
                self._by_name.setdefault(name, []).append(contact)

    def named(self, event: Any) -> tuple[tuple[str, ...], bool]:
        """The contacts of a shift, and whether it names somebody who is none of ours: attendees first, else title.

        Who has declined is not on duty. A title is taken apart at its punctuation; a full name may stand anywhere.
        """
        invited = [each for each in _listed(event.get("ATTENDEE")) if _may_be_on_duty(each)]
        coming = [each for each in invited if each.params.get("PARTSTAT", "").upper() != "DECLINED"]
        found = [self._attendee(each) for each in coming]
        if certain := [contact for contact in found if contact]:
            return tuple(dict.fromkeys(certain)), len(certain) < len(found)
        if invited and not coming:
            return (), True
        by_title = self._in_title(str(event.get("SUMMARY", "")))
        return by_title, not by_title

    def _attendee(self, attendee: Any) -> str | None:
        address = str(attendee).removeprefix("mailto:").removeprefix("MAILTO:").strip().casefold()
        name = _plain(str(attendee.params.get("CN", "")))
        by_mail = self._by_mail.get(address, [])
        if len(by_mail) > 1 and (both := [each for each in by_mail if each in self._by_name.get(name, [])]):
            by_mail = both
        return self._only(by_mail) if by_mail else self._only(self._by_name.get(name, []))

    def _in_title(self, title: str) -> tuple[str, ...]:
        parts = [_plain(part) for part in _BETWEEN.split(title)]
        found = [self._called(part) for part in (_plain(title), *parts) if part]
        if not any(found):
            found = [self._only(self._by_name[name]) for name in self._full_names_in(_plain(title))]
        return tuple(dict.fromkeys(contact for contact in found if contact))

    def _called(self, text: str) -> str | None:
        return self._only(self._by_mail.get(text, []) or self._by_name.get(text, []))

    def _full_names_in(self, title: str) -> list[str]:
        """Names of several words that stand in a title; one that is a part of a longer one there is not meant."""
        there = [name for name in self._by_name if " " in name and _stands_in(name, title)]
        return [name for name in there if not any(name != longer and name in longer for longer in there)]

    def _only(self, contacts: list[str]) -> str | None:
        """The one contact that is meant; of several the one in the role, and nobody where that is not certain."""
        if len(contacts) > 1:
            contacts = [each for each in contacts if each in self._role]
        return contacts[0] if len(contacts) == 1 else None


def _may_be_on_duty(attendee: Any) -> bool:
    params = attendee.params
    is_thing = params.get("CUTYPE", "").upper() in _NOT_ON_DUTY
    return not is_thing and params.get("ROLE", "").upper() != "NON-PARTICIPANT"


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _stands_in(name: str, title: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", title) is not None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
