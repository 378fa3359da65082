"""``kantadesk keys`` with real processes: open incidents and breaches cross a rotation and a worker's restart."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client

from tests.builders import now
from tests.starter.conftest import ROOT, TRIAGE, Desk, environment, kantadesk, started, stopped
from workers.codec.codec import ENCRYPTED, EncryptionCodec, data_converter
from workers.connection import connect_to
from workers.keys import ring as key_ring
from workers.keys.ring import KeyRing
from workers.wiring import build_replayer
from workflows.process.payloads import why_undecodable

TITLE = "Reseptikeskus ei vastaa"


@contextmanager
def worker(desk: Desk, log: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A second worker beside that of ``up``, at work while inside."""
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "starter", "worker"],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(desk.data_dir, **more),
            cwd=ROOT,
        )
        assert process.stdout
        try:
            assert b"Working for" in process.stdout.readline(), log.read_text(encoding="utf-8")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.stdout.close()
            process.wait(60)


@pytest.mark.chaos
async def test_open_incidents_cross_a_rotation(tmp_path: Path) -> None:
    desk = started(tmp_path / "desk")
    key_file = desk.data_dir / "keys.toml"
    old = key_ring.load(key_file)
    shutil.copy(key_file, tmp_path / "yesterday.toml")
    try:
        with worker(desk, tmp_path / "before.log"):
            first, second = desk.judged("--description", TITLE), desk.incident()
            assert desk("breach", "assess", first, *SUSPECTED).code == 0
            before = desk("keys", "status", "--json").json

            rotated = desk("keys", "rotate", "--json")
            assert rotated.code == 0, rotated.err
            assert len(rotated.json["workers"]) == 2
        new = key_ring.load(key_file)
        address = desk.places["temporal"]
        await from_an_old_client(address, old, first)
        with worker(desk, tmp_path / "after.log"):
            third = desk.judged("--title", TITLE)
            assert desk("incident", "update", first, "--text", "Korjaus on alkanut").code == 0
            assert desk("incident", "triage", second, *TRIAGE).code == 0
            assert desk("breach", "measures", first, "--text", "Lokit on tarkastettu").code == 0
            shown = [desk("incident", "timeline", each, "--json") for each in (first, second, third)]
            after = desk("keys", "status", "--json").json
            refused = desk("keys", "retire", old.current)
            yesterday = str(tmp_path / "yesterday.toml")
            late = [
                desk("incident", *words, KANTADESK_KEY_FILE=yesterday)
                for words in (("show", first), ("reopen", first, "--reason", "x"))
            ]
            client = await connect_to(address, new)
            used = await every_payload_and_replay(client, new)
            assert [one.code for one in shown] == [0, 0, 0]
            assert "An old client says so" in shown[0].out

        assert [(one.code, one.err.count("\n")) for one in late] == [(2, 1), (2, 1)], late
        assert f"the answer can't be read here: it is encrypted with the key {new.current}" in late[0].err
        assert states(before) == {old.current: ("writes", True)}
        assert before["keys"][0]["open"] >= 3
        assert states(after) == {old.current: ("reads", True), new.current: ("writes", True)}
        assert after["keys"][0]["open"] >= 3, "two incidents and a breach began with the old key"
        assert after["keys"][0]["schedules"] == 0, "the rotation has written the schedules anew"
        assert after["looked_at"]["open"] >= 4
        assert after["looked_at"]["not_looked_at"] == []
        assert after["keys"][1]["workers_without"] == after["not_here"] == []
        assert used == {old.current, new.current}
        assert (refused.code, refused.err.count("\n")) == (3, 1)
        assert "is still needed" in refused.err

        await forget(client)
        empty = desk("keys", "status", "--json").json
        assert states(empty) == {old.current: ("reads", False), new.current: ("writes", True)}
        too_soon = desk("keys", "retire", old.current)
        assert too_soon.code == 3
        assert "an hour after that" in too_soon.err
        key_ring.save(key_file, stopped_long_ago(new))
        assert desk("keys", "retire", old.current).code == 0
        assert list(key_ring.load(key_file).keys) == [new.current]
    finally:
        assert stopped(desk) == 0
    again = started(desk.data_dir)
    assert stopped(again) == 0


@pytest.mark.chaos
def test_a_worker_that_does_not_see_the_new_key_stops_the_rotation_and_then_itself(tmp_path: Path) -> None:
    """Its key file is a copy that nobody renews, as a secret on another machine may be."""
    desk = started(tmp_path / "desk")
    key_file, copy = desk.data_dir / "keys.toml", tmp_path / "copy.toml"
    shutil.copy(key_file, copy)
    old = key_ring.load(key_file)
    try:
        with worker(desk, tmp_path / "stale.log", KANTADESK_KEY_FILE=str(copy)) as stale:
            desk.incident()
            refused = desk("keys", "rotate", "--wait", "0")
            assert (refused.code, refused.err.count("\n")) == (3, 1)
            assert f"kantadesk:{stale.pid}@" in refused.err
            assert key_ring.load(key_file).current == old.current
            assert desk("doctor").out.count("a key rotation is not finished") == 1

            assert desk("keys", "rotate", "--force", "--json").json["before"] == old.current
            number = 0
            while stale.poll() is None:  # one of the next processes reaches it, and it sees what it lacks
                number += 1
                assert number < 60
                desk.incident()
            assert stale.wait() == 2
        said = (tmp_path / "stale.log").read_text(encoding="utf-8").splitlines()[-1]
        assert f"{copy} lacks the key {key_ring.load(key_file).current}, and another worker knows it" in said
        desk.until(lambda listed: len(listed) == number + 1, "incident", "list")  # none of them was lost
    finally:
        assert stopped(desk) == 0


