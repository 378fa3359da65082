"""How a person types a moment: with an offset, or in Finnish local time, or just the time of day, or ``now``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from starter.language.words import N_, _
from workflows.procedure.local_time import HELSINKI, local, zone

A_LITTLE_AHEAD = timedelta(minutes=10)
NOW = ("now", "nyt", "nu")
EXAMPLES = N_('"2026-11-22 14:05", "22.11.2026 14.05", "14:05", "now", or with an offset "2026-11-22T14:05+02:00"')

_LOCAL = re.compile(
    r"(?:(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<fd>\d{1,2})\.(?P<fm>\d{1,2})\.(?P<fy>\d{4}))(?:[T ]+|,\s*))?"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
)


class NotAMoment(ValueError):
    """The text is not a moment, or not a clear one; the message says what to type."""


def now() -> datetime:
    """The time on this machine's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the command line is where the person's "now" is


def read_moment(text: str, at: datetime, zone_name: str = HELSINKI, *, ahead: bool = False) -> datetime:
    """Read a typed moment; ``at`` is the present.

    Without an offset it is local time. Without a day it is the last such time that has passed (ten minutes ahead are
    still today, for clocks that differ), or with ``ahead`` the next one. Raises ``NotAMoment`` for a local time that a
    clock change left out, and for one that it made happen twice.
    """
    written = text.strip()
    if written.casefold() in NOW:
        return at
    if found := _LOCAL.fullmatch(written):
        return _from_local(found, at, zone_name, ahead=ahead)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise NotAMoment(_("is not a time; write {examples}", examples=_(EXAMPLES))) from None
    if moment.tzinfo is None:
        raise NotAMoment(_("says the day but not the time; write {examples}", examples=_(EXAMPLES)))
    return moment


def has_day(text: str) -> bool:
    """Whether a typed moment says its day; "now" does."""
    found = _LOCAL.fullmatch(text.strip())
    return found is None or bool(found["y"] or found["fy"])


def day_to_say(text: str, at: datetime, zone_name: str = HELSINKI) -> str:
    """What to type instead of a time without a day that would be one of another day; empty where it is clear."""
    if has_day(text):
        return ""
    there = local(read_moment(text, at, zone_name), zone_name)
    return "" if there.date() == local(at, zone_name).date() else f"{there:%d.%m.%Y %H:%M}"


def _from_local(found: re.Match[str], at: datetime, zone_name: str, *, ahead: bool) -> datetime:
    parts = found.groupdict()
    year, month, day = (parts["y"] or parts["fy"], parts["m"] or parts["fm"], parts["d"] or parts["fd"])
    try:
        clock = time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
        if year:
            return _placed(date(int(year), int(month), int(day)), clock, zone_name)
    except ValueError as error:
        if isinstance(error, NotAMoment):
            raise
        raise NotAMoment(_("is not a day or time of the calendar; write {examples}", examples=_(EXAMPLES))) from None
    today = local(at, zone_name).date()
    moment = _placed(today, clock, zone_name)
    if ahead:
        return moment if moment > at else _placed(today + timedelta(days=1), clock, zone_name)
    return moment if moment <= at + A_LITTLE_AHEAD else _placed(today - timedelta(days=1), clock, zone_name)


def _placed(day: date, clock: time, zone_name: str) -> datetime:
    first = datetime.combine(day, clock, zone(zone_name))
    second = first.replace(fold=1)
    if first.astimezone(UTC).astimezone(zone(zone_name)).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NotAMoment(
            _(
                "does not exist: on {day} the clocks went forward over {clock}; write the time with its offset",
                day=day,
                clock=f"{clock:%H:%M}",
            )
        )
    if first.utcoffset() != second.utcoffset():
        raise NotAMoment(
            _(
                'happened twice on {day}, when the clocks went back; write which one: "{isoformat}" or "{isoformat_2}"',
                day=day,
                isoformat=first.isoformat(timespec="minutes"),
                isoformat_2=second.isoformat(timespec="minutes"),
            )
        )
    return first
