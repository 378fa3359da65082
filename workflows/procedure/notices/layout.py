"""Lines that were wrapped at some width, joined again: layout is not grammar.

Where a text was wrapped at a width, the line and the first word of the next are longer than any line of it. That
holds of every line that was wrapped; where it doesn't hold, the line was ended on purpose.
"""

from __future__ import annotations

import re

from workflows.procedure.notices.time_words import DATA, any_of

NARROWEST = 40
"""Lines of a short list are no wrapped text; one that is narrower was wrapped where a line begins in the midst of a sentence."""  # noqa: E501  # one pattern or sentence
SHORTEST = 15
"""With no line longer than this, it is no prose."""
WIDEST = 130
"""With a longer line, nothing was wrapped."""

_BULLET = re.compile(r"^\s*(?:[•*·▪◦]|\d{1,2}\)|[a-z]\))\s+")
_DASH = re.compile(r"^\s*[-–—]\s+")
_FIRST_WORD = re.compile(r"\S+")
_ENDED = re.compile(r"(?<!\d)[.!?:]$")
_OPEN_END = re.compile(
    r"\b(?:klo|kl|kello|klockan|den|at|from|between|mellan|the|och|ja|and|sekä|tai|eller|or|on|to|till|i|av|of)\.?$",
    re.IGNORECASE,
)
"""With one of these a line never ends on purpose."""
_DAY_OF_MONTH = re.compile(r"(?<![.:\d])\d{1,2}\.?$")
_MONTH = re.compile(rf"(?:{any_of(DATA['months'])})\b", re.IGNORECASE)
_IN_SENTENCE = re.compile(r"[\w,]$")
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
    is_wrapped = longest > SHORTEST and (text.isupper() or any(map(_goes_on_below, lines, lines[1:])))
    width = longest if is_wrapped else max(longest, NARROWEST)
    joined: list[str] = []
    before = ""
    for line in lines:
        if joined and line and before and _is_wrapped(joined[-1], before, line, width):
            joined[-1] = _together(joined[-1], line)
        elif line:
            joined.append(line)
        before = line
    return "\n".join(joined)


def _goes_on_below(before: str, line: str) -> bool:
    """Whether a sentence goes on in the next line for certain: that begins with a small letter."""
    if _BULLET.match(line) or _DASH.match(line) or not line:
        return False
    return _is_open(before, line) or (bool(_IN_SENTENCE.search(before)) and line[:1].islower())


def _is_open(before: str, line: str) -> bool:
    """Whether a line ends where nothing can end ("kl.", "22" before "October")."""
    is_date = _DAY_OF_MONTH.search(before) and _MONTH.match(line)
    is_pair = _BROKEN_WORD.search(before) and _GOES_ON.match(line)  # "kysely-" before "ja välityspalvelu"
    return not _DASH.match(line) and bool(is_date or is_pair or _OPEN_END.search(before))


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
    if _is_open(before, line):
        return True
    if _DASH.match(line) and (_DASH.match(whole) or before.endswith(":")):
        return False
    room = len(first[0].split("-")[0]) + 1 if "-" in first[0].strip("-") else len(first[0])
    return len(before) + (not _BROKEN_WORD.search(before)) + room > longest


def _together(before: str, line: str) -> str:
    is_broken = bool(_BROKEN_WORD.search(before)) and not _GOES_ON.match(line)
    return before + line if is_broken else f"{before} {line}"
