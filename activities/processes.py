"""The other processes of the desk, reached by the client of the worker itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from pydantic import ValidationError
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from activities.sealed_memo import is_a_strangers, sealed_memo
from workflows.breach.messages import BreachOpening, BreachStatus
from workflows.breach.ports import BreachStarted, BreachStarter
from workflows.incident.ports import NoticeQuestion
from workflows.introductions import Introduction, introduction, introduction_of
from workflows.maintenance.ports import IncidentQuestion, OpenIncidents
from workflows.notices.messages import IncidentsTold, NoticeForIncidents
from workflows.notices.ports import IncidentsConcerned
from workflows.procedure.services import ServiceId
from workflows.process.ids import TASK_QUEUE, breach_named_by, breach_workflow_id, incident_workflow_id
from workflows.process.ports import OtherProcesses, OtherProcessMessage, ProcessOrder

STARTED_BY = "started_by"
"""The memo that says which step of which process has started a process."""
CLOCKS_DIFFER_BY = timedelta(seconds=1)
MOST_INCIDENTS = 1000
NAMED_INCIDENTS = 20
ASKED_WITHIN = timedelta(seconds=15)
CAUGHT_UP_WITHIN = 60.0
"""Seconds of real time."""


class TemporalProcesses(OtherProcesses, BreachStarter, IncidentsConcerned):
    """Starts and signals processes in the worker's own namespace."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self._client, self._task_queue = client, task_queue

    @activity.defn(name="start_breach")
    async def start_breach(self, opening: BreachOpening) -> BreachStarted:
        """Find the running process that keeps the clock of this suspicion, or start the next of this reference."""
        for number in count(1):
            workflow_id = breach_workflow_id(opening.reference, number)
            named = opening.model_copy(update={"reference": breach_named_by(workflow_id)})
            introduced = introduction(named, opening.clock or opening.aware_at)
            started = await self._start("DataBreach", workflow_id, opening, introduced)
            if started or await self._keeps_the_clock_of(workflow_id, opening):
                break
        if opening.drill and opening.clock:
            await self._catch_up(workflow_id, opening.clock)
        return BreachStarted(workflow_id=workflow_id, started=started)

    async def _keeps_the_clock_of(self, workflow_id: str, opening: BreachOpening) -> bool:
        """Whether a breach still runs, is of the same incident, and is a drill where this is one.

        One that can't be asked is not relied on, and one that a stranger has opened and the desk has not taken up as
        little: a clock too many is better than none, or one that counts from a stranger's instant.
        """
        handle = self._client.get_workflow_handle(workflow_id, result_type=BreachStatus)
        there = await handle.describe()
        if there.status is not WorkflowExecutionStatus.RUNNING:
            return False
        if (there.workflow_type, there.task_queue) != ("DataBreach", self._task_queue):
            return False  # not ours: no worker of ours would ever answer
        try:
            known = await handle.query("status", result_type=BreachStatus, rpc_timeout=ASKED_WITHIN)
        except (RPCError, WorkflowQueryFailedError, ValidationError):
            return False
        is_the_same = (known.incident, known.drill) == (opening.incident, opening.drill)
        return is_the_same and not known.is_a_strangers and known.phase not in ("closed", "cancelled")

    async def _catch_up(self, workflow_id: str, clock: datetime) -> None:
        """Bring the clock of a drill's breach to that of its incident; a server without time skipping needs none."""
        skipper = TimeSkipper(self._client)
        handle = self._client.get_workflow_handle(workflow_id)
        behind = clock - await skipper.get_current_time(handle)
        if behind > CLOCKS_DIFFER_BY:
            await asyncio.wait_for(skipper.fast_forward(handle, behind), CAUGHT_UP_WITHIN)

    async def _start(self, workflow_type: str, workflow_id: str, opening: object, introduced: Introduction) -> bool:
        """Start a process; whether it was started by this step, now or by an earlier try that got no answer."""
        step = activity.info()
        by = f"{step.workflow_id}/{step.workflow_run_id}/{step.activity_id}"
        try:
            await self._client.start_workflow(
                workflow_type,
                opening,
                id=workflow_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=introduced.summary,
                static_details=introduced.details,
                search_attributes=introduced.attributes,
                priority=introduced.priority,
                memo={STARTED_BY: by},
            )
        except WorkflowAlreadyStartedError:
            there = await self._client.get_workflow_handle(workflow_id).describe()
            return bool(await sealed_memo(self._client, there, STARTED_BY) == by)
        return True

    @activity.defn(name="tell_process")
    async def tell_process(self, told: OtherProcessMessage) -> bool:
        """Signal another process; False if it has ended or never was."""
        try:
            await self._client.get_workflow_handle(told.workflow_id).signal(told.message, told.payload)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    @activity.defn(name="start_process")
    async def start_process(self, order: ProcessOrder) -> bool:
        """Start a process of any type; whether it was started now. One that has ended is not started again."""
        introduced = introduction_of(order.workflow_type, order.opening, activity.info().started_time)
        return await self._start(order.workflow_type, order.workflow_id, order.opening, introduced)

    @activity.defn(name="tell_open_incidents")
    async def tell_open_incidents(self, told: NoticeForIncidents) -> IncidentsTold:
        """Signal ``notice`` to every open incident of some services; one that ends in that time needs it no more."""
        also = {incident_workflow_id(reference) for reference in told.also}
        found = dict.fromkeys([*await self._open_incidents(told), *sorted(also)])
        heard: list[str] = []
        failed = 0
        for workflow_id in found:
            order = OtherProcessMessage(key=told.key, workflow_id=workflow_id, message="notice", payload=told.payload)
            try:
                if await self.tell_process(order):
                    heard.append(workflow_id.partition("-")[2])
            except RPCError:
                failed += 1
        return IncidentsTold(references=tuple(heard[:NAMED_INCIDENTS]), count=len(heard), failed=failed)

    async def _open_incidents(self, told: NoticeForIncidents) -> list[str]:
        """The ids of the open incidents of some services, drills or live ones; page by page, at most 1,000."""
        if not told.services:
            return []
        query = open_incidents_of(told.services, drill=told.drill)
        return [each.id async for each in self._client.list_workflows(query, limit=MOST_INCIDENTS)]


