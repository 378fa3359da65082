"""Dates of feeds and mails: "-0000", names of zones, no zone and nonsense are different things."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.notices.dates import moment_of
from activities.notices.entries import raw_notices
from workflows.procedure.local_time import local, zone
from workflows.procedure.notices.reading import read_notice

SHOWN = "%-d.%-m. %H:%M"


def _shown(written: str) -> str:
    moment = moment_of(written)
    return f"{local(moment):{SHOWN}}" if moment else ""


@pytest.mark.parametrize(
    "written",
    [
        *("Thu, 26 Nov 2026 12:05:00 -0000", "Thu, 26 Nov 2026 12:05:00 GMT", "Thu, 26 Nov 2026 12:05:00 UT"),
        *("Thu, 26 Nov 2026 13:05:00 CET", "Thu, 26 Nov 2026 14:05:00 EET", "Thu, 26 Nov 2026 07:05:00 EST"),
        *("Thu, 26 Nov 2026 14:05:00", "26 Nov 2026 14:05 +0200", "Thu,26 Nov 2026 12:05:00 gmt"),
        *("2026-11-26T12:05:00Z", "2026-11-26T12:05:00-00:00", "2026-11-26T14:05:00", "2026-11-26T14:05+02"),
        *("20261126T120500Z", "2026-11-26T12:05:00.123456Z", "2026-11-26 14:05:00 Europe/Helsinki"),
        *("Thu, 26 Nov 2026 14:05:00 +02:00", "Thu, 26 Nov 2026 14:05:00 GMT+2", "Thu, 26 Nov 2026 12:05:00 UTC+0000"),
        *(
            "Thu, 26 Nov 2026 14:05:00 +0200 (EET)",
            "Thu, 26 Nov 2026 12:05:00 (UTC)",
            "Thu, 26 Nov 2026 14:05:00 +0200 EET",
        ),
        *("Thu Nov 26 14:05:00 2026", "Thu Nov 26 12:05:00 UTC 2026", "Thursday, 26-Nov-26 12:05:00 GMT"),
        *("26.11.2026 klo 14.05", "26.11.2026 14:05", "11/26/2026 14:05", "Thu, 26 Nov 2026 02:05:00 PM +0200"),
        *("Thu, 26 Nov 2026 14:05:00 FLE Standard Time", "Thu, 26 Nov 2026 13:05:00 W. Europe Standard Time"),
        *("November 26, 2026 12:05 PM UTC", "November 26, 2026 2:05 p.m.", "26 November 2026 at 14.05.00 EET"),
        *("to, 26 marras 2026 14:05:00 +0200", "26 november 2026 kl. 14:05 finsk tid"),
    ],
)
def test_one_moment_in_many_forms(written: str) -> None:
    assert _shown(written) == "26.11. 14:05"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Wed, 15 Jul 2026 13:05:00 BST", "15.7. 15:05"),
        ("Wed, 15 Jul 2026 14:05:00 CEST", "15.7. 15:05"),
        ("Wed, 15 Jul 2026 14:05:00 CET", "15.7. 16:05"),
        ("Wed, 15 Jul 2026 15:05:00 FLE Summer Time", "15.7. 15:05"),
        ("Wed, 15 Jul 2026 15:05:00", "15.7. 15:05"),
        ("2026-07-15", "15.7. 00:00"),
    ],
)
def test_a_name_has_the_offset_that_it_says(written: str, shown: str) -> None:
    assert _shown(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        *("Thu, 26 Nov 2026 14:05:00 XYZ", "Thu, 26 Nov 2026 14:05:00 IST", "Thu, 26 Nov 2026 14:05:00 A"),
        *("Thu, 26 Nov 2026 14:05:00 Tokyo", "Thu, 26 Nov 2026 14:05 New York", "Thu, 26 Nov 2026 14:05:00 (PKT)"),
        *("Thu, 26 Nov 2026 14:05:00 Pacific Standard Time", "2026-11-26 14:05:00 Asia/Nowhere"),
        *("Thu, 26 Nov 2026 24:00:00 +0200", "Thu, 31 Nov 2026 14:05:00 +0200", "Thu, 26 Nov 2026 14:05:00 +9999"),
        *("11/10/2026 14:05", "1795694700", "", "huomenna", "26.11."),
    ],
)
def test_what_could_be_another_hour_or_day_is_no_date(written: str) -> None:
    assert moment_of(written) is None


OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda each: each.replace(microsecond=0))  # noqa: DTZ001  # gets its zone below


@given(MOMENTS, OFFSETS)
def test_an_offset_is_believed_in_every_form(wall: datetime, offset: timezone) -> None:
    moment = wall.replace(tzinfo=offset)
    forms = ("%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%a %b %d %H:%M:%S %z %Y")
    found = {moment_of(moment.strftime(form)) for form in forms}
    found.add(moment_of(moment.isoformat()))
    assert found == {moment.astimezone(UTC)}


@given(MOMENTS)
def test_minus_zero_is_utc_and_no_zone_is_finland(wall: datetime) -> None:
    written = f"{wall:%a, %d %b %Y %H:%M:%S}"
    assert {moment_of(f"{written} {zone_}") for zone_ in ("-0000", "+0000", "GMT", "UTC", "Z")} == {
        wall.replace(tzinfo=UTC)
    }
    assert moment_of(written) == wall.replace(tzinfo=zone()).astimezone(UTC)


@given(MOMENTS, st.from_regex(r"[A-Z]{2,4}", fullmatch=True))
def test_a_name_is_known_or_there_is_no_date(wall: datetime, name: str) -> None:
    moment = moment_of(f"{wall:%a, %d %b %Y %H:%M:%S} {name}")
    if moment is not None:
        offset = wall - moment.replace(tzinfo=None)
        assert timedelta(hours=-8) <= offset <= timedelta(hours=3)
        assert offset % timedelta(hours=1) == timedelta(0)


@given(st.text(max_size=60))
def test_nothing_breaks_it(written: str) -> None:
    moment = moment_of(written)
    assert moment is None or moment.tzinfo is UTC


FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id>
<title>Huoltokatko Reseptikeskuksessa</title>{dates}<summary>Huolto {day} klo 18–20. Reseptejä ei voi hakea.</summary>
</entry></feed>"""
NOW = datetime(2026, 11, 26, 15, 20, tzinfo=zone())


