"""Looking for words in published texts, whatever their case, hyphens and spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable


def plain(text: str) -> str:
    """The text in lower case, with one kind of hyphen, apostrophe and space; line breaks stay."""
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text.casefold().replace("\u00ad", "").replace("’", "'"))
    return re.sub(r"[^\S\n]+", " ", text)


def phrases(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of some words or phrases in a ``plain`` text; ``*`` stands for any letters of the same word."""
    written = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)})(?!\w)")