AT_MOST = 20
ANSWER_WITHIN = timedelta(seconds=5)


def open_incidents_of(services: Iterable[ServiceId], *, drill: bool) -> str:
    """The list filter for the open incidents of some services, drills or live ones. Values come from closed lists."""
    return f"WorkflowType = 'Incident' AND {_open_of(services, drill=drill)}"


async def breaks_under_way(client: Client, question: NoticeQuestion) -> dict[str, bool]:
    """Workflow ids of the planned breaks of some services that are going on now, and whether it is a stranger's.

    Raises ``RPCError``.
    """
    these = _open_of(question.services, drill=question.drill)
    query = f"WorkflowType = 'Maintenance' AND KantaPhase = 'under_way' AND {these}"
    found = client.list_workflows(query, limit=AT_MOST, rpc_timeout=ANSWER_WITHIN)
    return {execution.id: await is_a_strangers(client, execution) async for execution in found}


def _open_of(services: Iterable[ServiceId], *, drill: bool) -> str:
    named = ", ".join(f"'{service}'" for service in services)
    return f"ExecutionStatus = 'Running' AND KantaService IN ({named}) AND KantaDrill = {str(drill).lower()}"


class IncidentList(OpenIncidents):
    """Asks the visibility store of the worker's own namespace. It may lag behind by a moment."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="open_incidents")
    async def open_incidents(self, question: IncidentQuestion) -> list[str]:
        """References of the open incidents that concern one of the services."""
        query = open_incidents_of(question.services, drill=question.drill)
        found = self._client.list_workflows(query, limit=AT_MOST)
        return sorted({execution.id.removeprefix("incident-") async for execution in found})
