"""How long ``kantadesk up`` takes until it says that it runs, against the bare server that it starts."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from benchmarks.house import environment
from benchmarks.results import now, save, say
from workers.embedded.server import temporal_binary

KANTADESK = str(Path(sys.executable).with_name("kantadesk"))
READY_WITHIN = 120.0


def options(parser: ArgumentParser) -> None:
    """How often."""
    parser.add_argument("--rounds", type=int, default=8)


async def measure(chosen: Namespace) -> None:
    """In turn: the bare server on an empty folder, ``up`` on an empty folder, ``up`` again on the same one."""
    began = now()
    took: dict[str, list[float]] = {"bare server": [], "first `up`": [], "`up` again": []}
    for number in range(chosen.rounds + 1):  # the first is not counted: it compiles
        with tempfile.TemporaryDirectory(prefix="kantadesk-bench-") as name:
            bare, desk = Path(name) / "bare", Path(name) / "desk"
            bare.mkdir()
            found = [await _bare(bare), await _up(desk), await _up(desk)]
        for what, seconds in zip(took, found, strict=True):
            took[what] += [seconds] if number else []
    say(f"start-up: {chosen.rounds} rounds")
    save("start_up", {"took": took, "load": os.getloadavg()[0]}, began)


async def _bare(folder: Path) -> float:
    """Seconds until Temporal's own development server, with Temporal Web and a database on disk, answers."""
    port, web = _free(), _free()
    command = [
        *(str(temporal_binary()), "server", "start-dev", "--port", str(port), "--ui-port", str(web)),
        *("--db-filename", str(folder / "temporal.db"), "--log-level", "error"),
    ]
    began, process = time.perf_counter(), await _started(command, {})
    try:
        await _answers(port)
        return time.perf_counter() - began
    finally:
        process.terminate()
        await process.communicate()


async def _up(folder: Path) -> float:
    """Seconds until ``kantadesk up`` says where everything is: server, door, and a worker that takes tasks."""
    ports = [part for name in ("port", "ui-port", "codec-port") for part in (f"--{name}", "0")]
    began = time.perf_counter()
    process = await _started([KANTADESK, "up", "--json", *ports], {"KANTADESK_DATA_DIR": str(folder)})
    try:
        assert process.stdout
        said = await asyncio.wait_for(process.stdout.readline(), READY_WITHIN)
        if not said:
            raise RuntimeError("kantadesk up ended at once")
        return time.perf_counter() - began
    finally:
        process.terminate()
        await process.communicate()


async def _started(command: list[str], more: Mapping[str, str]) -> asyncio.subprocess.Process:
    clean = {name: value for name, value in environment().items() if not name.startswith(("TEMPORAL_", "KANTADESK_"))}
    clean |= {"TEMPORAL_CONFIG_FILE": os.devnull, **more}
    out: dict[str, Any] = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.DEVNULL}
    return await asyncio.create_subprocess_exec(*command, env=clean, **out)


async def _answers(port: int) -> None:
    async with asyncio.timeout(READY_WITHIN):
        while True:
            try:
                client = await Client.connect(f"127.0.0.1:{port}")
                await client.count_workflows()
            except (RuntimeError, RPCError):  # not yet
                await asyncio.sleep(0.02)
            else:
                return


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])
