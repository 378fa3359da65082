"""Strangers' text in a plain text message: on one line, or set off from our own words."""

from __future__ import annotations

from activities.document_text import cleaned


def one_line(text: str, at_most: int = 300) -> str:
    """The text on one line, for a subject or a table: runs of white space become one space; cut with an ellipsis."""
    line = " ".join(cleaned(text[: at_most * 10]).split())
    return line if len(line) <= at_most else line[: at_most - 1] + "…"


def indented(text: str) -> str:
    """The text set off by four spaces, so that nobody takes a stranger's lines for ours."""
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
