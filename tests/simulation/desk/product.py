"""The product as the simulation takes it: the only place that names its modules, and where its clocks are replaced."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from temporalio import workflow
from temporalio.client import Client, Interceptor
from temporalio.converter import DataConverter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from activities.book.sqlite import SqliteBook
from activities.breach.papers import BreachPapers
from activities.contacts.seen import ContactsInForce
from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.writer import FaultReportForm
from activities.mail.ledger import SentLedger
from activities.mail.sender import MailRoom
from activities.mail.transport import INCIDENT_HEADER, LiveMail, Transport, not_now, refused, unknown
from activities.maintenance.papers import BreakPapers
from activities.notices.feeds import NoticeFeed
from activities.operating_model.file import OperatingModelFile
from activities.processes import IncidentList, TemporalProcesses, breaks_under_way
from activities.store.port import StoreFull
from activities.store.sqlite import SqliteStore
from activities.text_messages.sender import TextRoom
from activities.text_messages.transport import LiveText, TextOutbox, TextTransport
from activities.watchdog.always_running import AlwaysRunningProcesses
from activities.watchdog.checks import ALWAYS_RUNNING_EVERY, DeskWatch, Eyes
from activities.watchdog.heartbeat import Heartbeat
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from tests.simulation.engine.os_process import OsProcess, current_process
from tests.simulation.engine.service import KEPT_FOR
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.worker import Build
from workers.codec.codec import data_converter
from workers.noting import BookKeeping
from workers.sdk_workarounds.heartbeats import Heartbeats
from workers.sdk_workarounds.query_retry import QueryRetry
from workers.sdk_workarounds.steps_first import StepsFirst
from workers.singletons import ensure_standing
from workers.wiring import WORKFLOWS, Neighbours, build_worker
from workflows.incident.following import FollowingRecord
from workflows.incident.with_links import IncidentWithLinks
from workflows.process import duty_timers
from workflows.process.ids import TASK_QUEUE
from workflows.process.inbox import Inbox

__all__ = [
    "ALWAYS_RUNNING_EVERY",
    "INCIDENT_HEADER",
    "TASK_QUEUE",
    "LiveMail",
    "LiveText",
    "TextTransport",
    "Transport",
    "build",
    "build_with",
    "client_interceptors",
    "converter",
    "duty_timers",
    "ensure_standing",
    "in_virtual_time",
    "not_now",
    "refused",
    "running_worker_of",
    "unknown",
]
ASK_THE_CLOCK = (
    "activities.mail.sender", "activities.notices.feeds", "activities.text_messages.sender",
    "activities.watchdog.always_running", "activities.watchdog.checks", "activities.watchdog.processes",
    "activities.watchdog.outside", "activities.watchdog.revival", "tests.builders", "workers.noting",
)  # fmt: skip
"""Modules that ask for the time of the machine."""
SLOW_PAPERS = (("activities.breach.papers", "as_docx"), ("activities.fault_report.form", "stand_in"))
"""Where docx files are made: half of the time of a life, and nothing in a process depends on what is in them."""
REPLAYED_FOR_NOBODY = ("workflows.process.web_view", "details")
"""What Temporal Web shows: no command depends on it. Written when a task is new, not when a run is built again."""
LETTERS_ON_THEIR_WAY = "_UNDER_WAY"
"""What the adapter keeps of letters being handed over: those of workers that died would keep a whole year in memory."""
WRITE_FILES = ("activities.evidence.case_folder",)


def converter() -> DataConverter:
    """The worker's converter, in clear."""
    return data_converter(None)


def client_interceptors() -> list[Interceptor]:
    """What stands between a client of the desk and the server."""
    return [QueryRetry()]


def build(
    folder: Path,
    model: Path,
    client: Client,
    mail: Transport,
    *,
    store: str = "data",
    board: Path | None = None,
    texts: TextTransport | None = None,
) -> Build:
    """A worker of the product: its workflows, interceptors and adapters, with mail of the simulation.

    ``store``: where its ledger of sent mail lies; workers that have none in common may double letters. ``board``: the
    file with the published notices, where there is one. ``texts``: how other channels than mail leave.
    """
    rules = OperatingModelFile(model)
    folders = CaseFolders(folder / "evidence")
    kept = SqliteStore(folder / store / "store")
    if process := current_process():
        process.at_death.append(kept.close)  # the system ends its claims with it
    ledger = SentLedger(kept)
    outbox = folder / "outbox"
    heart, book = Heartbeat(lambda: None, "GET"), SqliteBook(folder / store)
    feed = NoticeFeed(str(board or ""), breaks=lambda asked: breaks_under_way(client, asked))
    processes = TemporalProcesses(client)
    neighbours = Neighbours(
        rulebook=rules,
        contacts=rules,
        notices=feed,
        notice_reader=feed,
        forms=FaultReportForm(rules.current, model.parent, folders),
        mail=MailRoom(mail, outbox, folders, rules.current, ledger),
        evidence=EvidenceFolder(folders),
        breach_papers=BreachPapers(rules.current, folders),
        processes=processes,
        breach_starter=processes,
        incidents_concerned=processes,
        text_messages=TextRoom(texts or TextOutbox(outbox), outbox, folders, rules.current, ledger),
        maintenance_papers=BreakPapers(rules.current, folders),
        open_incidents=IncidentList(client),
        contact_review=ContactsInForce(rules.current),
        watch=DeskWatch(Eyes(client, lambda: ledger, lambda: rules, heart, book, KEPT_FOR)),
        standing=AlwaysRunningProcesses(client, lambda: ensure_standing(client)),
    )
    return Build(
        workflows=WORKFLOWS,
        activities=neighbours.activities(),
        interceptors=[Inbox(), Heartbeats(), BookKeeping(book, client)],
        converter=converter(),
        task_queue=TASK_QUEUE,
        runner=InOurOrder(),
    )


