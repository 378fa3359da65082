"""How a run of a process came to follow the runs before it: by itself, or by somebody's hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.procedure.watchdog.book import KnownRun
from workflows.process.start import BROUGHT_BACK_FROM

ANSWER_WITHIN = timedelta(seconds=10)
Succession = Literal["continued", "brought_back", "opened_again", "was_reset", "replaced"]
FOLLOWS_WELL: tuple[Succession, ...] = ("continued", "brought_back", "opened_again")
"""Ways that need no finding: its own next run, the watchdog's, a person's after it was missing."""


async def described(client: Client, workflow_id: str, run_id: str = "") -> DescribeWorkflowExecutionResponse | None:
    """What the server says of a run (of the latest, where none is named); None where it knows none.

    Asked without the SDK's own reading of the answer, which fails for a paused process.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    )
    try:
        return await client.workflow_service.describe_workflow_execution(request, timeout=ANSWER_WITHIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def succession(client: Client, before: Sequence[KnownRun], said: DescribeWorkflowExecutionResponse) -> Succession:
    """How a run followed.

    ``before``: the runs that the book had seen before it; ``said``: what the server says of it.
    """
    info, more = said.workflow_execution_info, said.workflow_extended_info
    chains = {name for run in before for name in (run.run_id, run.first_run)} - {""}  # the first is not known at once
    if info.first_run_id in chains:
        return "was_reset" if more.HasField("last_reset_time") else "continued"
    if await _brought_back_from(client, said) in chains:
        return "brought_back"
    return "opened_again" if before[-1].state == "gone" else "replaced"


async def _brought_back_from(client: Client, said: DescribeWorkflowExecutionResponse) -> str:
    """The run from which the watchdog says that this one goes on; empty where it says nothing that can be read."""
    memo = said.workflow_execution_info.memo.fields
    if BROUGHT_BACK_FROM not in memo:
        return ""
    try:
        (value,) = await client.data_converter.decode([memo[BROUGHT_BACK_FROM]])
    except Exception:  # noqa: BLE001  # not written with our key: then the watchdog has not written it
        return ""
    return value if isinstance(value, str) else ""
