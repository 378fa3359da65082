"""The house that is measured: the embedded server on free ports, and workers as processes of their own.

Everything is what a small organisation runs by ``kantadesk up``: a file database in WAL mode with full synchronisation,
the example's operating model (with other lengths where a benchmark says so), encrypted payloads, mail into the outbox.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from activities.evidence.case_folder import write_whole
from activities.watchdog.checks import ALWAYS_RUNNING_SCHEDULE
from workers.connection import connect_to
from workers.embedded.server import EmbeddedTemporal
from workers.keys import ring
from workers.keys.live import live_keys
from workers.settings import Settings, load, packaged_operating_model
from workers.setup import set_up

ROOT = Path(__file__).parent.parent
PLAN = "plan.json"
PORTS = {"port": 0, "ui_port": 0, "http_port": 0, "codec_port": 0}
READY_WITHIN = 120
UNCHANGED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class House:
    """A running server, a client that encrypts, and where everything lies."""

    folder: Path
    settings: Settings
    client: Client
    address: str
    server_pid: int

    @asynccontextmanager
    async def worker(self, kind: str = "desk", **options: Any) -> AsyncIterator[int]:
        """A worker while inside; gives its process id. ``kind``: one of ``worker.KINDS``."""
        ready = self.folder / f"{kind}.ready"
        ready.unlink(missing_ok=True)
        with (self.folder / f"{kind}.log").open(
            "ab"
        ) as said:  # never a pipe: nobody reads it, and a full one stops all
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.worker"),
                *(kind, str(self.folder), self.address, json.dumps(options)),
                stdin=asyncio.subprocess.PIPE,
                stdout=said,
                stderr=said,
                env=environment(),
            )
        try:
            async with asyncio.timeout(READY_WITHIN):
                while not ready.exists():  # another process makes it
                    if process.returncode is not None:
                        raise RuntimeError(f"the worker {kind!r} did not start: see {kind}.log")
                    await asyncio.sleep(0.02)
            yield process.pid
        finally:
            if process.stdin:
                process.stdin.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), READY_WITHIN)
            if process.returncode is None:
                process.kill()
                await process.wait()


@asynccontextmanager
async def running(
    rules: Mapping[str, str] = UNCHANGED, *server_settings: str, watched: bool = False
) -> AsyncIterator[House]:
    """A house on an empty folder.

    ``rules``: sections of the operating model that are other than the example's, as TOML without the heading.
    ``watched``: with the watchdog and the watch of the notices, whose work would otherwise count on one side only.
    """
    with tempfile.TemporaryDirectory(prefix="kantadesk-bench-") as name:
        folder = Path(name)
        write_whole(folder / "operating-model.toml", operating_model(rules).encode())
        settings = settled(folder)
        ring.make_where_missing(settings.key_file, folder / "temporal.db")
        async with EmbeddedTemporal(settings, server_settings) as server:
            at = server.addresses
            client = await connect_to(at.address, live_keys(settings), role="benchmark")
            await set_up(client, settings)
            if not watched:
                await _without_standing(client)
            yield House(folder, settings, client, at.address, at.pid)


def environment() -> dict[str, str]:
    """As an installed programme runs: compiled modules are kept, which a machine for building may have switched off."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}


def settled(folder: Path) -> Settings:
    """The settings of the house in a folder; nothing comes from the environment."""
    return load({}, data_dir=folder, operating_model=folder / "operating-model.toml", **PORTS)


def operating_model(rules: Mapping[str, str]) -> str:
    """The example's operating model with other rules in some sections."""
    text = packaged_operating_model().read_text(encoding="utf-8")
    for section, rule in rules.items():
        text, found = re.subn(
            rf"^\[{re.escape(section)}\].*?(?=^\[|\Z)", f"[{section}]\n{rule}\n\n", text, flags=re.DOTALL | re.MULTILINE
        )
        if found != 1:
            raise LookupError(f"the operating model has no section [{section}]")
    return text


async def _without_standing(client: Client) -> None:
    await client.get_schedule_handle(ALWAYS_RUNNING_SCHEDULE).delete()
    with suppress(RPCError):
        await client.get_workflow_handle("standing-processes").terminate()
