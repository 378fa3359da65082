"""``maintenance change`` in a terminal asks what changes and says the new time back; Ctrl-C sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.builders import now
from tests.starter.conftest import Desk
from tests.starter.terminal.pseudo_terminal import Terminal

WORKS = ("maintenance", "plan", "--title", "Certificates are renewed", "--service", "CODE")


@pytest.fixture
def planned(desk: Desk) -> Iterator[str]:
    """A break in ten days, from six to eight."""
    reference = f"MNT-T{now():%H%M%S%f}"
    day = f"{now() + timedelta(days=10):%d.%m.%Y}"
    done = desk(
        *WORKS, "--drill", "--reference", reference, "--starts-at", f"{day} 06:00", "--ends-at", "08:00", "--yes"
    )
    assert done.code == 0, done.err
    yield reference
    for kept in (desk.data_dir / "answers").glob("*.kept"):
        kept.unlink()


def sequence(desk: Desk, reference: str) -> int:
    return int(desk("maintenance", "show", reference, "--json").json["sequence"])


def test_it_asks_what_changes_and_says_the_new_time_back_before_it_goes(desk: Desk, planned: str) -> None:
    terminal = Terminal(desk, "maintenance", "change", planned)
    terminal.expect("What changes?")
    terminal.type("4")
    terminal.expect("When is it planned to be over?")
    terminal.type(f"{now() + timedelta(days=10):%d.%m.%Y} 09:30")
    terminal.expect("09:30")
    terminal.expect("What changes?")
    terminal.type("")
    terminal.expect("ends: ")
    code, shown = terminal.ended_after("Send it?", "y")
    assert code == 0, shown
    assert sequence(desk, planned) == 1


def test_ctrl_c_at_the_last_question_sends_nothing_and_keeps_the_answers(desk: Desk, planned: str) -> None:
    day = f"{now() + timedelta(days=10):%d.%m.%Y}"
    terminal = Terminal(desk, "maintenance", "change", planned, "--ends-at", f"{day} 10:00")
    terminal.expect("ends: ")
    terminal.expect("Send it?")
    terminal.interrupt()
    code, shown = terminal.ended()
    assert code == 130, shown
    assert sequence(desk, planned) == 0
