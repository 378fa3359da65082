"""A real desk for all tests of the command line: ``kantadesk up`` on free ports and an empty data folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.starter.preforked import ENDS_WITHIN, Preforked, can_run

# A runner in the background of a shell inherits "ignore Ctrl-C", and so would every command that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[2]
WITHIN = 60.0
"""Seconds of real time in which anything waited for must come about on a loaded machine."""
FREE_PORTS = ("--port", "0", "--ui-port", "0", "--http-port", "0", "--codec-port", "0")
TRIAGE = (
    "--severity", "high", "--not-extensive", "--criterion", "prevents_or_slows=yes",
    "--criterion", "localised_to_kela=unknown", "--criterion", "safety=no", "--criterion", "privacy=no",
    "--criterion", "locality_unsure_others_affected=no", "--criterion", "outside_kanta_blocks_use=no",
)  # fmt: skip


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """An environment without any setting but the data folder, and who speaks: root is no name."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KANTADESK_", "TEMPORAL_"))}
    ours = {"KANTADESK_DATA_DIR": str(data_dir), "KANTADESK_BY": "Desk Tester"}
    return {**clean, **ours, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **more}


class Answer(NamedTuple):
    """What a command has answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document that it must be."""
        return json.loads(self.out)


def kantadesk(data_dir: Path, *arguments: str, stdin: str | bytes = b"", **more: str) -> Answer:
    """Run one command to its end."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    around = environment(data_dir, **more)
    if can_run(arguments, more):
        code, out, err = _preforked().run(arguments, around, data_dir, given)
        return Answer(code, out.decode(), err.decode())
    done = subprocess.run(
        [sys.executable, "-m", "starter", *arguments],
        input=given,
        capture_output=True,
        env=around,
        cwd=data_dir,
        timeout=ENDS_WITHIN,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


@cache
def _preforked() -> Preforked:
    return Preforked(environment(ROOT))


class Desk:
    """A running desk. ``around``: what its commands find in their environment besides."""

    def __init__(self, data_dir: Path, process: subprocess.Popen[bytes], places: dict[str, str], **around: str) -> None:
        self.data_dir = data_dir
        self.around = around
        self.process = process
        self.places = places
        self._number = 0

    def __call__(self, *arguments: str, stdin: str | bytes = b"", **more: str) -> Answer:
        """Run one command against it."""
        return kantadesk(self.data_dir, *arguments, stdin=stdin, **self.around | more)

    def until(self, holds: Callable[[Any], object], *command: str) -> Any:
        """Ask until the answer is as wanted: Temporal's lists follow a moment later, and so does an end."""
        end = time.monotonic() + WITHIN
        while not holds(answer := self(*command, "--json").json):
            assert time.monotonic() < end, answer
        return answer

    def over(self, process: str, reference: str) -> None:
        """Wait until a process has ended, not only decided to."""
        running = (process, "list", "--open") if process == "breach" else (process, "list")
        self.until(lambda rows: reference not in {row["reference"] for row in rows}, *running)

    def incident(self, *options: str) -> str:
        """Open an incident and answer its reference."""
        self._number += 1
        reference = f"T-{self._number}"
        opened = self("incident", "open", "--title", "Reseptit eivät aukea", "--service", "PRESCRIPTION",
                      "--reference", reference, "--json", *options)  # fmt: skip
        assert opened.code == 0, opened.err
        assert opened.json["created"]
        return reference

    def judged(self, *options: str) -> str:
        """Open an incident, triage it and answer its reference."""
        reference = self.incident(*options)
        triaged = self("incident", "triage", reference, *TRIAGE)
        assert triaged.code == 0, triaged.err
        return reference


def started(data_dir: Path) -> Desk:
    """``kantadesk up``, once it says that it runs."""
    data_dir.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "starter", "up", "--json", *FREE_PORTS],
        stdout=subprocess.PIPE,
        env=environment(data_dir),
        cwd=data_dir,
    )
    line = first_line(process)
    assert line, f"`kantadesk up` ended with {process.wait()}"
    return Desk(data_dir, process, json.loads(line))


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    """What it says first. Nothing where it has ended: its pipe is closed then, or a later test is blamed for it."""
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        process.stdout.close()
    return line


def stopped(desk: Desk) -> int:
    """Stop it as an administrator would, and answer its exit code."""
    desk.process.send_signal(signal.SIGTERM)
    assert desk.process.stdout
    desk.process.stdout.close()
    return desk.process.wait(60)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for the whole session; ``make cluster``: one whose Temporal is a cluster."""
    if os.environ.get("KANTADESK_TEST_CLUSTER"):
        from tests.cluster.desk import desk_on_a_cluster

        with desk_on_a_cluster(tmp_path_factory.mktemp("cluster")) as elsewhere:
            yield elsewhere
        return
    running = started(tmp_path_factory.mktemp("desk"))
    yield running
    assert stopped(running) == 0
