"""Moments and periods as papers say them, in the paper's language: "26.11.2026 klo 15.05", "1.1.–31.12.2026"."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI, local

_AT: dict[Language, str] = {"fi": "klo {:%H.%M}", "sv": "kl. {:%H.%M}", "en": "at {:%H:%M}"}

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("må", "ti", "on", "to", "fr", "lö", "sö"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def moment_in(language: Language, moment: datetime | None, time_zone: str = HELSINKI) -> str:
    """A moment in local time; the offset only where the clock shows that hour twice. Empty where there is none."""
    if moment is None:
        return ""
    there = local(moment, time_zone)
    return f"{_day(there)} {_AT[language].format(there)}{_offset(there)}"


def weekday_and_moment_in(language: Language, moment: datetime, time_zone: str = HELSINKI) -> str:
    """A moment with its weekday: "to 26.11.2026 klo 15.05"."""
    return f"{_WEEKDAYS[language][local(moment, time_zone).weekday()]} {moment_in(language, moment, time_zone)}"


def day_of(moment: datetime, time_zone: str = HELSINKI) -> str:
    """The day of a moment in local time: "26.11.2026"."""
    return _day(local(moment, time_zone))


def days_between(start: datetime, end: datetime, time_zone: str = HELSINKI) -> str:
    """The days of [start, end): "1.1.–31.12.2026"; the year twice only where it differs, one day once."""
    first, last = local(start, time_zone), local(end - timedelta(microseconds=1), time_zone)
    if first.date() >= last.date():
        return _day(first)
    return f"{first.day}.{first.month}.{first.year if first.year != last.year else ''}–{_day(last)}"


def _day(there: datetime) -> str:
    return f"{there.day}.{there.month}.{there.year}"


def _offset(there: datetime) -> str:
    """Where the same time of the day comes twice (the clock was put back), which of the two it is."""
    if there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset():
        return ""
    offset = there.strftime("%z")
    return f" (UTC{offset[:3]}:{offset[3:]})"
