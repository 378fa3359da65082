"""Waits until the server holds an update that no worker has taken yet."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.update.v1 import UpdateRef
from temporalio.api.workflowservice.v1 import PollWorkflowExecutionUpdateRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from tests.desks.desk import PATIENCE


async def until_admitted(client: Client, process: WorkflowHandle[Any, Any], update_id: str) -> None:
    """Until what is said has come to the server, where it waits for a worker."""
    said = UpdateRef(workflow_execution=WorkflowExecution(workflow_id=process.id), update_id=update_id)
    request = PollWorkflowExecutionUpdateRequest(namespace=client.namespace, update_ref=said)
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await client.workflow_service.poll_workflow_execution_update(request)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(0.05)
            else:
                return
