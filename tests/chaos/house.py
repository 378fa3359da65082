"""One installation of the product, made of real processes that can be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from temporalio.client import Client

from tests.chaos.feed import Feed
from tests.chaos.letter_box import LetterBox
from tests.chaos.short_clocks import MODEL
from tests.chaos.small_disk import SmallDisk
from tests.database import copied
from tests.starter.conftest import ROOT, environment
from workers.connection import connect_to, embedded_addresses
from workers.embedded.ports import Ports, PortTaken, reserved_ports
from workers.embedded.server import EmbeddedTemporal, _dying_with_us
from workers.keys import ring
from workers.keys.live import LiveKeys, live_keys
from workers.settings import Settings, load
from workers.setup import set_up

STOPS_WITHIN = 90


class Shadow(NamedTuple):
    """A time in which a letter may be taken without anybody hearing so. Seconds since the epoch; ``what`` was done."""

    begins: float
    ends: float
    what: str


_GIVEN: set[int] = set()
"""The first port of each house of this run."""


class House:
    """What every installation has: a data folder, ports that stay, a letter box, a feed, a disk that can be full."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.disk = SmallDisk(folder / "disk", self.pids)
        self.evidence = self.disk.place / "evidence"
        for name in ("store", "outbox"):
            (self.disk.place / name).mkdir()
            (folder / name).symlink_to(self.disk.place / name)
        shutil.copy(MODEL, folder / "operating-model.toml")
        self.settings, self.ports, mail_port = _settled(folder)
        self.box, self.feed = LetterBox(mail_port), Feed()
        self.tree = ROOT
        self.shadows: list[Shadow] = []
        self.kills = 0
        self.more: dict[str, str] = {}
        ring.make_where_missing(self.settings.key_file, folder / "temporal.db")

    @property
    def keys(self) -> LiveKeys:
        """The keys as they stand now, with all that were ever used."""
        return live_keys(self.settings)

    @property
    def client(self) -> Client:
        """A client; it finds the server again after a kill, since the ports stay."""
        return self._client

    def pids(self) -> list[int]:
        """The processes that write letters and evidence."""
        return []

    async def _connect(self) -> None:
        self._client = await connect_to(f"127.0.0.1:{self.ports.grpc}", self.keys)

    def environment(self) -> dict[str, str]:
        """Where the neighbours are, for every command."""
        named = {
            "MAIL_TRANSPORT": "smtp",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.box.port),
            "SMTP_SECURITY": "none",
            "EVIDENCE_DIR": str(self.evidence),
            "NOTICE_FEED": self.feed.address,
        }
        more = {f"KANTADESK_{name}": value for name, value in named.items()}
        return environment(self.folder, **more | {"PYTHONPATH": str(self.tree)} | self.more)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the product; what it says goes to a file."""
        with (self.folder / f"{arguments[0]}.log").open("ab") as said:
            return subprocess.Popen(
                [*_dying_with_us(), sys.executable, "-m", "starter", *arguments],
                stdout=said,
                stderr=said,
                env=self.environment(),
                cwd=self.folder,
            )

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end: exit code, what it said."""
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "starter", *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment(),
            cwd=self.folder,
        )
        said, _ = await running.communicate()
        return running.returncode or 0, said.decode()

    def killed(self, what: str, pid: int) -> None:
        """Kill a process for good, and note when."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.kills += 1
        self.noted(what, time.time())

    def noted(self, what: str, began: float, *, after: float = 3) -> None:
        """Note a time in which an answer of the letter box may have been lost; the box hears late on a busy machine."""
        self.shadows.append(Shadow(began - 3, time.time() + after, what))


class TwoParts(House):
    """A Temporal server, and ``kantadesk worker`` beside it, once or several times."""

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        super().__init__(folder)
        self._wanted = workers
        self.workers: list[subprocess.Popen[bytes]] = []

    def pids(self) -> list[int]:
        return [worker.pid for worker in self.workers]

    @property
    def server_pid(self) -> int:
        """The process of the Temporal server."""
        return self._server.addresses.pid

    async def __aenter__(self) -> Self:
        self.box.open()
        self.feed.open()
        await self._start_server()
        await self._connect()
        await set_up(self.client, self.settings)
        self.workers = [self.start("worker") for _ in range(self._wanted)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        await self._server.__aexit__(None, None, None)
        self.box.close()
        self.feed.close()
        self.disk.close()

    def kill_worker(self, number: int = 0) -> None:
        """Kill a worker and start a new one."""
        self.killed("worker", self.workers[number].pid)
        self.workers[number].wait()
        self.workers[number] = self.start("worker")

    async def replace_worker(self, number: int) -> None:
        """Stop a worker as an administrator would, and start one (of the build and in the surroundings wanted now)."""
        await self._stopped(self.workers[number])
        self.workers[number] = self.start("worker")

    async def replace_all(self) -> None:
        """Stop all workers, then start as many of the build that is wanted now."""
        await asyncio.gather(*map(self._stopped, self.workers))
        self.workers = [self.start("worker") for _ in self.workers]

    async def _stopped(self, worker: subprocess.Popen[bytes]) -> None:
        """Stop a worker; kill one that does not stop (a frozen one, on a machine that is busy)."""
        worker.terminate()
        try:
            await asyncio.to_thread(worker.wait, STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.killed("worker", worker.pid)
            worker.wait()

    async def freeze(self, number: int, seconds: float) -> None:
        """Stop a worker in the middle of what it does, and let it go on much later."""
        began, frozen = time.time(), self.workers[number]
        frozen.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            frozen.send_signal(signal.SIGCONT)
            self.noted("frozen", began, after=30)

    async def kill_server(self, *, copying: tuple[Path, Path] | None = None) -> None:
        """Kill the server and start it again on the same folder.

        ``copying``: meanwhile its database is copied, from where to where.
        """
        self.killed("server", self.server_pid)
        await self._server.ended()
        await self._server.__aexit__(None, None, None)
        if copying:
            await asyncio.to_thread(copied, *copying)
        await self._start_server()

    async def back_up(self) -> None:
        """Put the server's database aside, as an administrator would."""
        await self.kill_server(copying=(self.folder, self.folder / "backup"))

    async def restore(self) -> None:
        """Put what was set aside in the place of what there is."""
        await self.kill_server(copying=(self.folder / "backup", self.folder))

    async def _start_server(self) -> None:
        self._server = EmbeddedTemporal(self.settings)
        await self._server.__aenter__()


