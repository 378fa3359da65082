"""A command in a real terminal (a pseudo terminal), with somebody who reads and types."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys

from tests.starter.conftest import Desk, environment

ANSWER_WITHIN = 60


class Terminal:
    """A command in a terminal of its own; its stdout stays apart, as with a redirection."""

    def __init__(self, desk: Desk, *arguments: str, **more: str) -> None:
        ours, theirs = pty.openpty()
        self.ours = ours
        self.process = subprocess.Popen(
            [sys.executable, "-m", "starter", *arguments],
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            env=environment(desk.data_dir, TERM="xterm", COLUMNS="110", **more),
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def expect(self, words: str) -> None:
        """Read until these words have come."""
        while words not in self.seen:
            self._read(words)
        self.seen = self.seen.split(words, 1)[1]

    def answer_where_asked(self, question: str, answer: str, *, before: str) -> None:
        """Read until ``before`` has come, and answer a question that may come before it."""
        while before not in self.seen:
            self._answer(question, answer)
            self._read(before)

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self.ours, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C; again where it came just before the program began to read its line, as a person would."""
        for _ in range(5):
            os.kill(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                continue
            return
        raise AssertionError("it does not end on Ctrl-C")

    def ended_after(self, question: str, answer: str) -> tuple[int, str]:
        """The same as ``ended``, with the answer to a question that may come before the end."""
        with contextlib.suppress(OSError):  # what reading a terminal ends with that nobody writes to any more
            while True:
                self._answer(question, answer)
                self._read("its end")
        return self.ended()

    def _answer(self, question: str, answer: str) -> None:
        if question in self.seen:
            self.seen = self.seen.split(question, 1)[1]
            self.type(answer)

    def _read(self, waited_for: str) -> None:
        ready, _, _ = select.select([self.ours], [], [], ANSWER_WITHIN)
        if not ready:  # nothing of it may stand beside the tests after this one
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"waited for {waited_for!r} after {self.seen!r}")
        self.seen += os.read(self.ours, 65536).decode("utf-8", "replace")

    def ended(self) -> tuple[int, str]:
        """Its exit code and its stdout."""
        try:
            out, _ = self.process.communicate(timeout=ANSWER_WITHIN)
        except subprocess.TimeoutExpired:  # it waits for an answer that nobody expected
            self.process.kill()
            self.process.communicate()
            raise
        os.close(self.ours)
        return self.process.returncode, out.decode()
