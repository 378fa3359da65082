"""The table of ``docs/integrations.md``: what was measured stands there, line by line.

``KANTADESK_RETELL=1`` writes it anew. Without it each test compares its line with the one in the document.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.integrations.ways import Seen

DOCUMENT = Path(__file__).parents[2] / "docs/integrations.md"
RETELL = bool(os.environ.get("KANTADESK_RETELL"))
LONGEST = 110
RUN_DEPENDENT = {
    r"\d{4}-\d\d-\d\d \d\d:\d\d": "2026-11-22 12:00",
    r"\b[A-Z][a-z]{2} \d{1,2}\.\d{1,2}\.\d{4} \d\d:\d\d": "Sun 22.11.2026 12:00",
    r"incident-[A-Z]+-\d+": "incident-REF",
    r"\b[A-Z]{2}-\d{4,}\b": "REF",
    r"\bkey-[0-9a-f]{8}\b": "KEY-ID",
}


@dataclass
class Table:
    """The lines of one table of the document, between two comments that carry its name."""

    name: str
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def _place(self) -> re.Pattern[str]:
        return re.compile(rf"(<!-- measured: {self.name} -->\n(?:\|.*\n){{2}})((?:\|.*\n)*)(<!-- end -->)")

    def committed(self) -> dict[str, str]:
        """The lines that stand in the document, by their first cell."""
        return self._lines_in(DOCUMENT.read_text(encoding="utf-8"))

    def tell(self, sent: str, *cells: str) -> None:
        """Keep a line. Where nothing is to be told anew, it must be the one in the document."""
        self.lines[sent] = "| " + " | ".join((sent, *map(in_a_cell, cells))) + " |"
        if not RETELL:
            assert self.committed().get(sent) == self.lines[sent], "KANTADESK_RETELL=1 make integrations writes it anew"

    def write(self, order: Sequence[str]) -> None:
        """Write what was measured into the document, in this order; what was not measured now stays."""
        with DOCUMENT.open("r+", encoding="utf-8") as document:
            fcntl.flock(document, fcntl.LOCK_EX)  # the other half of the tests may write its own lines
            text = document.read()
            known = {**self._lines_in(text), **self.lines}
            body = "".join(f"{known[sent]}\n" for sent in order if sent in known)
            document.seek(0)
            document.truncate()
            document.write(self._place.sub(lambda found: found[1] + body + found[3], text))

    def _lines_in(self, text: str) -> dict[str, str]:
        found = self._place.search(text)
        assert found, f"docs/integrations.md has no table {self.name!r}"
        return {line.split("|")[1].strip(): line for line in found[2].splitlines()}


def what_was_seen(by_way: Mapping[str, Seen], taken: str = "accepted") -> str:
    """What the senders saw, in one cell (``taken``: where it was taken); the ways are named where they differ."""
    ways: dict[str, list[str]] = {}
    for way, seen in by_way.items():
        ways.setdefault(taken if seen.taken else _short(seen.words), []).append(way)
    if len(ways) == 1:
        return next(iter(ways))
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in ways.items())


def in_a_cell(text: str) -> str:
    """The text without anything that is different in each run, and without what Markdown would take for its own."""
    for pattern, stands_for in RUN_DEPENDENT.items():
        text = re.sub(pattern, stands_for, text)
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"


def cut(words: str) -> str:
    """Words of a length that fits a table."""
    return _short(words)
