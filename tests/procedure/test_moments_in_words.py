"""Moments and periods as people read them: weekday, offset where the hour comes twice, and no hours before the law."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.procedure.breach.rules import assessed_by, rule_in_force, rule_or_oldest
from workflows.procedure.deadlines import BEFORE_THE_LAW, NOTE, authority_deadlines, hours_in_words
from workflows.procedure.local_time import HELSINKI, said_back, written

FIRST_DAY = datetime(2018, 5, 24, 21, 0, tzinfo=UTC)
"""The beginning of 25 May 2018 in Finland, from when the GDPR applies; still the 24th in Lisbon."""
BEFORE = FIRST_DAY - timedelta(microseconds=1)
GDPR = "GDPR art. 33, EDPB 9/2022: "


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        ("2026-11-22T12:05+00:00", HELSINKI, "Sun 22.11.2026 14:05"),
        ("2026-11-23T22:00+00:00", HELSINKI, "Tue 24.11.2026 00:00"),
        ("2026-11-23T22:00+00:00", "Europe/Lisbon", "Mon 23.11.2026 22:00"),
        ("2026-10-24T23:59+00:00", HELSINKI, "Sun 25.10.2026 02:59"),
        ("2026-10-25T00:00+00:00", HELSINKI, "Sun 25.10.2026 03:00 (+03:00)"),
        ("2026-10-25T01:00+00:00", HELSINKI, "Sun 25.10.2026 03:00 (+02:00)"),
        ("2026-10-25T02:00+00:00", HELSINKI, "Sun 25.10.2026 04:00"),
        ("2026-11-01T05:30+00:00", "America/New_York", "Sun 1.11.2026 01:30 (-04:00)"),
        ("2026-11-01T06:30+00:00", "America/New_York", "Sun 1.11.2026 01:30 (-05:00)"),
        ("2026-03-29T01:00+00:00", HELSINKI, "Sun 29.3.2026 04:00"),
    ],
)
def test_a_moment_is_said_back_with_its_weekday_and_the_offset_where_it_matters(
    moment: str, zone: str, said: str
) -> None:
    assert said_back(datetime.fromisoformat(moment), zone) == said


def test_without_a_zone_it_is_finland() -> None:
    assert said_back(FIRST_DAY) == "Fri 25.5.2018 00:00"
    assert written(FIRST_DAY) == "25.5.2018 00:00 (+03:00)"
    assert written(FIRST_DAY, "Asia/Kolkata") == "25.5.2018 02:30 (+05:30)"
    assert (hours_in_words(FIRST_DAY), hours_in_words(BEFORE)) == ("72", "")


def test_article_33_and_its_hours_are_named_from_its_first_local_day() -> None:
    for zone, moment, is_named in (
        (HELSINKI, FIRST_DAY, True), (HELSINKI, BEFORE, False), ("Europe/Lisbon", FIRST_DAY, False),
        ("Europe/Lisbon", FIRST_DAY + timedelta(hours=2), True),
    ):  # fmt: skip
        assert hours_in_words(moment, zone) == ("72" if is_named else "")
        assert assessed_by(moment, zone) == (GDPR if is_named else "")
        note = authority_deadlines(moment, zone).note
        assert note == (NOTE.format(hours=72) if is_named else BEFORE_THE_LAW)


def test_the_rule_of_a_day_and_the_oldest_one_before_every_rule() -> None:
    first, second, third = date(2014, 4, 1), date(2021, 11, 1), date(2024, 1, 1)
    day = timedelta(days=1)
    assert rule_in_force("report_deviation", first - day) is None
    bases = [
        getattr(rule_in_force("report_deviation", on), "basis", "").partition(",")[0]
        for on in (first, second - day, second, third - day, third)
    ]
    old, between, now = "Act 159/2007", "Act 784/2021 s. 41", "Act 703/2023 (section not verified)"
    assert bases == [old, old, between, between, now]
    assert rule_or_oldest("report_deviation", first - day).valid_from == first
    assert rule_or_oldest("report_deviation", third).valid_from == third
    assert rule_in_force("report_deviation", third, "serious") is None, "a case of another duty"
    assert rule_or_oldest("report_device_hazard", date(2019, 1, 1), "near_miss").basis.endswith("near miss, 30 days")
    assert rule_in_force("notify_controller", third) is None, "nobody is told without a role"
