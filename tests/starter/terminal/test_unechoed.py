"""While a picture of its own is shown nothing is echoed; afterwards the terminal is as it was, however it ends."""

from __future__ import annotations

import os
import pty
import signal
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from starter.terminal.unechoed import unechoed


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield theirs
    os.close(ours)


def echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def shown(terminal: int, ending: type[BaseException] | None) -> None:
    """A picture that ends by an error, or by SIGTERM."""
    with unechoed():
        assert not echoes(terminal)
        if ending:
            raise ending
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError, None])
def test_it_is_as_it_was(terminal: int, ending: type[BaseException] | None) -> None:
    assert echoes(terminal)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ending or SystemExit) as ended:
        shown(terminal, ending)
    assert not isinstance(ended.value, SystemExit) or ended.value.code == 128 + signal.SIGTERM
    assert echoes(terminal)
    assert signal.getsignal(signal.SIGTERM) == before


def test_without_a_terminal_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with unechoed():
            pass
