"""A terminal that shows a picture of its own: what is typed meanwhile is neither echoed nor left to the shell."""

from __future__ import annotations

import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_LOCAL_FLAGS = 3
"""Where ``termios`` has the flags of the line in its list."""


@contextmanager
def unechoed() -> Iterator[None]:
    """Echo nothing inside; however it ends (SIGTERM, too) the terminal is as it was. Nothing without a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    silent = termios.tcgetattr(stdin)
    silent[_LOCAL_FLAGS] &= ~termios.ECHO
    earlier = signal.signal(signal.SIGTERM, _end)
    try:
        termios.tcsetattr(stdin, termios.TCSANOW, silent)
        yield
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(stdin, termios.TCSAFLUSH, before)
        signal.signal(signal.SIGTERM, earlier)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
