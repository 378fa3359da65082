"""Which keys are needed: whatever Temporal keeps and could not be read without, wherever in it a payload lies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, Schedule, ScheduleActionStartWorkflow, ScheduleSpec, ScheduleState
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.workers.conftest import Desk
from workers.codec.codec import ENCRYPTED
from workers.connection import connect_to
from workers.keys import ring as key_ring
from workers.keys import usage
from workers.keys.ring import KEY_ID, KeyRing
from workers.keys.usage import KeyUse, find_key_use, key_ids_in
from workers.settings import Settings


@activity.defn
async def beat_once() -> None:
    """Says once how far it is, then takes its time: what it said is in no history."""
    activity.heartbeat("halfway")
    await asyncio.Event().wait()


@workflow.defn
class Beating:
    """Waits for an activity that never ends."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            beat_once, start_to_close_timeout=timedelta(hours=1), heartbeat_timeout=timedelta(minutes=10)
        )


@workflow.defn
class Short:
    """Is over at once."""

    @workflow.run
    async def run(self, _said: str) -> str:
        return "done"


@pytest.fixture
async def place(desk: Desk) -> AsyncIterator[tuple[str, Client]]:
    """A server, and a client without any key."""
    async with desk() as (server, client):
        yield server.addresses.address, client


async def client_with(address: str) -> tuple[Client, KeyRing]:
    ring = key_ring.generate()
    return await connect_to(address, ring), ring


async def test_every_place_that_holds_a_payload_is_looked_at(place: tuple[str, Client], tmp_path: Path) -> None:
    address, reader = place
    starter, start_key = await client_with(address)
    memo, memo_key = await client_with(address)
    sender, signal_key = await client_with(address)
    worker, worker_key = await client_with(address)
    planner, schedule_key = await client_with(address)
    await starter.start_workflow("Unknown", "x", id="waiting", task_queue="none")
    await sender.get_workflow_handle("waiting").signal("anything", "x")
    await memo.start_workflow("Unknown", id="with-memo", memo={"text": "x"}, task_queue="none")
    await planner.create_schedule(
        "watch",
        Schedule(
            ScheduleActionStartWorkflow("Short", "x", id="watch", task_queue="none"),
            spec=ScheduleSpec(),
            state=ScheduleState(paused=True),
        ),
    )
    async with Worker(
        worker, task_queue="test", workflows=[Beating], activities=[beat_once],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):  # fmt: skip
        plain = await Client.connect(address)
        await plain.start_workflow(Beating.run, id="beating", task_queue="test")
        async with asyncio.timeout(30):
            while worker_key.current not in (await find_key_use(reader, tmp_path / "known")).open:  # noqa: ASYNC110  # the server's state
                await asyncio.sleep(0.1)

    use = await find_key_use(reader, tmp_path / "known")

    keys = (start_key, memo_key, signal_key, worker_key)
    assert use.open == {ring.current: 1 for ring in keys}
    assert use.schedules == {schedule_key.current: 1}
    assert use.example[schedule_key.current] == "schedule watch"
    assert (use.looked_at_open, use.looked_at_closed, use.looked_at_schedules) == (3, 0, 1)
    assert all(use.needed(ring.current) for ring in (*keys, schedule_key))
    assert use.needed(key_ring.generate().current) is False


async def test_closed_runs_are_looked_at_once_and_forgotten_with_their_retention(
    place: tuple[str, Client], settings: Settings, tmp_path: Path
) -> None:
    _, client = place
    ours, known = key_ring.load(settings.key_file).current, tmp_path / "book" / "known.json"
    async with Worker(client, task_queue="test", workflows=[Short], workflow_runner=UnsandboxedWorkflowRunner()):
        for number in range(3):
            await client.execute_workflow(Short.run, "x", id=f"short-{number}", task_queue="test")
    async with asyncio.timeout(30):
        while (await find_key_use(client, tmp_path / "other")).looked_at_closed < 3:  # noqa: ASYNC110  # the server's state
            await asyncio.sleep(0.1)

    first = await find_key_use(client, known)
    second = await find_key_use(client, known)

    assert (first.closed[ours], first.known_from_before) == (3, 0)
    assert (second.closed[ours], second.known_from_before) == (3, 3)
    assert len(json.loads(known.read_text(encoding="utf-8"))) == 3
    known.write_text('{"some-run-that-is-gone": ["key-old"], "broken": 7}', encoding="utf-8")
    assert (await find_key_use(client, known)).closed == {ours: 3}
    known.write_text("no JSON", encoding="utf-8")
    assert (await find_key_use(client, known)).closed == {ours: 3}


async def test_what_could_not_be_looked_at_leaves_the_answer_open(
    place: tuple[str, Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client = place
    await client.start_workflow("Unknown", "x", id="one", task_queue="none")

    async def refused(*_arguments: object, **_more: object) -> frozenset[str]:
        raise RPCError("not now", RPCStatusCode.RESOURCE_EXHAUSTED, b"")

    monkeypatch.setattr(usage, "_ids_of_run", refused)
    async with asyncio.timeout(30):
        while not (use := await find_key_use(client, tmp_path / "known")).not_looked_at:  # noqa: ASYNC110  # the server's state
            await asyncio.sleep(0.1)

    assert use.not_looked_at == ["one: not now"]
    assert use.needed(key_ring.generate().current) is None


def test_nothing_found_is_only_an_answer_where_all_was_looked_at() -> None:
    use = KeyUse()
    use.open.update([key_ring.KeyId("a")])

    assert (use.needed(key_ring.KeyId("a")), use.needed(key_ring.KeyId("b"))) == (True, False)
    use.not_looked_at.append("x: too slow")
    assert (use.needed(key_ring.KeyId("a")), use.needed(key_ring.KeyId("b"))) == (True, None)


@given(
    key_id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
    others=st.dictionaries(st.text(max_size=30), st.binary(max_size=300), max_size=5),
    data=st.binary(max_size=2000),
)
@example(key_id="x" * 64, others={}, data=b"")
@example(key_id="x", others={"encryption-key": b"y", "z": b"w" * 200}, data=b"\n\x11")
def test_no_key_id_is_overlooked(key_id: str, others: dict[str, bytes], data: bytes) -> None:
    metadata = {**others, "encoding": ENCRYPTED, KEY_ID: key_id.encode()}
    event = HistoryEvent(event_id=7)
    payloads = Payloads(payloads=[Payload(data=data), Payload(metadata=metadata, data=data)])
    event.workflow_execution_signaled_event_attributes.input.CopyFrom(payloads)

    assert key_id in key_ids_in(event)
