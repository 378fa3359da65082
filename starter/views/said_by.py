"""Who has said something, as a command shows it: marked in the organisation's own language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workflows.procedure.languages import Language


class SaidBySomebody(Protocol):
    """A line, a duty, a call: what somebody has said."""

    def said_by(self, language: Language) -> str:
        """Who, in a language."""


def said_by(said: SaidBySomebody) -> str:
    """Who has said it; of what came without the desk's key, that nobody knows who has."""
    return said.said_by(shown_in())


@cache
def shown_in() -> Language:
    """The language of the operating model; English where there is none but the packaged example."""
    from starter.client.configuration import operating_model, settings_in_force
    from workers.settings import packaged_operating_model

    settings = settings_in_force()
    is_own = settings.operating_model != packaged_operating_model()
    model = operating_model(settings) if is_own else None
    return model.organisation.language if model else "en"
