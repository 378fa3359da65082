"""``incident report`` at a running desk: printed, as files, as JSON; and what it says where something is wrong."""

from __future__ import annotations

from pathlib import Path

import docx

from tests.starter.conftest import Desk

TITLE = "Maija Potilas ei saa reseptiä"


def test_it_is_printed_and_holds_nothing_of_the_reporters_words(desk: Desk) -> None:
    reference = desk.judged("--title", TITLE, "--reported-by", "Anna Aalto")
    for reader in ("staff", "management", "authority"):
        told = desk("incident", "report", reference, "--for", reader, "--language", "en")
        assert told.code == 0, told.err
        assert told.out.startswith("Situation report")
        assert reference in told.out
        for never in ("Maija", "Aalto"):
            assert never not in told.out
    assert "What is owed" in told.out


def test_all_three_files_in_a_folder(desk: Desk, tmp_path: Path) -> None:
    reference = desk.judged()
    folder = tmp_path / "reports"
    wanted = ("--language", "sv", "--next-update", "31.12.2099 12:00", "--to", str(folder))
    told = desk("incident", "report", reference, *wanted, "--json")
    assert told.code == 0, told.err
    stem = f"situation-{reference}-staff-sv"
    assert told.json["files"] == [str(folder / f"{stem}.{kind}") for kind in ("docx", "txt", "html")]
    assert sorted(path.name for path in folder.iterdir()) == [f"{stem}.{kind}" for kind in ("docx", "html", "txt")]
    text = (folder / f"{stem}.txt").read_text(encoding="utf-8")
    assert text == told.json["text"]
    assert "tidigare om läget ändras" in text
    assert docx.Document(str(folder / f"{stem}.docx")).paragraphs[0].text == text.split("\n")[0]
    assert "<h1>Lägesrapport" in (folder / f"{stem}.html").read_text(encoding="utf-8")


def test_one_file_by_its_ending(desk: Desk, tmp_path: Path) -> None:
    reference = desk.judged()
    place = tmp_path / "page.HTML"
    told = desk("incident", "report", reference, "--for", "management", "-o", str(place))
    assert told.code == 0, told.err
    assert told.out.split("\n")[0] == str(place)
    assert "<!doctype html>" in place.read_text(encoding="utf-8")


def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    reference = desk.judged()
    pdf, both = tmp_path / "r.pdf", tmp_path / "r.txt"
    for options, why in (
        (("-o", str(pdf)), ".docx, .txt or .html"),
        (("-o", str(both), "--to", str(tmp_path)), "one of the two"),
        (("--next-update", "1.1.2020 12:00"), "--next-update"),
        (("--next-update", "soon"), "--next-update"),
        (("--for", "newspaper"), "--for"),
    ):
        told = desk("incident", "report", reference, *options)
        assert told.code == 2, options
        assert why in told.err
        assert len(told.err.strip().splitlines()) == 1
    assert not list(tmp_path.glob("r.*"))
    assert desk("incident", "report", "NOT-THERE").code == 4


def test_a_folder_that_is_a_file_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    told = desk("incident", "report", desk.judged(), "--to", str(tmp_path / "taken" / "under"))
    assert told.code == 2
    assert "can't write" in told.err


def test_a_drill_says_so(desk: Desk) -> None:
    told = desk("incident", "report", desk.judged("--drill"), "--language", "fi")
    assert told.code == 0, told.err
    assert "HARJOITUS" in told.out.split("\n")[0]
