"""Heartbeats for every activity, so that a dead or frozen worker is noticed long before the activity's own time-out.

Waits for: automatic heartbeats in the SDK, temporalio/features#229 (open). May go when
``test_a_silent_worker_loses_its_step`` (``tests/workers/sdk_workarounds/test_heartbeats.py``) fails: then the SDK sends
them itself.

The server gives a step to another worker once its heartbeat time-out has passed in silence.
``workflows.process.steps`` says which steps have such a time-out; no activity has to know of it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

HEARTBEAT_EVERY = timedelta(seconds=7)
"""Several times within ``workflows.process.steps.HEARTBEAT_TIMEOUT``, so that a busy machine may be late. The SDK's own
throttle is set to this too: left alone, it lets one heartbeat through in four fifths of the time-out."""


class Heartbeats(Interceptor):
    """Sends the heartbeats of every activity that has a heartbeat time-out."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  # its name
        """Put the heartbeats around each activity."""
        return _WithHeartbeats(super().intercept_activity(next))


class _WithHeartbeats(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  # the SDK's name for it
        """Run the activity, sending heartbeats until it is done."""
        timeout = activity.info().heartbeat_timeout
        if timeout is None:
            return await super().execute_activity(input)
        sending = asyncio.create_task(_send_heartbeats(min(timeout / 4, HEARTBEAT_EVERY)))
        try:
            return await super().execute_activity(input)
        finally:
            sending.cancel()


async def _send_heartbeats(every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        activity.heartbeat()
