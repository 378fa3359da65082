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

from tests.chaos.letter_box import Accepted
from tests.simulation.desk.mail import Provider
from tests.simulation.desk.product import TextTransport, build, client_interceptors, converter
from tests.simulation.engine.chance import Chance
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.worker import Worker

COMES_BACK_AFTER = 5.0
"""Seconds after which a dead worker is started again."""


@dataclass(frozen=True)
class Trouble:
    """What may go wrong around the processes, besides what the engine does (``Rates``). Nothing where nothing is said.

    ``disk_fills``: probability at each new file, for up to ``disk_is_full_for`` seconds; ``clocks``: by how many
    seconds a worker's clock may be wrong; ``loses_answers``: of the provider, at each letter.
    """

    disk_fills: float = 0.0
    disk_is_full_for: float = 40.0
    clocks: tuple[float, ...] = ()
    loses_answers: float = 0.0
    has_common_store: bool = True


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
    trouble: Trouble = field(default_factory=Trouble)
    board: Path | None = None
    """The file with the published notices, where somebody publishes any."""
    texts: TextTransport | None = None
    """What takes messages by other channels than mail, where there is any."""
    fills: int = 0
    """How often the disk was full."""
    _full_until: float = -1.0

    def begin(self, place: int) -> None:
        """Start a worker, and again whenever it has died."""
        process = OsProcess(f"worker {place}.{self.deaths}")
        if self.clocks:
            process.clock_is_off = self.chance.one_of(self.clocks, "clock", place)
        process.at_death.append(lambda: self._died(place))
        with process.inside():
            own = client(self.server, converter(), *client_interceptors())
            store = "data" if self.trouble.has_common_store else f"store-{place}"
            made = build(self.folder, self.model, own, self.provider, store=store, board=self.board, texts=self.texts)
        self.server.joins(Worker(made, process))

    def _died(self, place: int) -> None:
        if self.is_over:
            return
        self.deaths += 1
        now = running().now().timestamp()
        self.shadows.append((now - 120, now + 120, "a worker died"))
        self.server.later(COMES_BACK_AFTER, self.begin, place)

    def is_full(self) -> bool:
        """Whether the disk is full now: asked before each new file is written, and by chance it fills up then."""
        now = running().time()
        minute = f"minute {now // 60:.0f}"
        if now >= self._full_until and self.chance.strikes(
            self.trouble.disk_fills, "the disk is full for a while", minute
        ):
            self.fills += 1
            self._full_until = now + self.chance.between(0.1, 1.0, "full", minute) * self.trouble.disk_is_full_for
        return now < self._full_until

    def answer_lost(self, letter: Accepted) -> None:
        """The provider took a letter and nobody knows: that one may come again, with the same Message-ID."""
        self.shadows.append((letter.at, letter.answered, "an answer of the provider was lost"))

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
    model: Path,
    chance: Chance,
    *,
    workers: int = 1,
    trouble: Trouble,
    suggest_at: int = 4096,
    texts: TextTransport | None = None,
    has_board: bool = False,
) -> AsyncGenerator[House]:
    """A house on a folder in memory, where there is one."""
    folder = _in_memory()
    server = Server(chance, suggest_at=suggest_at)
    provider = Provider(chance, loses_answers=trouble.loses_answers)
    speaks = client(server, converter(), *client_interceptors())
    made = House(folder, model, chance, server, provider, speaks, workers, trouble=trouble)
    made.texts = texts
    made.board = folder / "notices.xml" if has_board else None
    made.clocks = [timedelta(seconds=seconds) for seconds in trouble.clocks]
    provider.at_lost = made.answer_lost
    try:
        for place in range(workers):
            made.begin(place)
        yield made
    finally:
        made.is_over = True
        server.close()
        await asyncio.sleep(0)
        shutil.rmtree(folder, ignore_errors=True)
