"""A client that asks again when ``replay_time.py`` has turned its query away.

Waits for the same as that file, and goes with it. Other systems' clients must ask again themselves.
"""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import Interceptor, OutboundInterceptor, QueryWorkflowInput, WorkflowQueryFailedError

ASK_AGAIN = "its worker has just come back and takes in what happened meanwhile: ask again in a few seconds"
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