class AllInOne(House):
    """``kantadesk up``: server, codec server and worker."""

    def pids(self) -> list[int]:
        return [self._up.pid]

    async def __aenter__(self) -> Self:
        self.box.open()
        self.feed.open()
        self._up = self._start_up()
        async with asyncio.timeout(120):
            while embedded_addresses(self.folder) is None:  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
        await self._connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._up.send_signal(signal.SIGTERM)
        ended = await asyncio.to_thread(self._up.wait, STOPS_WITHIN)
        self.box.close()
        self.feed.close()
        self.disk.close()
        assert ended == 0

    async def kill(self) -> None:
        """Kill all of it at once and start it again."""
        server = embedded_addresses(self.folder)
        assert server
        self.killed("worker", self._up.pid)
        self.killed("server", server.pid)
        self._up.wait()
        self._up = self._start_up()

    def _start_up(self) -> subprocess.Popen[bytes]:
        ports = self.ports
        options = {"port": ports.grpc, "ui-port": ports.web, "http-port": ports.http, "codec-port": ports.codec}
        return self.start("up", *(part for name, port in options.items() for part in (f"--{name}", str(port))))


def _settled(folder: Path) -> tuple[Settings, Ports, int]:
    """Settings with ports, and one for mail, that nobody takes between a kill or a cut and the new start.

    They lie below those of outgoing connections, and no other house of this run has them.
    """
    while True:
        first = random.SystemRandom().randrange(20_000, 30_000, 10)
        if first in _GIVEN:
            continue
        _GIVEN.add(first)
        names = ("port", "ui_port", "http_port", "codec_port")
        settings = load({}, data_dir=folder, **{name: first + number for number, name in enumerate(names)})
        mail = ("127.0.0.1", first + len(names))
        with suppress(PortTaken, OSError), reserved_ports(settings) as ports, socket.create_server(mail):
            return settings, ports, mail[1]
