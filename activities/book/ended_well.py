"""Whether a process that Temporal calls completed has ended by its own messages.

Who may poll our task queue can complete any process of it: Temporal then shows no difference. What our own worker says
at the end is the status of the process, sealed with our key for that process.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistoryEventFilterType

from activities.sealed_memo import sealed_value
from workflows.procedure.watchdog.book import OVER

ANSWER_WITHIN = timedelta(seconds=10)


async def says_that_it_is_over(client: Client, workflow_id: str, run_id: str) -> bool:
    """Whether the result of a completed run is a status of its own that is over. Raises ``RPCError``."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    only = WorkflowHistoryEventFilterType.CLOSE_EVENT
    async for event in handle.fetch_history_events(event_filter_type=only, rpc_timeout=ANSWER_WITHIN):
        if not event.HasField("workflow_execution_completed_event_attributes"):
            continue
        said = list(event.workflow_execution_completed_event_attributes.result.payloads)
        status = await _sealed(client, workflow_id, said[0]) if len(said) == 1 else None
        return isinstance(status, dict) and status.get("phase") in OVER
    return False


async def _sealed(client: Client, workflow_id: str, payload: Payload) -> Any:
    try:
        return await sealed_value(client, workflow_id, payload)
    except Exception:  # noqa: BLE001  # whatever somebody has written there is not what our worker says
        return None
