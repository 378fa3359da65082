"""One desk with everything around it: a server, workers that die and come back, a provider, a folder, people."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client

from tests.simulation.desk.mail import Provider
from tests.simulation.desk.product import build, client_interceptors, converter
from tests.simulation.engine.chance import Chance
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.worker import Worker

COMES_BACK_AFTER = 5.0
"""Seconds after which a dead worker is started again."""


@dataclass
class House:
    """One of them. ``shadows``: when letters may have been doubled in the one documented window, as in the storm."""

    folder: Path
    model: Path
    chance: Chance
    server: Server
    provider: Provider
    client: Client
    workers: int
    shadows: list[tuple[float, float, str]] = field(default_factory=list)
    deaths: int = 0
    clocks: list[timedelta] = field(default_factory=list)
    is_over: bool = False

    def begin(self, place: int) -> None:
        """Start a worker, and again whenever it has died."""
        process = OsProcess(f"worker {place}.{self.deaths}")
        if self.clocks:
            process.clock_is_off = self.chance.one_of(self.clocks)
        process.at_death.append(lambda: self._died(place))
        with process.inside():
            own = client(self.server, converter(), *client_interceptors())
            made = build(self.folder, self.model, own, self.provider)
        self.server.joins(Worker(made, process))

    def _died(self, place: int) -> None:
        if self.is_over:
            return
        self.deaths += 1
        now = running().now().timestamp()
        self.shadows.append((now - 120, now + 120, "a worker died"))
        self.server.later(COMES_BACK_AFTER, self.begin, place)

    @property
    def evidence(self) -> Path:
        """Where the evidence lies."""
        return self.folder / "evidence"


def _in_memory() -> Path:
    """A new folder, in memory where there is such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of its own is made there
    return Path(tempfile.mkdtemp(prefix="kantadesk-", dir=memory if memory.is_dir() else None))


@asynccontextmanager
async def house(
    model: Path, chance: Chance, *, workers: int = 1, loses_answers: float = 0.0, suggest_at: int = 4096
) -> AsyncGenerator[House]:
    """A house on a folder in memory, where there is one."""
    folder = _in_memory()
    server = Server(chance, suggest_at=suggest_at)
    provider = Provider(chance, loses_answers=loses_answers)
    speaks = client(server, converter(), *client_interceptors())
    made = House(folder, model, chance, server, provider, speaks, workers)
    try:
        for place in range(workers):
            made.begin(place)
        yield made
    finally:
        made.is_over = True
        server.close()
        await asyncio.sleep(0)
        shutil.rmtree(folder, ignore_errors=True)
