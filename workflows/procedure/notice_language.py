"""In which of the three languages a notice is written, by the frequent words of each."""

from __future__ import annotations

from typing import Literal

from workflows.procedure.notice_vocabulary import LANGUAGE_WORDS

NoticeLanguage = Literal["fi", "sv", "en", "unknown"]


def language_of(words: str) -> NoticeLanguage:
    """The language with the most frequent words in a ``plain`` text; ``unknown`` where none leads."""
    found = sorted(
        ((sum(1 for _ in pattern.finditer(words)), language) for language, pattern in LANGUAGE_WORDS.items()),
        reverse=True,
    )
    (most, language), (second, _), *_ = found
    return language if most > second else "unknown"
