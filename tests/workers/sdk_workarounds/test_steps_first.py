"""The end of a step is taken before an update that comes with it, whether the worker remembers the process or not."""

from __future__ import annotations

import asyncio

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.desks.desk import PATIENCE
from tests.workers.conftest import Desk
from tests.workers.sdk_workarounds.two_hands import Step, TwoHands
from workers.sdk_workarounds.replay_time import ReplayTimeRunner

TASK_DONE = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
BEGUN = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
LOOKED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
STEP_IS_OVER = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED


async def answered_cold(client: Client, runner: WorkflowRunner) -> tuple[bool, WorkflowHistory]:
    """The answer to an update that finds a worker without memory, and the whole history.

    Two workflow tasks came before it in which the process asked for nothing: the second is read together with it.
    """
    step = Step()
    worker = Worker(
        client,
        task_queue="test",
        workflows=[TwoHands],
        activities=[step.lay_down],
        workflow_runner=runner,
        max_cached_workflows=0,
    )
    async with worker, asyncio.timeout(PATIENCE):
        handle = await client.start_workflow(TwoHands.run, id="two-hands", task_queue="test")
        await taken_in(handle, BEGUN)
        await handle.signal(TwoHands.look)
        await taken_in(handle, LOOKED)
        step.let_go.set()
        await taken_in(handle, STEP_IS_OVER)
        answer = await handle.execute_update(TwoHands.take)
        await handle.result()
        return answer, await handle.fetch_history()


async def taken_in(handle: WorkflowHandle[TwoHands, None], what: EventType.ValueType) -> None:
    """Wait until a workflow task has taken it in."""
    while True:
        kinds = [event.event_type async for event in handle.fetch_history_events()]
        if what in kinds and TASK_DONE in kinds[kinds.index(what) :]:
            return
        await asyncio.sleep(0.05)


async def replayed(client: Client, history: WorkflowHistory, runner: WorkflowRunner) -> Exception | None:
    """What is wrong with a history, read from its beginning."""
    reader = Replayer(workflows=[TwoHands], workflow_runner=runner, data_converter=client.data_converter)
    return (await reader.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


async def test_what_was_answered_cold_replays(desk: Desk) -> None:
    async with desk() as (_, client):
        answer, history = await answered_cold(client, ReplayTimeRunner())
    assert answer
    assert await replayed(client, history, ReplayTimeRunner()) is None


async def test_the_runner_of_the_sdk_is_still_in_need_of_this(desk: Desk) -> None:
    async with desk() as (_, client):
        answer, history = await answered_cold(client, SandboxedWorkflowRunner())
    assert not answer
    assert isinstance(await replayed(client, history, SandboxedWorkflowRunner()), NondeterminismError)
