"""A screen in Finnish or Swedish holds no English text of the catalogues: incident, breach, board, wall, checks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from starter.board.html import page
from starter.board.lines import HEADINGS, lines, summary
from starter.board.snapshot import Look
from starter.client.open_duties import Owed
from starter.doctor.checks import check_installation
from starter.language.heard import heard
from starter.language.words import Spoken, _, catalogue, speak
from starter.terminal.output import Table
from starter.terminal.prompts import understood
from starter.views import breach, incident
from tests.activities.breach.cases import controller
from tests.activities.fault_report.builder import NOTICED, status
from workers.keys import ring, signing
from workers.settings import load
from workflows.procedure.duties import DutyState

AT = NOTICED + timedelta(hours=2)
OTHERS: tuple[Spoken, ...] = ("fi", "sv")


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest) -> Iterator[Spoken]:
    speak(request.param)
    yield request.param
    speak("en")


def drawn(*parts: Any) -> str:
    """What a terminal of 160 columns would show."""
    out = io.StringIO()
    Console(file=out, width=160, highlight=False, markup=False).print(*parts, sep="\n")
    return out.getvalue()


def english_in(shown: str, language: Spoken) -> list[str]:
    """The English keys of several words that stand in a screen, though the language has words of its own for them."""
    said = catalogue(language)
    return [
        key
        for key, own in said.items()
        if own != key and "{" not in key and len(key.split()) > 1 and key.strip() in shown and own.strip() not in shown
    ]


def owed(kind: str, **changes: Any) -> DutyState:
    usual = {"id": kind, "kind": kind, "recipient": "Kela technical support", "basis": "", "opened_at": NOTICED}
    return DutyState.model_validate(usual | {"due_at": AT} | changes)


def test_an_incident_speaks_one_language(language: Spoken) -> None:
    duties = (
        owed("report_to_kela"),
        owed("phone_kela", state="waived", waived_reason="x"),
        owed("triage", state="met"),
    )
    known = status(duties=duties, drill=True, problems=("the fault has come back",))
    shown = drawn(*incident.parts(known, AT))
    assert not english_in(shown, language)
    assert {"fi": "häiriöilmoitus Kelaan", "sv": "störningsanmälan till FPA"}[language] in shown
    assert {"fi": "klo ", "sv": "kl. "}[language] in shown


def test_a_breach_speaks_one_language(language: Spoken) -> None:
    shown = drawn(*breach.parts(controller(), AT))
    assert not english_in(shown, language)
    assert "unauthorised" not in shown


def test_the_board_and_the_wall_speak_one_language(language: Spoken) -> None:
    row = {"process": "incident", "incident": "INC-1", "drill": True, "clock": None, **dict(owed("report_to_kela"))}
    look = Look(AT, lines([row], AT), Owed([row]))
    table = Table([_(heading) for heading in HEADINGS], [line.cells(AT) for line in look.lines])
    shown = drawn(table, summary(look.lines, AT)) + page(look, 5)
    assert not english_in(shown, language)
    assert {"fi": 'lang="fi"', "sv": 'lang="sv"'}[language] in shown


def test_the_checks_speak_one_language(language: Spoken, tmp_path: Path) -> None:
    found = check_installation(load({"KANTADESK_DATA_DIR": str(tmp_path)}))
    shown = "\n".join(f"{each.what}: {each.detail} {each.to_do}" for each in found)
    assert not english_in(shown, language)


def test_the_checks_of_the_keys_speak_one_language(language: Spoken, tmp_path: Path) -> None:
    settings = load({"KANTADESK_DATA_DIR": str(tmp_path)})
    ring.make_where_missing(settings.key_file, tmp_path / "temporal.db")
    signing.make_where_missing(settings.signing_key_file)
    found = [each for each in check_installation(settings) if each.what in (_("encryption keys"), _("signing key"))]
    assert [each.level for each in found] == ["ok", "ok"]
    shown = " ".join(each.detail for each in found)
    assert {"fi": f"avaintiedosto {tmp_path}", "sv": f"nyckelfilen {tmp_path}"}[language] in shown
    assert {"fi": "allekirjoittaa", "sv": "signerar"}[language] in shown


def test_answers_are_taken_in_each_language() -> None:
    assert [understood(word) for word in ("kyllä", "Kylla", "k", "ja", "j", "yes", "y")] == ["yes"] * 7
    assert [understood(word) for word in ("ei", "e", "nej", "n", "no")] == ["no"] * 5
    assert [understood(word) for word in ("t", "en tiedä", "v", "vet ej", "u")] == ["unknown"] * 5


def test_a_line_of_the_timeline_speaks_one_language(language: Spoken) -> None:
    shown = heard("Reminder of duty 'phone_kela'")
    assert not english_in(shown, language)
    assert "phone_kela" not in shown
