"""A workflow task longer than the SDK's 2 s, as a burst makes it on a busy machine, is not taken for one that hangs."""

from __future__ import annotations

import asyncio
import inspect
import time

from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.workers.conftest import Desk
from workers.sdk_workarounds.deadlock_timeout import with_longer_deadlock_timeout


@workflow.defn
class Busy:
    """One workflow task that takes 3 s of the machine."""

    @workflow.run
    async def run(self) -> str:
        """Keep the machine busy."""
        end = time.monotonic() + 3
        while time.monotonic() < end:
            pass
        return "done"


async def test_a_long_workflow_task_is_waited_for(desk: Desk) -> None:
    async with (
        desk() as (_, client),
        with_longer_deadlock_timeout(
            Worker(client, task_queue="test", workflows=[Busy], workflow_runner=UnsandboxedWorkflowRunner())
        ),
    ):
        result = client.execute_workflow(Busy.run, id="busy", task_queue="test")
        assert await asyncio.wait_for(result, 30) == "done"


async def test_the_sdk_still_has_no_option_for_it(desk: Desk) -> None:
    """When this fails, look whether ``workers/sdk_workarounds/deadlock_timeout.py`` may go."""
    assert not [name for name in inspect.signature(Worker).parameters if "deadlock" in name]
    async with desk() as (_, client):
        worker = Worker(client, task_queue="test", workflows=[Busy], workflow_runner=UnsandboxedWorkflowRunner())
        assert worker._workflow_worker is not None
        assert worker._workflow_worker._deadlock_timeout_seconds == 2
