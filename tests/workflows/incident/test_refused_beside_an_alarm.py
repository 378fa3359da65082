"""A message is refused in the very step in which an alarm is due: the process can be replayed all the same.

So it happens where a worker is gone for a while: the clock goes off, somebody says what is not allowed, and the next
worker meets both at once.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.builders import local_rules, opening
from tests.desks.admitted import until_admitted
from tests.desks.desk import PATIENCE
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of, running_worker
from workers.codec.codec import data_converter
from workers.wiring import build_replayer
from workflows.process import ports

QUEUE = "refused-meanwhile"
SAID = "said-while-no-worker-was-there"
BRIEF = {"triage": {"due_after": "1h", "reminders": [{"after": "1s", "to": "desk"}]}}
NOT_ALLOWED = {
    "too early": ("situation_update", {"by": "desk", "text": "It goes on."}),
    "unreadable": ("situation_update", [1, 2]),
    "unknown": ("no_such_message", {}),
}


class ContactsComeLate(FakeWorld):
    """Whom to tell can't be said at first."""

    is_known = False

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: ports.Audience) -> list[ports.Recipient]:
        if not self.is_known:
            raise RuntimeError("not now")
        return await super().who_is_told(audience)


@pytest.mark.slow
@pytest.mark.parametrize("how", NOT_ALLOWED)
async def test_it_can_be_replayed(server: WorkflowEnvironment, how: str) -> None:
    """One step holds the answer of an activity, after which something is sent, the alarm, and what is refused."""
    world, client = ContactsComeLate(rules=local_rules(ladders=BRIEF)), server.client
    reference = f"R-{how.replace(' ', '-')}"
    async with running_worker(server, world, queue=QUEUE):
        incident = await client.start_workflow(
            "Incident", opening(reference), id=f"incident-{reference}", task_queue=QUEUE
        )
        await _until(incident, EventType.EVENT_TYPE_TIMER_STARTED)
    world.is_known = True
    async with Worker(client, task_queue=QUEUE, activities=neighbours_of(client, world, None, QUEUE).activities()):
        await _until(incident, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, times=3)
        await _until(incident, EventType.EVENT_TYPE_TIMER_FIRED)
    message, payload = NOT_ALLOWED[how]
    saying = asyncio.create_task(incident.execute_update(message, payload, id=SAID))
    await until_admitted(client, incident, SAID)
    async with running_worker(server, world, queue=QUEUE):
        with pytest.raises(WorkflowUpdateFailedError):
            await asyncio.wait_for(saying, PATIENCE)
        await _until_told(incident)
        history = await incident.fetch_history()
        await incident.terminate()
    replayer = build_replayer(data_converter(None))
    assert (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure is None


async def _until(incident: WorkflowHandle[Any, Any], kind: EventType.ValueType, *, times: int = 1) -> None:
    """Until the server has written down an event of a kind so often."""
    async with asyncio.timeout(PATIENCE):
        while sum(e.event_type == kind for e in (await incident.fetch_history()).events) < times:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _until_told(incident: WorkflowHandle[Any, Any]) -> None:
    """Until the reminder stands in the timeline."""
    async with asyncio.timeout(PATIENCE):
        while not any("Reminder" in line["what"] for line in await incident.query("timeline")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
