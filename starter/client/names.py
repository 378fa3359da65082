"""Which process a reference means: its workflow id. Of the breaches of one incident it is the one that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

ANSWER_WITHIN = timedelta(seconds=20)
"""Longer than a worker needs that was killed and started again (its old queue stays live for up to ten seconds)."""
Process = Literal["incident", "breach", "maintenance"]
"""Which of the processes of a reference is meant: there may be one of each."""


def workflow_id_of(reference: str, process: Process) -> str:
    """The workflow id of one of the processes of a reference."""
    return f"{process}-{reference}"


async def id_meant(client: Client, reference: str, process: Process) -> str:
    """The workflow id that a person means by a reference.

    Of the breaches of one incident it is the one that runs, or the last; ``breach-REF`` names one exactly.
    """
    if process != "breach":
        return workflow_id_of(reference, process)
    if reference.startswith("breach-") and await _status_by(client, reference):
        return reference
    first = workflow_id_of(reference, "breach")
    meant, number = first, 2
    while (known := await _status_by(client, candidate := f"{first}-{number}")) is not None:
        is_running = known is WorkflowExecutionStatus.RUNNING
        if (is_running or not await _runs(client, meant)) and await _is_of(client, candidate, reference):
            meant = candidate
        number += 1  # beyond one that belongs to another reference or can't be read: a later one may be ours
    return meant


async def is_running(client: Client, reference: str, process: Process) -> bool:
    """Whether there is such a process, and it has not ended."""
    return await _runs(client, await id_meant(client, reference, process))


async def _is_of(client: Client, workflow_id: str, reference: str) -> bool:
    """Whether a breach says that it is of this incident; one that has no readable status never began."""
    try:
        answer = await client.get_workflow_handle(workflow_id).query("status", rpc_timeout=ANSWER_WITHIN)
    except WorkflowQueryFailedError:
        return False
    return isinstance(answer, dict) and answer.get("incident") == reference


async def _runs(client: Client, workflow_id: str) -> bool:
    return await _status_by(client, workflow_id) is WorkflowExecutionStatus.RUNNING


async def _status_by(client: Client, workflow_id: str) -> WorkflowExecutionStatus | None:
    """Whether a process of this id runs, or how it ended; None where there never was one."""
    try:
        return (await client.get_workflow_handle(workflow_id).describe(rpc_timeout=ANSWER_WITHIN)).status
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
