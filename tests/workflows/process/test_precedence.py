"""Where more waits than a worker can do at once, a breach goes first and a mailing last: on a real server."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from starter.client.client import open_breach
from tests.builders import breach_opening, opening
from tests.desks.desk import PATIENCE
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from workers.wiring import build_worker
from workflows.breach.messages import BreachOpening
from workflows.process.ids import TASK_QUEUE, incident_workflow_id

INCIDENTS = 30


async def waiting(process: WorkflowHandle[Any, Any]) -> None:
    """Until a process waits for a step."""
    async with asyncio.timeout(PATIENCE):
        while not (await process.describe()).raw_description.pending_activities:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def opened(client: Client, number: int) -> WorkflowHandle[Any, Any]:
    """An incident that waits for its first step."""
    reference = f"PRECEDENCE-{number}"
    return await client.start_workflow(
        "Incident", opening(reference), id=incident_workflow_id(reference), task_queue=TASK_QUEUE
    )


async def test_a_breach_that_came_last_is_told_before_the_incidents_that_wait(server: WorkflowEnvironment) -> None:
    world, client = FakeWorld(), server.client
    around = neighbours_of(client, world, None, TASK_QUEUE)
    async with build_worker(client, around, activities=[]):
        incidents = [await opened(client, number) for number in range(INCIDENTS)]
        for incident in incidents:
            await waiting(incident)
        breach = await open_breach(client, BreachOpening.model_validate(breach_opening("PRECEDENCE-B")))
        await waiting(client.get_workflow_handle(breach.workflow_id))
        async with Worker(client, task_queue=TASK_QUEUE, activities=around.activities(), max_concurrent_activities=1):
            async with asyncio.timeout(PATIENCE):
                while len({letter.reference for letter in world.letters}) <= INCIDENTS:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        for process in (*incidents, client.get_workflow_handle(breach.workflow_id)):
            await process.terminate()
    told = [letter.reference for letter in world.letters]
    assert told.index("PRECEDENCE-B") < INCIDENTS / 3
