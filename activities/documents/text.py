"""Strangers' text for documents and messages: what can't be seen or written is taken out, what is too long is cut.

Measured on python-docx 1.2 and docxtpl 0.20: control characters, lone surrogates and U+FFFE break a docx or vanish
silently; 200,000 lines in one cell take minutes to read back.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any

from workflows.procedure.languages import Language, Trilingual
from workflows.procedure.names import person_named

MAX_CHARACTERS = 8000
MAX_LINES = 200
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_EMOJI_JOINER = "\N{ZERO WIDTH JOINER}"
_NEVER_SHOWN = ("Cc", "Cf", "Cs")


def cleaned(text: str) -> str:
    """The text without control characters, lone surrogates, direction overrides, zero widths and noncharacters.

    Line ends of every kind become line feeds. Emoji (with their joiners), right-to-left scripts and accents stay.
    """
    return "".join(char for char in _LINE_ENDS.sub("\n", text) if _is_writable(char)).strip()


def shortened(text: str, remark: str) -> str:
    """The text, cut to 8,000 characters and 200 lines; where something was cut, the remark follows on its own line."""
    kept = "\n".join(text[:MAX_CHARACTERS].split("\n")[:MAX_LINES])
    return text if kept == text else f"{kept.rstrip()}\n{remark}"


def _is_writable(char: str) -> bool:
    if char.isprintable() or char in ("\n", "\t", _EMOJI_JOINER):
        return True
    return unicodedata.category(char) not in _NEVER_SHOWN and not _is_noncharacter(ord(char))


def _is_noncharacter(code: int) -> bool:
    """The 66 code points that Unicode will never assign; XML forbids two of them."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE  # noqa: PLR2004  # Unicode standard, section 23.7


def one_line(text: str, at_most: int = 300) -> str:
    """The text on one line, for a subject or a table: runs of white space become one space; cut with an ellipsis."""
    line = " ".join(cleaned(text[: at_most * 10]).split())
    return line if len(line) <= at_most else line[: at_most - 1] + "…"


def indented(text: str) -> str:
    """The text set off by four spaces, so that nobody takes a stranger's lines for ours."""
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


WORDS: dict[str, Any] = tomllib.loads(
    resources.files("activities").joinpath("templates", "words.toml").read_text(encoding="utf-8")
)


def word(group: str, name: str, language: Language) -> str:
    """A word in one language."""
    return Trilingual.model_validate(WORDS[group][name]).in_(language)


def decided_by(by: str, language: Language, *, is_unverified: bool = False, confirmed_by: str = "") -> str:
    """Who has said something, for people: who has confirmed it, or that only somebody without the key claims it."""
    by = one_line(by)
    if by and confirmed_by:
        return person_named(by, language, confirmed_by=one_line(confirmed_by))
    return word("sender", "unverified", language).format(by=by) if by and is_unverified else by
