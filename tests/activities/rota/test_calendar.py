"""Shifts as instants: both clock changes, zones, floating times, days, repeated, moved, left out and cancelled ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.rota.calendar import RotaCalendar, RotaUnreadable
from tests.activities.rota.calendars import calendar, event

HELSINKI = ";TZID=Europe/Helsinki:"
AUTUMN = datetime(2026, 10, 22, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=UTC)
SPRING = datetime(2026, 3, 26, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def shifts(content: bytes, span: tuple[datetime, datetime] = AUTUMN) -> list[str]:
    """The shifts in UTC, day and time of both ends."""
    found = RotaCalendar(content, "Europe/Helsinki").events(*span)
    return sorted(f"{begins:%d %H:%M} - {ends:%d %H:%M}" for begins, ends, _ in found)


NIGHTS = calendar(
    event("Anna", "RRULE:FREQ=DAILY", start=f"{HELSINKI}20260101T220000", end=f"{HELSINKI}20260102T070000")
)


def test_a_night_is_an_hour_longer_when_the_clocks_go_back_and_shorter_when_they_go_forward() -> None:
    assert shifts(NIGHTS)[2:5] == ["23 19:00 - 24 04:00", "24 19:00 - 25 05:00", "25 20:00 - 26 05:00"]
    assert shifts(NIGHTS, SPRING)[2:5] == ["27 20:00 - 28 05:00", "28 20:00 - 29 04:00", "29 19:00 - 30 04:00"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (":20261024T190000Z", ":20261025T050000Z", "24 19:00 - 25 05:00"),
        (":20261024T220000", ":20261025T070000", "24 19:00 - 25 05:00"),  # floating: the organisation's
        (";VALUE=DATE:20261025", ";VALUE=DATE:20261026", "24 21:00 - 25 22:00"),  # a day of 25 hours
        (";VALUE=DATE:20261025", "", "24 21:00 - 25 22:00"),
        (";TZID=FLE Standard Time:20261024T220000", ";TZID=FLE Standard Time:20261025T070000", "24 19:00 - 25 05:00"),
        (";TZID=Europe/Stockholm:20261024T220000", f"{HELSINKI}20261025T070000", "24 20:00 - 25 05:00"),
        (f"{HELSINKI}20261025T030000", f"{HELSINKI}20261025T040000", "25 00:00 - 25 02:00"),  # the first of two
    ],
)
def test_each_way_to_write_a_time(start: str, end: str, expected: str) -> None:
    assert shifts(calendar(event("Anna", start=start, end=end))) == [expected]


def test_a_time_that_the_spring_leaves_out_is_counted_with_the_offset_before_it() -> None:
    there = calendar(event("Anna", start=f"{HELSINKI}20260329T033000", end=f"{HELSINKI}20260329T070000"))
    assert shifts(there, SPRING) == ["29 01:30 - 29 04:00"]


def test_a_single_event_of_so_many_hours_is_that_long_and_repeated_ones_keep_to_the_clock() -> None:
    one = event("Anna", "DURATION:PT9H", start=f"{HELSINKI}20261024T220000")
    assert shifts(calendar(one)) == ["24 19:00 - 25 04:00"]
    repeated = event("Anna", "DURATION:PT9H", "RRULE:FREQ=DAILY;COUNT=2", start=f"{HELSINKI}20261023T220000")
    assert shifts(calendar(repeated)) == ["23 19:00 - 24 04:00", "24 19:00 - 25 05:00"]


OURS = """
BEGIN:VTIMEZONE
TZID:Ours
BEGIN:STANDARD
DTSTART:19701025T040000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_that_the_calendar_describes_itself() -> None:
    zone = OURS.replace("\n", "\r\n").strip()
    there = calendar(zone, event("Anna", start=";TZID=Ours:20261024T220000", end=";TZID=Ours:20261025T070000"))
    assert shifts(there) == ["24 19:00 - 25 05:00"]


def test_what_is_left_out_moved_or_cancelled() -> None:
    every = event(
        "Anna", "RRULE:FREQ=DAILY;COUNT=4", f"EXDATE{HELSINKI}20261023T220000",
        start=f"{HELSINKI}20261022T220000", end=f"{HELSINKI}20261023T070000",
    )  # fmt: skip
    moved = event(
        "Mikko", f"RECURRENCE-ID{HELSINKI}20261024T220000",
        start=f"{HELSINKI}20261024T230000", end=f"{HELSINKI}20261025T080000",
    )  # fmt: skip
    gone = event(
        "Anna", f"RECURRENCE-ID{HELSINKI}20261025T220000", "STATUS:CANCELLED",
        start=f"{HELSINKI}20261025T220000", end=f"{HELSINKI}20261026T070000",
    )  # fmt: skip
    off = event("Liisa", "STATUS:CANCELLED", start=":20261026T100000Z", end=":20261026T110000Z", uid="2")
    assert shifts(calendar(every, moved, gone, off)) == ["22 19:00 - 23 04:00", "24 20:00 - 25 06:00"]


BEFORE = event("Anna", start=":20261025T100000Z", end=":20261025T090000Z")
SECONDLY = event("A", "RRULE:FREQ=SECONDLY", start=":20261025T100000Z", end=":20261025T100001Z")
HALF_DAY = event("A", start=";VALUE=DATE:20261025", end=":20261025T090000Z")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is no iCalendar file"),
        (b"<html><body>Please log in</body></html>", "is no iCalendar file"),
        (b"\xff\xfe\xfa", "is not UTF-8"),
        (NIGHTS[:-40], "cut off|damaged"),
        (NIGHTS.replace(b"END:VCALENDAR", b""), "cut off|damaged"),
        (NIGHTS.replace(b"DTSTART;TZID=Europe/Helsinki:20260101T220000", b"DTSTART:tonight"), "event without a time"),
        (NIGHTS.replace(b"FREQ=DAILY", b"FREQ=SOMETIMES"), "event without a time.*RRULE"),
        (NIGHTS.replace(b"FREQ=DAILY", b"FREQ=DAILY;INTERVAL=0"), "repeated after no time"),
        (NIGHTS.replace(b"UID:1", b"UID:1\r\nDTSTART:20260101T000000Z"), "event|followed"),
        (NIGHTS.replace(b"Europe/Helsinki", b"Europa/Helsingfors"), "zone that is not known: 'Europa/Helsingfors'"),
        (calendar(BEFORE), "ends before it begins"),
        (calendar(HALF_DAY), "begins with a day and ends with a time"),
        (calendar(SECONDLY), "every minute or second"),
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 3_000_000, "larger than 2 MB"),
    ],
)  # fmt: skip
def test_what_is_not_certain_makes_the_whole_unreadable(content: bytes, why: str) -> None:
    with pytest.raises(RotaUnreadable, match=why):
        shifts(content)


def test_a_calendar_without_events_is_one_and_names_nobody() -> None:
    assert shifts(calendar()) == []
    assert shifts(b"\xef\xbb\xbf" + NIGHTS) == shifts(NIGHTS), "with the mark that Windows editors write"
