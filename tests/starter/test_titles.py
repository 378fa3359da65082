"""Titles and ages in each list; a breach is called as its incident; `duty list` in a narrow terminal."""

from __future__ import annotations

import pytest

from tests.starter.conftest import Desk
from tests.starter.terminal.narrow import shown_at
from tests.starter.terminal.pseudo_terminal import Terminal

TITLE = "Kuvat eivät aukea: röntgen (2. krs) #3"
SUSPECTED = (
    "--outcome", "suspected", "--aware-at", "now", "--kind", "unauthorised_access", "--register", "PDR", "--role",
    "joint_controller", "--description", "Väärä käyttöoikeus",
)  # fmt: skip
BREAK = (
    "--title", "Tietokannan päivitys", "--service", "PDR", "--starts-at", "24.11.2035 06:00", "--ends-at",
    "24.11.2035 08:00", "--yes",
)  # fmt: skip


@pytest.fixture(scope="module")
def case(desk: Desk) -> str:
    """An incident that has led to a breach."""
    reference = "T-TITLED"
    opened = desk("incident", "open", "--title", TITLE, "--service", "IMAGING", "--reference", reference, "--drill")
    assert opened.code == 0, opened.err
    assessed = desk("breach", "assess", reference, *SUSPECTED)
    assert assessed.code == 0, assessed.err
    desk.until(lambda rows: {"incident", "breach"} <= {row["process"] for row in rows if row["incident"] == reference},
               "duty", "list")  # fmt: skip
    return reference


def test_duty_list_and_board_name_the_incident_and_say_how_old_it_is(desk: Desk, case: str) -> None:
    for command in (("duty", "list"), ("board", "--once")):
        out = desk(*command, KANTADESK_LANGUAGE="fi").out
        assert {"otsikko", "ikä"} <= {*out.splitlines()[0].split()}
        mine = [line for line in out.splitlines() if case in line]
        assert len(mine) > 1
        assert all(TITLE in line for line in mine), "the breach as its incident"
        assert all(line.rstrip().endswith(("min", "minuutti")) for line in mine)
    rows = [row for row in desk("duty", "list", "--json").json if row["incident"] == case]
    assert {row["title"] for row in rows} == {TITLE}


@pytest.mark.usefixtures("case")
def test_at_eighty_columns_the_title_stands_below_the_reference(desk: Desk) -> None:
    for command in (("duty", "list"), ("board", "--once")):
        lines = shown_at(80, desk, *command, KANTADESK_LANGUAGE="fi").splitlines()
        assert any(TITLE[:10] in line for line in lines)
        left_out = next((line for line in lines if line.startswith("Ei näy tässä")), "")
        assert "otsikko" not in left_out, "it is shown"
        assert max(len(line.rstrip()) for line in lines) <= 80


def test_breaches_and_planned_breaks_have_titles(desk: Desk, case: str) -> None:
    breach = next(line for line in desk("breach", "list").out.splitlines() if case in line)
    assert TITLE[:5] in breach, "its end may stand below, in a long list"
    planned = desk("maintenance", "plan", *BREAK, "--reference", "T-BREAK")
    assert planned.code == 0, planned.err
    desk.until(lambda rows: "T-BREAK" in {row["reference"] for row in rows}, "maintenance", "list")
    line = next(line for line in desk("maintenance", "list").out.splitlines() if "T-BREAK" in line)
    assert "Tietokannan" in line
    assert "Planned break" not in line


def test_where_several_are_open_they_are_offered_with_their_titles(desk: Desk, case: str) -> None:
    assert desk.incident("--drill")  # another one
    terminal = Terminal(desk, "incident", "supplement", KANTADESK_LANGUAGE="fi")
    terminal.expect(f"{case}  {TITLE}")
    terminal.expect("Mikä niistä?")
    terminal.interrupt()
    assert terminal.ended()[0] == 130


def test_who_i_am_is_said_without_a_word_of_english(desk: Desk) -> None:
    said = {each: desk("whoami", KANTADESK_LANGUAGE=each).out for each in ("fi", "sv")}
    assert said["fi"] == "Desk Tester (ympäristömuuttuja KANTADESK_BY)\n"
    assert said["sv"] == "Desk Tester (miljövariabeln KANTADESK_BY)\n"
