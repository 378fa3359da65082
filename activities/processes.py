"""The other processes of the desk, reached by the client of the worker itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from workflows.breach_messages import BreachOpening, breach_workflow_id
from workflows.introduced import introduction
from workflows.messages import TASK_QUEUE
from workflows.ports import OtherProcesses, OtherProcessMessage

CLOCKS_DIFFER_BY = timedelta(seconds=1)
CAUGHT_UP_WITHIN = 60.0
"""Seconds of real time."""


class TemporalProcesses(OtherProcesses):
    """Starts and signals processes in the worker's own namespace."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self._client, self._task_queue = client, task_queue

    @activity.defn(name="start_breach")
    async def start_breach(self, opening: BreachOpening) -> bool:
        """Start ``breach-{reference}``; whether it was started now. One that has ended is not started again."""
        started = await self._start(opening)
        if opening.drill and opening.clock:
            await self._catch_up(breach_workflow_id(opening.reference), opening.clock)
        return started

    async def _catch_up(self, workflow_id: str, clock: datetime) -> None:
        """Bring the clock of a drill's breach to that of its incident; a server without the ability is in no need."""
        skipper = TimeSkipper(self._client)
        handle = self._client.get_workflow_handle(workflow_id)
        behind = clock - await skipper.get_current_time(handle)
        if behind > CLOCKS_DIFFER_BY:
            await asyncio.wait_for(skipper.fast_forward(handle, behind), CAUGHT_UP_WITHIN)

    async def _start(self, opening: BreachOpening) -> bool:
        introduced = introduction(opening, opening.clock or opening.aware_at)
        try:
            await self._client.start_workflow(
                "DataBreach",
                opening,
                id=breach_workflow_id(opening.reference),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=introduced.summary,
                static_details=introduced.details,
                search_attributes=introduced.attributes,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    @activity.defn(name="tell_process")
    async def tell_process(self, told: OtherProcessMessage) -> bool:
        """Signal another process; False where there is none (any more) to hear it."""
        try:
            await self._client.get_workflow_handle(told.workflow_id).signal(told.message, told.payload)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
