"""A query that waited for a worker moves no clock: what came meanwhile runs at its own time."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType
from temporalio.bridge.proto.workflow_activation import FireTimer, WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker, WorkflowInstance, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from tests.activities.mail.smtp_double import free_port
from tests.desks.desk import PATIENCE
from tests.workers.conftest import Desk
from tests.workers.sdk_workarounds.alarm import RINGS_AFTER, Alarm
from tests.workers.sdk_workarounds.waiting_queries import asked_without_a_worker
from workers.embedded.server import EmbeddedTemporal
from workers.sdk_workarounds.query_retry import ASK_AGAIN
from workers.sdk_workarounds.replay_time import ReplayTimeRunner, _Guarded
from workers.settings import Settings

PROCESSES = 20
"""Where a query and the server's own step wait for the same worker, either may come first."""

Told = dict[str, float] | BaseException


class Running(NamedTuple):
    """A server, and a client of ours."""

    server: EmbeddedTemporal
    client: Client


def _worker(client: Client, runner: WorkflowRunner, **options: Any) -> Worker:
    return Worker(client, task_queue="test", workflows=[Alarm], workflow_runner=runner, **options)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The same, with the server's metrics open: they count the queries that wait."""
    return replace(settings, metrics_port=free_port())


@pytest_asyncio.fixture
async def running(desk: Desk) -> AsyncIterator[Running]:
    """A server of the test's own, and a client of ours."""
    async with desk() as (server, client):
        yield Running(server, client)


async def _begun(client: Client) -> list[WorkflowHandle[Any, Any]]:
    """Processes that wait for their alarm, and whose worker has gone; it kept none, so that nobody looks for it."""
    async with _worker(client, ReplayTimeRunner(), max_cached_workflows=0):
        begun = [
            await client.start_workflow(Alarm.run, id=f"alarm-{number}", task_queue="test")
            for number in range(PROCESSES)
        ]
        assert await _told(begun) == [{}] * PROCESSES
    return begun


async def _told(processes: list[WorkflowHandle[Any, Any]]) -> list[Told]:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(each.query(Alarm.tell) for each in processes), return_exceptions=True)


async def _rings(client: Client, process: WorkflowHandle[Any, Any]) -> None:
    """Move the clock of a process that has no worker to its alarm, and wait until the server has written it down."""
    moving = asyncio.create_task(TimeSkipper(client).fast_forward(process, RINGS_AFTER))
    async with asyncio.timeout(PATIENCE):
        while not await _has_rung(process):  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.02)
    moving.cancel()  # the clock stands there; the call would wait for a worker's answer


async def _has_rung(process: WorkflowHandle[Any, Any]) -> bool:
    return any(e.event_type == EventType.EVENT_TYPE_TIMER_FIRED for e in (await process.fetch_history()).events)


async def _asked_while_away(running: Running, runner: WorkflowRunner, asker: Client) -> tuple[list[Told], list[Told]]:
    """What ``asker`` is told who asked while no worker was there, when alarms had rung and somebody had called.

    And what a client of ours is told afterwards.
    """
    begun = await _begun(running.client)
    asked = await asked_without_a_worker(
        running.server, [asker.get_workflow_handle(each.id) for each in begun], Alarm.tell
    )
    await asyncio.gather(*(_rings(running.client, each) for each in begun))
    for each in begun:
        await each.signal(Alarm.called)
    async with _worker(running.client, runner):
        async with asyncio.timeout(PATIENCE):
            return await asked, await _told(begun)


class _Doing(WorkflowInstance):
    """A process that does every step."""

    def __init__(self) -> None:
        self.done = 0

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:  # noqa: ARG002
        self.done += 1
        return WorkflowActivationCompletion()

    get_serialization_context = get_external_store_context = get_info = get_thread_id = None  # type: ignore[assignment]


def _step(*, events: int, size: int, at: int = 1) -> WorkflowActivation:
    return WorkflowActivation(
        history_length=events, history_size_bytes=size, timestamp=Timestamp(seconds=at),
        jobs=[WorkflowActivationJob(fire_timer=FireTimer(seq=1))],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("second", "done"),
    [
        pytest.param(_step(events=9, size=900, at=2), 2, id="time has passed"),
        pytest.param(_step(events=9, size=900), 2, id="the clock of the server was set back"),
        pytest.param(_step(events=9, size=300), 1, id="events came and no step was begun"),
        pytest.param(_step(events=3, size=300), 2, id="nothing came"),
    ],
)
def test_a_step_is_left_out_only_where_the_server_has_not_begun_it(second: WorkflowActivation, done: int) -> None:
    process = _Doing()
    watched = _Guarded(process, f"run-{uuid.uuid4()}")
    answers = [watched.activate(_step(events=3, size=300)), watched.activate(second)]
    assert process.done == done
    assert [each.HasField("failed") for each in answers] == [False, done == 1]


def test_where_a_server_says_no_sizes_every_step_is_taken() -> None:
    process = _Doing()
    watched = _Guarded(process, f"run-{uuid.uuid4()}")
    for events in (3, 9, 12):
        watched.activate(_step(events=events, size=0))
    assert process.done == 3


def _is_complete(told: Told) -> bool:
    return isinstance(told, dict) and set(told) == {"called", "rang"}


def _is_at_its_time(told: Told) -> bool:
    return isinstance(told, dict) and all(at >= RINGS_AFTER for at in told.values())


async def test_what_came_meanwhile_is_answered_at_its_own_time(running: Running) -> None:
    for told in await _asked_while_away(running, ReplayTimeRunner(), running.client):
        assert all(map(_is_complete, told)), told
        assert all(map(_is_at_its_time, told)), told


async def test_a_client_that_knows_nothing_of_this_is_told_to_ask_again(running: Running) -> None:
    config = running.client.config()
    config["interceptors"] = []
    told, later = await _asked_while_away(running, ReplayTimeRunner(), Client(**config))
    refused = [each for each in told if isinstance(each, WorkflowQueryFailedError)]
    assert refused
    assert {each.message for each in refused} == {ASK_AGAIN}
    assert all(map(_is_at_its_time, later)), later


async def test_the_runner_of_the_sdk_is_still_in_need_of_this(running: Running) -> None:
    told, later = await _asked_while_away(running, SandboxedWorkflowRunner(), running.client)
    assert any(isinstance(each, dict) and not _is_at_its_time(each) for each in told)
    assert all(isinstance(each, dict) for each in later), later


async def test_a_process_that_was_ended_answers_from_its_last_step(running: Running) -> None:
    begun = await _begun(running.client)
    for each in begun:
        await each.signal(Alarm.called)
        await each.terminate()
    async with _worker(running.client, ReplayTimeRunner()):
        assert await _told(begun) == [{}] * PROCESSES
