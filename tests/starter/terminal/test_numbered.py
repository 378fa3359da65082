"""Numbered lists and numbered questions hang: what is wrapped stands below the text, not below the number."""

from __future__ import annotations

import io

import pytest

from starter.language.words import speak
from starter.sending.values import service_close, services_meant
from starter.terminal import prompts
from workflows.procedure.services import SERVICES

LONG = "Tietojärjestelmän ongelma voi vaarantaa potilaan tai asiakkaan tietosuojan, ja häiriö liittyy Kanta-palveluihin"


@pytest.mark.parametrize("number", [1, 12])
def test_a_line_of_a_list_hangs(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    prompts.numbered(number, LONG)
    first, *more = capsys.readouterr().err.rstrip("\n").split("\n")
    assert first.startswith(f"  {number:>2}  Tieto")
    assert more
    assert all(line.startswith(" " * 6) and line[6] != " " for line in more)


SERVICES_NAMED = {str(each.id): each.name.fi for each in SERVICES.values()}
ASKED_WHAT = (
    ("oma\n5", "5 OmaKanta", "9 Omatietovaranto"),
    ("Reseptikesus\n5", "1 Resepti-palvelu (Reseptikeskus)?", ""),
    ("OmaKanta, Reseptikesus\n5", "1 Resepti-palvelu (Reseptikeskus)?", ""),
    ("foo\n5", "yllä olevista numeroista", ""),
)


@pytest.mark.parametrize(("typed", "told", "besides"), ASKED_WHAT)
def test_a_service_that_is_not_clear_is_answered_with_the_numbers_that_may_be_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, told: str, besides: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    speak("fi")
    chosen = prompts.picked("Mikä?", SERVICES_NAMED, meant=services_meant, close=service_close)
    speak("en")
    assert chosen == ["MYKANTA"]
    answered = " ".join("".join(capsys.readouterr()).split()).partition("17 Muu palvelu")[2]
    assert told in answered
    assert besides in answered


def test_a_slip_of_the_hand_in_any_list_is_answered_with_what_is_like_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"1": "Ward Ltd", "2": "Clinic, Ltd"}
    monkeypatch.setattr("sys.stdin", io.StringIO("clinik\n2\n"))
    assert prompts.picked("Which?", names, meant=prompts.parts_of(names)) == ["2"]
    assert "Did you mean 2 Clinic, Ltd?" in "".join(capsys.readouterr())
