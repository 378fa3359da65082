"""The processes of which there is always one, and the old runs of the watchdog that are cleared away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.process.sealed.asking import NOBODY, Asking
from workflows.watchdog.ports import AlwaysRunning

CLEARED = ("Watchdog", "StandingProcesses")
"""Workflow types without any evidence in them: what the watchdog has found is in its letters, which are kept."""
KEPT_FOR = timedelta(hours=2)
CLEARED_AT_MOST = 50


class AlwaysRunningProcesses(AlwaysRunning):
    """Keeps them in the worker's own namespace. ``ensure`` starts those that do not run (``workers/singletons.py``)."""

    def __init__(
        self, client: Client, ensure: Callable[[], Awaitable[list[str]]], *, kept_for: timedelta = KEPT_FOR
    ) -> None:
        self._client, self._ensure, self._kept_for = client, ensure, kept_for

    @activity.defn(name="ensure_standing")
    async def ensure_standing(self, asked: Asking = NOBODY) -> list[str]:  # noqa: ARG002  # sealed, and no more
        """Start what does not run."""
        return await self._ensure()

    @activity.defn(name="clear_away")
    async def clear_away(self, asked: Asking = NOBODY) -> int:  # noqa: ARG002  # sealed, and no more
        """Delete old finished runs; those that were ended from outside or have failed stay to be looked at."""
        before = datetime.now(UTC) - self._kept_for  # noqa: TID251  # an activity: compared with the server's times
        types = ", ".join(repr(name) for name in CLEARED)
        query = (
            f"WorkflowType IN ({types}) AND ExecutionStatus IN ('Completed', 'ContinuedAsNew') "
            f"AND CloseTime < '{before.isoformat()}'"
        )
        number = 0
        async for old in self._client.list_workflows(query, limit=CLEARED_AT_MOST):
            if old.workflow_type in CLEARED:
                number += await self._delete(WorkflowExecution(workflow_id=old.id, run_id=old.run_id))
        return number

    async def _delete(self, run: WorkflowExecution) -> int:
        request = DeleteWorkflowExecutionRequest(namespace=self._client.namespace, workflow_execution=run)
        try:
            await self._client.workflow_service.delete_workflow_execution(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # somebody else has deleted it
                raise
            return 0
        return 1
