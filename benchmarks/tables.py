"""Numbers out of the tables of a result whose raw numbers were not kept: its section of the page, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def columns(part: Mapping[str, Any], row: str) -> dict[str, float]:
    """The numbers of a row by the heads of their columns; what is no number is left out.

    Raises ``LookupError`` where no table has that row.
    """
    head: list[str] = []
    for line in part["text"]:
        cells = _cells(line)
        if not cells:
            head = []
        elif not head:
            head = cells
        elif cells[0] == row:
            return {
                name: number
                for name, text in zip(head[1:], cells[1:], strict=True)
                if (number := _number(text)) is not None
            }
    raise LookupError(f"no table of {part.get('path', 'this result')} has a row {row!r}")


def cell(part: Mapping[str, Any], row: str, column: str) -> float:
    """One number. Raises ``LookupError`` where the tables don't have it."""
    found = columns(part, row)
    if column not in found:
        raise LookupError(f"the row {row!r} has no number under {column!r}: there are {', '.join(found)}")
    return found[column]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
