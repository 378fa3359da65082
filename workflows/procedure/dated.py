"""Rules and facts that hold for a time, each with its source and whether somebody has checked it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from workflows.procedure.model import Model


class Dated(Model):
    """One entry of a data file. ``valid_until`` is its last day; a bound that is not known does not bound."""

    valid_from: date | None = None
    valid_until: date | None = None
    source: str
    verified: bool
    note: str = ""

    def holds_on(self, on: date) -> bool:
        """Whether the entry holds on a day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)


def in_words(day: date) -> str:
    """A day for people: "1.1.2026"."""
    return f"{day.day}.{day.month}.{day.year}"


D = TypeVar("D", bound=Dated)


def holding(entries: Iterable[D], on: date) -> D | None:
    """The entry that holds on a day; None where there is none."""
    return next((entry for entry in entries if entry.holds_on(on)), None)
