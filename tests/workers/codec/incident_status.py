"""The status of an incident, waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from temporalio.client import WorkflowHandle

from tests.desks.desk import asked
from workflows.incident.messages import IncidentStatus


async def until(handle: WorkflowHandle[Any, Any], wanted: Callable[[IncidentStatus], bool]) -> IncidentStatus:
    """The status of an incident, once it is as wanted (in real time, within 30 s)."""
    async with asyncio.timeout(30):
        while not wanted(status := await asked(handle, IncidentStatus)):  # noqa: ASYNC110  # the server's state
            await asyncio.sleep(0.05)
    return status
