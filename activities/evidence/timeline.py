"""The timeline of a case in plain words, in local time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from workflows.procedure import local_time
from workflows.procedure.languages import Language
from workflows.process.messages import Happening

# Characters that could make a terminal or an editor show something else than what is written. The JSON keeps them.
_MISLEADING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def whole_timeline(parts: Iterable[tuple[Happening, ...]]) -> tuple[Happening, ...]:
    """The parts as one timeline in order of time."""
    return tuple(sorted((happening for part in parts for happening in part), key=lambda happening: happening.at))


def plain_timeline(
    reference: str, happenings: tuple[Happening, ...], zone: str = local_time.HELSINKI, language: Language = "en"
) -> str:
    """The timeline as a text, by when things happened: a line for each, longer words indented below it.

    What was recorded at another time than it happened says so. ``zone``: the organisation's time zone,
    ``language``: its own, in which is marked what came from an unverified sender.
    """
    lines = [f"Timeline of {reference} (times in {zone})", ""]
    for happening in happenings:
        said_by = happening.said_by(language)
        by = f" – {said_by}" if said_by else ""
        later = happening.recorded_at
        recorded = f" (recorded {local_time.written(later, zone)})" if later else ""
        lines.append(_shown(f"{local_time.written(happening.at, zone)}  {happening.what}{by}{recorded}"))
        lines += [f"    {_shown(line)}" for line in happening.detail.splitlines() if line.strip()]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return _MISLEADING.sub("\ufffd", text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))


_TIMELINE = TypeAdapter(tuple[Happening, ...])


class EarlierParts(NamedTuple):
    """Everything that has left the record of a process: lines of the timeline, and the entries of its lists."""

    timeline: tuple[Happening, ...]
    lists: dict[str, list[Any]]

    def with_lists_of(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with what left each of its lists put before what it still holds."""
        return record | {name: [*entries, *record.get(name, ())] for name, entries in self.lists.items()}


def earlier_parts(journal: Path) -> EarlierParts:
    """All parts in a journal folder, in the order in which the entries left; one that was kept twice counts once.

    Parts of the first releases hold a piece of the timeline only; its entries carry no number, and no part of theirs
    was ever kept twice.
    """
    parts = [json.loads(path.read_bytes()) for path in sorted(journal.glob("*.json"))]
    lines = [line for part in parts for line in part["timeline"]]
    numbered: dict[int, tuple[str, Any]] = {}
    for part in parts:
        left = part["record"].get("left", ())
        numbered |= {
            number: (shelf, entry) for number, (shelf, entry) in enumerate(left, part["record"].get("first", 0))
        }
    lists: dict[str, list[Any]] = {}
    for _, (shelf, entry) in sorted(numbered.items()):
        lists.setdefault(shelf, []).append(entry)
    return EarlierParts(_TIMELINE.validate_python([*lines, *lists.pop("timeline", ())]), lists)
