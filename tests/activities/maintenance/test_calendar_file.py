"""The calendar file as calendars read it: by the library that writes it, and by the one that Thunderbird uses.

The second needs node and ``npm ci`` in ``tests/activities/ical``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.evidence.case_folder import CaseFolders
from activities.maintenance.calendar_file import calendar_file
from activities.maintenance.papers import BreakPapers, notice
from tests.activities.mail.post_office import CODE, operating_model
from tests.activities.maintenance.sheets import START, sheet

READER = Path(__file__).parents[1] / "ical"
MODEL = operating_model()


def windows(*hours: tuple[float, float]) -> list[dict[str, datetime]]:
    return [{"starts_at": START + timedelta(hours=a), "ends_at": START + timedelta(hours=b)} for a, b in hours]


def by_thunderbird(content: bytes) -> Any:
    """What ical.js makes of a file."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (READER / "node_modules").exists():
        pytest.skip("run `npm ci` in tests/activities/ical first")
    done = subprocess.run([node, "read.js"], input=content, capture_output=True, cwd=READER, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_another_reader_sees_the_same_times_in_the_zone_of_the_organisation() -> None:
    read = by_thunderbird(calendar_file(sheet(), MODEL))
    (event,) = read["events"]
    assert (read["method"], event["status"], event["zone"]) == ("PUBLISH", "CONFIRMED", "Europe/Helsinki")
    assert (event["starts_at"], event["ends_at"]) == (utc(START), utc(START + timedelta(hours=2)))
    assert event["summary"].startswith("Huoltokatko: Resepti-palvelu")
    assert "Uusi versio; nopea, luotettava\nReseptejä ei voi lähettää" in event["description"]


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # over the gap of spring
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),  # 02:30, before the hour that comes twice
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 03:30 for the first time
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 03:30 for the second time
        datetime(2027, 7, 1, 5, 0, tzinfo=UTC),
    ],
)
def test_another_reader_sees_the_same_moments_across_clock_changes(start: datetime) -> None:
    read = by_thunderbird(calendar_file(sheet(plan={"starts_at": start, "ends_at": start + timedelta(hours=2)}), MODEL))
    (event,) = read["events"]
    assert (event["starts_at"], event["ends_at"]) == (utc(start), utc(start + timedelta(hours=2)))


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    first = by_thunderbird(calendar_file(sheet(), MODEL))["events"][0]
    moved = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=1)}
    second = by_thunderbird(calendar_file(sheet(sequence=1, plan=moved), MODEL))["events"][0]
    assert (first["uid"], first["sequence"]) == (second["uid"], second["sequence"] - 1)


def test_each_window_is_an_event_and_one_that_fell_away_is_cancelled() -> None:
    longer = {"ends_at": START + timedelta(hours=9)}
    both = by_thunderbird(calendar_file(sheet(plan=longer | {"windows": windows((0, 1), (4, 5), (7, 8))}), MODEL))
    one = by_thunderbird(calendar_file(sheet(sequence=1, gone=2, plan=longer | {"windows": windows((0, 1))}), MODEL))
    assert [event["status"] for event in both["events"]] == ["CONFIRMED"] * 3
    assert [event["status"] for event in one["events"]] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    assert [event["uid"] for event in one["events"]] == [event["uid"] for event in both["events"]]
    assert len({event["uid"] for event in both["events"]}) == 3


def test_a_withdrawn_break_takes_every_event_back() -> None:
    read = by_thunderbird(calendar_file(sheet(withdrawn=True, sequence=3), MODEL))
    assert (read["method"], [(e["status"], e["sequence"]) for e in read["events"]]) == ("CANCEL", [("CANCELLED", 3)])


def test_the_file_is_as_the_standard_wants_it() -> None:
    content = calendar_file(sheet(drill=True), MODEL)
    assert content == calendar_file(sheet(drill=True), MODEL)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert not event.errors
    assert not calendar.errors
    assert (str(event["organizer"]), "attendee" in event) == ("mailto:desk@organisation.example", False)
    assert str(event["summary"]).startswith("HARJOITUS")


async def test_the_papers_are_kept_once(tmp_path: Path) -> None:
    papers = BreakPapers(lambda: MODEL, CaseFolders(tmp_path))
    made = await ActivityEnvironment().run(papers.write_maintenance_papers, sheet())
    assert await ActivityEnvironment().run(papers.write_maintenance_papers, sheet()) == made
    assert [Path(document.name).suffix for document in made] == [".ics", ".txt", ".txt", ".txt"]


async def test_an_identity_code_stops_the_papers(tmp_path: Path) -> None:
    papers = BreakPapers(lambda: MODEL, CaseFolders(tmp_path))
    smuggled = sheet()
    smuggled = smuggled.model_copy(update={"plan": smuggled.plan.model_copy(update={"effect": f"potilas {CODE}"})})
    with pytest.raises(ApplicationError, match="personal identity code"):
        await ActivityEnvironment().run(papers.write_maintenance_papers, smuggled)
    assert not (CaseFolders(tmp_path).folder("maintenance~M-1") / "documents").exists()


def test_the_notice_says_what_a_reader_needs_in_each_language() -> None:
    assert notice(sheet(), MODEL, "sv").startswith("Serviceavbrott ti 15.12. kl. 06.00-08.00: Recepttjänsten")
    assert "Not affected: Kelain" in notice(sheet(), MODEL, "en")
    assert notice(sheet(withdrawn=True), MODEL, "fi").startswith("PERUTTU: huoltokatko")
    several = notice(sheet(plan={"windows": windows((0, 0.5), (1, 1.5))}), MODEL, "fi")
    assert "- ti 15.12.2026 klo 06.00-06.30\n- ti 15.12.2026 klo 07.00-07.30\n" in several
