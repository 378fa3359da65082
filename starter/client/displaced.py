"""Something that is not ours under the id of one of our processes: who may at Temporal can start anything there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowExecution, WorkflowHandle
from temporalio.service import RPCError

from starter.language import names
from starter.language.words import _
from starter.terminal.errors import NotThere, Unreachable, Wrong
from workflows.process.ids import CONTACT_REVIEW_ID, TASK_QUEUE

TYPES = {"incident": "Incident", "breach": "DataBreach", "maintenance": "Maintenance"}
ANSWER_WITHIN = timedelta(seconds=5)


def is_ours(there: WorkflowExecution, queue: str = TASK_QUEUE) -> bool:
    """Whether our own worker runs it as what its id says: its prefix, its type and its queue fit together."""
    if there.id == CONTACT_REVIEW_ID:  # there is one of it
        return (there.workflow_type, there.task_queue) == ("ContactReview", queue)
    process, _dash, reference = there.id.partition("-")
    return bool(reference) and (there.workflow_type, there.task_queue) == (TYPES.get(process), queue)


@asynccontextmanager
async def ours(handle: WorkflowHandle[Any, Any], of: str) -> AsyncIterator[None]:
    """Ask a process something; where it does not answer since it is not ours, ``Wrong`` is raised, which says so."""
    try:
        yield
    except (Unreachable, NotThere, Wrong):
        if said := await displaced(handle, of):
            raise Wrong(said) from None
        raise


async def displaced(handle: WorkflowHandle[Any, Any], of: str) -> str:
    """What to say where something else runs under the id of a process; empty where it is ours, or nobody knows."""
    wanted = TYPES.get(handle.id.partition("-")[0])
    try:
        found = await handle.describe(rpc_timeout=ANSWER_WITHIN)
    except RPCError:
        return ""
    if wanted is None or (found.workflow_type, found.task_queue) == (wanted, TASK_QUEUE):
        return ""
    return _(
        "under the id of {of} somebody has started something else (type {type}, queue {queue}): no clock of ours runs "
        "there; open it under another reference (--reference), and tell whoever looks after Temporal to end {id}",
        of=names.process(of),
        type=found.workflow_type,
        queue=found.task_queue,
        id=handle.id,
    )
