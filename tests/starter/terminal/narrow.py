"""A command in a real terminal of some width, from its first letter to its last; nobody types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
from struct import pack

from tests.starter.conftest import Desk, environment

_STEERING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def shown_at(columns: int, desk: Desk, *arguments: str, **more: str) -> str:
    """What the screen is sent: the lines as the command ended them, before a terminal breaks what is too long."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", 24, columns, 0, 0))
    around = environment(desk.data_dir, TERM="xterm", COLUMNS=str(columns), **more)
    running = subprocess.Popen(
        [sys.executable, "-m", "starter", *arguments],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=around, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # it has ended
        pass
    running.wait()
    os.close(ours)
    return _STEERING.sub("", seen.decode()).replace("\r\n", "\n")
