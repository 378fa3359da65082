"""Answers that are shown once more before they go: each has a number, by which it is changed."""

from __future__ import annotations

from collections.abc import Sequence

from starter.language.words import _
from starter.terminal import prompts
from starter.terminal.errors import Wrong


def looked_at(answers: Sequence[str]) -> int | None:
    """Show the answers and ask whether they may go.

    Which one is to be asked for again, counted from 0; None where they may go. Raises ``Wrong`` where they may not.
    """
    for number, answer in enumerate(answers, 1):
        prompts.numbered(number, answer)
    return asked_of(len(answers))


def asked_of(answers: int) -> int | None:
    """The same, of answers that are shown already."""
    while True:
        typed = prompts.line(_("Enter: go on; a number: change that answer; n: send nothing"))
        if not typed or prompts.understood(typed) == "yes":
            return None
        if prompts.understood(typed) == "no":
            raise Wrong(_("nothing was sent"))
        if typed.isdecimal() and 0 < int(typed) <= answers:
            return int(typed) - 1
        prompts.tell("  " + _("Please give one of the numbers above, Enter or n."))
