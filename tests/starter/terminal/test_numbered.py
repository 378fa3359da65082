"""Numbered lists and numbered questions hang: what is wrapped stands below the text, not below the number."""

from __future__ import annotations

import pytest

from starter.terminal import prompts

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
