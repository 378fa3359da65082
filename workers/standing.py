"""The processes of which there is always one in a namespace: started at set-up, brought back by a schedule."""

from __future__ import annotations

from typing import NamedTuple

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows.messages import TASK_QUEUE


class Standing(NamedTuple):
    """One of them."""

    workflow_type: str
    workflow_id: str


STANDING: tuple[Standing, ...] = (Standing("Watchdog", "watchdog"),)


async def ensure_standing(client: Client) -> list[str]:
    """Start each that does not run; the ids of those that were started now. Repeatable."""
    started = []
    for each in STANDING:
        try:
            await client.start_workflow(
                each.workflow_type,
                id=each.workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            )
        except WorkflowAlreadyStartedError:
            continue
        started.append(each.workflow_id)
    return started
