"""Encrypted garbage and unknown keys reach a real, sandboxed process as messages that say so; it goes on."""

from __future__ import annotations

from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.workers.conftest import Desk
from tests.workers.keeping import Keeping
from workers import key_ring
from workers.codec import ENCRYPTED, KEY_ID, EncryptionCodec
from workers.settings import Settings


async def send_raw(client: Client, *payloads: Payload) -> None:
    """A signal past our client's encryption, as a stranger would send it."""
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id="keeping"),
            signal_name="say",
            input=Payloads(payloads=payloads),
        )
    )


async def test_what_can_not_be_decrypted_never_freezes_a_process(desk: Desk, settings: Settings) -> None:
    async with desk() as (_, client):
        known = key_ring.load(settings.key_file).current
        theirs = key_ring.generate()
        async with Worker(client, task_queue="test", workflows=[Keeping]):
            handle = await client.start_workflow(Keeping.run, id="keeping", task_queue="test")
            await send_raw(client, Payload(metadata={"encoding": ENCRYPTED}, data=b"garbage"))
            await send_raw(client, Payload(metadata={"encoding": ENCRYPTED, KEY_ID: known.encode()}, data=b"x" * 99))
            await send_raw(client, *await EncryptionCodec(theirs).encode([Payload(data=b"1")]))
            await send_raw(client, Payload(metadata={"encoding": b"json/plain"}, data=b'"in clear"'))
            await send_raw(client)
            await handle.signal("say", "end")

            assert await handle.result() == [
                "it is encrypted with a key that is not named",
                f"it is damaged, or not encrypted with the key {known}",
                f"it is encrypted with the key {theirs.current}, which is not known here",
                '"in clear"',
                "",
                '"end"',
            ]
