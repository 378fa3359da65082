"""The clocks of a drill: its incident and its breach each have one, and both are moved."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio.client import Client

from starter.breach_view import show_breach_status
from starter.drill import fast_forward
from starter.failure import NotThere, Refused
from starter.maintenance_view import show_maintenance_status
from starter.speaking import (
    Process,
    breach_status_of,
    clock_of,
    maintenance_status_of,
    status_of,
    workflow_id_of,
)
from starter.status_view import show_status
from workflows.breach_messages import BreachStatus
from workflows.maintenance_messages import MaintenanceStatus
from workflows.messages import IncidentStatus

Status = IncidentStatus | BreachStatus | MaintenanceStatus


class Moved(NamedTuple):
    """The processes of a drill with the times on their clocks, after the move."""

    processes: dict[Process, tuple[Status, datetime]]
    moved: tuple[Process, ...]

    def as_json(self) -> dict[str, Any]:
        """``clock`` and ``status`` as of the incident (of the breach, where it has none), then each by its name."""
        status, clock = next(iter(self.processes.values()))
        each: dict[str, Any] = {name: {"clock": at, "status": found} for name, (found, at) in self.processes.items()}
        return {"clock": clock, "status": status, "moved": list(self.moved), **each}

    def which(self) -> str:
        """Which clocks these were, where there is a breach."""
        return f" (of the {' and of the '.join(self.moved)})" if "breach" in self.processes else ""

    def show(self) -> None:
        """Print the processes."""
        for status, clock in self.processes.values():
            match status:
                case BreachStatus():
                    show_breach_status(status, clock)
                case MaintenanceStatus():
                    show_maintenance_status(status, clock)
                case _:
                    show_status(status, clock)


async def advance(client: Client, reference: str, length: timedelta) -> Moved:
    """Move the clocks of the drill of this reference. Raises ``Refused`` for what is not a drill, or is over."""
    there = await _processes(client, reference)
    for process, status in there.items():
        if not status.drill:
            raise Refused(f"{process} {reference} is not a drill: its clock is the real one and can't be moved")
    running = tuple(process for process, status in there.items() if not status.closed_at)
    if not running:
        raise Refused(f"drill {reference} is over: its clock has stopped")
    for process in running:
        await fast_forward(client, workflow_id_of(reference, process), length)
    moved = await _processes(client, reference)
    return Moved({p: (status, await clock_of(client, reference, p)) for p, status in moved.items()}, running)


async def _processes(client: Client, reference: str) -> dict[Process, Status]:
    """The incident and the breach of a reference, or its planned break. Raises ``NotThere`` where there is none."""
    found: dict[Process, Status] = {}
    with suppress(NotThere):
        return {"maintenance": await maintenance_status_of(client, reference)}
    try:
        found["breach"] = await breach_status_of(client, reference)
    except NotThere:
        return {"incident": await status_of(client, reference)}
    try:
        return {"incident": await status_of(client, reference), **found}
    except NotThere:
        return found
