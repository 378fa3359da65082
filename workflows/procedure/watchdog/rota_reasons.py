"""Why a rota can't be read, in the reader's language (``data/rota_reasons.toml``); an unknown reason stays as it is."""

from __future__ import annotations

import re

from workflows.procedure import rule_data
from workflows.procedure.languages import Language, Trilingual

_REASONS = [Trilingual.model_validate(words) for words in rule_data.read("rota_reasons")["reasons"].values()]
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(words)))


_PATTERNS = [(_pattern(words.en), words) for words in sorted(_REASONS, key=lambda words: len(words.en), reverse=True)]


def rota_reason(why: str, language: Language) -> str:
    """A reason in a language."""
    for pattern, words in _PATTERNS:
        if found := pattern.fullmatch(why):
            return words.in_(language).format_map(found.groupdict())
    return why
