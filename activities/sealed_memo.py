"""What is believed only where it was sealed for its process: a memo, with which anybody can start one, or a result."""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecution
from temporalio.converter import WorkflowSerializationContext

from workflows.process.sealed.seals import A_STRANGERS, arrival_of


async def sealed_memo(client: Client, there: WorkflowExecution, name: str) -> Any:
    """The value of a memo; None where there is none, or where it came in clear or was sealed for another process."""
    memo = there.raw_info.memo.fields
    return await sealed_value(client, there.id, memo[name]) if name in memo else None


async def sealed_value(client: Client, workflow_id: str, payload: Payload) -> Any:
    """What a payload holds; None where it came in clear or was sealed for another process."""
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=workflow_id)
    converter = client.data_converter.with_context(context)
    if converter.payload_codec:
        [payload] = await converter.payload_codec.decode([payload])
    return converter.payload_converter.from_payload(payload) if arrival_of(payload).is_for_us else None


async def is_a_strangers(client: Client, there: WorkflowExecution) -> bool:
    """What a process itself says of who has opened it; a word that is not its own counts as a yes."""
    return A_STRANGERS in there.raw_info.memo.fields and await sealed_memo(client, there, A_STRANGERS) is not False