@pytest.mark.parametrize(
    ("published", "updated", "day", "certain"),
    [
        *((f"2026-11-{a}T12:00:00+02:00", f"2026-11-{b}T12:00:00+02:00", "ylihuomenna", a == b)
          for a, b in itertools.product((24, 25, 26), repeat=2)),
        ("2026-11-24T12:00:00+02:00", "2026-11-26T12:00:00+02:00", "perjantaina 4.12.", True),
        ("2026-11-25T23:30:00+02:00", "2026-11-25T22:30:00Z", "huomenna", False),
        ("2026-11-26T12:00:00 XYZ", "2026-11-26T12:00:00+02:00", "huomenna", False),
        ("2026-11-26T12:00:00 XYZ", "", "huomenna", False),
        ("2026-11-26T12:00:00 XYZ", "", "4.12.", True),
        ("", "", "huomenna", False),
        ("2026-11-27T12:00:00+02:00", "2026-11-27T12:00:00+02:00", "4.12.", False),
    ],
)  # fmt: skip
def test_published_against_updated(published: str, updated: str, day: str, certain: bool) -> None:
    dates = f"<published>{published}</published>" * bool(published) + f"<updated>{updated}</updated>" * bool(updated)
    (notice,) = raw_notices(FEED.format(dates=dates, day=day).encode(), {})
    assert read_notice(notice, NOW).certain is certain
