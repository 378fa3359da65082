"""The command line: how long a command takes, against the interpreter alone and against ``temporal`` itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from benchmarks.house import running
from benchmarks.results import now, save, say
from benchmarks.scenes import open_incident
from workers.embedded.server import temporal_binary

OPEN = "WorkflowType = 'Incident' AND ExecutionStatus = 'Running'"


def options(parser: ArgumentParser) -> None:
    """How often, and how many incidents there are to list."""
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--incidents", type=int, default=25)


async def measure(chosen: Namespace) -> None:
    """Run each command in turn. A list needs no worker: it is read from what the server itself knows."""
    began = now()
    async with running() as house:
        for _ in range(chosen.incidents):
            await open_incident(house.client, f"K-{uuid.uuid4().hex[:12]}")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "KANTADESK_"))}
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        own = {
            "KANTADESK_DATA_DIR": str(house.folder),
            "TEMPORAL_ADDRESS": house.address,
            "TEMPORAL_CONFIG_FILE": os.devnull,
        }
        took: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for number in range(chosen.rounds + 1):  # the first is not counted: it compiles
            for name, command in COMMANDS.items():
                seconds = timed(command, clean | own)
                took[name] += [seconds] if number else []
        say(f"command line: {chosen.rounds} rounds")
    save("command_line", {"took": took, "incidents": chosen.incidents, "load": os.getloadavg()[0]}, began)


def timed(command: list[str], environment: Mapping[str, str]) -> float:
    """Seconds that a command takes. Raises where it fails."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)
    return time.perf_counter() - began


PYTHON = sys.executable
KANTADESK = str(Path(sys.executable).with_name("kantadesk"))
COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "python -c 'import click'": [PYTHON, "-c", "import click"],
    "python -c 'import temporalio.client'": [PYTHON, "-c", "import temporalio.client"],
    "kantadesk --help": [KANTADESK, "--help"],
    "kantadesk incident --help": [KANTADESK, "incident", "--help"],
    "kantadesk incident list --json": [KANTADESK, "incident", "list", "--json"],
    "temporal workflow list -o json": [str(temporal_binary()), "workflow", "list", "--query", OPEN, "-o", "json"],
}
