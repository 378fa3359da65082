"""A running house for those who connect from outside: server, codec server and worker, with encryption on.

The server is the one of ``kantadesk up``, the worker is built as in production, the neighbours are fakes. What is sent
goes through clients that nobody here wrote: the ``temporal`` command, the gRPC service itself, HTTP.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import httpx
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import QueryWorkflowRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from tests.builders import opening
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from workers.connection import EmbeddedAddresses, connect_to
from workers.door.doors import door
from workers.door.secrets_file import DoorFile
from workers.embedded.ports import LOOPBACK
from workers.embedded.server import EmbeddedTemporal, temporal_binary
from workers.keys import ring
from workers.keys.ring import KeyRing
from workers.settings import load
from workers.setup import set_up
from workers.wiring import build_worker
from workflows.incident.messages import IncidentStatus
from workflows.process.ids import TASK_QUEUE, incident_workflow_id
from workflows.process.messages import Refused

FREE_PORTS = {"port": 0, "ui_port": 0, "http_port": 0, "codec_port": 0, "http_api": True}
WITHIN = 60
"""Seconds of real time in which what is waited for must have come."""


class Printed(NamedTuple):
    """What a command has answered."""

    code: int
    out: str
    err: str


@dataclass
class House:
    """Everything that runs, and how to reach it."""

    addresses: EmbeddedAddresses
    token: str
    keys: KeyRing
    key_file: Path
    client: Client
    world: FakeWorld
    opened: int = 0
    files: int = 0

    @property
    def codec(self) -> str:
        """The address of the codec server."""
        return self.addresses.codec

    @property
    def shown(self) -> dict[str, str]:
        """The header that opens the door."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def workflows(self) -> str:
        """The address of the workflows in Temporal's HTTP API."""
        return f"{self.addresses.http}/api/v1/namespaces/default/workflows"

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """An environment in which nothing of this machine's user is set; ``temporal`` is found and finds the server."""
        clean = {n: v for n, v in os.environ.items() if not n.startswith(("KANTADESK_", "TEMPORAL_"))}
        path = f"{temporal_binary().parent}{os.pathsep}{clean.get('PATH', os.defpath)}"
        own = {"PATH": path, "TEMPORAL_ADDRESS": self.addresses.address, "TEMPORAL_CONFIG_FILE": os.devnull}
        return {**clean, **own, "NO_PROXY": LOOPBACK, **more}

    async def run(
        self, *command: str, cwd: Path | None = None, more: Mapping[str, str] = MappingProxyType({})
    ) -> Printed:
        """Run a command to its end. ``more``: variables of its environment."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment(more),
            cwd=cwd,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 120)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Printed(process.returncode or 0, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    async def temporal(self, *arguments: str) -> Printed:
        """Run the ``temporal`` command."""
        return await self.run(str(temporal_binary()), *arguments)

    def file(self, data: bytes) -> Path:
        """A file with this content, for what is too long for a command line."""
        self.files += 1
        path = self.key_file.with_name(f"input-{self.files}")
        path.write_bytes(data)
        return path

    def reference(self) -> str:
        """A reference that is free."""
        self.opened += 1
        return f"FR-{self.opened:04}"

    async def incident(self, **changes: Any) -> Incident:
        """Open an incident; its clocks run."""
        found = Incident(self, self.reference())
        opened = opening(found.reference, **changes)
        await self.client.start_workflow("Incident", opened, id=found.id, task_queue=TASK_QUEUE)
        await found.until(lambda status: bool(status.duties))
        return found


@dataclass
class Incident:
    """One incident, looked at from outside."""

    house: House
    reference: str

    @property
    def id(self) -> str:
        """Its workflow id."""
        return incident_workflow_id(self.reference)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Its handle."""
        return self.house.client.get_workflow_handle(self.id)

    async def asked(self, query: str, answer: Any) -> Any:
        """Ask it something; between two of its runs, once it can answer."""
        async with asyncio.timeout(WITHIN):
            while True:
                try:
                    return await self.handle.query(query, result_type=answer)
                except RPCError as error:
                    if error.status != RPCStatusCode.FAILED_PRECONDITION:
                        raise
                    await asyncio.sleep(0.02)

    async def status(self) -> IncidentStatus:
        """How it stands."""
        answer: IncidentStatus = await self.asked("status", IncidentStatus)
        return answer

    async def rejected(self) -> list[Refused]:
        """What it has refused."""
        answer: list[Refused] = await self.asked("rejected", list[Refused])
        return answer

    async def timeline(self) -> list[str]:
        """What happened, in words."""
        return [line["what"] for line in await self.asked("timeline", list[dict[str, Any]])]

    async def until(self, holds: Callable[[IncidentStatus], bool]) -> IncidentStatus:
        """Wait until the status is as wanted."""
        async with asyncio.timeout(WITHIN):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    async def ended(self) -> None:
        """Wait for its end. Raises what it fails with."""
        await asyncio.wait_for(self.handle.result(), WITHIN)

    async def run_id(self) -> str | None:
        """The id of the run that lives now."""
        return (await self.handle.describe()).run_id

    async def goes_on_in_another_run(self, first: str | None) -> None:
        """Wait until it has continued as new."""
        async with asyncio.timeout(WITHIN):
            while await self.run_id() == first:  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.05)

    async def pass_time(self, **duration: float) -> None:
        """Let time pass in it."""
        skipping = TimeSkipper(self.house.client).fast_forward(self.handle, timedelta(**duration))
        await asyncio.wait_for(skipping, WITHIN)

    async def shown(self) -> str:
        """Its current details, as Temporal Web asks for them."""
        asked = QueryWorkflowRequest(
            namespace="default",
            execution=WorkflowExecution(workflow_id=self.id),
            query=WorkflowQuery(query_type="__temporal_workflow_metadata"),
        )
        answer = await self.house.client.workflow_service.query_workflow(asked)
        [metadata] = await self.house.client.data_converter.decode(answer.query_result.payloads, [WorkflowMetadata])
        return str(metadata.current_details)

    async def is_listed(self, search: str) -> bool:
        """Whether the list that Temporal Web shows comes to have it under this condition."""
        query = f"WorkflowId = '{self.id}' AND {search}"
        async with asyncio.timeout(WITHIN):
            while True:
                async for _ in self.house.client.list_workflows(query):
                    return True
                await asyncio.sleep(0.05)

    async def over_http(self, path: str, body: Any) -> httpx.Response:
        """Post something to Temporal's HTTP API."""
        async with httpx.AsyncClient(trust_env=False, timeout=WITHIN, headers=self.house.shown) as http:
            return await http.post(f"{self.house.workflows}/{self.id}{path}", json=body)


@asynccontextmanager
async def running(data_dir: Path, *server_settings: str) -> AsyncIterator[House]:
    """A house on an empty folder. ``server_settings``: what the server is told besides."""
    settings = load({}, data_dir=data_dir, **FREE_PORTS)
    ring.make_where_missing(settings.key_file, settings.data_dir / "temporal.db")
    file = DoorFile(settings.door_token_file)
    file.make_where_missing()
    [token] = file.secrets().tokens.values()
    async with EmbeddedTemporal(settings, server_settings) as server:
        keys, world = ring.load(settings.key_file), FakeWorld()
        client = await connect_to(server.addresses.address, keys)
        await set_up(client, settings)
        async with door(settings, keys, server.door, server.inner), worker(client, world):
            yield House(server.addresses, token, keys, settings.key_file, client, world)


def worker(client: Client, world: FakeWorld, queue: str = TASK_QUEUE) -> Worker:
    """The worker, with fakes of the neighbours."""
    return build_worker(client, neighbours_of(client, world, None, queue), task_queue=queue)
