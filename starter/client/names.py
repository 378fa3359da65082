"""Which process a reference means: its workflow id. Of the breaches of one incident it is the one that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from starter.client.displaced import is_ours
from workflows.process.ids import TASK_QUEUE

ANSWER_WITHIN = timedelta(seconds=20)
"""Longer than a worker needs that was killed and started again (its old queue stays live for up to ten seconds)."""
Process = Literal["incident", "breach", "maintenance"]
"""Which of the processes of a reference is meant: there may be one of each."""


def workflow_id_of(reference: str, process: Process) -> str:
    """The workflow id of one of the processes of a reference."""
    return f"{process}-{reference}"


async def id_meant(client: Client, reference: str, process: Process, queue: str = TASK_QUEUE) -> str:
    """The workflow id that a person means by a reference.

    Of the breaches of one incident it is the one that runs, or the last; ``breach-REF`` names one exactly. What is
    not ours under such an id (another type, another queue than ``queue``) is passed over where there is one of ours.
    """
    if process != "breach":
        return workflow_id_of(reference, process)
    if reference.startswith("breach-") and await _described(client, reference):
        return reference
    first = workflow_id_of(reference, "breach")
    meant, number = first, 2
    while there := await _described(client, candidate := f"{first}-{number}"):
        is_running = there.status is WorkflowExecutionStatus.RUNNING
        is_next = is_ours(there, queue) and (is_running or not await _runs(client, meant, queue))
        if is_next and await _is_of(client, candidate, reference):
            meant = candidate
        number += 1  # beyond one that belongs to another reference or can't be read: a later one may be ours
    return meant


async def is_running(client: Client, reference: str, process: Process) -> bool:
    """Whether there is such a process, and it has not ended."""
    return await _runs(client, await id_meant(client, reference, process), TASK_QUEUE)


async def _is_of(client: Client, workflow_id: str, reference: str) -> bool:
    """Whether a breach says that it is of this incident; one that has no readable status never began."""
    try:
        answer = await client.get_workflow_handle(workflow_id).query("status", rpc_timeout=ANSWER_WITHIN)
    except WorkflowQueryFailedError:
        return False
    return isinstance(answer, dict) and answer.get("incident") == reference


async def _runs(client: Client, workflow_id: str, queue: str) -> bool:
    """Whether a process of ours runs under this id."""
    there = await _described(client, workflow_id)
    return there is not None and is_ours(there, queue) and there.status is WorkflowExecutionStatus.RUNNING


async def _described(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """What stands under this id, running or over; None where there never was anything."""
    try:
        return await client.get_workflow_handle(workflow_id).describe(rpc_timeout=ANSWER_WITHIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
