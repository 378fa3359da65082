"""A house to watch: its own namespace, a real worker with fake neighbours, the real watchdog with its real eyes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from activities.book.sqlite import SqliteBook
from activities.mail.ledger import SentLedger
from activities.operating_model.file import OperatingModelFile
from activities.watchdog.always_running import AlwaysRunningProcesses
from activities.watchdog.checks import DeskWatch, Eyes
from activities.watchdog.heartbeat import Heartbeat
from tests.builders import breach_opening, opening
from tests.desks.desk import asked
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from tests.store import ledger_in
from workers.sdk_workarounds.query_retry import QueryRetry
from workers.settings import load, packaged_operating_model
from workers.setup import set_up
from workers.singletons import ensure_standing
from workers.wiring import build_worker
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.process.ids import TASK_QUEUE
from workflows.watchdog.record import WatchStatus

WITHIN = 40.0
"""Seconds of real time in which anything waited for must come about on a loaded machine."""


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    """The first true answer, within the time that anything may take."""
    async with asyncio.timeout(WITHIN):
        while not (answer := await holds()):  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.05)
    return answer


@dataclass
class House:
    """One namespace with everything in it."""

    client: Client
    folder: Path
    world: FakeWorld = field(default_factory=FakeWorld)
    address: str = ""
    """Where heartbeats go."""

    def watch(self, *, can_ask: bool = True, writes: bool = True) -> DeskWatch:
        """The watchdog's eyes."""
        beat, kept = Heartbeat(lambda: self.address), timedelta(days=2)
        return DeskWatch(
            Eyes(self.client, self.ledger, self.model, beat, self.book, kept), can_ask=can_ask, writes=writes
        )

    @property
    def book(self) -> SqliteBook:
        """The book of processes."""
        return SqliteBook(self.folder)

    def ledger(self) -> SentLedger:
        """The ledger of sent mail."""
        return ledger_in(self.folder / "sent")

    def model(self) -> OperatingModelFile:
        """The operating model, with a fresh file each time it was changed."""
        return OperatingModelFile(self.folder / "operating-model.toml")

    @asynccontextmanager
    async def worker(self, *, watchdog_begins: asyncio.Event | None = None, **options: Any) -> AsyncIterator[None]:
        """A worker, while inside. ``watchdog_begins``: what waits for it are the processes that always run."""

        async def ensure() -> list[str]:
            if watchdog_begins:
                await watchdog_begins.wait()
            return await ensure_standing(self.client)

        neighbours = replace(
            neighbours_of(self.client, self.world, None, TASK_QUEUE),
            watch=self.watch(),
            standing=AlwaysRunningProcesses(self.client, ensure),
        )
        async with build_worker(self.client, neighbours, book=self.book, **options):
            yield

    @property
    def dog(self) -> WorkflowHandle[Any, Any]:
        """The watchdog."""
        return self.client.get_workflow_handle("watchdog")

    async def status(self) -> WatchStatus:
        """What the watchdog knows."""
        return WatchStatus.model_validate(await self.dog.query("status"))

    async def looked(self, turn: int) -> WatchStatus:
        """What the watchdog knows once it has looked so many times and waits for the next."""

        async def has() -> WatchStatus | None:
            try:
                status = await self.status()
            except RPCError:
                return None
            waits = status.next_look and status.last_look and status.next_look > status.last_look
            return status if status.turn >= turn and waits else None

        found: WatchStatus = await until(has)
        return found

    async def next_look(self) -> WatchStatus:
        """Let the watchdog's own time pass until it has looked once more."""
        turn = (await self.status()).turn
        every = (await self.status()).rules.every
        await asyncio.wait_for(TimeSkipper(self.client).fast_forward(self.dog, every + timedelta(seconds=5)), WITHIN)
        return await self.looked(turn + 1)

    async def kinds(self) -> dict[str, str]:
        """The findings that stand now: kind by subject (or by itself, where it concerns no process)."""
        known = (await self.status()).known.values()
        return {k.finding.subject or k.finding.kind: k.finding.kind for k in known if not k.is_over}

    async def breach(self, reference: str = "B-1", **changes: Any) -> WorkflowHandle[Any, Any]:
        """A breach, opened."""
        handle = await self.started("DataBreach", breach_opening(reference, **changes), f"breach-{reference}")
        return await self._opened(handle, BreachStatus)

    async def incident(self, reference: str = "I-1", **changes: Any) -> WorkflowHandle[Any, Any]:
        """An incident, opened."""
        handle = await self.started("Incident", opening(reference, **changes), f"incident-{reference}")
        return await self._opened(handle, IncidentStatus)

    async def started(
        self, story: str, opening: Any, workflow_id: str, *, queue: str = TASK_QUEUE
    ) -> WorkflowHandle[Any, Any]:
        """A process, once lists show it: a server's visibility follows its histories after a moment."""
        handle = await self.client.start_workflow(story, opening, id=workflow_id, task_queue=queue)
        await self.lists(f"RunId = '{handle.result_run_id}'")
        return handle

    async def terminated(self, handle: WorkflowHandle[Any, Any], reason: str | None = None) -> None:
        """End a process as somebody does in Temporal Web, and wait until lists show it."""
        run = (await handle.describe()).run_id
        await handle.terminate(reason=reason)
        await self.lists(f"RunId = '{run}' AND ExecutionStatus = 'Terminated'")

    async def lists(self, query: str, number: int = 1) -> None:
        """Wait until the server's visibility shows so many."""

        async def shows() -> bool:
            return (await self.client.count_workflows(query)).count == number

        await until(shows)

    async def _opened(self, handle: WorkflowHandle[Any, Any], kind: Any) -> WorkflowHandle[Any, Any]:
        async def has_duties() -> bool:
            return bool((await asked(handle, kind)).duties)

        await until(has_duties)
        return self.client.get_workflow_handle(handle.id)


@asynccontextmanager
async def house_on(server: WorkflowEnvironment, folder: Path) -> AsyncIterator[House]:
    """A house in a namespace of its own, made ready by the product's own set-up. No worker runs yet."""
    namespace = f"house-{uuid4().hex[:8]}"
    request = RegisterNamespaceRequest(namespace=namespace)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=2))
    await server.client.workflow_service.register_namespace(request)
    client = await Client.connect(
        server.client.service_client.config.target_host,
        namespace=namespace,
        data_converter=server.client.data_converter,
        interceptors=[QueryRetry()],
    )
    model = packaged_operating_model().read_text(encoding="utf-8")
    (folder / "operating-model.toml").write_text(model, encoding="utf-8")
    await set_up(client, load({}, data_dir=folder))
    yield House(client, folder)
