"""The words by which a notice is understood (``data/notice_vocabulary.toml``): dated, with source, trilingual."""

from __future__ import annotations

import re
from typing import Literal, get_args

from workflows.procedure import rule_data
from workflows.procedure.dated import Dated
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.wording import phrases

Said = Literal[
    "fault", "fails", "break", "now", "ongoing", "partial", "reopened", "ended", "over", "repair", "some", "awaited",
    "may_be", "past", "exercise", "denied", "planned", "update", "called_off", "moved", "correction", "repeat",
    "concerns", "negation", "privacy", "noise", "local", "local_in_text", "dependency", "attack", "advice",
    "spares_after", "spares_before", "works", "excepts", "new_clause", "again", "language",
]  # fmt: skip
"""What a phrase can say of a notice; the comments in the data file tell what each means."""


class Phrases(Dated):
    """The phrases of one meaning."""

    says: Said
    fi: tuple[str, ...]
    sv: tuple[str, ...]
    en: tuple[str, ...]

    def every(self) -> tuple[str, ...]:
        """The phrases of all languages, longer ones first, so that the longest is the one that is found and named."""
        return tuple(sorted({*self.fi, *self.sv, *self.en}, key=len, reverse=True))


VOCABULARY: tuple[Phrases, ...] = tuple(
    Phrases.model_validate(entry) for entry in rule_data.read("notice_vocabulary")["entries"]
)
_PATTERNS: dict[Said, re.Pattern[str]] = {
    said: phrases(word for entry in VOCABULARY if entry.says == said for word in entry.every())
    for said in get_args(Said)
}
_TELLS_LANGUAGE: frozenset[Said] = frozenset(
    {"language", "fault", "fails", "ongoing", "partial", "reopened", "ended", "planned", "correction", "repeat"}
)
LANGUAGE_WORDS: dict[Language, re.Pattern[str]] = {
    language: phrases(
        word for entry in VOCABULARY if entry.says in _TELLS_LANGUAGE for word in getattr(entry, language)
    )
    for language in LANGUAGES
}


def says(said: Said) -> re.Pattern[str]:
    """A pattern for every phrase of one meaning, in a ``plain`` text of any of the three languages."""
    return _PATTERNS[said]
