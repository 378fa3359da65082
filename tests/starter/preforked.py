"""Commands of ``kantadesk`` without the wait for their imports: each is a process of its own, forked after them.

Loading the models takes longer than most commands; hundreds of commands are run by the tests. What is forked is the
same ``starter.cli.main`` in the same environment, with its own files for stdin, stdout and stderr, and ends by itself.
Not for what needs a terminal, another interpreter or signals: that is started as people start it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
LONGEST_REQUEST = 100_000
"""Bytes of arguments and environment in one packet; what is longer is started as people start it."""
ENDS_WITHIN = 120


def can_run(arguments: tuple[str, ...], more: dict[str, str]) -> bool:
    """Whether a command can be forked: nothing but our own settings differs from the usual environment."""
    is_ours = all(name.startswith(("KANTADESK_", "TEMPORAL_")) for name in more)
    return is_ours and sum(map(len, arguments)) < LONGEST_REQUEST // 2


class Preforked:
    """The process from which commands are forked; it ends with this one."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._one_at_a_time = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.starter.preforked", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        atexit.register(self.end)

    def run(
        self, arguments: tuple[str, ...], environment: dict[str, str], cwd: Path, stdin: bytes
    ) -> tuple[int, bytes, bytes]:
        """Run one command to its end: its exit code, stdout and stderr."""
        asked = json.dumps({"arguments": arguments, "environment": environment, "cwd": str(cwd)}).encode()
        with (
            self._one_at_a_time,
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(stdin)
            given.seek(0)
            self._ours.settimeout(ENDS_WITHIN)
            socket.send_fds(self._ours, [asked], [given.fileno(), out.fileno(), err.fileno()])
            code = int(self._ours.recv(64))
            for file in (out, err):
                file.seek(0)
            return code, out.read(), err.read()

    def end(self) -> None:
        """Let it go."""
        self._ours.close()
        self.process.wait(ENDS_WITHIN)


def serve(asks: socket.socket) -> None:
    """Load everything once, then fork a command for each request until the other side is gone."""
    for package in ("workflows", "activities", "workers", "starter"):
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    assert threading.active_count() == 1, "what is forked has no threads"
    gc.freeze()
    while True:
        asked, files, _, _ = socket.recv_fds(asks, 2 * LONGEST_REQUEST, 3)
        if not asked:
            return
        pid = os.fork()
        if pid == 0:
            asks.close()
            _become(json.loads(asked), files)
        for file in files:
            os.close(file)
        _, status = os.waitpid(pid, 0)
        asks.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asked: dict[str, Any], files: list[int]) -> NoReturn:
    """This process is the command from now on."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    sys.argv = [str(ROOT / "starter" / "__main__.py"), *asked["arguments"]]
    from starter.cli import main

    main()
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
