"""The words in a notice that name days and times, in their order: the first step in reading its windows.

What each of them means is decided in ``dates.py``; which day belongs to which time, in ``windows.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from workflows.procedure.notices.dates import FORMS
from workflows.procedure.notices.time_words import MARKS, NUMBERS, Token, alternatives
from workflows.procedure.wording import phrases

_OPENING_HOURS = phrases(MARKS["opening_hours"])
_WRITTEN = phrases(MARKS["written"])
_SENTENCE_END = re.compile(r"((?<=\w\w)[.!?]\s)")
_DURATION = re.compile(
    rf"""[^\d\n.]{{0,25}}? (?<!\w)(?P<count>\d{{1,3}}|{"|".join(sorted(NUMBERS, key=len, reverse=True))})\s?
         (?:(?P<hours>{alternatives(MARKS["hour"])})|(?P<minutes>{alternatives(MARKS["minute"])}))""",
    re.VERBOSE,
)


@cache
def _scanner() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{form.pattern})" for name, form in FORMS.items()), re.VERBOSE)


def tokens(text: str, published: date) -> list[Token]:
    """The days and times of a ``plain`` text, but not those of opening hours and of the day on which it was written."""
    found: list[Token] = []
    begins = 0
    for line in text.split("\n"):
        written = _WRITTEN.search(line)
        found += [
            token._replace(start=token.start + begins, end=token.end + begins)
            for token in _tokens_of(_without_opening_hours(line), published)
            if not (written and token.kind in ("day", "time") and token.start >= written.start())
        ]
        ends = begins + len(line)
        found.append(Token("stop", "\n", ends, ends + 1))
        begins = ends + 1
    return found


def _without_opening_hours(line: str) -> str:
    """The line with the sentences about a help desk blanked, so that places stay."""
    if not _OPENING_HOURS.search(line):
        return line
    return "".join(" " * len(part) if _OPENING_HOURS.search(part) else part for part in _SENTENCE_END.split(line))


def _tokens_of(line: str, published: date) -> Iterator[Token]:
    at = 0
    while match := _scanner().search(line, at):
        at = match.end()
        form = next(form for name, form in FORMS.items() if match[name] is not None)
        for token in form.read(match, published):
            if token.kind != "lasts":
                yield token
            elif lasting := _DURATION.match(line, at):
                at = lasting.end()
                yield token._replace(minutes=_minutes(lasting), end=at)


def _minutes(lasting: re.Match[str]) -> int:
    count = int(lasting["count"]) if lasting["count"].isdigit() else NUMBERS[lasting["count"]]
    return count * 60 if lasting["hours"] else count
