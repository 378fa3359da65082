"""Lines that were wrapped at some width, joined again: layout is not grammar.

Where a text was wrapped at a width, the line and the first word of the next are longer than any line of it. That
holds of every line that was wrapped; where it doesn't hold, the line was ended on purpose.
"""

from __future__ import annotations

import re

NARROWEST = 40
"""Nobody wraps a text narrower than this; lines of a short list are no wrapped text."""
WIDEST = 130
"""With a longer line, nothing was wrapped."""

_BULLET = re.compile(r"^\s*(?:[•*·▪◦]|\d{1,2}\)|[a-z]\))\s+")
_DASH = re.compile(r"^\s*[-–—]\s+")
_FIRST_WORD = re.compile(r"\S+")
_ENDED = re.compile(r"(?<!\d)[.!?:]$")
_BEGINS = re.compile(r"^[\"”(]?[A-ZÅÄÖ]")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")
_GOES_ON = re.compile(r"^(?:ja|tai|sekä|och|eller|samt|and|or)\b")
_LABEL = re.compile(r"^[A-ZÅÄÖ][^:.!?]{0,30}:(?:\s|$)")


def unwrapped(text: str) -> str:
    """The text with wrapped lines joined; empty lines, list entries and short lines stay apart."""
    lines = [line.strip() for line in text.split("\n")]
    longest = max(map(len, lines), default=0)
    if longest > WIDEST:
        return "\n".join(line for line in lines if line)
    joined: list[str] = []
    before = ""
    for line in lines:
        if joined and line and before and _is_wrapped(joined[-1], before, line, max(longest, NARROWEST)):
            joined[-1] = _together(joined[-1], line)
        elif line:
            joined.append(line)
        before = line
    return "\n".join(joined)


def _is_wrapped(whole: str, before: str, line: str, longest: int) -> bool:
    """Whether a line goes on in the next: by the width, where neither of the two shows an end or a beginning."""
    first = _FIRST_WORD.match(line)
    if (
        first is None
        or (_BULLET.match(line) and whole.count("(") <= whole.count(")"))
        or _LABEL.match(line)
        or (_ENDED.search(before) and _BEGINS.match(line))
    ):
        return False
    if _DASH.match(line) and (_DASH.match(whole) or before.endswith(":")):
        return False
    room = len(first[0].split("-")[0]) + 1 if "-" in first[0].strip("-") else len(first[0])
    return len(before) + (not _BROKEN_WORD.search(before)) + room > longest


def _together(before: str, line: str) -> str:
    is_broken = bool(_BROKEN_WORD.search(before)) and not _GOES_ON.match(line)
    return before + line if is_broken else f"{before} {line}"
