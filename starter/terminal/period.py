"""A period as people type it: from one day to another, both included, in the organisation's calendar."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from starter.language.words import _
from starter.terminal import time_input
from starter.terminal.day_words import NotADay, bears_year, days_meant
from starter.terminal.errors import Wrong
from workflows.procedure.local_time import HELSINKI, local, zone


class Period(NamedTuple):
    """From ``start`` up to and without ``end``; None where it is open."""

    start: datetime | None
    end: datetime | None


def period(from_day: str | None, to_day: str | None, zone_name: str = HELSINKI) -> Period:
    """The period between two typed days. Raises ``Wrong``."""
    if from_day and to_day:
        return Period(*whole_period(from_day, to_day, zone_name))
    start = _midnight(_day(from_day, "--from"), zone_name) if from_day else None
    end = _midnight(_day(to_day, "--to") + timedelta(days=1), zone_name) if to_day else None
    return Period(start, end)


def whole_period(from_day: str, to_day: str, zone_name: str = HELSINKI) -> tuple[datetime, datetime]:
    """The period between two typed days, closed on both sides. Raises ``Wrong``."""
    first, last = _day(from_day, "--from"), _day(to_day, "--to")
    if last < first:
        raise Wrong(_("--to: lies before --from; give the earlier day as --from"))
    return _midnight(first, zone_name), _midnight(last + timedelta(days=1), zone_name)


def _day(text: str, called: str) -> date:
    day = _meant(text)
    if day is None:
        raise Wrong(_('{called}: is not one day; write "2026-11-22", "22.11.2026" or "yesterday"', called=called))
    if not 2000 <= day.year < 2100:  # noqa: PLR2004  # what every moment in the contract keeps to
        raise Wrong(_("{called}: the day must lie between the years 2000 and 2099", called=called))
    return day


def _meant(text: str) -> date | None:
    """The day that is said; a date without its year may be any."""
    with suppress(NotADay):
        days = days_meant(text, local(time_input.now()).date())
        if len(days) == 1 and (bears_year(text) or not any(letter.isdigit() for letter in text)):
            return days[0]
    with suppress(ValueError):
        return date.fromisoformat(text.strip())
    return None


def _midnight(day: date, zone_name: str) -> datetime:
    return datetime.combine(day, time(0), zone(zone_name))
