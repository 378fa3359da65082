"""A moment as letters, papers and the command line write it for people: one form in each language.

"26.11.2026 klo 15.05", "26.11.2026 kl. 15.05", "26.11.2026 15:05"; with the offset only where that hour comes twice.
"""

from __future__ import annotations

from datetime import datetime

from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI, local

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("må", "ti", "on", "to", "fr", "lö", "sö"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_CLOCK: dict[Language, str] = {"fi": "klo %-H.%M", "sv": "kl. %-H.%M", "en": "%H:%M"}


def written_in(moment: datetime, language: Language, zone: str = HELSINKI, *, weekday: bool = False) -> str:
    """A moment for people, in local time; ``weekday``: with its day of the week before it."""
    there = local(moment, zone)
    day = f"{WEEKDAYS[language][there.weekday()]} " if weekday else ""
    return f"{day}{there.day}.{there.month}.{there.year} {clock_in(moment, language, zone)}"


def clock_in(moment: datetime, language: Language, zone: str = HELSINKI) -> str:
    """The time of the day alone: "klo 15.05"."""
    there = local(moment, zone)
    is_twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    offset = there.strftime("%z")
    which = f" ({offset[:3]}:{offset[3:]})" if is_twice else ""
    return f"{there.strftime(_CLOCK[language])}{which}"


def span_in(start: datetime, end: datetime, language: Language, zone: str = HELSINKI) -> str:
    """From one moment to another: the day once where it is one, and an en dash between."""
    if local(start, zone).date() != local(end, zone).date():
        return f"{written_in(start, language, zone)} – {written_in(end, language, zone)}"
    return f"{written_in(start, language, zone)}–{clock_in(end, language, zone).removeprefix(_word(language))}"


def _word(language: Language) -> str:
    return {"fi": "klo ", "sv": "kl. ", "en": ""}[language]
