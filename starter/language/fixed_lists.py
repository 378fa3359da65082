"""The words of fixed lists ("critical", "kriittinen", "kritisk"), and which one is meant by what was typed.

The one place that reads such a word, of every option and of every question: by its id, by its word in any of the three
languages, or by how one of them begins where that is clear; accents may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from starter.language.words import SPOKEN, Spoken, Texts, _, catalogue, spoken

SHORTEST_PART = 3
"""Letters: less of a later word of a name is a slip of the hand."""
AS_CLOSE_AS = 0.6
Said = Callable[[Spoken], Mapping[str, Iterable[str]]]
"""What each id is called in a language; what is shown comes first."""


class FixedList(NamedTuple):
    """A fixed list. ``said``: its words; ``also``: further words, in small letters without accents."""

    said: Said
    also: Mapping[str, str] = {}

    def ids(self) -> list[str]:
        """The ids, in their order."""
        return list(self.said("en"))

    def shown(self) -> dict[str, str]:
        """What a person reads of each id, in the language in force."""
        return {each: next(iter(words)) for each, words in self.said(spoken()).items()}

    def meant(self, typed: str) -> list[str]:
        """The ids that what was typed may mean: one, several where it is not clear, none."""
        wanted = plain(typed)
        if not wanted:
            return []
        if wanted in self.also:
            return [self.also[wanted]]
        for names in self._names():
            whole = {each for each, words in names.items() if wanted in words}
            begun = {each for each, words in names.items() if any(word.startswith(wanted) for word in words)}
            if found := whole or begun:
                return [each for each in names if each in found]
        return self._by_a_later_word(wanted)

    def named(self, typed: str) -> list[str]:
        """The ids of which this is an id or a whole word: where any other text may be meant, too."""
        wanted = plain(typed)
        found = {each for names in self._names() for each, words in names.items() if wanted in words}
        return [self.also[wanted]] if wanted in self.also else [each for each in self.ids() if each in found]

    def close(self, typed: str) -> str | None:
        """The id whose name is most like what was typed."""
        known = {word: each for names in self._names() for each, words in names.items() for word in words}
        near = get_close_matches(plain(typed), known, n=1, cutoff=AS_CLOSE_AS)
        return known[near[0]] if near else None

    def refusal(self, typed: str) -> str:
        """Why what was typed is none of the list, or not clear; in the language in force."""
        shown = self.shown()
        if several := self.meant(typed):
            among = " / ".join(shown[each] for each in several)
            return _("{typed!r} may be one of several: {among}; give more of it", typed=typed, among=among)
        among = " / ".join(shown.values())
        said = _("{typed!r} is none of these: {among}", typed=typed, among=among)
        if near := self.close(typed):
            return _("{said}; did you mean {close}?", said=said, close=shown[near])
        return said

    def _names(self) -> Iterator[dict[str, list[str]]]:
        """The ids with their names, first those of the language in force, then of the others."""
        for language in sorted(SPOKEN, key=lambda each: each != spoken()):
            yield {each: [plain(each), *map(plain, words)] for each, words in self.said(language).items()}

    def _by_a_later_word(self, wanted: str) -> list[str]:
        if len(wanted) < SHORTEST_PART:
            return []
        for names in self._names():
            found = [each for each, words in names.items() if any(f" {wanted}" in f" {word}" for word in words)]
            if found:
                return found
        return []


def plain(text: str) -> str:
    """A text as it is compared: small letters, no accents, a blank for "_" and "-"."""
    from starter.terminal.day_words import plainly

    return plainly(text.replace("_", " ").replace("-", " ").replace("(", "").replace(")", ""))


def fixed(names: Texts, also: Mapping[str, str] | None = None) -> FixedList:
    """A list whose words stand in the catalogues."""

    def said(language: Spoken) -> dict[str, tuple[str]]:
        known = catalogue(language)
        return {each: (known.get(text) or text,) for each, text in names.items()}

    return FixedList(said, also or {})
