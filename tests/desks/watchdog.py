"""A watchdog at work in a test: what it sees, and to whom it barks."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from tests.builders import NOON
from tests.desks.desk import PATIENCE
from tests.desks.fake_watch import FakeWatch
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker
from workflows.procedure.watchdog.endings import Ending
from workflows.procedure.watchdog.findings import Finding
from workflows.watchdog.record import WatchStatus

STUCK = Finding(key="stuck/incident-1", kind="stuck", level="fault", area="processes", subject="incident-1",
                facts={"process": "incident-1", "why": "WorkerUnhandledFailure"})  # fmt: skip
ENDED = Ending(workflow_id="breach-1", run_id="r1", workflow_type="DataBreach", how="terminated", ended_at=NOON)


@dataclass
class Dog:
    """A watchdog with what it sees and to whom it barks."""

    server: WorkflowEnvironment
    world: FakeWorld
    sees: FakeWatch
    handle: WorkflowHandle[Any, Any]

    async def status(self) -> WatchStatus:
        """What it knows."""
        return WatchStatus.model_validate(await self.handle.query("status"))

    async def until(self, holds: Callable[[WatchStatus], bool]) -> WatchStatus:
        """What it knows once that is as wanted (in real time, at most 30 s)."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    if holds(status := await self.status()):
                        return status
                except RPCError:  # it is between two of its runs
                    pass
                await asyncio.sleep(0.02)

    async def looks(self, times: int = 1, *, every: timedelta = timedelta(minutes=5, seconds=2)) -> WatchStatus:
        """Let it look again."""
        for _ in range(times):
            turn = (await self.status()).turn
            await asyncio.wait_for(self.server.fast_forward(self.handle, every), PATIENCE)
            await self.until(lambda s, turn=turn: s.turn > turn and _waits(s))  # type: ignore[misc]
        return await self.status()

    def told(self) -> list[tuple[str, str]]:
        """The letters: kind and contact."""
        return [(letter.kind, letter.contact) for letter in self.world.letters]


def _waits(status: WatchStatus) -> bool:
    return bool(status.next_look and status.last_look and status.next_look > status.last_look)


@asynccontextmanager
async def watchdog_at_work(server: WorkflowEnvironment, world: FakeWorld, sees: FakeWatch) -> AsyncIterator[Dog]:
    """A watchdog that has looked once."""
    async with running_worker(server, world, sees) as worker:
        handle = await server.client.start_workflow(
            "Watchdog", id=f"watchdog-{uuid.uuid4().hex}", task_queue=worker.task_queue
        )
        made = Dog(server, world, sees, server.client.get_workflow_handle(handle.id))
        await made.until(lambda status: status.turn == 1 and _waits(status))
        yield made
        await made.handle.terminate()
