"""Lines that fit the terminal: a long one is broken between its words, never inside a word, a moment or a command."""

from __future__ import annotations

import re
import textwrap

GLUE = "\x1f"
"""Stands for a blank at which no line ends."""
_TOGETHER = re.compile(
    r"""kantadesk(?:[ ][a-z][a-z-]*){1,2}(?:[ ](?:--?[a-z][\w-]*|"[^"]*"|[A-Za-z]*[\dA-Z_][\w.~:-]*))*"""  # a command
    r"|\d{1,2}\.\d{1,2}\.(?:\d{4})?(?: klo| kl\.)? \d{1,2}[.:]\d{2}"  # a moment
    r"|\d+ (?:d|pv|h|min)\b(?: \d+ (?:h|min)\b)?"  # a length of time
    r"|\b0\d{1,3}(?: \d{2,4}){1,3}\b"  # a telephone number
    r"|\(Enter: [^()]{1,30}\)|\[\w\]\w*(?: / \w* ?\[\w\]\w*)+"  # what may be answered
)
_LABEL = re.compile(r" *\S.{0,16}?: {2,}(?=\S)")
"""What a value stands beside: the lines after the first begin below the value."""


def wrapped(line: str, width: int, hang: int = 0) -> str:
    """A line as lines of at most ``width`` letters, each under the indent of the first, or ``hang`` letters further.

    What is longer than that by itself (a command to be copied, a file's name) stays whole, on a line of its own.
    """
    if len(line) <= width:
        return line
    label = _LABEL.match(line)
    indent = len(label[0]) if label else len(line) - len(line.lstrip()) + hang
    indent = max(min(indent, width // 3, width - longest_word(line, ids_too=True)), 0)
    lines = textwrap.wrap(
        _glued(line), width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace(GLUE, " ") or line


AN_ID_NEEDS = 24


def longest_word(text: str, *, ids_too: bool = False) -> int:
    """How many letters the longest part needs that is not broken: a word, a moment, a command.

    Of an id, a path and the like 24 are enough, unless ``ids_too``.
    """
    return max((len(each) if ids_too else _needed(each) for each in _glued(text).split(" ")), default=0)


def _needed(part: str) -> int:
    is_an_id = GLUE not in part and any(letter.isdigit() or letter in "@/\\_" for letter in part)
    return min(len(part), AN_ID_NEEDS) if is_an_id else len(part)


def _glued(text: str) -> str:
    return _TOGETHER.sub(lambda found: found[0].replace(" ", GLUE), text)
