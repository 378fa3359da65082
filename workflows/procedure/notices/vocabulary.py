"""The words by which a notice is understood (``data/notice_vocabulary.toml``): dated, with source, trilingual."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.dated import Dated
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.wording import phrases

Said = Literal[
    "fault", "fails", "break", "now", "ongoing", "partial", "reopened", "ended", "over", "repair", "some", "awaited",
    "may_be", "past", "exercise", "denied", "planned", "update", "called_off", "moved", "correction", "repeat",
    "concerns", "negation", "privacy", "noise", "local", "local_in_text", "dependency", "attack", "advice",
    "spares_after", "spares_before", "works", "excepts", "new_clause", "again", "language", "no_longer", "also", "footer", "filler", "fine", "taken_back", "began", "spares_list",  # noqa: E501  # one pattern or sentence
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


_TELLS_LANGUAGE: frozenset[Said] = frozenset(
    {"language", "fault", "fails", "ongoing", "partial", "reopened", "ended", "planned", "correction", "repeat"}
)


@cache
def vocabulary() -> tuple[Phrases, ...]:
    """Every entry. Read when first asked for, as the patterns are: few commands read a notice."""
    return tuple(Phrases.model_validate(entry) for entry in rule_data.read("notice_vocabulary")["entries"])


@cache
def says(said: Said) -> re.Pattern[str]:
    """A pattern for every phrase of one meaning, in a ``plain`` text of any of the three languages."""
    return phrases(word for entry in vocabulary() if entry.says == said for word in entry.every())


@cache
def language_words(language: Language) -> re.Pattern[str]:
    """A pattern for the words by which a language is known."""
    entries = (entry for entry in vocabulary() if entry.says in _TELLS_LANGUAGE)
    return phrases(word for entry in entries for word in getattr(entry, language))


NoticeLanguage = Literal["fi", "sv", "en", "unknown"]


def language_of(words: str) -> NoticeLanguage:
    """The language with the most frequent words in a ``plain`` text; ``unknown`` where none leads."""
    found = sorted(
        ((sum(1 for _ in language_words(language).finditer(words)), language) for language in LANGUAGES),
        reverse=True,
    )
    (most, language), (second, _), *_ = found
    return language if most > second else "unknown"
