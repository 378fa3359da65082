"""``kantadesk doctor --watch`` on a real desk: well, with something ended from outside, and without any worker."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.starter.conftest import ROOT, Desk, environment, kantadesk, started, stopped
from workers.embedded.server import temporal_binary

WITHIN = 60.0
SERVER_ONLY = """
import asyncio, sys
from starter.client.configuration import settings_in_force
from workers.embedded.server import EmbeddedTemporal
async def main():
    settings = settings_in_force(port="0", ui_port="0", http_port="0", codec_port="0")
    async with EmbeddedTemporal(settings):
        print("up", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: the watchdog sees everything that lies in a namespace."""
    running = started(tmp_path_factory.mktemp("watched"))
    yield running
    if running.process.poll() is None:
        stopped(running)


def looked(desk: Desk, *arguments: str) -> dict[str, Any]:
    """What ``doctor --watch`` says, once the watchdog has looked for the first time."""
    until = time.monotonic() + WITHIN
    while True:
        found: dict[str, Any] = desk("doctor", "--watch", "--json", *arguments).json
        if (found["watchdog"] or {}).get("last_look") or time.monotonic() > until:
            return found


def test_all_is_well(watched: Desk) -> None:
    found = looked(watched)
    assert (found["ok"], found["findings"]) == (True, [])
    shown = watched("doctor", "--watch")
    assert (shown.code, shown.err) == (0, "")
    assert "All is well." in shown.out
    assert "The watchdog looked last at" in shown.out


def test_something_ended_from_outside_is_shown_with_what_to_do_also_without_a_worker(watched: Desk) -> None:
    reference = watched.judged()
    looked(watched)
    ended = [str(temporal_binary()), "workflow", "terminate", "--workflow-id", f"incident-{reference}"]
    address = ["--address", watched.places["temporal"], "--disable-config-file"]
    assert subprocess.run([*ended, *address], capture_output=True, check=False).returncode == 0
    shown = watched("doctor", "--watch")
    assert shown.code == 2
    assert "FAULT" in shown.out
    assert f"incident-{reference} was terminated from outside" in shown.out
    assert shown.err.startswith("kantadesk: 1 fault")

    assert stopped(watched) == 0
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER_ONLY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        env=environment(watched.data_dir),
    )  # fmt: skip
    try:
        assert server.stdout
        assert server.stdout.readline() == b"up\n"
        found = watched("doctor", "--watch", "--json")
        assert found.code == 2
        kinds = {each["kind"] for each in found.json["findings"]}
        assert kinds == {"no_worker", "watchdog_silent", "dead"}
        assert found.json["watchdog"] is None
    finally:
        assert server.stdin
        server.stdin.close()
        server.wait(30)
        server.stdout.close()  # type: ignore[union-attr]


def test_without_temporal_it_says_so(tmp_path: Path) -> None:
    nothing = kantadesk(tmp_path, "doctor", "--watch", "--json")
    assert (nothing.code, nothing.out) == (5, "")
    assert nothing.err.count("\n") == 1
