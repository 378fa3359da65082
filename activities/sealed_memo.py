"""A memo of a process, believed only where it was sealed for that process: anybody can start one with a memo."""

from __future__ import annotations

from typing import Any

from temporalio.client import Client, WorkflowExecution
from temporalio.converter import WorkflowSerializationContext

from workflows.process.sealed.seals import A_STRANGERS, arrival_of


async def sealed_memo(client: Client, there: WorkflowExecution, name: str) -> Any:
    """The value of a memo; None where there is none, or where it came in clear or was sealed for another process."""
    memo = there.raw_info.memo.fields
    if name not in memo:
        return None
    converter = client.data_converter.with_context(
        WorkflowSerializationContext(namespace=client.namespace, workflow_id=there.id)
    )
    payload = memo[name]
    if converter.payload_codec:
        [payload] = await converter.payload_codec.decode([payload])
    return converter.payload_converter.from_payload(payload) if arrival_of(payload).is_for_us else None


async def is_a_strangers(client: Client, there: WorkflowExecution) -> bool:
    """What a process itself says of who has opened it; a word that is not its own counts as a yes."""
    return A_STRANGERS in there.raw_info.memo.fields and await sealed_memo(client, there, A_STRANGERS) is not False
