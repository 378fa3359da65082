"""What somebody does to processes from outside, each by one request; and how it is seen that it was done."""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from tests.watchdog.house import House, until
from workflows.watchdog.record import WatchStatus


def found(status: WatchStatus, kind: str) -> list[dict[str, str]]:
    """The facts of every finding of a kind that the watchdog knows."""
    return [known.finding.facts for known in status.known.values() if known.finding.kind == kind]


async def deleted(house: House, handle: WorkflowHandle[Any, Any], *, leaving: int = 0) -> None:
    """Delete a process, as one request does it, and wait until the server has forgotten it.

    ``leaving``: so many earlier runs of it are still listed.
    """
    run = WorkflowExecution(workflow_id=handle.id, run_id=(await handle.describe()).run_id)
    request = DeleteWorkflowExecutionRequest(namespace=house.client.namespace, workflow_execution=run)
    await house.client.workflow_service.delete_workflow_execution(request)

    async def is_gone() -> bool:
        try:
            await house.client.get_workflow_handle(handle.id).describe()
        except RPCError as error:
            return error.status is RPCStatusCode.NOT_FOUND
        return False

    await until(is_gone)
    await house.lists(f"WorkflowId = '{handle.id}'", leaving)


async def reset(house: House, handle: WorkflowHandle[Any, Any]) -> str:
    """Set a process back to its first workflow task; answers the new run."""
    run = (await handle.describe()).run_id
    request = ResetWorkflowExecutionRequest(
        namespace=house.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run),
        workflow_task_finish_event_id=4,
        reason="somebody clicked",
        request_id=f"reset-{run}",
    )
    answer = await house.client.workflow_service.reset_workflow_execution(request)
    await house.lists(f"RunId = '{answer.run_id}'")
    return answer.run_id


async def has_told(house: House, kind: str, number: int) -> bool:
    """Whether so many letters of a kind have gone."""
    return house.world.kinds().count(kind) == number
