"""The three languages of the procedure."""

from __future__ import annotations

from typing import Literal

from workflows.procedure.model import Model

Language = Literal["fi", "sv", "en"]
LANGUAGES: tuple[Language, ...] = ("fi", "sv", "en")


class Trilingual(Model):
    """One text in Finnish, Swedish and English."""

    fi: str
    sv: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in one language."""
        return str(getattr(self, language))
