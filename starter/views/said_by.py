"""Who has said something, as a command shows it: marked in the language in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from starter.language.names import named_process as named
from starter.language.words import spoken

if TYPE_CHECKING:
    from workflows.procedure.languages import Language


class SaidBySomebody(Protocol):
    """A line, a duty, a call: what somebody has said."""

    def said_by(self, language: Language) -> str:
        """Who, in a language."""


def said_by(said: SaidBySomebody) -> str:
    """Who has said it; of what came without the desk's key, that nobody knows who has."""
    return named(said.said_by(spoken()))
