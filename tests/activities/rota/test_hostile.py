"""Calendars that programmes and people damage: each is read, or is unreadable with one clear line."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.operating_model.file import load_operating_model
from activities.rota.calendar import RotaCalendar, RotaUnreadable
from activities.rota.rotas import RoleRota
from activities.rota.source import ReadRota
from tests.activities.rota.calendars import calendar, event
from workers.settings import packaged_operating_model

AT = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
HELSINKI = ";TZID=Europe/Helsinki:"
GOOD = calendar(
    event("duty-officer", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU", f"EXDATE{HELSINKI}20261019T220000",
          start=f"{HELSINKI}20260105T220000", end=f"{HELSINKI}20260106T070000"),
    event("", "STATUS:CONFIRMED", start=";VALUE=DATE:20261025", uid="2",
          attendees=[";CN=Somebody:mailto:desk@example.org"]),
).decode().split("\r\n")  # fmt: skip
LINES = st.sampled_from([
    "DTSTART:20261024T220000Z", "DTSTART;VALUE=DATE:20261024", "DTSTART:", "DTEND:20261025T010000", "DTEND:garbage",
    "DURATION:PT8H", "DURATION:-PT8H", "DURATION:P1W", "DURATION:x", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=YEARLY;BYMONTH=13", "RRULE:", "RRULE:FREQ=DAILY;UNTIL=20261030", "RRULE:FREQ=DAILY;INTERVAL=0",
    "RDATE:20261026T100000Z", "RDATE;VALUE=PERIOD:20261026T100000Z/PT2H", "EXDATE:x", "RECURRENCE-ID:20261026T220000",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261026T220000", "UID:1", "UID:", "SUMMARY:desk", 'SUMMARY;X="a:b',
    "ATTENDEE:", "ATTENDEE:mailto:", 'ATTENDEE;CN="Desk":MAILTO:desk@example.org', "STATUS:CANCELLED", "STATUS:",
    "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "END:VCALENDAR", "BEGIN:VCALENDAR", " folded", "", ":",
    "X-WR-TIMEZONE:Europe/Helsinki", "X-WR-TIMEZONE:Nowhere", "CALSCALE:JULIAN", "DTSTART;TZID=:20261024T220000",
    "DTSTART:99991231T235959Z", "DTSTART:00010101T000000", "SUMMARY:\ufeff\u200bdesk\x00",
])  # fmt: skip


MODEL = load_operating_model(packaged_operating_model())


def read_or_refused(content: bytes) -> RotaCalendar | str:
    """The calendar, or why it can't be read."""
    try:
        return RotaCalendar(content, "Europe/Helsinki")
    except RotaUnreadable as fault:
        return str(fault)


@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), LINES, st.booleans()), min_size=1, max_size=4),
    cut=st.integers(0, 40),
)
def test_whatever_is_written_into_it_is_read_or_refused_in_words(
    changes: list[tuple[int, str, bool]], cut: int
) -> None:
    lines = list(GOOD)
    for place, line, is_instead in changes:
        lines[place : place + is_instead] = [line]
    content = "\r\n".join(lines).encode()
    read = read_or_refused(content[: len(content) - cut if cut < 5 else None])
    if isinstance(read, str):
        assert "\n" not in read
        assert 0 < len(read) < 200
        return
    rota = RoleRota("duty_officer", MODEL, ReadRota(read, AT), AT)
    duty = rota.on_duty()
    assert duty.told, "an alarm always goes to somebody"
    assert set(duty.told) <= {*MODEL.contacts}
    assert all(finding.level == "warning" for finding in rota.findings())


MODEL = load_operating_model(packaged_operating_model())
