"""The examples of ``docs/integrations.md``, taken from the document itself.

A box of commands says ``example=NAME``; the box after it with ``shows=NAME`` says what its answer shows, line by line
(``...`` stands for anything).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.integrations.table import DOCUMENT

PLACES = "places"
_BOX = re.compile(r"^```(\w+) (example|shows|file)=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """Commands of the document, and the lines that their answer shows."""

    name: str
    commands: str
    shows: tuple[str, ...]

    def missing_in(self, answer: str) -> list[str]:
        """The lines that an answer does not show."""
        parts = {line: ".*".join(map(re.escape, line.split("..."))) for line in self.shows}
        return [line for line, pattern in parts.items() if not re.search(pattern, answer)]


def boxes(kind: str) -> dict[str, str]:
    """Every box of a kind, by its name."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return {name: body for _, found, name, body in _BOX.findall(text) if found == kind}


def examples() -> list[Example]:
    """The examples in the order of the document; the first, which only names the places, is left out."""
    shown = boxes("shows")
    return [
        Example(name, commands, tuple(shown.get(name, "").splitlines()))
        for name, commands in boxes("example").items()
        if name != PLACES
    ]


def places() -> set[str]:
    """The names of the variables that the document's first box sets."""
    return set(re.findall(r"^(?:export )?([A-Z_]+)=", boxes("example")[PLACES], re.MULTILINE))
