"""What speaks against relying on a notice by the way it came, carried at the head of its text.

A mail that could not be opened, or a forwarded one without its own date, is never certain. The remark stands in the
text so that people read it where they read the notice.
"""

from __future__ import annotations

import re

_NOT_INSIDE = re.compile(r"[\[\]\s]+")
_REMARK = re.compile(r"^\[Kantadesk remarks: (?P<words>[^\[\]\n]{1,300})\]\n?", re.MULTILINE)


def with_remarks(text: str, remarks: tuple[str, ...]) -> str:
    """The text with its remarks at its head."""
    lines = [f"[Kantadesk remarks: {_NOT_INSIDE.sub(' ', words)[:300].strip()}]" for words in remarks]
    return "\n".join([*lines, text]).rstrip("\n")


def without_remarks(text: str) -> tuple[str, tuple[str, ...]]:
    """The notice's own text, and the remarks on it."""
    return _REMARK.sub("", text), tuple(found["words"] for found in _REMARK.finditer(text))
