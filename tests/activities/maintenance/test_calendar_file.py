"""The calendar file as calendars read it: by the library that writes it, the one that Thunderbird uses, and two others.

All but the first need node and ``npm ci`` in ``tests/activities/ical``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.documents.text import word
from activities.evidence.case_folder import CaseFolders
from activities.maintenance.calendar_file import calendar_file
from activities.maintenance.papers import BreakPapers, notice
from tests.activities.mail.post_office import CODE, operating_model
from tests.activities.maintenance.sheets import START, sheet
from workflows.procedure.languages import LANGUAGES, Language
from workflows.procedure.local_time import local

READER = Path(__file__).parents[1] / "ical"
READERS = ("ical.js", "node-ical", "ts-ics")
MODEL = operating_model()
HELSINKI, NEW_YORK = "Europe/Helsinki", "America/New_York"

# Breaks as they stand in the file, and as clocks in Helsinki show them; those change on 28 March and 31 October.
BREAKS = [
    ("20270115T040000Z", "20270115T060000Z", "2027-01-15 06:00", "2027-01-15 08:00"),
    ("20270701T030000Z", "20270701T050000Z", "2027-07-01 06:00", "2027-07-01 08:00"),
    ("20270328T003000Z", "20270328T023000Z", "2027-03-28 02:30", "2027-03-28 05:30"),  # over the gap of spring
    ("20270327T210000Z", "20270328T010000Z", "2027-03-27 23:00", "2027-03-28 04:00"),  # ends as the gap ends
    (
        "20271030T233000Z",
        "20271031T003000Z",
        "2027-10-31 02:30",
        "2027-10-31 03:30",
    ),  # ends within the hour, first time
    ("20271031T003000Z", "20271031T013000Z", "2027-10-31 03:30", "2027-10-31 03:30"),  # one hour long
    ("20271031T013000Z", "20271031T030000Z", "2027-10-31 03:30", "2027-10-31 05:00"),  # from the second time
    ("20261231T210000Z", "20270101T010000Z", "2026-12-31 23:00", "2027-01-01 03:00"),
]


def windows(*hours: tuple[float, float]) -> list[dict[str, datetime]]:
    return [{"starts_at": START + timedelta(hours=a), "ends_at": START + timedelta(hours=b)} for a, b in hours]


def broken(starts: str, ends: str) -> bytes:
    """The file of a break between two moments; they come from Helsinki, as a person types them."""
    there = [local(datetime.strptime(each, "%Y%m%dT%H%M%S%z")) for each in (starts, ends)]
    return calendar_file(sheet(plan={"starts_at": there[0], "ends_at": there[1]}), MODEL)


def files() -> dict[str, bytes]:
    """The files that the other readers read, by name."""
    longer = {"ends_at": START + timedelta(hours=9)}
    three, one = windows((0, 1), (4, 5), (7, 8)), windows((0, 1))
    moved = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=1)}
    days = [datetime(2027, 10, 30, 3, tzinfo=UTC), datetime(2027, 10, 31, 4, tzinfo=UTC)]
    both_days = {
        "starts_at": days[0],
        "ends_at": days[1] + timedelta(hours=1),
        "windows": [{"starts_at": day, "ends_at": day + timedelta(hours=1)} for day in days],
    }
    sheets = {
        "moved": sheet(sequence=1, plan=moved),
        "three windows": sheet(sequence=3, plan=longer | {"windows": three}),
        "two fell away": sheet(sequence=4, gone=2, plan=longer | {"windows": one}),
        "withdrawn": sheet(withdrawn=True, sequence=3),
        "both days": sheet(plan=both_days),
        "first": sheet(),
    }
    breaks = {starts: broken(starts, ends) for starts, ends, _, _ in BREAKS}
    return breaks | {name: calendar_file(each, MODEL) for name, each in sheets.items()}


@pytest.fixture(scope="module")
def by_others() -> dict[str, Any]:
    """What the other readers make of the files, on a machine in Helsinki and one in New York."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not all((READER / "node_modules" / reader).exists() for reader in READERS):
        pytest.skip("run `npm ci` in tests/activities/ical first")
    asked = {"zones": [HELSINKI, NEW_YORK], "files": {name: text.decode() for name, text in files().items()}}
    content = json.dumps(asked).encode()
    done = subprocess.run([node, "read.js"], input=content, capture_output=True, cwd=READER, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    read: dict[str, Any] = json.loads(done.stdout)
    assert [machine["offset"] for machine in read.values()] == [-120, 300]
    return read


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("zone", [HELSINKI, NEW_YORK])
@pytest.mark.parametrize(("starts", "ends", "first", "last"), BREAKS)
def test_another_reader_sees_the_moments_and_shows_the_hours_of_helsinki(
    by_others: dict[str, Any], reader: str, zone: str, starts: str, ends: str, first: str, last: str
) -> None:
    (event,) = by_others[zone]["read"][reader][starts]["events"]
    moments = [re.sub(r"[-:]|\.000", "", event[end]["moment"]) for end in ("starts", "ends")]
    assert moments == [starts, ends]
    assert [event[end]["wall"] for end in ("starts", "ends")] == [first, last]


@pytest.mark.parametrize("reader", READERS)
def test_windows_on_both_sides_of_a_clock_change_keep_their_hour(by_others: dict[str, Any], reader: str) -> None:
    """The same hour in Helsinki on both days is another one in UTC."""
    events = by_others[HELSINKI]["read"][reader]["both days"]["events"]
    assert [event["starts"]["wall"] for event in events] == ["2027-10-30 06:00", "2027-10-31 06:00"]


@pytest.mark.parametrize("reader", READERS)
def test_another_reader_sees_what_it_is(by_others: dict[str, Any], reader: str) -> None:
    read = by_others[HELSINKI]["read"][reader]["first"]
    (event,) = read["events"]
    assert (read["method"], event["status"]) == ("PUBLISH", "CONFIRMED")
    assert event["summary"].startswith("Huoltokatko: Resepti-palvelu")
    assert "Uusi versio; nopea, luotettava\nReseptejä ei voi lähettää" in event["description"]


@pytest.mark.parametrize(("starts", "ends", "first", "last"), BREAKS)
def test_times_are_in_utc_and_no_zone_is_in_the_file(starts: str, ends: str, first: str, last: str) -> None:
    content = broken(starts, ends)
    assert f"DTSTART:{starts}\r\nDTEND:{ends}\r\n".encode() in content
    assert not re.search(rb"TZID|VTIMEZONE|TZOFFSET", content)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    shown = [f"{local(event.decoded(end)):%Y-%m-%d %H:%M}" for end in ("dtstart", "dtend")]
    assert shown == [first, last]


@pytest.mark.parametrize("reader", READERS)
def test_a_change_keeps_the_uid_and_raises_the_sequence(by_others: dict[str, Any], reader: str) -> None:
    read = by_others[HELSINKI]["read"][reader]
    (first,), (second,) = read["first"]["events"], read["moved"]["events"]
    assert (first["uid"], first.get("sequence", 0)) == (second["uid"], second["sequence"] - 1)  # ts-ics leaves 0 out


@pytest.mark.parametrize("reader", READERS)
def test_each_window_is_an_event_and_one_that_fell_away_is_cancelled(by_others: dict[str, Any], reader: str) -> None:
    read = by_others[HELSINKI]["read"][reader]
    three, one = read["three windows"]["events"], read["two fell away"]["events"]
    assert [event["status"] for event in three] == ["CONFIRMED"] * 3
    assert [event["status"] for event in one] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    assert [event["uid"] for event in one] == [event["uid"] for event in three]
    assert len({event["uid"] for event in three}) == 3


@pytest.mark.parametrize("reader", READERS)
def test_a_withdrawn_break_takes_every_event_back(by_others: dict[str, Any], reader: str) -> None:
    read = by_others[HELSINKI]["read"][reader]["withdrawn"]
    assert (read["method"], [(e["status"], e["sequence"]) for e in read["events"]]) == ("CANCEL", [("CANCELLED", 3)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_cancelled_says_so_in_its_title(language: str) -> None:
    """For calendars that show a cancelled event as any other."""
    mark = {"fi": "PERUTTU: Huoltokatko: ", "sv": "INSTÄLLT: Serviceavbrott: ", "en": "CANCELLED: Maintenance break: "}
    fell_away = {"gone": 1, "sequence": 1}
    for changes, marked in ((fell_away, [False, True]), ({"withdrawn": True}, [True]), ({}, [False])):
        calendar = Calendar.from_ical(calendar_file(sheet(languages=[language], **changes), MODEL))
        titles = [str(event["summary"]) for event in calendar.walk("VEVENT")]
        assert [title.startswith(mark[language]) for title in titles] == marked


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
    assert notice(sheet(), MODEL, "sv").startswith("Serviceavbrott ti 15.12. kl. 06.00–08.00: Recepttjänsten")
    assert "Not affected: Kelain" in notice(sheet(), MODEL, "en")
    assert notice(sheet(withdrawn=True), MODEL, "fi").startswith("PERUTTU: huoltokatko")
    several = notice(sheet(plan={"windows": windows((0, 0.5), (1, 1.5))}), MODEL, "fi")
    assert "- ti 15.12.2026 klo 06.00–06.30\n- ti 15.12.2026 klo 07.00–07.30\n" in several


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_stranger_has_planned_says_so_in_its_title_its_text_and_the_notice(language: Language) -> None:
    for is_marked in (True, False):
        made = sheet(languages=[language], is_unverified=is_marked)
        [event] = Calendar.from_ical(calendar_file(made, MODEL)).events
        brief, nobody = word("sender", "brief", language).upper(), word("sender", "nobody", language)
        assert str(event["summary"]).startswith(f"{brief}: ") is is_marked
        assert str(event["description"]).startswith(f"{nobody}\n") is is_marked
        assert notice(made, MODEL, language).startswith(f"{nobody}\n\n") is is_marked
