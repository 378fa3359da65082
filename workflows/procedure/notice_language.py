"""In which of the three languages a notice is written, by the frequent words of each."""

from __future__ import annotations

from typing import Literal

from workflows.procedure.languages import LANGUAGES
from workflows.procedure.notice_vocabulary import language_words

NoticeLanguage = Literal["fi", "sv", "en", "unknown"]


def language_of(words: str) -> NoticeLanguage:
    """The language with the most frequent words in a ``plain`` text; ``unknown`` where none leads."""
    found = sorted(
        ((sum(1 for _ in language_words(language).finditer(words)), language) for language in LANGUAGES),
        reverse=True,
    )
    (most, language), (second, _), *_ = found
    return language if most > second else "unknown"
