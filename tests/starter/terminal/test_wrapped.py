"""What people read fits 60 and 80 columns: no word, moment or command is broken, whatever the table or the line."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from starter.terminal.output import Table, TextLine
from starter.terminal.wrapped import wrapped
from tests.starter.conftest import Desk
from tests.starter.terminal.narrow import shown_at

SUBJECT = "[HD-4711] Uusi häiriö, arvioi viimeistään 28.11.2026 klo 02.32: Resepti-palvelu (Reseptikeskus)"
NEXT = "Seuraavaksi:  Avoimet velvoitteet ovat alla; kun häiriö on ohi: kantadesk incident resolve HD-4711"
COMMANDS = "Kirjaa riski ja toimet: kantadesk breach risk HD-4711, kantadesk breach measures HD-4711"
FILE = "authority-notification-HD-4711-preliminary-fi-78be4268.docx"
MESSAGES = Table(
    ("kenelle", "aihe", "tila", "lähetetty"),
    [
        ("Palvelupiste (24/7)", SUBJECT, "otettu vastaan", "28.11.2026 klo 02.02"),
        ("Sosiaalihuollon palvelujohto", SUBJECT, "otettu vastaan", "28.11.2026 klo 02.02"),
    ],
    "Viestit",
)
TO_DO = Table(
    ("velvoite", "määräaika", "", "mitä tehdään"),
    [("tietoturvaloukkausilmoitus Kelaan", "27.11.2026 klo 22.30", "MYÖHÄSSÄ 3 h 39 min", COMMANDS)],
)
DOCUMENTS = Table(("asiakirja",), [(FILE,)], "Asiakirjat, kansiossa /var/lib/kantadesk/evidence/case-HD-4711/documents")


ASKED = "Miten työtä tehdään, kunnes vika on korjattu? Kirjoita se tähän (Enter: jätä pois)"
CALL = "Häiriöissä auttaa Kelan tekninen tuki ympäri vuorokauden, puhelin 020 634 7787, myös pyhinä"


@pytest.mark.parametrize("width", range(24, 90))
def test_what_may_be_answered_and_a_telephone_number_stay_whole(width: int) -> None:
    assert "(Enter: jätä pois)" in wrapped(ASKED, width)
    assert "020 634 7787" in wrapped(CALL, width)
    assert "[k]yllä / [e]i / en [t]iedä" in wrapped(f"{CALL}: [k]yllä / [e]i / en [t]iedä", max(width, 30))


def drawn(part: Table | TextLine, width: int) -> str:
    """What a terminal of this width is given."""
    given = StringIO()
    page = Console(file=given, width=width, highlight=False, markup=False, emoji=False)
    page.print(part, crop=False)
    return given.getvalue()


def words(text: str) -> set[str]:
    return set(re.sub(r"[─;:,]", " ", text).split())


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("part", [MESSAGES, TO_DO, DOCUMENTS, TextLine(NEXT), TextLine(COMMANDS)])
def test_no_word_is_broken_and_none_is_lost(part: Table | TextLine, width: int) -> None:
    narrow, wide = drawn(part, width), drawn(part, 300)
    first = words(part.headings[0]) if isinstance(part, Table) else set()  # goes without saying, row by row
    assert words(narrow) | first == words(wide)
    too_long = [line for line in narrow.splitlines() if len(line.rstrip()) > width]
    assert all(FILE in line or "/var/lib" in line for line in too_long), "only what is copied whole may be longer"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_commands_and_moments_stand_on_one_line(width: int) -> None:
    lines = "\n".join(drawn(part, width) for part in (MESSAGES, TO_DO, TextLine(NEXT), TextLine(COMMANDS)))
    for whole in (
        "kantadesk incident resolve HD-4711", "kantadesk breach risk HD-4711", "kantadesk breach measures HD-4711",
        "28.11.2026 klo 02.32", "27.11.2026 klo 22.30",
    ):  # fmt: skip
        assert whole in lines, (whole, lines)


def test_a_line_keeps_its_indent_and_hangs_under_its_value() -> None:
    assert wrapped("  yksi kaksi kolme neljä", 14) == "  yksi kaksi\n  kolme neljä"
    assert wrapped("  yksi kaksi kolme neljä", 14, hang=2) == "  yksi kaksi\n    kolme\n    neljä"
    assert wrapped("Aihe:  yksi kaksi kolme neljä viisi", 24) == "Aihe:  yksi kaksi kolme\n       neljä viisi"
    assert wrapped("", 10) == ""


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_what_a_command_prints_at_sixty_columns_breaks_no_word_and_loses_none(desk: Desk, language: str) -> None:
    reference = desk.judged()
    for command in (("incident", "show", reference), ("incident", "show", "NO-SUCH-THING"), ("whoami",)):
        narrow = shown_at(60, desk, *command, KANTADESK_LANGUAGE=language)
        whole = desk(*command, KANTADESK_LANGUAGE=language)
        lost = {word for word in words(whole.out + whole.err) if word.strip("().").isalpha()} - words(narrow)
        assert lost <= {"velvoite", "skyldighet", "duty", "kenelle", "till", "to"}, (command, "but for first headings")
        too_long = [line for line in narrow.splitlines() if len(line.rstrip()) > 60]
        assert all("/" in line or "kantadesk " in line or len(line.split()) == 1 for line in too_long), too_long
