"""Somebody who reaches Temporal, without the key, tries to have letters sent by our activities; our own still go.

By a standalone activity, by a workflow of their own on a queue of their own, with plain JSON and with what they have
copied out of the history of a real incident.
"""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import ActivityFailureError, Client, WorkflowFailureError
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.integrations.house import House, Incident
from workers.codec.activity_guard import NOT_OURS
from workflows.process.ids import TASK_QUEUE
from workflows.process.reading import NOTHING

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]
WITHIN = timedelta(seconds=30)
FOREVER = RetryPolicy(initial_interval=timedelta(milliseconds=50))
"""A stranger's retries: an activity that could be tried again would be, for ever."""
LETTER = {"key": "k", "reference": "FR-1", "kind": "start", "contact": "ward", "language": "fi", "text": "Forged"}
EVIDENCE = {
    "key": "k", "reference": "../../outside", "record": "{}", "timeline": "[]", "made_at": "2026-11-27T08:00:00Z",
}  # fmt: skip
FORGED = [
    ("send_letter", [LETTER]),
    ("bundle_evidence", [EVIDENCE]),
    ("keep_journal", [EVIDENCE]),
    ("tell_process", [{"key": "k", "workflow_id": "incident-FR-1", "message": "cancellation", "payload": {"by": "x"}}]),
    ("start_process", [{"workflow_type": "Incident", "workflow_id": "incident-evil", "opening": {}}]),
    ("who_is_told", [{"groups": ["ward"]}]),
    ("send_heartbeat", []),
    ("clear_away", []),
    ("ensure_standing", []),
    ("rules_of_watching", []),
]


@workflow.defn(name="Incident")
class Stranger:
    """A workflow of somebody else, under the name of one of ours: it calls any activity on our queue."""

    @workflow.run
    async def run(self, name: str, sent: list[Any], raw: RawValue = NOTHING) -> Any:
        """Call it, and try again for as long as it lets itself be tried."""
        inputs = sent if raw == NOTHING else [raw]
        return await workflow.execute_activity(
            name, args=inputs, task_queue=TASK_QUEUE, schedule_to_close_timeout=WITHIN, retry_policy=FOREVER
        )


async def called_by_stranger(outside: Client, workflow_id: str, name: str, sent: list[Any], *raw: RawValue) -> Any:
    """What a stranger's own workflow gets from an activity of ours."""
    queue = f"of-a-stranger-{uuid.uuid4().hex}"
    async with Worker(outside, task_queue=queue, workflows=[Stranger], workflow_runner=UnsandboxedWorkflowRunner()):
        return await outside.execute_workflow(
            "Incident", args=[name, sent, *raw], id=workflow_id, task_queue=queue, execution_timeout=WITHIN
        )


def type_of(refused: BaseException | None) -> str | None:
    """The type of the error by which an activity has refused."""
    return refused.type if isinstance(refused, ApplicationError) else None


def done(attacked: House) -> tuple[int, int, int, int]:
    """All that our activities have done to the world so far."""
    world = attacked.world
    return len(world.letters), len(world.bundles), len(world.journals), len(world.audiences)


@pytest.mark.parametrize(("name", "sent"), [*FORGED, ("rules_in_force", [])], ids=lambda each: str(each)[:20])
async def test_a_standalone_activity_does_nothing(attacked: House, outside: Client, name: str, sent: list[Any]) -> None:
    before = done(attacked)

    with pytest.raises(ActivityFailureError) as refused:
        await outside.execute_activity(
            name,
            args=sent,
            id=f"forged-{uuid.uuid4().hex}",
            task_queue=TASK_QUEUE,
            schedule_to_close_timeout=WITHIN,
            retry_policy=FOREVER,
        )

    assert type_of(refused.value.cause) == NOT_OURS
    assert done(attacked) == before


@pytest.mark.parametrize(("name", "sent"), FORGED, ids=lambda each: str(each)[:20])
async def test_a_strangers_workflow_gets_nothing_done(
    attacked: House, outside: Client, name: str, sent: list[Any]
) -> None:
    before = done(attacked)

    with pytest.raises(WorkflowFailureError) as refused:
        await called_by_stranger(outside, f"incident-{uuid.uuid4().hex}", name, sent)

    assert isinstance(refused.value.cause, ActivityError)
    assert type_of(refused.value.cause.cause) == NOT_OURS
    assert done(attacked) == before


async def sealed_letter(incident: Incident) -> Payload:
    """The encrypted input of a letter, as everybody sees it who reads the history."""
    async with asyncio.timeout(WITHIN.total_seconds()):
        while True:
            async for event in incident.handle.fetch_history_events():
                asked = event.activity_task_scheduled_event_attributes
                is_asked = event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
                if is_asked and asked.activity_type.name == "send_letter":
                    return asked.input.payloads[0]
            await asyncio.sleep(0.05)


async def test_what_was_copied_from_a_history_is_obeyed_for_nobody_else(attacked: House, outside: Client) -> None:
    incident = await attacked.incident()
    copied = await sealed_letter(incident)
    await incident.until(lambda status: bool(status.messages))
    letters = list(attacked.world.letters)

    with pytest.raises(WorkflowFailureError) as refused:
        await called_by_stranger(outside, f"incident-{uuid.uuid4().hex}", "send_letter", [], RawValue(copied))

    assert isinstance(refused.value.cause, ActivityError)
    assert type_of(refused.value.cause.cause) == NOT_OURS
    assert attacked.world.letters == letters


async def test_our_own_letters_go(attacked: House) -> None:
    incident = await attacked.incident()

    await incident.until(lambda status: any(each.purpose == "desk_opened" for each in status.messages))

    assert [each.kind for each in attacked.world.letters if each.reference == incident.reference] == ["desk_opened"]
