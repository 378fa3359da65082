"""Somebody who answers for one planned break, in a test."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from tests import builders
from tests.desks.desk import PATIENCE, Refused, nothing_under_way
from tests.desks.fakes import FakeWorld
from workflows.maintenance.messages import MaintenanceStatus
from workflows.process.ids import maintenance_workflow_id


def plan(reference: str, starts_at: datetime, **changes: Any) -> dict[str, Any]:
    """A start input of a break of two hours."""
    return {
        "reference": reference,
        "title": "New version of the Prescription Centre",
        "services": ["PRESCRIPTION"],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "effect": "Prescriptions can't be sent or fetched.",
        "not_affected": ["KELAIN"],
    } | changes


@dataclass
class MaintenanceDesk:
    """Somebody who answers for one planned break."""

    server: WorkflowEnvironment
    world: FakeWorld
    queue: str
    reference: str = field(default_factory=lambda: f"M-{uuid.uuid4().hex[:10]}")
    starts_at: datetime = field(init=False)

    @property
    def handle(self) -> WorkflowHandle[Any, MaintenanceStatus]:
        """The break's handle."""
        workflow_id = maintenance_workflow_id(self.reference)
        return self.server.client.get_workflow_handle(workflow_id, result_type=MaintenanceStatus)

    async def plan(self, *, starts_in: timedelta | None = None, **changes: Any) -> MaintenanceStatus:
        """Plan the break; ``starts_in``: from now, else at noon in a month. Waits until its clock runs."""
        in_a_month = (builders.now() + timedelta(days=30)).replace(hour=10, minute=0, second=0, microsecond=0)
        self.starts_at = in_a_month if starts_in is None else (builders.now() + starts_in).replace(microsecond=0)
        return await self.start(plan(self.reference, self.starts_at, **changes))

    async def start(self, opening: Any) -> MaintenanceStatus:
        """Start the process with anything."""
        await self.server.client.start_workflow(
            "Maintenance", opening, id=maintenance_workflow_id(self.reference), task_queue=self.queue
        )
        return await self.until(lambda status: bool(status.next))

    async def say(self, name: str, **payload: Any) -> MaintenanceStatus:
        """Say something as an update. Raises ``Refused`` with the reason."""
        try:
            answer: MaintenanceStatus = await self.handle.execute_update(
                name, {"by": "desk", **payload}, result_type=MaintenanceStatus
            )
        except WorkflowUpdateFailedError as error:
            raise Refused(str(error.cause)) from None
        return answer

    async def status(self) -> MaintenanceStatus:
        """The break as it stands."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    status: MaintenanceStatus = await self.handle.query("status", result_type=MaintenanceStatus)
                except RPCError as error:
                    if error.status != RPCStatusCode.FAILED_PRECONDITION:  # it is between two of its runs
                        raise
                else:
                    return status

    async def timeline(self) -> list[str]:
        """What happened, in words."""
        return [line["what"] for line in await self.handle.query("timeline")]

    async def now(self) -> datetime:
        """The break's own time."""
        return await self.server.get_current_time(self.handle)

    async def pass_time(self, **duration: float) -> MaintenanceStatus:
        """Let time pass."""
        await asyncio.wait_for(self.server.fast_forward(self.handle, timedelta(**duration)), PATIENCE)
        return await self.status()

    async def pass_until(self, moment: datetime) -> MaintenanceStatus:
        """Let time pass until ten minutes after a moment: well between two points."""
        left = moment + timedelta(minutes=10) - await self.now()
        return await self.pass_time(seconds=left.total_seconds())

    async def until(self, holds: Callable[[MaintenanceStatus], bool]) -> MaintenanceStatus:
        """Wait (in real time, at most 90 s) until the status is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not holds(status := await self.status()):  # noqa: ASYNC110  # another process is asked
                await asyncio.sleep(0.02)
        return status

    async def settled(self, *purposes: str) -> MaintenanceStatus:
        """Wait until messages of these kinds have gone out and every one that did is recorded."""
        status = await self.until(
            lambda s: (
                {*purposes} <= {message.purpose for message in s.messages}
                and len(self.world.letters) + len(self.world.texts) == len(s.messages)
            )
        )
        await nothing_under_way(self.handle)
        return status

    async def ended(self) -> MaintenanceStatus:
        """Wait for the end."""
        return await asyncio.wait_for(self.handle.result(), PATIENCE)

    def mailed(self, kind: str) -> list[str]:
        """Who got a letter of a kind."""
        return sorted(letter.contact for letter in self.world.letters if letter.kind == kind)

    def texted(self, kind: str) -> list[str]:
        """Who got a text message of a kind."""
        return sorted(text.contact for text in self.world.texts if text.kind == kind)
