"""What a process could not remember itself any more, put together again from the parts kept in its journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from workflows.messages import Happening

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
