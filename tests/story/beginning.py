"""Incidents that begin at a fixed moment, for stories in which weekdays and hours decide."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.builders import opening
from tests.desks.desk import PATIENCE, Desk
from workflows.incident.messages import IncidentStatus
from workflows.process.ids import incident_workflow_id


async def begin_at(desk: Desk, moment: datetime) -> None:
    """Open the incident at a moment of its own clock."""
    left = moment - datetime.now(UTC)  # noqa: TID251  # the real server's clock is the machine's
    desk.handle = await desk.server.client.start_workflow(
        "Incident",
        opening(desk.reference, noticed_at=moment.isoformat()),
        id=incident_workflow_id(desk.reference),
        task_queue=desk.queue,
        result_type=IncidentStatus,
        start_delay=left,
    )
    await asyncio.wait_for(desk.server.fast_forward(desk.incident, left), PATIENCE)
    await desk.until(lambda status: bool(status.duties))
