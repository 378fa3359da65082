"""The part of a day beside a time, as people say it at night: "klo 3 yöllä", "eilen illalla 22.30", "i natt kl. 1.30".

Such a word must agree with the clock: "klo 15 yöllä" is no time. Of "last night", said at night, there are two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HOURS = {
    "aamuyolla": range(7), "aamulla": range(3, 13), "aamupaivalla": range(6, 13), "paivalla": range(8, 19),
    "iltapaivalla": range(12, 19), "illalla": range(16, 24), "yolla": (*range(8), *range(20, 24)),
    "pa natten": (*range(8), *range(20, 24)), "pa morgonen": range(3, 13), "pa formiddagen": range(6, 13),
    "pa eftermiddagen": range(12, 19), "pa kvallen": range(16, 24), "kvall": range(16, 24),
    "at night": (*range(8), *range(20, 24)), "in the morning": range(13), "in the afternoon": range(12, 19),
    "in the evening": range(16, 24), "evening": range(16, 24), "afternoon": range(12, 19),
}  # fmt: skip
"""The hours of each part; the words as ``plainly`` writes them."""
_NIGHTS = {
    "viime yona": True, "last night": True, "forra natten": True, "i natt": False, "inatt": False, "tana yona": False,
}  # fmt: skip
"""Whether a night is the last one; the others are the one that is, or was, this one."""
_ANY = re.compile(rf"(?:^|(?<=\s))(?:{'|'.join(sorted((*_HOURS, *_NIGHTS), key=len, reverse=True))})(?=\s|$)")
NIGHT = (*range(9), *range(18, 24))
EVENING = 18
SMALL_HOURS = 6


_ABOUT = re.compile(r"(?:^|(?<= ))(?:noin|suunnilleen|cirka|ca\.?|ungefar|omkring|around|about) (?=\D{0,8}\d)")
_EVENINGS = (
    (re.compile(r"\b(?:tana iltana|i kvall|ikvall|this evening)\b"), "idag kvall"),
    (re.compile(r"\b(?:viime iltana|eilisiltana|last evening)\b"), "igar kvall"),
)


class PartOfDay(NamedTuple):
    """What a time says beside its clock."""

    hours: frozenset[int]
    is_last: bool | None = None
    """Of a night, whether the last one is meant, or this one; None of the other parts."""

    def may_be_of_the_next_day(self, hour: int) -> bool:
        """Whether a day and this part of it may mean the day after: "yesterday at night, 1.30"."""
        return {0, 23} <= self.hours and hour < SMALL_HOURS


def without_about(words: str) -> str:
    """A typed time without "about", which a moment on record can't say; an evening by its day and part."""
    words = _ABOUT.sub("", words)
    for said, meant in _EVENINGS:
        if any(letter.isdigit() for letter in words):
            words = said.sub(meant, words)
    return words


def without_part(words: str) -> tuple[str, PartOfDay | None]:
    """A typed time without its part of the day, and that part; an hour alone is a clock then."""
    found = _ANY.search(words)
    if found is None or words == found[0] or re.match(r"(?:i|tana|this|viime|last) (?:kvall|evening)", words):
        return words, None
    rest = " ".join((words[: found.start()] + " " + words[found.end() :]).split())
    rest = re.sub(r"^(\d{1,2})$", r"klo \1", rest)
    if found[0] in _NIGHTS:
        return rest, PartOfDay(frozenset(NIGHT), _NIGHTS[found[0]])
    return rest, PartOfDay(frozenset(_HOURS[found[0]]))


def days_back(hour: int, now_at: int, *, is_passed: bool, is_last: bool) -> list[int]:
    """How many days before today a night's hour lies, the nearest first. ``now_at``: the hour that it is."""
    if hour >= EVENING:
        this = [0] if is_passed and now_at >= EVENING else []
        return [*this, 1] if is_last or not this else this
    this = [0] if is_passed or not is_last else []
    return [*this, 1] if is_last and (now_at in range(9) or not this) else this
