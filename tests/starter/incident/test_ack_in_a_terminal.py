"""``incident ack`` in a terminal: what waits to be acknowledged is offered by number, and contacts by their names."""

from __future__ import annotations

from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal


def test_what_waits_is_offered_by_number(desk: Desk) -> None:
    reference = desk.incident()
    said = desk(
        "incident", "instruct", reference, "--authority", "THL", "--text", "Do not resend before 18.00", "--yes"
    )
    assert said.code == 0, said.err
    terminal = Terminal(desk, "incident", "ack", reference)
    terminal.expect("THL: Do not resend before 18.00 (instruction-1)")
    terminal.expect("What was seen?")
    terminal.type("1")
    terminal.expect("Which contact?")
    terminal.type("health-station-coast")
    terminal.expect("a number: change that answer")
    terminal.type("")
    code, shown = terminal.ended()
    assert code == 0, shown
    [instruction] = desk("incident", "show", reference, "--json").json["instructions"]
    assert instruction["acknowledged"] == ["health-station-coast"]
