"""Lists at 80 and 60 columns, as they stand in ``golden/``: columns go, dates are never broken, live before drills.

``KANTADESK_RETELL=1`` writes them anew; read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from starter.board import columns as board
from starter.board.lines import lines
from starter.client.open_duties import live_first
from starter.client.search import Row
from starter.contacts import list as contacts
from starter.duty import list as duties
from starter.incident import list as incidents
from starter.language import names
from starter.language.moments import age, in_words, written
from starter.language.words import Spoken, _, speak
from starter.terminal.fitted import Column, GiveUp, drawn, fitted, is_said
from starter.views import listed, timeline
from workflows.contacts.messages import CheckState, ContactState
from workflows.process.messages import Happening

AT = datetime(2026, 11, 27, 1, 15, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"
LANGUAGES: tuple[Spoken, ...] = ("fi", "sv", "en")
TITLE = "Reseptit eivät aukea millään osastolla, virheilmoitus HTTP 503"


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak("en")


def owed(hours: float, reference: str, kind: str, **more: Any) -> dict[str, Any]:
    due = AT + timedelta(hours=hours)
    row = {
        "incident": reference, "process": "incident", "drill": False, "clock": None, "id": kind, "kind": kind,
        "recipient": "Kela technical support", "basis": "", "due_at": due, "state": "overdue" if hours < 0 else "open",
        "title": TITLE, "process_opened_at": AT - timedelta(hours=3, minutes=5),
    }  # fmt: skip
    return row | more


OWED = live_first([
    owed(-0.5, "INC-20261127-9D1C", "triage", drill=True, clock=AT, recipient="the desk itself"),
    owed(-1.2, "INC-20261127-4F2K", "phone_kela"),
    owed(0.3, "INC-20261127-4F2K", "report_to_kela"),
    owed(71.9, "INC-20261127-4F2K", "notify_supervisory_authority", process="breach", legal=True),
    owed(80, "INC-20261127-7F3K", "?", id="?", recipient="", not_asked=True),
    owed(81, "INC-20261127-2B9Q", "?", id="?", recipient="", basis="no worker is answering"),
])  # fmt: skip


def row(reference: str, phase: str, severity: str | None, opened: timedelta, *, drill: bool = False) -> Row:
    return Row(
        reference=reference, phase=phase, severity=severity, services=("PRESCRIPTION", "PDR"), workflow_id=reference,
        next_due=AT + timedelta(minutes=20), overdue=0, rejected=0, drill=drill, opened_at=AT - opened, run_id="r",
    )  # fmt: skip


OPEN = [
    row("INC-20261127-4F2K", "handling", "critical", timedelta(hours=3, minutes=5)),
    row("INC-20261127-7F3K", "awaiting_triage", None, timedelta(minutes=12)),
    row("INC-20261124-2B9Q", "watch", "medium", timedelta(days=3, hours=2)),
    row("INC-20261127-9D1C", "handling", "high", timedelta(hours=1), drill=True),
]
CALLED = {each.reference: TITLE for each in OPEN}
TOLD = [
    Happening(at=AT - timedelta(hours=3), what="Fault noticed"),
    Happening(at=AT - timedelta(hours=2), what="Kela phoned, reached M. Virtanen", by="Anna Virtanen",
              detail="020 634 7787", recorded_at=AT - timedelta(hours=1)),
    Happening(at=AT, what="Situation", by="Mikko Laine", detail="Vika jatkuu kaikilla osastoilla " * 4),
]  # fmt: skip

CONTACTS = tuple(
    ContactState(
        contact=each,
        owner=owner,
        verified_on=AT.date(),
        confirmed_at=AT,
        due_at=AT + timedelta(days=90),
        why=why,
        channel="phone" if why else None,
        since=AT if why else None,
    )
    for each, owner, why in (
        ("desk", "", None),
        ("ward-3", "duty-officer", "wrong"),
        ("health-station-north", "desk", "bounced"),
    )
)
CHECKED = tuple(
    CheckState(what=what, number=number, done_at=done, done_by="Anna Virtanen" if done else "", due_at=AT)
    for what, number, done in (("extranet", "", None), ("test_call", "kela", AT), ("directory", "", AT))
)

Made = tuple[Sequence[Column], Sequence[GiveUp]]


def listed_as(whose: str, phases: tuple[str, str]) -> Made:
    """The list of breaches, or of planned breaks."""
    rows = [
        row("BR-20261127-4F2K", phases[0], None, timedelta(hours=3))._replace(overdue=2),
        row("BR-20261124-2B9Q", phases[1], None, timedelta(days=3), drill=True),
    ]
    said = [names.name(names.PHASES, each) for each in phases]
    called = dict.fromkeys([each.workflow_id for each in rows], TITLE)
    made = listed.columns(rows, called, AT, whose=_(whose), next_at=_("next due"), phases=said)
    return made, listed.GIVEN_UP


LISTS: dict[str, Callable[[], Made]] = {
    "duty_list": lambda: (duties.columns(OWED, AT), duties.GIVEN_UP),
    "board": lambda: (board.columns(lines(OWED, AT), AT), board.GIVEN_UP),
    "incident_list": lambda: (incidents.columns(OPEN, CALLED, AT), incidents.GIVEN_UP),
    "breach_list": lambda: listed_as("breach", ("assessing", "notifying")),
    "maintenance_list": lambda: listed_as("break", ("planned", "under_way")),
    "contacts_list": lambda: (contacts.columns(CONTACTS, AT), contacts.GIVEN_UP),
    "checks": lambda: (contacts.columns_of_checks(CHECKED), contacts.CHECKS_GIVEN_UP),
    "timeline": lambda: (timeline.columns(TOLD), timeline.IN_ONE_COLUMN),
}


def screen(name: str, width: int) -> str:
    """A list as a terminal of this width shows it."""
    columns, give_up = LISTS[name]()
    page = Console(file=StringIO(), width=width, color_system=None, highlight=False, markup=False, emoji=False)
    page.print(drawn(fitted(columns, give_up, width), width))
    assert isinstance(page.file, StringIO)
    return "\n".join(line.rstrip() for line in page.file.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [120, 80, 60])
@pytest.mark.parametrize("name", LISTS)
def test_as_it_was_read(name: str, width: int, language: Spoken) -> None:
    speak(language)
    file, shown = GOLDEN / f"{name}_{width}_{language}.txt", screen(name, width)
    if os.environ.get("KANTADESK_RETELL"):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTS)
def test_from_60_columns_on_nothing_is_wider_and_no_moment_is_broken(name: str, language: Spoken) -> None:
    speak(language)
    columns, _give_up = LISTS[name]()
    moments = [cell for column in columns if column.name in ("due", "when") for cell in column.cells]
    for width in range(60, 200):
        shown = screen(name, width)
        assert max(map(cell_len, shown.splitlines())) <= width
        for moment in moments:
            assert moment in shown or moment.replace("2026", "", 1) in shown, width


def test_references_are_whole_and_live_comes_before_drills() -> None:
    for name in ("duty_list", "board", "incident_list"):
        shown = screen(name, 60)
        found = re.findall(r"INC-\d{8}-[0-9A-Z]{4}", shown)
        assert found[-1] == "INC-20261127-9D1C", "the drill"
        assert "drill" in shown.rpartition(found[-1])[2]


def test_in_a_narrow_timeline_nothing_that_was_said_is_lost() -> None:
    shown = " ".join(screen("timeline", 60).split())
    for said in ("Anna Virtanen", "020 634 7787", f"recorded {written(AT - timedelta(hours=1))}", "Mikko Laine"):
        assert said in shown


def test_where_there_is_room_everything_stands() -> None:
    columns, give_up = LISTS["duty_list"]()
    assert fitted(columns, give_up, 300) == list(columns)
    assert [column.name for column in fitted(columns, give_up, 20)] == ["due", "whose", "duty"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["duty_list", "board", "incident_list"])
def test_how_old_it_is_and_what_it_is_called_stand_at_every_width(name: str, language: Spoken) -> None:
    speak(language)
    ages = {age(each.opened_at, AT) for each in OPEN} if name == "incident_list" else {in_words(timedelta(minutes=185))}
    for width in (60, 72, 80, 100, 120):
        shown = screen(name, width)
        assert [each for each in ages if each not in shown] == [], f"{width}\n{shown}"
        assert shown.count(TITLE[:8]) == len(OPEN if name == "incident_list" else OWED), f"{width}\n{shown}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LISTS)
def test_no_word_is_broken_into_letters(name: str, language: Spoken) -> None:
    speak(language)
    columns, _give_up = LISTS[name]()
    words = {word for column in columns for cell in column.cells for word in cell.split()}
    for width in (60, 80, 120):
        strange = [
            word for word in screen(name, width).split() if "…" not in word and not is_known(word, columns, words)
        ]
        assert not strange, f"{width}: {strange}"


def is_known(word: str, columns: Sequence[Column], words: set[str]) -> bool:
    """Whether a word of a screen is a whole word of a cell, in its full or its short form, or of a heading."""
    said = {
        each
        for column in columns
        for form in (column.otherwise, *column.narrower)
        for cell in form
        for each in cell.split()
    }
    headings = {each for column in columns for each in column.heading.split()}
    return word in words | said | headings or not word.strip("─")


def test_an_empty_column_goes_before_any_other() -> None:
    every = incidents.columns([each._replace(severity=None) for each in OPEN], CALLED, AT)
    names = [column.name for column in fitted(every, incidents.GIVEN_UP, 80)]
    assert "severity" not in names
    assert {"incident", "title", "age", "phase"} <= {*names}
    assert [column.name for column in fitted(every, incidents.GIVEN_UP, 400)] == [column.name for column in every]


def test_what_another_column_says_is_not_called_left_out() -> None:
    """At 80 columns the time left stands below the due time; at 60 it is not shown, which is said."""
    for width, said in ((80, False), (60, True)):
        columns, give_up = LISTS["duty_list"]()
        left = next(column for column in columns if column.name == "left")
        assert is_said(left, fitted(columns, give_up, width)) is not said