@pytest.mark.slow
def test_a_worker_without_a_needed_key_does_not_start(tmp_path: Path) -> None:
    desk = started(tmp_path / "desk")
    try:
        reference = desk.judged()
        ours = key_ring.load(desk.data_dir / "keys.toml").current
        key_ring.save(tmp_path / "other" / "keys.toml", key_ring.generate())
        with_our_data = desk("worker", KANTADESK_KEY_FILE=str(tmp_path / "other" / "keys.toml"))
        elsewhere = kantadesk(tmp_path / "other", "worker", TEMPORAL_ADDRESS=desk.places["temporal"])
    finally:
        assert stopped(desk) == 0

    assert (with_our_data.code, with_our_data.err.count("\n")) == (2, 1)
    assert f"lacks the key {ours}, and workers of this desk have written with it: restore it" in with_our_data.err
    assert (elsewhere.code, elsewhere.err.count("\n")) == (2, 1)
    assert f"lacks the key {ours}, and incident-{reference} was written with it: restore it" in elsewhere.err


@pytest.mark.chaos
def test_a_lost_key_is_given_up_only_by_name(tmp_path: Path) -> None:
    desk = started(tmp_path / "desk")
    ours = key_ring.load(desk.data_dir / "keys.toml").current
    assert desk("keys", "lost", ours).code == 3
    assert stopped(desk) == 0
    key_ring.save(desk.data_dir / "keys.toml", key_ring.generate())

    refused = kantadesk(desk.data_dir, "up", "--port", "0", "--ui-port", "0", "--http-port", "0", "--codec-port", "0")
    assert (refused.code, f"keys lost {ours}" in refused.err) == (2, True)
    assert kantadesk(desk.data_dir, "keys", "lost", ours).code == 0
    assert stopped(started(desk.data_dir)) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("retire", "no such key"), 2, "is no key id"),
        (("retire", "key-none"), 4, "there is no key key-none"),
        (("retire", "CURRENT"), 3, "rotate first"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_line(
    desk: Desk, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ours = key_ring.load(desk.data_dir / "keys.toml").current

    answer = desk("keys", *(ours if each == "CURRENT" else each for each in arguments))

    assert (answer.code, answer.err.count("\n")) == (code, 1)
    assert said in answer.err


def test_keys_in_the_environment_are_not_rotated_from_here(desk: Desk) -> None:
    keys = (desk.data_dir / "keys.toml").read_text(encoding="utf-8")
    more = {"KANTADESK_KEY_ENV": "DESK_KEYS", "DESK_KEYS": keys}

    assert desk("keys", "rotate", **more).code == 2
    quick = desk("keys", "status", "--quick", "--json", **more)
    assert quick.json["source"] == "environment variable DESK_KEYS"
    assert quick.json["looked_at"] is None


SUSPECTED = (
    "--outcome", "suspected", "--aware-at", "now", "--kind", "unauthorised_access", "--role", "controller",
    "--register", "PRESCRIPTION", "--description", "Potilastietoja on katsottu",
)  # fmt: skip


def states(status: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {key["id"]: (key["state"], key["needed"]) for key in status["keys"]}


async def from_an_old_client(address: str, old: KeyRing, reference: str) -> None:
    """A machine whose key file is still that of yesterday."""
    client = await connect_to(address, old)
    said = {"by": "M. Virtanen", "text": "An old client says so"}
    await client.get_workflow_handle(f"incident-{reference}").signal("situation_update", said)


async def every_payload_and_replay(client: Client, ring: KeyRing) -> set[str]:
    """Decrypt every payload of every history, and replay each; the keys that were needed."""
    codec, used = EncryptionCodec(ring), set()
    replayer = build_replayer(data_converter(ring))
    async for execution in client.list_workflows():
        history = await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
        for event in history.events:
            for payload in payloads_in(event):
                if "type" in payload.metadata or event.HasField("marker_recorded_event_attributes"):
                    continue  # search attributes and the SDK's own marks are in clear
                if payload.data:
                    assert payload.metadata["encoding"] == ENCRYPTED, event
                    used.add(payload.metadata["encryption-key-id"].decode())
                    [decoded] = await codec.decode([payload])
                    assert why_undecodable(decoded) is None
        await replayer.replay_workflow(history)
    return used


def payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload anywhere in a message."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            values = [each for each in value.values() if isinstance(each, Message)]
        else:
            values = list(value) if field.is_repeated else [value]
        for each in values:
            yield from payloads_in(each)


async def forget(client: Client) -> None:
    """As the end of their retention does: Temporal keeps none of these runs. The watchdog may begin anew."""
    there = {execution.run_id: execution.id async for execution in client.list_workflows()}
    for run_id, workflow_id in there.items():
        run = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=run)
        )
    async with asyncio.timeout(60):
        while there.keys() & {execution.run_id async for execution in client.list_workflows()}:  # noqa: ASYNC110  # the server's state
            await asyncio.sleep(0.1)


def stopped_long_ago(ring: KeyRing) -> KeyRing:
    return replace(ring, stopped=dict.fromkeys(ring.stopped, now() - timedelta(hours=2)))
