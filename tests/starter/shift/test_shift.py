"""A shift at a real desk: never "root" in what is recorded, asked once, handed over on one page."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.starter.conftest import TRIAGE, Desk
from tests.starter.terminal.pseudo_terminal import Terminal

NOBODY = {"KANTADESK_BY": "", "LOGNAME": "root", "SUDO_USER": ""}


def said(desk: Desk, reference: str) -> set[str]:
    """Who has said something to an incident."""
    return {line["by"] for line in desk("incident", "timeline", reference, "--json").json}


def test_a_script_of_root_says_who_it_is_and_root_stands_nowhere(desk: Desk) -> None:
    opening = ("incident", "open", "--title", "x", "--service", "DMS", "--reference", "W-1")
    refused = desk(*opening, **NOBODY)
    assert (refused.code, refused.out) == (2, "")
    how = 'KANTADESK_BY or "kantadesk shift start --by NAME"'
    assert refused.err == (f"kantadesk: --by: this account is no person's: say who it is with --by, {how}\n")
    assert desk(*opening, "--by", "Anna Virtanen", "--reported-by", "Ward 3", **NOBODY).code == 2, "one of them"
    assert desk(*opening, "--reported-by", "Monitoring", **NOBODY).code == 0
    refused = desk("incident", "triage", "W-1", *TRIAGE, **NOBODY)
    assert refused.code == 2
    assert refused.err == f"kantadesk: --by: this account is no person's: say who it is with --by, {how}\n"
    assert desk("notices", "look", **NOBODY).err.startswith("kantadesk: by: this account is no person's")

    named = json.dumps({"by": "Service desk", "text": "It goes on"})
    for how_named in (
        desk("incident", "triage", "W-1", *TRIAGE, "--by", "Anna Virtanen", **NOBODY),
        desk("incident", "update", "W-1", "--text", "x", **NOBODY | {"KANTADESK_BY": "Mikko Laine"}),
        desk("incident", "update", "W-1", "--file", "-", stdin=named, **NOBODY),
    ):
        assert how_named.code == 0, how_named.err
    assert {"Anna Virtanen", "Mikko Laine", "Service desk"} <= said(desk, "W-1")
    assert "root" not in said(desk, "W-1")


def test_a_script_at_a_shared_desk_says_who_it_is(desk: Desk) -> None:
    reference = desk.judged()
    update = ("incident", "update", reference, "--text", "x")
    refused = desk(*update, **NOBODY, KANTADESK_SHARED_DESK="1")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("kantadesk: --by: many use this desk")
    assert refused.err.count("\n") == 1
    taken = desk(*update, "--by", "Anna Virtanen", **NOBODY, KANTADESK_SHARED_DESK="1")
    assert taken.code == 0, taken.err
    assert "Anna Virtanen" in said(desk, reference)


def test_an_account_is_refused_where_a_person_is_meant(desk: Desk) -> None:
    reference = desk.incident()
    for refused in (
        desk("incident", "update", reference, "--text", "x", "--by", "root"),
        desk("shift", "start", "--by", "root"),
        desk("shift", "handover", "--to", "admin"),
        desk("whoami", KANTADESK_BY="root"),
    ):
        assert refused.code == 2
        assert "is an account, not a person" in refused.err
        assert refused.err.count("\n") == 1
    assert desk("shift", "start", **NOBODY).err == (
        'kantadesk: --by: say who you are, for example --by "Anna Virtanen"\n'
    )


def test_in_a_terminal_the_name_is_asked_once_a_shift_and_handed_over(desk: Desk) -> None:
    reference = desk.judged()
    first = Terminal(desk, "incident", "update", reference, "--text", "Vika jatkuu", **NOBODY)
    first.expect("Who are you?")
    first.type("root")
    first.expect("not a person")
    first.type("Anna Virtanen")
    first.expect("Send it?")
    first.type("y")
    assert first.ended()[0] == 0
    second = Terminal(desk, "incident", "update", reference, "--text", "Vika jatkuu yhä", **NOBODY)
    second.expect("Send it?")
    second.type("y")
    assert second.ended()[0] == 0
    assert "Anna Virtanen" in said(desk, reference)

    assert desk("incident", "instruct", reference, "--authority", "Kela", "--text", "Seis", **NOBODY).code == 0
    over = desk("shift", "handover", "--to", "Mikko Laine", "--note", "Kela soittaa", "--json", **NOBODY)
    assert over.code == 0, over.err
    page = over.json
    assert (page["by"], page["to"], page["note"]) == ("Anna Virtanen", "Mikko Laine", "Kela soittaa")
    assert any(reference in line and "Reseptit eivät aukea" in line for line in page["open"])
    assert any(reference in line and "Viestintä" in line for line in page["waiting"])
    assert [each["due_at"] for each in page["due"] if reference in each["process"]]
    decided = [each for each in page["done"] if reference in each["whose"]]
    assert any("Vika jatkuu" in each["what"] and each["by"] == "Anna Virtanen" for each in decided)
    assert all(each["by"] != "kantadesk" for each in decided)
    kept = Path(page["file"])
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == page["sha256"]
    assert kept.stat().st_mode & 0o077 == 0
    assert desk("whoami", "--json", **NOBODY).json["by"] is None, "he has not begun"
    assert "Mikko Laine" in desk("whoami", **NOBODY).out
    assert desk("incident", "update", reference, "--text", "Vika jatkuu", **NOBODY).code == 2
    third = Terminal(desk, "shift", "start", **NOBODY)
    third.expect("(Enter: Mikko Laine)")
    third.type("")
    assert third.ended()[0] == 0
    assert desk("whoami", "--json", **NOBODY).json["by"] == "Mikko Laine"

    text = desk("shift", "handover", "--language", "fi", **NOBODY)
    assert text.out.startswith("VUORON LUOVUTUS")
    assert "luovuttaa Mikko Laine" in text.out
    assert desk("whoami", "--json", **NOBODY).json["by"] is None


def test_who_hands_over_without_a_shift_tells_of_twelve_hours(desk: Desk) -> None:
    reference = desk.judged()
    terminal = Terminal(desk, "shift", "handover", **NOBODY)
    terminal.expect("Who are you?")
    terminal.type("Berit Holm")
    code, out = terminal.ended()
    assert code == 0
    assert "Berit Holm hands over" in out
    assert f"incident {reference}: Judged: high" in out
    assert desk("whoami", "--json", **NOBODY).json["by"] is None, "the shift is over"


def test_what_nobody_has_acknowledged_is_reminded_of_again(desk: Desk) -> None:
    reference = desk.incident("--drill")
    assert desk("drill", "advance", reference, "20min").code == 0
    desk.until(lambda status: status["duties"][0]["reminders_sent"] > 0, "incident", "show", reference)

    page = desk("shift", "handover", "--by", "Anna Virtanen", "--to", "Mikko Laine", "--json").json
    again = desk("shift", "handover", "--by", "Mikko Laine", "--json").json

    assert [line for line in page["reminded"] if reference in line]
    assert not [line for line in again["reminded"] if reference in line], "the next handover comes hours later"
    assert {"Anna Virtanen", "Mikko Laine"} <= said(desk, reference)
    told = desk("incident", "timeline", reference, "--language", "fi").out
    assert "Vuoron sai Mikko Laine" in told
    # The ladder of the twenty minutes goes on beside it, so only what the handovers brought is counted.
    assert told.count("Muistutettu uudelleen, koska kukaan ei ole kuitannut: häiriön arviointi") == 1
