"""Something is said in the workflow task in which a process ends by its last step, or goes on in a new run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, Worker

from tests.desks.admitted import until_admitted
from tests.desks.desk import PATIENCE
from tests.workers.conftest import Desk
from tests.workers.sdk_workarounds.two_hands import OneStep, Step
from workers.sdk_workarounds.replay_time import ReplayTimeRunner

UPDATE = "said-meanwhile"
Saying = Callable[[Client, WorkflowHandle[Any, Any]], Coroutine[Any, Any, Any]]


class Ended(NamedTuple):
    """What a process came to: what it heard, what the sender was told, and whether its first run can be read again."""

    heard: list[str]
    told: Any
    replay_failure: Exception | None


async def by_signal(_client: Client, process: WorkflowHandle[Any, Any]) -> None:
    """Say it without an answer."""
    await process.signal(OneStep.hear, "something")


async def by_update(client: Client, process: WorkflowHandle[Any, Any]) -> asyncio.Task[Any]:
    """Say it, and wait for the answer: until the server has it."""
    saying = asyncio.create_task(process.execute_update(OneStep.say, "something", id=UPDATE))
    await until_admitted(client, process, UPDATE)
    return saying


async def ended_beside(client: Client, say: Saying, *, goes_on: bool) -> Ended:
    """The end of the step and what is said come to the worker at once."""
    step, step_of_next_run = Step(), Step()
    step.let_go.set()
    process = await client.start_workflow(OneStep.run, args=[goes_on, []], id="one-step", task_queue="test")
    first = client.get_workflow_handle(process.id, run_id=process.first_execution_run_id)
    async with asyncio.timeout(PATIENCE):
        async with working(client):
            await until(first, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
        async with Worker(client, task_queue="test", activities=[step.lay_down]):
            await until(first, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
        said = await say(client, process)
        async with working(client), Worker(client, task_queue="test", activities=[step_of_next_run.lay_down]):
            told = (await asyncio.gather(said, return_exceptions=True))[0] if said else None
            step_of_next_run.let_go.set()
            heard = await process.result()
        history = await first.fetch_history()
    reader = Replayer(workflows=[OneStep], workflow_runner=ReplayTimeRunner(), data_converter=client.data_converter)
    read = await reader.replay_workflow(history, raise_on_replay_failure=False)
    return Ended(heard, told, read.replay_failure)


@asynccontextmanager
async def working(client: Client) -> AsyncIterator[None]:
    """A worker of ours that does no steps."""
    async with Worker(
        client,
        task_queue="test",
        workflows=[OneStep],
        workflow_runner=ReplayTimeRunner(),
        max_cached_workflows=0,
    ):
        yield


async def until(process: WorkflowHandle[Any, Any], kind: EventType.ValueType) -> None:
    """Until the server has written down an event of a kind."""
    while kind not in [event.event_type async for event in process.fetch_history_events()]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("goes_on", [False, True], ids=["is over", "goes on"])
async def test_a_signal_is_heard_before_the_end(desk: Desk, goes_on: bool) -> None:
    async with desk() as (_, client):
        ended = await ended_beside(client, by_signal, goes_on=goes_on)
    assert ended == Ended(["something"], None, None)


async def test_an_update_that_comes_with_the_end_is_turned_away(desk: Desk) -> None:
    async with desk() as (_, client):
        ended = await ended_beside(client, by_update, goes_on=False)
    assert isinstance(ended.told, RPCError)
    assert ended.told.status is RPCStatusCode.NOT_FOUND, "as for a process that was over before"
    assert ended.heard == []
    assert ended.replay_failure is None


async def test_an_update_that_comes_with_the_last_step_of_a_run_is_taken_by_the_next(desk: Desk) -> None:
    async with desk() as (_, client):
        ended = await ended_beside(client, by_update, goes_on=True)
    assert ended == Ended(["something"], "something", None)
