"""A real shell in a terminal of its own, in which somebody types a part of a command and presses Tab."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import termios
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path
from struct import pack

WITHIN = 60
"""Seconds in which a shell answers on a loaded machine."""
LINES, COLUMNS = 50, 200
STEERING = re.compile(r"\x1b(?:\[[0-9;?>=]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>()][AB0-9]?)")
READY = "ready>"
TAB = "\t"

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], ("PS1='{ready} '", "bind 'set bell-style none'")),
    "zsh": (["zsh", "-f", "-i"], ("PS1='{ready} '", "autoload -Uz compinit && compinit -u -D", "unsetopt beep")),
}
"""How each is started without anybody's settings, and what it is told first."""
PROGRAMME = """#!/bin/sh
[ -n "$_KANTADESK_COMPLETE" ] && exec {python} -m starter "$@"
[ "$1" = completion ] && exec {python} -m starter "$@"
printf 'TYPED'; printf ' <%s>' "$@"; printf ' END\\n'
"""
"""The product where it is asked what to complete; else it says what was typed."""


def programme(folder: Path) -> Path:
    """A folder to be put into PATH, with ``kantadesk`` in it."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "kantadesk"
    made.write_text(PROGRAMME.format(python=shlex.quote(sys.executable)))
    made.chmod(0o755)
    return folder


class Shell:
    """An interactive bash or zsh with the completion that ``kantadesk completion`` prints."""

    def __init__(self, name: str, environment: dict[str, str], folder: Path) -> None:
        command, told = START[name]
        self.ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", LINES, COLUMNS, 0, 0))
        self.running = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm"}, cwd=folder,
            start_new_session=True, preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads here
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""
        for each in (*told, f"source <(kantadesk completion {name})"):
            self.type(each.format(ready=READY) + "\n")
        self.type("echo is''ready\n")
        self.until(lambda seen: "isready" in seen)

    def type(self, keys: str) -> None:
        """Press some keys."""
        os.write(self.ours, keys.encode())

    def until(self, holds: Callable[[str], object]) -> str:
        """What is on the screen, once it is as wanted."""
        while not holds(shown := STEERING.sub("", self.seen).replace("\r", "")):
            ready, _, _ = select.select([self.ours], [], [], WITHIN)
            assert ready, f"it waits after {shown[-600:]!r}"
            self.seen += os.read(self.ours, 65536).decode("utf-8", "replace")
        return shown

    def completed(self, line: str) -> list[str]:
        """The words of a line of which Tab has completed the last one."""
        self.seen = ""
        self.type(line + TAB)
        self.until(lambda seen: len(seen.strip()) > len(line.strip()))
        self.type("\n")
        shown = self.until(lambda seen: "END" in seen)
        return re.findall(r"<([^<>]*)>", shown.rpartition("TYPED")[2])

    def offered(self, line: str, *wanted: str) -> bool:
        """Whether a line of which the last word may go on in several ways offers these."""
        self.seen = ""
        self.type(line + TAB)
        self.type(TAB)
        self.until(lambda seen: all(each in seen for each in wanted))
        return True

    def close(self) -> None:
        """End it."""
        self.running.kill()
        self.running.wait(WITHIN)
        os.close(self.ours)


def in_fish(environment: dict[str, str], folder: Path, line: str) -> list[str]:
    """What fish offers for the last word of a line."""
    told = f"kantadesk completion fish | source; complete -C {shlex.quote(line)}"
    done = subprocess.run(
        [str(shutil.which("fish")), "--no-config", "-c", told],
        env={**environment, "HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=True,
    )
    return [each.partition("\t")[0] for each in done.stdout.splitlines()]
