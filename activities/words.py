"""Single words of letters and papers in three languages (``templates/words.toml``)."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from workflows.procedure.languages import Language, Trilingual

WORDS: dict[str, Any] = tomllib.loads(
    resources.files("activities").joinpath("templates", "words.toml").read_text(encoding="utf-8")
)


def word(group: str, name: str, language: Language) -> str:
    """A word in one language."""
    return Trilingual.model_validate(WORDS[group][name]).in_(language)
