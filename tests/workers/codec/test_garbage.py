"""Encrypted garbage and unknown keys reach a real, sandboxed process as messages that say so; it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from tests.builders import opening, triage
from tests.desks.desk import asked
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from tests.workers.codec.incident_status import until
from tests.workers.codec.keeping import Keeping
from tests.workers.conftest import Desk
from workers.codec.codec import ENCRYPTED, EncryptionCodec
from workers.connection import connect_to
from workers.keys import ring as key_ring
from workers.keys.ring import KEY_ID
from workers.settings import Settings
from workers.setup import set_up
from workers.wiring import build_worker
from workflows.incident.messages import IncidentStatus
from workflows.process.ids import TASK_QUEUE, incident_workflow_id


async def send_raw(client: Client, *payloads: Payload, to: str = "keeping", name: str = "say") -> None:
    """A signal past our client's encryption, as a stranger would send it."""
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=to),
            signal_name=name,
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


async def test_a_key_that_becomes_known_later_changes_no_history(desk: Desk, settings: Settings) -> None:
    """What was refused as unreadable stays refused: else the replay would go another way and freeze the incident.

    The worker keeps nothing in its cache, so that each message replays the whole incident.
    """
    world, reference = FakeWorld(), "T-LATE-KEY"
    foreign = key_ring.generate()
    async with desk() as (server, client):
        await set_up(client, settings)
        neighbours = neighbours_of(client, world, None, TASK_QUEUE)
        handle: WorkflowHandle[Any, Any] = await client.start_workflow(
            "Incident", opening(reference), id=incident_workflow_id(reference), task_queue="kantadesk"
        )
        async with build_worker(client, neighbours, max_cached_workflows=0):
            stranger = await connect_to(server.addresses.address, foreign)
            await stranger.get_workflow_handle(handle.id).signal("triage", triage())
            await until(handle, lambda status: len(status.rejected) == 1)
            assert len((await asked(handle, IncidentStatus)).rejected) == 1

            ring = key_ring.load(settings.key_file)
            key_ring.save(settings.key_file, replace(ring, keys={**foreign.keys, **ring.keys}))
            await stranger.get_workflow_handle(handle.id).signal("triage", triage())

            status = await until(handle, lambda status: status.phase == "handling")
            assert [rejected.message for rejected in status.rejected] == ["triage"]
            assert foreign.current in status.rejected[0].reason or "not known" in status.rejected[0].reason


@pytest.mark.slow
async def test_hundreds_of_unreadable_messages_stop_nothing(desk: Desk, settings: Settings) -> None:
    """Each leaves a mark in the history; the search attribute that Temporal makes of such marks has a limit."""
    world, reference = FakeWorld(), "T-FLOOD"
    async with desk() as (_, client):
        await set_up(client, settings)
        neighbours = neighbours_of(client, world, None, TASK_QUEUE)
        handle: WorkflowHandle[Any, Any] = await client.start_workflow(
            "Incident", opening(reference), id=incident_workflow_id(reference), task_queue="kantadesk"
        )
        async with build_worker(client, neighbours):
            for number in range(120):
                garbage = Payload(metadata={"encoding": ENCRYPTED, KEY_ID: b"key-none"}, data=b"x" * number)
                await send_raw(client, garbage, to=handle.id, name="triage")
            await until(handle, lambda status: len(status.rejected) > 0)
        async with build_worker(client, neighbours):  # a new one replays it all
            await handle.signal("triage", triage())

            status = await until(handle, lambda status: status.phase == "handling")
            assert len(status.rejected) > 0
