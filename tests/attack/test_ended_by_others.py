"""Who may poll our task queue can complete a process: it is told, and its reference is free for the desk again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.api.command.v1 import Command, CompleteWorkflowExecutionCommandAttributes
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import CommandType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest, RespondWorkflowTaskCompletedRequest
from temporalio.client import Client

from activities.book.ended_well import says_that_it_is_over
from starter.client.client import open_breach
from starter.client.outside import missing
from tests.builders import breach_opening, now, triage
from tests.desks.desk import asked
from tests.integrations.house import House as Attacked
from tests.watchdog.conftest import house, watched_server
from tests.watchdog.house import House, until
from tests.watchdog.tampering import found
from workflows.breach.messages import BreachOpening, BreachStatus
from workflows.procedure.watchdog.findings import Watching
from workflows.process.ids import TASK_QUEUE
from workflows.watchdog.ports import LookOrder

__all__ = ["house", "watched_server"]
pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]


async def completed_by_a_stranger(client: Client, workflow_id: str, queue: str, *payloads: Payload) -> None:
    """Take the task of a process, as any programme can that reaches Temporal, and say that it is over."""
    signalled = client.get_workflow_handle(workflow_id)
    await signalled.signal("wake")
    poll = PollWorkflowTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), identity="somebody", binary_checksum="x"
    )
    while True:
        task = await asyncio.wait_for(client.workflow_service.poll_workflow_task_queue(poll), 40)
        if task.workflow_execution.workflow_id == workflow_id:
            break
    over = CompleteWorkflowExecutionCommandAttributes()
    over.result.payloads.extend(payloads)
    await client.workflow_service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(
            namespace=client.namespace,
            task_token=task.task_token,
            identity="somebody",
            commands=[
                Command(
                    command_type=CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
                    complete_workflow_execution_command_attributes=over,
                )
            ],
        )
    )


async def test_a_breach_that_something_else_has_completed_is_told_and_can_be_opened_again(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
    run = (await breach.describe()).run_id
    await completed_by_a_stranger(house.client, breach.id, TASK_QUEUE)
    await house.lists(f"RunId = '{run}' AND ExecutionStatus = 'Completed'")
    async with house.worker():
        status = await house.next_look()
        (facts,) = found(status, "ended_by_others")
        assert facts["command"].startswith("kantadesk breach open --reference B-1 --aware-at ")
        assert not status.is_well
        (lost,) = await missing(house.client, house.folder, ("breach",), [])
        assert lost.how == "ended by others"
        again = await open_breach(house.client, BreachOpening.model_validate(breach_opening("B-1")))
        assert again.created
        await house.lists(f"RunId = '{again.run_id}'")
        await until(lambda: _has_duties(breach))
        for _ in range(2):
            status = await house.next_look()
        assert found(status, "replaced") == []


async def _has_duties(breach: Any) -> bool:
    return bool((await asked(breach, BreachStatus)).duties)


async def test_a_breach_that_was_swallowed_before_our_worker_saw_it_is_told_and_can_be_opened(house: House) -> None:
    async with house.worker():
        await house.looked(1)
    handle = await house.started("DataBreach", breach_opening("B-9"), "breach-B-9")
    await completed_by_a_stranger(house.client, handle.id, TASK_QUEUE)
    await house.lists("WorkflowId = 'breach-B-9' AND ExecutionStatus = 'Completed'")
    seen = await house.watch(can_ask=False, writes=False).look_at_processes(LookOrder(at=now(), rules=Watching()))
    assert [each.subject for each in seen.findings if each.kind == "ended_by_others"] == ["breach-B-9"]
    async with house.worker():
        status = await house.next_look()
        assert [facts["process"] for facts in found(status, "ended_by_others")] == ["breach-B-9"]
        again = await open_breach(house.client, BreachOpening.model_validate(breach_opening("B-9")))
        assert again.created


async def test_only_a_sealed_status_of_its_own_says_that_a_process_is_over(attacked: Attacked, outside: Client) -> None:
    incident = await attacked.incident()
    await incident.handle.execute_update("triage", triage())
    await incident.handle.execute_update("cancellation", {"by": "desk", "reason": "the user's own cable"})
    sealed: Any = await incident.handle.result()
    assert sealed
    run = (await incident.handle.describe()).run_id
    assert await says_that_it_is_over(attacked.client, incident.id, run)

    forged = [Payload(metadata={"encoding": b"json/plain"}, data=b'{"phase": "closed", "reference": "F-1"}')]
    (copied,) = await _result_of(attacked.client, incident.id)
    for number, payloads in enumerate(([], forged, [copied], [*forged, *forged])):
        name, queue = f"breach-F-{number}", f"elsewhere-{number}"
        await outside.start_workflow("DataBreach", {}, id=name, task_queue=queue)
        await completed_by_a_stranger(outside, name, queue, *payloads)
        handle = attacked.client.get_workflow_handle(name)
        assert not await says_that_it_is_over(attacked.client, name, (await handle.describe()).run_id)


async def _result_of(client: Client, workflow_id: str) -> list[Payload]:
    """As it lies in the history: sealed."""
    events = (await client.get_workflow_handle(workflow_id).fetch_history()).events
    return list(events[-1].workflow_execution_completed_event_attributes.result.payloads)
