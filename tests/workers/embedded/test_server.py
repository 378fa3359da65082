"""The embedded server, really started: it keeps what it had, says what is in its way, and never outlives its parent."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import stat
import struct
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.workers.conftest import FREE_PORTS, Desk
from workers.connection import TemporalUnreachable, connect, embedded_addresses, is_answering
from workers.embedded.ports import LOOPBACK, PortTaken, reserved_ports
from workers.embedded.server import EmbeddedError, EmbeddedTemporal, temporal_binary
from workers.keys import ring
from workers.settings import Settings, SettingsError, load
from workers.setup import SetUpError, missing_search_attributes, retention, set_up
from workflows.process.web_view import ALL_KEYS

SECRET = "Reseptikeskus ei vastaa"
ROOT = Path(__file__).parents[3]
IP_LOCAL_PORT_RANGE = 51  # linux/in.h; Python does not name it
PARENT = """
import asyncio, pathlib, sys
from workers.embedded.server import EmbeddedTemporal
from workers.settings import load
async def main():
    settings = load({}, data_dir=sys.argv[1], port=0, ui_port=0, http_port=0, codec_port=0)
    async with EmbeddedTemporal(settings) as server:
        print(server.addresses.pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


@workflow.defn
class Waiting:
    """Waits for a word, at most a day."""

    def __init__(self) -> None:
        self.word = ""

    @workflow.run
    async def run(self, before: str) -> str:
        try:
            await workflow.wait_condition(lambda: bool(self.word), timeout=timedelta(days=1))
        except TimeoutError:
            return "nobody spoke"
        return f"{before}, {self.word}"

    @workflow.signal
    def say(self, word: str) -> None:
        self.word = word

    @workflow.query
    def heard(self) -> str:
        return self.word


def worker(client: Client) -> Worker:
    return Worker(client, task_queue="test", workflows=[Waiting], workflow_runner=UnsandboxedWorkflowRunner())


async def test_stopped_and_started_again_it_goes_on_where_it_was(desk: Desk, settings: Settings) -> None:
    async with desk() as (_, client):
        await set_up(client, settings)
        handle = await client.start_workflow(Waiting.run, SECRET, id="incident-1", task_queue="test")
        async with worker(client):
            assert await handle.query(Waiting.heard) == ""

    async with desk() as (_, client), worker(client):
        assert await missing_search_attributes(client) == []
        assert await retention(client) == timedelta(days=2192)
        handle = client.get_workflow_handle_for(Waiting.run, "incident-1")
        await handle.signal(Waiting.say, "restored")
        assert await handle.result() == f"{SECRET}, restored"

    kept = b"".join(file.read_bytes() for file in settings.data_dir.glob("temporal.db*"))
    assert b"incident-1" in kept
    assert SECRET.encode() not in kept
    assert b"restored" not in kept


async def test_while_it_runs_it_is_found_and_afterwards_not(desk: Desk, settings: Settings) -> None:
    async with desk() as (server, client):
        assert embedded_addresses(settings.data_dir) == server.addresses
        assert await is_answering(client)
        by_file = await connect(settings)
        assert by_file.service_client.config.target_host == server.addresses.address
        assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
        assert {stat.S_IMODE(file.stat().st_mode) for file in settings.data_dir.glob("temporal.db*")} == {0o600}

    assert embedded_addresses(settings.data_dir) is None
    assert not await is_answering(client)


async def test_a_clock_can_be_moved(desk: Desk) -> None:
    """The server has per-workflow time skipping on: drills live from it."""
    async with desk() as (_, client), worker(client):
        handle = await client.start_workflow(Waiting.run, "drill", id="drill-1", task_queue="test")
        async with asyncio.timeout(30):
            await TimeSkipper(client).fast_forward(handle, timedelta(hours=25))
            assert await handle.result() == "nobody spoke"


async def test_set_up_repeats_and_only_raises_the_retention(desk: Desk, settings: Settings) -> None:
    async with desk() as (_, client):
        assert await missing_search_attributes(client) == [key.name for key in ALL_KEYS]
        await set_up(client, settings)
        await set_up(client, load({}, data_dir=settings.data_dir, retention=1))

        assert await missing_search_attributes(client) == []
        assert await retention(client) == timedelta(days=2192)
        assert (await client.count_workflows("KantaOverdue > 0 AND KantaService = 'PRESCRIPTION'")).count == 0


async def test_an_attribute_of_another_type_is_said(desk: Desk, settings: Settings) -> None:
    async with desk() as (server, client):
        command = ["operator", "search-attribute", "create", "--name", "KantaOverdue", "--type", "Text"]
        other = await asyncio.create_subprocess_exec(
            temporal_binary(), *command, "--address", server.addresses.address, stdout=asyncio.subprocess.DEVNULL
        )
        assert await other.wait() == 0

        with pytest.raises(SetUpError, match=r"KantaOverdue of type TEXT, but it must be INT"):
            await set_up(client, settings)


async def test_a_namespace_that_is_not_there_is_said(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.setup.READY_WITHIN", timedelta(seconds=1))
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    async with desk() as (_, client):
        with pytest.raises(SetUpError, match=r"'elsewhere' was not ready .* does it exist\?"):
            await set_up(client, settings)


async def test_a_data_folder_has_one_server(desk: Desk, settings: Settings) -> None:
    async with desk():
        with pytest.raises(EmbeddedError, match=r"`kantadesk up` runs already on .*another terminal"):
            await EmbeddedTemporal(settings).__aenter__()


@pytest.mark.parametrize(("setting", "option"), [("port", "--port"), ("ui_port", "--ui-port")])
def test_a_taken_port_is_said_with_the_option_that_changes_it(setting: str, option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        settings = load({}, data_dir=tmp_path, **{**FREE_PORTS, setting: taken})

        with pytest.raises(PortTaken, match=f"port {taken} is used by another programme: .*{option} "):
            reserved_ports(settings).__enter__()


def test_free_ports_are_all_different(settings: Settings) -> None:
    with reserved_ports(settings) as ports:
        assert len(set(ports)) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a port for one who asks for it by its number")
def test_a_free_port_is_kept_for_the_server_and_given_to_nobody_else(settings: Settings) -> None:
    with reserved_ports(settings) as ports:
        with pytest.raises(OSError, match="already in use"):
            any_free_one(ports.grpc)
        with socket.create_server((LOOPBACK, ports.grpc)) as server:
            assert server.getsockname() == (LOOPBACK, ports.grpc)

    with any_free_one(ports.grpc) as neighbour:
        assert neighbour.getsockname() == (LOOPBACK, ports.grpc)


def any_free_one(only: int) -> socket.socket:
    """What the kernel gives one who asks for any free port, where it has but this one to give (Linux 6.3)."""
    neighbour = socket.socket()
    neighbour.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        neighbour.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, struct.pack("HH", only, only))
        neighbour.bind((LOOPBACK, 0))
    except OSError as fault:
        neighbour.close()
        if fault.errno == errno.ENOPROTOOPT:
            pytest.xfail("this kernel is older: it can't be told which ports it has to give")
        raise
    return neighbour


async def test_a_server_that_ends_at_once_says_why(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "temporal.db").write_bytes(b"this is no database " * 100)

    with pytest.raises(EmbeddedError, match=r"ended at once: .*(?i:database|file is not).*temporal\.log"):
        await EmbeddedTemporal(settings).__aenter__()


async def test_where_nothing_listens_is_said_in_one_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with reserved_ports(settings) as ports:
        port = ports.grpc
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
    settings.data_dir.mkdir()

    with pytest.raises(TemporalUnreachable, match=f"does not answer at 127.0.0.1:{port} ") as refused:
        await connect(settings, keys=ring.generate())
    assert "start it" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_a_wrong_profile_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "production")

    with pytest.raises(SettingsError, match=r"TEMPORAL_\*"):
        await connect(settings, keys=ring.generate())


async def test_killed_parent_leaves_no_server(settings: Settings) -> None:
    """SIGKILL gives no chance to tidy up: the kernel ends the server, and the next start takes the folder over."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(settings.data_dir), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert parent.stdout is not None
    server_pid = int(await parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()

    async with EmbeddedTemporal(settings) as server:
        assert server.addresses.pid != server_pid
