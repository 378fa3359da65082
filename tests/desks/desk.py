"""Somebody at the desk of one incident, in a test."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from tests.builders import breach_opening, opening
from tests.desks.fakes import FakeWorld
from workflows.breach.messages import BreachStatus
from workflows.contacts.messages import ContactReviewStatus
from workflows.incident.messages import IncidentStatus
from workflows.notices.messages import NoticeWatchStatus
from workflows.process.ids import breach_workflow_id, incident_workflow_id

PATIENCE = 90
"""Seconds (real time) after which what should come is taken never to come: a machine may be busy."""

S = TypeVar("S", IncidentStatus, BreachStatus, NoticeWatchStatus, ContactReviewStatus)


async def asked(handle: WorkflowHandle[Any, Any], answer: type[S]) -> S:
    """The status of a process (in real time, within 90 s)."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                status: S = await handle.query("status", result_type=answer)
            except RPCError as error:
                if error.status != RPCStatusCode.FAILED_PRECONDITION:  # it is between two of its runs
                    raise
            else:
                return status


async def current_details(process: WorkflowHandle[Any, Any]) -> str:
    """The current details of a process, as Temporal Web asks for them."""
    metadata = await process.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(metadata.current_details)


class Refused(AssertionError):
    """A message was refused, with the reason."""


@dataclass
class Desk:
    """Somebody at the desk of one incident."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str
    reference: str = field(default_factory=lambda: f"T-{uuid.uuid4().hex[:10]}")
    handle: WorkflowHandle[Any, IncidentStatus] | None = None

    @property
    def incident(self) -> WorkflowHandle[Any, IncidentStatus]:
        """The incident's handle."""
        assert self.handle
        return self.handle

    async def open(self, **changes: Any) -> Desk:
        """Open the incident."""
        self.handle = await self.server.client.start_workflow(
            "Incident",
            opening(self.reference, **changes),
            id=incident_workflow_id(self.reference),
            task_queue=self.queue,
            result_type=IncidentStatus,
        )
        self.handle = self.server.client.get_workflow_handle(self.handle.id, result_type=IncidentStatus)
        await self.until(lambda status: bool(status.duties))
        return self

    async def say(self, name: str, payload: dict[str, Any]) -> IncidentStatus:
        """Say something as an update. Raises ``Refused`` with the reason."""
        return await self.say_raw(name, [payload])

    async def say_raw(self, name: str, payloads: list[Any]) -> IncidentStatus:
        """Say anything at all as an update. Raises ``Refused`` with the reason."""
        try:
            answer: IncidentStatus = await self.incident.execute_update(name, args=payloads, result_type=IncidentStatus)
        except WorkflowUpdateFailedError as error:
            raise Refused(str(error.cause)) from None
        return answer

    async def status(self) -> IncidentStatus:
        """The incident as it stands."""
        return await asked(self.incident, IncidentStatus)

    async def duties(self) -> dict[str, str]:
        """The state of each duty."""
        return {duty.id: duty.state for duty in (await self.status()).duties}

    async def timeline(self) -> list[str]:
        """What happened, in words."""
        return [line["what"] for line in await self.incident.query("timeline")]

    async def run_id(self) -> str | None:
        """The id of the run that lives now."""
        return (await self.incident.describe()).run_id

    async def in_a_run_after(self, run_id: str | None) -> None:
        """Wait for a later run: it begins a moment after the answer to what made it necessary."""
        async with asyncio.timeout(PATIENCE):
            while await self.run_id() == run_id:  # noqa: ASYNC110  # a server is asked
                await asyncio.sleep(0.02)

    async def timeline_until(self, line: str) -> list[str]:
        """What happened, once a line is there (in real time, at most 90 s)."""
        async with asyncio.timeout(PATIENCE):
            while line not in (lines := await self.timeline()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return lines

    async def now(self) -> datetime:
        """The incident's own time."""
        return await self.server.get_current_time(self.incident)

    async def pass_time(self, **duration: float) -> IncidentStatus:
        """Let time pass in the incident."""
        await asyncio.wait_for(self.server.fast_forward(self.incident, timedelta(**duration)), PATIENCE)
        return await self.status()

    async def until(self, holds: Callable[[IncidentStatus], bool]) -> IncidentStatus:
        """Wait (in real time, at most 90 s) until the status is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    def is_quiet(self, status: IncidentStatus) -> bool:
        """Whether every letter that went out is recorded."""
        return len(self.world.letters) == len(status.messages)

    async def ended(self) -> IncidentStatus:
        """Wait for the end."""
        return await asyncio.wait_for(self.incident.result(), PATIENCE)


async def nothing_under_way(process: WorkflowHandle[Any, Any]) -> None:
    """Wait until no background task of a process is running: a letter may still be on its way to the mail room."""
    async with asyncio.timeout(PATIENCE):
        while (await process.query("record"))["under_way"]:  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.02)


@dataclass
class BreachDesk:
    """Somebody who answers for one breach."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str
    reference: str = field(default_factory=lambda: f"B-{uuid.uuid4().hex[:10]}")

    @property
    def breach(self) -> WorkflowHandle[Any, BreachStatus]:
        """The breach's handle."""
        return self.server.client.get_workflow_handle(breach_workflow_id(self.reference), result_type=BreachStatus)

    async def open(self, **changes: Any) -> BreachStatus:
        """Open the breach, without an incident."""
        await self.server.client.start_workflow(
            "DataBreach",
            breach_opening(self.reference, **changes),
            id=breach_workflow_id(self.reference),
            task_queue=self.queue,
        )
        return await self.until(lambda status: bool(status.duties))

    async def handle_exists(self) -> BreachStatus:
        """Wait until an incident has started the breach."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await self.until(lambda status: bool(status.duties))
                except RPCError as error:
                    if error.status != RPCStatusCode.NOT_FOUND:
                        raise
                    await asyncio.sleep(0.02)

    async def say(self, name: str, **payload: Any) -> BreachStatus:
        """Say something as an update. Raises ``Refused`` with the reason."""
        try:
            answer: BreachStatus = await self.breach.execute_update(
                name, {"by": "dpo", **payload}, result_type=BreachStatus
            )
        except WorkflowUpdateFailedError as error:
            raise Refused(str(error.cause)) from None
        return answer

    async def status(self) -> BreachStatus:
        """The breach as it stands."""
        return await asked(self.breach, BreachStatus)

    async def duties(self) -> dict[str, str]:
        """The state of each duty."""
        return {duty.id: duty.state for duty in (await self.status()).duties}

    async def now(self) -> datetime:
        """The breach's own time."""
        return await self.server.get_current_time(self.breach)

    async def pass_time(self, **duration: float) -> BreachStatus:
        """Let time pass in the breach."""
        await asyncio.wait_for(self.server.fast_forward(self.breach, timedelta(**duration)), PATIENCE)
        return await self.status()

    async def until(self, holds: Callable[[BreachStatus], bool]) -> BreachStatus:
        """Wait (in real time, at most 90 s) until the status is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    async def settled(self, holds: Callable[[BreachStatus], bool], *letters: str) -> None:
        """Wait until a status holds, letters of these kinds have gone out and every letter is recorded."""
        await self.until(
            lambda s: (
                holds(s)
                and {*letters} <= {message.purpose for message in s.messages}
                and len(self.world.letters) == len(s.messages)
            )
        )
        await nothing_under_way(self.breach)

    async def ended(self) -> BreachStatus:
        """Wait for the end."""
        return await asyncio.wait_for(self.breach.result(), PATIENCE)
