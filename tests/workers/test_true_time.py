"""A query that waited for a worker moves no clock: what came meanwhile runs at its own time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.worker import Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from tests.desk import PATIENCE
from tests.workers.alarm import RINGS_AFTER, Alarm
from tests.workers.conftest import Desk
from workers.asking_again import ASK_AGAIN
from workers.true_time import TrueTimeRunner

PROCESSES = 20
"""Where a query and the server's own step wait for the same worker, either may come first."""

Told = dict[str, float] | BaseException


def _worker(client: Client, runner: WorkflowRunner) -> Worker:
    return Worker(client, task_queue="test", workflows=[Alarm], workflow_runner=runner)


@pytest_asyncio.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    """A client of ours on a server of the test's own."""
    async with desk() as (_, connected):
        yield connected


async def _begun(client: Client) -> list[WorkflowHandle[Any, Any]]:
    """Processes that wait for their alarm, and whose worker has gone."""
    async with _worker(client, TrueTimeRunner()):
        begun = [
            await client.start_workflow(Alarm.run, id=f"alarm-{number}", task_queue="test")
            for number in range(PROCESSES)
        ]
        assert await _told(begun) == [{}] * PROCESSES
    return begun


async def _told(processes: list[WorkflowHandle[Any, Any]]) -> list[Told]:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(*(each.query(Alarm.tell) for each in processes), return_exceptions=True)


async def _asked_while_away(client: Client, runner: WorkflowRunner, asker: Client) -> tuple[list[Told], list[Told]]:
    """What ``asker`` is told who asked while no worker was there, when alarms had rung and somebody had called.

    And what a client of ours is told afterwards.
    """
    begun = await _begun(client)
    asked = asyncio.create_task(_told([asker.get_workflow_handle(each.id) for each in begun]))
    await asyncio.sleep(RINGS_AFTER / 2)  # the questions have come to the server before anything else has
    for each in begun:
        await each.signal(Alarm.called)
    await asyncio.sleep(RINGS_AFTER)
    async with _worker(client, runner):
        return await asked, await _told(begun)


def _is_complete(told: Told) -> bool:
    return isinstance(told, dict) and set(told) == {"called", "rang"}


def _is_at_its_time(told: Told) -> bool:
    return isinstance(told, dict) and all(at >= RINGS_AFTER for at in told.values())


async def test_what_came_meanwhile_is_answered_at_its_own_time(client: Client) -> None:
    for told in await _asked_while_away(client, TrueTimeRunner(), client):
        assert all(map(_is_complete, told)), told
        assert all(map(_is_at_its_time, told)), told


async def test_a_client_that_knows_nothing_of_this_is_told_to_ask_again(client: Client) -> None:
    config = client.config()
    config["interceptors"] = []
    told, later = await _asked_while_away(client, TrueTimeRunner(), Client(**config))
    refused = [each for each in told if isinstance(each, WorkflowQueryFailedError)]
    assert refused
    assert {each.message for each in refused} == {ASK_AGAIN}
    assert all(map(_is_at_its_time, later)), later


async def test_the_runner_of_the_sdk_is_still_in_need_of_this(client: Client) -> None:
    told, later = await _asked_while_away(client, SandboxedWorkflowRunner(), client)
    assert any(isinstance(each, dict) and not _is_at_its_time(each) for each in told)
    assert all(isinstance(each, dict) for each in later), later


async def test_a_process_that_was_ended_answers_from_its_last_step(client: Client) -> None:
    begun = await _begun(client)
    for each in begun:
        await each.signal(Alarm.called)
        await each.terminate()
    async with _worker(client, TrueTimeRunner()):
        assert await _told(begun) == [{}] * PROCESSES
