"""A real Temporal server with per-workflow time skipping, a real worker, fakes of the neighbours, and a desk."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import fields
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from activities.processes import TemporalProcesses
from tests.desks.contact_review import ReviewDesk
from tests.desks.desk import BreachDesk, Desk
from tests.desks.fake_watch import FakeWatch
from tests.desks.fakes import FakeWorld
from tests.desks.maintenance import MaintenanceDesk
from tests.desks.notice_watch import WatchDesk
from workers.codec.codec import data_converter
from workers.embedded.server import temporal_binary
from workers.sdk_workarounds.query_retry import QueryRetry
from workers.wiring import Neighbours, build_worker
from workflows.process.web_view import ALL_KEYS

SKIPPING = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',
    "matching.numTaskqueueReadPartitions=1",  # each test has a queue of its own: four parts of each cost a fifth of all
    "matching.numTaskqueueWritePartitions=1",
)


@asynccontextmanager
async def skipping_server(*settings: str) -> AsyncIterator[WorkflowEnvironment]:
    """A server on which every workflow has a clock of its own, which stands at real time until it is moved."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=data_converter(None),
        interceptors=[QueryRetry()],
        dev_server_existing_path=str(temporal_binary()),
        dev_server_extra_args=[arg for value in (*SKIPPING, *settings) for arg in ("--dynamic-config-value", value)],
        search_attributes=ALL_KEYS,
    ) as environment:
        yield environment


def neighbours_of(client: Client, world: FakeWorld, watch: FakeWatch | None, queue: str) -> Neighbours:
    """The fakes, each for its ports; other processes are real."""
    fakes: dict[str, Any] = {neighbour.name: world for neighbour in fields(Neighbours)}
    watching = watch or FakeWatch()
    real = dict.fromkeys(("processes", "breach_starter", "incidents_concerned"), TemporalProcesses(client, queue))
    return Neighbours(**fakes | real | {"watch": watching, "standing": watching})


@asynccontextmanager
async def running_worker(
    server: WorkflowEnvironment, world: FakeWorld, watch: FakeWatch | None = None, queue: str = ""
) -> AsyncIterator[Worker]:
    """A worker on a queue of its own (or on one that is named), built as in production."""
    queue = queue or f"test-{uuid.uuid4().hex}"
    neighbours = neighbours_of(server.client, world, watch, queue)
    async with build_worker(server.client, neighbours, task_queue=queue) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    """The server of the session."""
    async with skipping_server() as environment:
        yield environment


@pytest.fixture
def world() -> FakeWorld:
    """The neighbours."""
    return FakeWorld()


@pytest_asyncio.fixture(loop_scope="session")
async def worker(server: WorkflowEnvironment, world: FakeWorld) -> AsyncIterator[Worker]:
    """A worker with fakes of the neighbours."""
    async with running_worker(server, world) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(server: WorkflowEnvironment, world: FakeWorld, worker: Worker) -> Desk:
    """A desk with an incident that is not open yet."""
    return Desk(server, world, worker.task_queue)


@pytest_asyncio.fixture(loop_scope="session")
async def breach(server: WorkflowEnvironment, world: FakeWorld, worker: Worker) -> BreachDesk:
    """Somebody who answers for a breach that is not open yet."""
    return BreachDesk(server, world, worker.task_queue)


@pytest_asyncio.fixture(loop_scope="session")
async def notice_watch(server: WorkflowEnvironment, world: FakeWorld, worker: Worker) -> AsyncIterator[WatchDesk]:
    """A watch of the notices that has not begun; one that a test has begun is ended after it."""
    desk = WatchDesk(server, world, worker.task_queue)
    yield desk
    with suppress(RPCError):  # it was never begun, or is over
        await desk.watch.terminate()


@pytest_asyncio.fixture(loop_scope="session")
async def planned(server: WorkflowEnvironment, world: FakeWorld, worker: Worker) -> MaintenanceDesk:
    """Somebody who answers for a planned break that is not planned yet."""
    return MaintenanceDesk(server, world, worker.task_queue)


@pytest_asyncio.fixture(loop_scope="session")
async def contact_review(server: WorkflowEnvironment, world: FakeWorld, worker: Worker) -> AsyncIterator[ReviewDesk]:
    """A review of the contacts that has not begun; one that a test has begun is ended after it."""
    desk = ReviewDesk(server, world, worker.task_queue)
    yield desk
    with suppress(RPCError):  # it was never begun, or is over
        await desk.review.terminate()
