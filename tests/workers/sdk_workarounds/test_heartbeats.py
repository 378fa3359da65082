"""A worker that sends heartbeats keeps a step longer than the heartbeat time-out; a frozen worker loses it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.workers.conftest import Desk
from workers.sdk_workarounds.heartbeats import Heartbeats
from workflows.process.steps import HEARTBEAT_TIMEOUT, MAKING, SENDING

SHORT_HEARTBEAT_TIMEOUT = timedelta(seconds=4)
"""Short, and longer than a worker is held up on a loaded machine."""


@activity.defn
async def long_step(seconds: float) -> int:
    """Take longer than the time-out; answers which try this was."""
    attempt = activity.info().attempt
    await asyncio.sleep(seconds if attempt == 1 else 0)
    return attempt


@workflow.defn
class Working:
    """One long step."""

    @workflow.run
    async def run(self, seconds: float) -> int:
        """Answers the try that succeeded."""
        return await workflow.execute_activity(
            long_step, seconds, start_to_close_timeout=timedelta(minutes=5), heartbeat_timeout=SHORT_HEARTBEAT_TIMEOUT
        )


@pytest.mark.slow
async def test_a_worker_at_work_keeps_its_step(desk: Desk) -> None:
    async with (
        desk() as (_, client),
        Worker(
            client, task_queue="test", workflows=[Working], activities=[long_step], interceptors=[Heartbeats()],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
    ):  # fmt: skip
        assert await asyncio.wait_for(client.execute_workflow(Working.run, 9.0, id="long", task_queue="test"), 60) == 1


@pytest.mark.slow
async def test_a_silent_worker_loses_its_step(desk: Desk) -> None:
    """The same without heartbeats: what a killed or frozen worker looks like to the server."""
    async with (
        desk() as (_, client),
        Worker(
            client, task_queue="test", workflows=[Working], activities=[long_step],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
    ):  # fmt: skip
        assert await asyncio.wait_for(client.execute_workflow(Working.run, 30.0, id="mute", task_queue="test"), 60) == 2


def test_what_acts_on_the_world_is_taken_from_a_silent_worker() -> None:
    assert SENDING["heartbeat_timeout"] == MAKING["heartbeat_timeout"] == HEARTBEAT_TIMEOUT
