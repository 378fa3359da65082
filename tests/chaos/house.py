"""One installation of the product, made of real processes that can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import Client

from activities.case_folder import write_whole
from tests.chaos.letter_box import LetterBox
from tests.starter.conftest import environment
from workers import key_ring
from workers.connection import connect_to, embedded_addresses
from workers.embedded import EmbeddedTemporal
from workers.ports import Ports, PortTaken, choose_ports
from workers.settings import Settings, load, packaged_operating_model
from workers.setup import set_up


class House:
    """What every installation has: a data folder, ports that stay, a letter box. ``kills``: when, of what."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.box = LetterBox()
        self.settings, self.ports = _settled(folder)
        self.kills: list[tuple[float, str]] = []
        self.watch("1h")
        key_ring.make_where_missing(self.settings.key_file, folder / "temporal.db")

    @property
    def client(self) -> Client:
        """A client; it finds the server again after a kill, since the ports stay."""
        return self._client

    async def _connect(self) -> None:
        self._client = await connect_to(f"127.0.0.1:{self.ports.grpc}", key_ring.load(self.settings.key_file))

    def watch(self, length: str) -> None:
        """Set how long an incident is watched; no reminder of the phone duty comes while the test runs."""
        text = packaged_operating_model().read_text(encoding="utf-8")
        quiet = {"ladders.phone_kela": 'due_after = "2h"', "watch": f'length = "{length}"'}
        for section, rules in quiet.items():
            text, found = re.subn(
                rf"^\[{section}\].*?(?=^\[)", f"[{section}]\n{rules}\n\n", text, flags=re.DOTALL | re.MULTILINE
            )
            assert found == 1, section
        write_whole(self.folder / "operating-model.toml", text.encode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the product; what it says goes to a file."""
        mail = {
            "MAIL_TRANSPORT": "smtp",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.box.port),
            "SMTP_SECURITY": "none",
        }
        with (self.folder / f"{arguments[0]}.log").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "starter", *arguments],
                stdout=said,
                stderr=said,
                env=environment(self.folder, **{f"KANTADESK_{name}": value for name, value in mail.items()}),
                cwd=self.folder,
            )

    def killed(self, what: str, pid: int) -> None:
        """Kill a process for good, and note when."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.kills.append((time.monotonic(), what))


class TwoParts(House):
    """A Temporal server, and ``kantadesk worker`` beside it."""

    async def __aenter__(self) -> Self:
        self.box.open()
        await self._start_server()
        await self._connect()
        await set_up(self.client, self.settings)
        self._worker = self.start("worker")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.kill()
        self._worker.wait()
        await self._server.__aexit__(None, None, None)
        self.box.close()

    async def kill_worker(self) -> None:
        """Kill the worker and start a new one."""
        self.killed("worker", self._worker.pid)
        self._worker.wait()
        self.box.is_holding = self.box.is_mute = False
        self._worker = self.start("worker")

    async def kill_server(self) -> None:
        """Kill the server and start it again on the same folder."""
        self.killed("server", self._server.addresses.pid)
        await self._server.ended()
        self.box.is_holding = self.box.is_mute = False
        await self._server.__aexit__(None, None, None)
        await self._start_server()

    async def _start_server(self) -> None:
        self._server = EmbeddedTemporal(self.folder, self.ports)
        await self._server.__aenter__()


class AllInOne(House):
    """``kantadesk up``: server, codec server and worker."""

    async def __aenter__(self) -> Self:
        self.box.open()
        self._up = self._start_up()
        async with asyncio.timeout(60):
            while embedded_addresses(self.folder) is None:  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
        await self._connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._up.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(self._up.wait, 60) == 0
        self.box.close()

    async def kill(self) -> None:
        """Kill all of it at once and start it again."""
        server = embedded_addresses(self.folder)
        assert server
        self.killed("worker", self._up.pid)
        self.killed("server", server.pid)
        self._up.wait()
        self.box.is_holding = self.box.is_mute = False
        self._up = self._start_up()

    def _start_up(self) -> subprocess.Popen[bytes]:
        options = ("port", "ui-port", "http-port", "codec-port")
        return self.start(
            "up", *(part for pair in zip(options, self.ports, strict=True) for part in (f"--{pair[0]}", str(pair[1])))
        )


def _settled(folder: Path) -> tuple[Settings, Ports]:
    """Settings with ports that nobody takes between a kill and the new start: below those of outgoing connections."""
    while True:
        first = random.SystemRandom().randrange(20_000, 30_000, 10)
        names = ("port", "ui_port", "http_port", "codec_port")
        settings = load({}, data_dir=folder, **{name: first + number for number, name in enumerate(names)})
        with suppress(PortTaken):
            return settings, choose_ports(settings)
