"""An update after the end of a fault, in a real terminal: whoever means that it is back is shown the way."""

from __future__ import annotations

from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal


def test_after_the_end_a_person_is_asked_whether_the_fault_has_come_back(desk: Desk) -> None:
    reference = desk.judged()
    assert desk("incident", "resolve", reference, "--cause", "x", "--remedy", "y").code == 0

    terminal = Terminal(desk, "incident", "update", reference, "--text", "Same error again")
    terminal.expect("Has the fault come back?")
    terminal.type("y")
    terminal.expect(f"kantadesk incident reopen {reference}")
    assert terminal.ended()[0] == 2
    assert "Situation changed" not in desk("incident", "timeline", reference).out

    terminal = Terminal(desk, "incident", "update", reference, "--text", "Queues are draining")
    terminal.expect("Has the fault come back?")
    terminal.type("")
    terminal.expect("Send it?")
    terminal.type("y")
    code, out = terminal.ended()
    assert code == 0
    assert "those concerned read that the fault is over" in out


def test_a_call_asks_for_what_it_needs_and_keeps_it_over_ctrl_c(desk: Desk) -> None:
    reference = desk.judged()
    kept_by_others = {*(desk.data_dir / "answers").glob("*.kept")}  # the desk serves other tests too
    terminal = Terminal(desk, "incident", "call", reference)
    terminal.expect("Did the call reach somebody? ")
    terminal.type("yes")
    terminal.expect("Who was reached? ")
    terminal.interrupt()
    terminal.expect("kept for a day")
    assert terminal.ended()[0] == 130
    assert len({*(desk.data_dir / "answers").glob("*.kept")} - kept_by_others) == 1
    again = Terminal(desk, "incident", "call", reference)
    again.expect("Use them?")
    again.type("")
    again.expect("Who was reached? ")
    again.type("M. Virtannen")
    again.expect("a number: change that answer")
    again.type("2")
    again.expect("Who was reached? ")
    again.type("M. Virtanen")
    again.expect("a number: change that answer")
    again.type("")
    assert again.ended()[0] == 0
    assert "M. Virtanen" in desk("incident", "timeline", reference).out
    assert {*(desk.data_dir / "answers").glob("*.kept")} <= kept_by_others
