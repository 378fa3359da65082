"""Texts as Markdown that Temporal Web shows: as they were written, short, and counted where they don't fit."""

from __future__ import annotations

import re
from functools import lru_cache

LARGEST = 3500
"""Bytes of current details, headings apart: some proxies refuse an address longer than 8 KB once it is escaped."""
SHORT = 200
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]()#+-.!:|&<>~^"})
"""The marks that Temporal Web's Markdown takes for its own, and takes as they are behind a backslash (Web 2.54)."""
_BEHIND_A_BACKSLASH = re.compile(r"\\([\\`*_{}\[\]()#+\-.!:|&<>~^])")


@lru_cache(maxsize=2048)
def plain(text: str, at_most: int = SHORT) -> str:
    """A reporter's text as Markdown that shows it as it was written: no link, heading or list of its own.

    Short; what is cut off shows as "…". The last lines of a timeline are shown again after each message.
    """
    line = " ".join(text.split())
    short = line if len(line) <= at_most else f"{line[: at_most - 1].rstrip()}…"
    return short.translate(MARKS)


def as_written(markdown: str) -> str:
    """What ``plain`` has made Markdown of, as it was written."""
    return _BEHIND_A_BACKSLASH.sub(r"\1", markdown)


def fitting(lines: list[str], room: int) -> tuple[list[str], int]:
    """As many of the first lines as have room, and the room that they take, in bytes."""
    fit, used = list[str](), 0
    for line in lines:
        size = len(line.encode()) + 1
        if used + size > room:
            break
        fit.append(line)
        used += size
    return fit, used
