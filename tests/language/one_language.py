"""Which words of a screen are English, and which are ids: no Finnish or Swedish reader should meet one.

A word counts as English where an English text of the catalogues has it and no text of the reader's language has:
neither the catalogues, nor the letters, nor the names of the services.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from activities.documents.text import WORDS
from starter.language.words import Spoken, catalogue
from workflows.procedure import rule_data
from workflows.procedure.services import SERVICES

TEMPLATES = Path(__file__).parents[2] / "activities" / "templates"
A_WORD = re.compile(r"[A-Za-zÅÄÖåäö]{3,}")
AN_ID = re.compile(r"(?<![\w/-])[a-z]+(?:_[a-z0-9]+)+(?![\w])|(?<![\w/-])[a-z]+(?:_[a-z]+)*-\d+\b")
TO_TYPE = re.compile(
    r"kantadesk(?: [a-z][a-z-]*){0,2}(?: [A-Z]+-\S+)?(?: [a-z0-9]+(?:_[a-z0-9-]+)+)?|--[a-z-]+|KANTADESK_\w+|"
    r"\S*[/@]\S*|\S+\.(?:docx|txt|ics|eml|zip|json)|\b[0-9a-f]{8,}\b"
)
"""What stays as it is: commands, options, files, addresses."""


def not_of(language: Spoken, screen: str, *, said: Iterable[str] = ()) -> list[str]:
    """The English words and the ids of a screen. ``said``: what people wrote, and letters in other languages."""
    shown = TO_TYPE.sub(" ", " ".join(screen.split()))
    for text in sorted(said, key=len, reverse=True):
        shown = shown.replace(text, " ")
    ids = AN_ID.findall(shown)
    words = [word for word in A_WORD.findall(shown) if word.casefold() in english() - own(language)]
    return [*dict.fromkeys(ids + words)]


@cache
def english() -> frozenset[str]:
    """The words of the English texts."""
    return words_in([key for language in ("fi", "sv") for key in catalogue(language)])


@cache
def own(language: Spoken) -> frozenset[str]:
    """The words of a language."""
    texts = [*catalogue(language).values(), *(each.name.in_(language) for each in SERVICES.values())]
    texts += [entry[language] for group in WORDS.values() for entry in group.values() if language in entry]
    texts += [path.read_text(encoding="utf-8") for path in (TEMPLATES / language).iterdir()]
    texts += _in(rule_data.read("tasks"), language)
    return words_in(texts)


def _in(data: object, language: str) -> list[str]:
    if isinstance(data, dict):
        mine = [data[language]] if isinstance(data.get(language), str) else []
        return mine + [text for each in data.values() for text in _in(each, language)]
    return [text for each in data for text in _in(each, language)] if isinstance(data, list) else []


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, in small letters, without commands and options."""
    return frozenset(word.casefold() for text in texts for word in A_WORD.findall(TO_TYPE.sub(" ", text)))
