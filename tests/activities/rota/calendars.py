"""Calendars for the tests of rotas."""

from __future__ import annotations

from collections.abc import Sequence


def event(
    summary: str = "", *lines: str, start: str, end: str = "", uid: str = "1", attendees: Sequence[str] = ()
) -> str:
    """One event. ``start``, ``end``: what stands behind the name, like ``;TZID=Europe/Helsinki:20261024T220000``."""
    given = [f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"DTSTART{start}"]
    given += [f"DTEND{end}"] if end else []
    given += [f"SUMMARY:{summary}"] if summary else []
    given += [f"ATTENDEE{attendee}" for attendee in attendees]
    return "\r\n".join(["BEGIN:VEVENT", *given, *lines, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    """A whole calendar."""
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//rota//EN", *parts, "END:VCALENDAR", ""]
    ).encode()