class InOurOrder(UnsandboxedWorkflowRunner):
    """The SDK's instances as the product's worker has them, without the sandbox."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """One that takes the ends of steps before updates."""
        return StepsFirst(super().create_instance(det))


def record_of(process: str) -> type:
    """The class of what a process remembers, for a test that breaks it on purpose."""
    records = {
        "Maintenance": ("maintenance", "MaintenanceRecord"),
        "NoticeWatch": ("notices", "NoticeWatchRecord"),
        "Watchdog": ("watchdog", "WatchdogRecord"),
    }
    noun, name = records[process]
    found: type = getattr(import_module(f"workflows.{noun}.record"), name)
    return found


def part_of_links(name: str) -> type:
    """The class in which links between incidents have a method of this name, likewise."""
    parts: list[type] = [FollowingRecord, IncidentWithLinks]
    return next(each for each in parts if name in vars(each))


def build_with(world: FakeWorld, client: Client | None) -> Build:
    """A worker of the product with the tests' fakes of the neighbours."""
    neighbours = neighbours_of(cast("Client", client), world, None, TASK_QUEUE)
    return Build(WORKFLOWS, neighbours.activities(), [Inbox(), Heartbeats()], converter(), runner=InOurOrder())


@asynccontextmanager
async def running_worker_of(
    server: WorkflowEnvironment, world: FakeWorld, queue: str, **options: Any
) -> AsyncGenerator[None]:
    """A real worker on a real server, with the same fakes."""
    neighbours = neighbours_of(server.client, world, None, queue)
    async with build_worker(server.client, neighbours, task_queue=queue, **options):
        yield


# --- clocks and disk ----------------------------------------------------------------------------------------


class _Datetime(datetime):
    """``datetime`` whose ``now`` is that of the simulation, as the clock of the process shows it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        process = current_process()
        is_off = process.clock_is_off if process else timedelta(0)
        return (running().now() + is_off).astimezone(tz or UTC)

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.fromtimestamp(timestamp, tz)


class _Time:
    """``time`` of the simulation."""

    @staticmethod
    def monotonic() -> float:
        return running().time()


class _NoRoom(io.BufferedWriter):
    """A file on a full disk."""

    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Disk:
    """``os`` as the adapters see it: syncs cost nothing, files bear virtual times, files are closed with their process.

    ``is_full``: asked before each write.
    """

    def __init__(self, is_full: Callable[[], bool] = lambda: False) -> None:
        self.is_full = is_full
        self.syncs = 0
        self._held: dict[OsProcess, set[int]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, _: int) -> None:
        """Nothing is slow here."""
        self.syncs += 1

    def fdopen(self, file: int, mode: str) -> Any:
        """A new file to write; where the disk is full, not a byte goes into it."""
        return _NoRoom(io.FileIO(file, mode)) if self.is_full() else os.fdopen(file, mode)

    def replace(self, source: Any, target: Any) -> None:
        """As it is, with the time of the simulation."""
        os.replace(source, target)  # noqa: PTH105  # stands for that very function
        now = running().now().timestamp()
        os.utime(target, (now, now))

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        """A file that is closed when its process dies, and with it the lock on it."""
        file = os.open(path, flags, mode)
        if process := current_process():
            if process not in self._held:
                self._held[process] = set()
                process.at_death.append(lambda: self._let_go(process))
            self._held[process].add(file)
        return file

    def close(self, file: int) -> None:
        """Close it."""
        for files in self._held.values():
            files.discard(file)
        os.close(file)

    def _let_go(self, process: OsProcess) -> None:
        for file in sorted(self._held.pop(process)):
            os.close(file)


def _room_on(disk: Disk) -> None:
    """Whether there is room for what must be noted later."""
    if disk.is_full():
        raise StoreFull(os.strerror(errno.ENOSPC))


def _when_new(text: Callable[..., str]) -> Callable[..., str]:
    """The same text, and none while a run is built from its history: there it was written before."""
    return lambda *about: "" if workflow.unsafe.is_replaying() else text(*about)


@contextmanager
def in_virtual_time(disk: Disk, *, has_real_docx: bool = False) -> Generator[None]:
    """The product's adapters, and the tests' own clock, in the time and on the disk of the simulation."""
    with ExitStack() as stack:
        for name in ASK_THE_CLOCK:
            stack.enter_context(patch.object(import_module(name), "datetime", _Datetime))
        stack.enter_context(patch.object(import_module("activities.mail.ledger"), "time", _Time))
        stack.enter_context(patch.object(import_module("activities.mail.transport"), LETTERS_ON_THEIR_WAY, set()))
        stack.enter_context(patch.object(SqliteStore, "take_room", lambda _: _room_on(disk)))
        for name in WRITE_FILES:
            stack.enter_context(patch.object(import_module(name), "os", disk))
        module, shows = import_module(REPLAYED_FOR_NOBODY[0]), REPLAYED_FOR_NOBODY[1]
        stack.enter_context(patch.object(module, shows, _when_new(getattr(module, shows))))
        for name, makes in () if has_real_docx else SLOW_PAPERS:
            stack.enter_context(patch.object(import_module(name), makes, lambda *_: b"a docx"))
        yield
