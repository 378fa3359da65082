"""The long dialogues lose no answer: after Ctrl-C the same command goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal


@pytest.fixture(autouse=True)
def nothing_kept(desk: Desk) -> Iterator[None]:
    """What other tests have left is not offered here, nor what is left here elsewhere."""
    forget(desk)
    yield
    forget(desk)


def forget(desk: Desk) -> None:
    """Take every kept answer away."""
    for kept in (desk.data_dir / "answers").glob("*.kept"):
        kept.unlink()


def stopped_at(terminal: Terminal, question: str) -> None:
    """Ctrl-C at a question: what was answered is kept, and that is said."""
    terminal.expect(question)
    terminal.interrupt()
    terminal.expect("Your answers are kept for a day")
    assert terminal.ended()[0] == 130


def test_the_opening(desk: Desk) -> None:
    command = ("incident", "open", "--reference", "KEPT-1")
    first = Terminal(desk, *command)
    first.expect("What is the fault")
    first.type("Reseptit eivät aukea yöllä")
    stopped_at(first, "Which services?")
    again = Terminal(desk, *command)
    again.expect("Use them?")
    again.type("y")
    again.expect("Which services?")
    again.type("OLD")
    again.expect("1  Reseptit eivät aukea yöllä")
    again.expect("a number: change that answer")
    again.type("")
    assert again.ended()[0] == 0
    assert desk("incident", "show", "KEPT-1", "--json").json["title"] == "Reseptit eivät aukea yöllä"
    assert [*(desk.data_dir / "answers").iterdir()] == []


def test_the_triage(desk: Desk) -> None:
    reference = "KEPT-2"
    opened = desk("incident", "open", "--title", "x", "--service", "CODE", "--drill", "--reference", reference)
    assert opened.code == 0, opened.err
    first = Terminal(desk, "incident", "triage", reference)
    first.expect("1/6")
    first.type("y")
    first.expect("Why?")
    first.type("nobody can renew")
    stopped_at(first, "2/6")
    again = Terminal(desk, "incident", "triage", reference)
    again.expect("Use them?")
    again.type("y")
    again.expect("2/6")
    again.expect("[u]nknown")
    assert "nobody can renew" not in again.seen
    again.interrupt()
    assert again.ended()[0] == 130


@pytest.mark.parametrize("command", [("breach", "open", "--drill"), ("breach", "assess")])
def test_the_breach(desk: Desk, command: tuple[str, ...]) -> None:
    whole = (*command, desk.incident("--drill")) if command[-1] == "assess" else command
    first = Terminal(desk, *whole)
    if command[-1] == "assess":
        first.expect("Are personal data concerned")
        first.type("y")
    first.expect("reasonably certain that personal data")
    first.type("now")
    first.expect("Is this the right day and time?")
    first.type("")
    stopped_at(first, "anybody notice it first")
    again = Terminal(desk, *whole)
    again.expect("Use them?")
    again.type("y")
    again.expect("anybody notice it first")
    again.interrupt()
    assert again.ended()[0] == 130
