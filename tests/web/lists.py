"""The lists of Temporal Web, read from the page's text."""

from __future__ import annotations


def rows(text: str) -> dict[str, list[str]]:
    """The lines of the list, by workflow id."""
    cells = [line.split("\t") for line in text.splitlines() if "\t" in line]
    return {cell: line for line in cells for cell in line if cell.startswith(("incident-", "breach-"))}
