"""The shifts of an iCalendar text, as instants. What can't be understood for certain makes the whole unreadable.

A shift begins and ends by the clock on the wall of its time zone, as calendar programmes show it: a night of 22-07 is
an hour longer, or shorter, when the clocks change. A single event whose length is given in hours is that long.
Times without a zone are those of the organisation; of an hour that comes twice they mean the first (RFC 5545, 3.3.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from activities.edited_file import edited_text
from workflows.procedure.local_time import zone as zone_named

MAX_BYTES = 2_000_000
SHIFTS_AT_MOST = 5000
"""In the weeks that are looked at."""
_OF_TIME = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_TOO_OFTEN = ("SECONDLY", "MINUTELY")
_MARGIN = timedelta(days=2)
_CALENDAR = "BEGIN:VCALENDAR"


class RotaUnreadable(ValueError):
    """A rota can't be used now. The message says why, names no person and holds no secret."""


class RotaCalendar:
    """A calendar that was read whole. Raises ``RotaUnreadable``."""

    def __init__(self, content: bytes, zone: str) -> None:
        self._zone = zone_named(zone)
        calendar = _parsed(content)
        try:
            _check(calendar)
            self._exact = self._exact_lengths(calendar)
            self._query = recurring_ical_events.of(calendar)
        except RotaUnreadable:
            raise
        except Exception as fault:  # two libraries raise what their parsers raise
            raise RotaUnreadable(f"is no calendar that can be followed ({type(fault).__name__})") from fault

    def events(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime, Any]]:
        """Each occurrence that touches a time, from when until when; cancelled ones are left out."""
        start, stop = (moment.astimezone(UTC) for moment in (since - _MARGIN, until + _MARGIN))
        try:
            found = self._query.between(start, stop)
            times = [(*self._times(event), event) for event in found if not _is_cancelled(event)]
        except RotaUnreadable:
            raise
        except Exception as fault:  # likewise
            raise RotaUnreadable(f"holds an event that can't be followed ({type(fault).__name__})") from fault
        if len(times) > SHIFTS_AT_MOST:
            raise RotaUnreadable(f"has more than {SHIFTS_AT_MOST} shifts in six weeks")
        return [(begins, ends, event) for begins, ends, event in times if begins < until and ends > since]

    def _times(self, event: Any) -> tuple[datetime, datetime]:
        begins = self._instant(event["DTSTART"].dt)
        uid, start = _id(event)
        length = self._exact.get((uid, start), self._exact.get((uid, "")))
        if length is not None:
            return begins, begins + length
        ends = self._instant(event["DTEND"].dt) if "DTEND" in event else begins
        return begins, ends

    def _exact_lengths(self, calendar: Any) -> dict[tuple[str, str], timedelta]:
        """Lengths that no clock changes: of a single event in hours, and where both ends are in different zones.

        By the id of the event and its start; the start is empty for all of one that is repeated.
        """
        lengths = {}
        for event in calendar.walk("VEVENT"):
            begins, (uid, start) = event["DTSTART"].dt, _id(event)
            if not isinstance(begins, datetime):
                continue
            if "DURATION" in event and event["DURATION"].dt % timedelta(days=1) and not _repeats(event):
                lengths[uid, start] = event["DURATION"].dt
            elif "DTEND" in event and _zone_of(begins) != _zone_of(event["DTEND"].dt):
                length = self._instant(event["DTEND"].dt) - self._instant(begins)
                if length < timedelta(0):
                    raise RotaUnreadable("holds an event that ends before it begins, in two time zones")
                lengths[uid, "" if _repeats(event) else start] = length
        return lengths

    def _instant(self, moment: date | datetime) -> datetime:
        """An instant; a day begins at midnight, a time without a zone is the organisation's."""
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time())
        there: tzinfo | None = moment.tzinfo or self._zone
        return moment.replace(tzinfo=there).astimezone(UTC)


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise RotaUnreadable(f"is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = edited_text(content)
    except UnicodeDecodeError:
        raise RotaUnreadable("is not UTF-8") from None
    if not text.lstrip().upper().startswith(_CALENDAR):
        raise RotaUnreadable("is no iCalendar file: it does not begin with BEGIN:VCALENDAR")
    try:
        parts = Calendar.from_ical(text, multiple=True)
    except Exception as fault:  # a library raises what its parsers raise
        raise RotaUnreadable(f"is a damaged iCalendar file ({type(fault).__name__})") from fault
    whole = [part for part in parts if part.name == "VCALENDAR"]
    if not whole or text.upper().count("END:VCALENDAR") < text.upper().count(_CALENDAR):
        raise RotaUnreadable("is cut off: END:VCALENDAR is missing")
    first, *others = whole
    for other in others:
        first.subcomponents += other.subcomponents
    return first


def _check(calendar: Any) -> None:
    """Refuse what the library would pass over in silence, or understand in another way."""
    known = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    for number, event in enumerate(calendar.walk("VEVENT"), 1):
        broken = [name for name, _ in event.errors if name in _OF_TIME]
        if broken or "DTSTART" not in event:
            fault = broken[0] if broken else "DTSTART"
            raise RotaUnreadable(f"holds an event without a time that can be read (number {number}: {fault})")
        for name, value in _times_of(event):
            _check_zone(name, value, known, number)
        _check_order(event, number)
        for rule in _listed(event.get("RRULE")):
            if any(int(each) < 1 for each in rule.get("INTERVAL", ())):
                raise RotaUnreadable(f"holds an event that is repeated after no time (number {number})")
            if any(str(each).upper() in _TOO_OFTEN for each in rule.get("FREQ", ())):
                raise RotaUnreadable(f"holds an event that repeats every minute or second (number {number})")


def _check_zone(name: str, value: Any, known: set[str], number: int) -> None:
    """A zone that nobody knows would be taken for ours."""
    wanted = value.params.get("TZID")
    moment = getattr(value, "dt", None)
    if wanted and isinstance(moment, datetime) and moment.tzinfo is None and wanted not in known:
        raise RotaUnreadable(f"names a time zone that is not known: {str(wanted)[:60]!r} (event {number}, {name})")


def _check_order(event: Any, number: int) -> None:
    if "DTEND" not in event:
        return
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    if isinstance(begins, datetime) != isinstance(ends, datetime):
        raise RotaUnreadable(f"holds an event that begins with a day and ends with a time (number {number})")
    if isinstance(begins, datetime) and (begins.tzinfo is None) != (ends.tzinfo is None):
        return  # one of them floats: they are compared once both are instants
    if ends < begins:
        raise RotaUnreadable(f"holds an event that ends before it begins (number {number})")


def _repeats(event: Any) -> bool:
    return bool({"RRULE", "RDATE"} & set(event))


def _id(event: Any) -> tuple[str, str]:
    return str(event.get("UID", "")), str(event["DTSTART"].dt)


def _zone_of(moment: Any) -> str:
    return str(getattr(moment, "tzinfo", None))


def _is_cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _times_of(event: Any) -> Iterator[tuple[str, Any]]:
    for name in ("DTSTART", "DTEND"):
        if name in event:
            yield name, event[name]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
