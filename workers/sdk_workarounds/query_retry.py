"""A client that asks again when ``replay_time.py`` has turned its query away, or a run has ended before its update.

Waits for the same as that file and ``steps_first.py``, and goes with them. Other systems' clients must ask again
themselves.
"""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowQueryFailedError,
    WorkflowUpdateHandle,
)
from temporalio.service import RPCError

ASK_AGAIN = "its worker has just come back and takes in what happened meanwhile: ask again in a few seconds"
RUN_HAS_ENDED = "workflow update was aborted by closing workflow"
"""What the server answers to an update that came with the end of a run, and was not taken in."""
PAUSES = (0.1, 0.3, 0.6, 1.0, 1.5, 2.0)
"""Seconds between the tries."""


class QueryRetry(Interceptor):
    """Asks again for some seconds before it gives up."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002  # the SDK's name
        """What stands between a client and the server."""
        return _RetriedQueries(next)


class _RetriedQueries(OutboundInterceptor):
    async def query_workflow(self, input: QueryWorkflowInput) -> Any:  # noqa: A002  # the SDK's name
        """Ask. Raises ``WorkflowQueryFailedError`` if the last try fails, too."""
        for pause in PAUSES:
            try:
                return await super().query_workflow(input)
            except WorkflowQueryFailedError as failed:
                if ASK_AGAIN not in failed.message:
                    raise
            await asyncio.sleep(pause)
        return await super().query_workflow(input)

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:  # noqa: A002
        """Send an update once more where its run has just ended: a process that goes on takes it in its new run."""
        try:
            return await super().start_workflow_update(input)
        except RPCError as error:
            if RUN_HAS_ENDED not in error.message:
                raise
        return await super().start_workflow_update(input)
