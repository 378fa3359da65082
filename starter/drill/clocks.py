"""The clocks of a drill: its incident and its breach each have one, and both are moved."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from temporalio.client import Client

from starter.client.client import breach_status_of, clock_of, maintenance_status_of, status_of
from starter.client.names import Process, workflow_id_of
from starter.language.names import PROCESSES, name
from starter.language.words import N_, _
from starter.terminal.errors import NotThere, Refused
from starter.views.breach import show_breach_status
from starter.views.incident import show_status
from starter.views.maintenance import show_maintenance_status
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.maintenance.messages import MaintenanceStatus

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
        named = ", ".join(name(PROCESSES, each) for each in self.moved)
        return f" ({named})" if "breach" in self.processes else ""

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
            raise Refused(
                _(
                    "{process} {reference} is not a drill: its clock is the real one and can't be moved",
                    process=name(PROCESSES, process),
                    reference=reference,
                )
            )
    running = tuple(process for process, status in there.items() if not status.closed_at)
    if not running:
        raise Refused(_("drill {reference} is over: its clock has stopped", reference=reference))
    for process in running:
        await fast_forward(client, workflow_id_of(there[process].reference, process), length)
    moved = await _processes(client, reference)
    return Moved({p: (status, await clock_of(client, status.reference, p)) for p, status in moved.items()}, running)


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


DONE_WITHIN = timedelta(seconds=60)


LACKING = N_(
    "this Temporal server can't move a workflow's clock (it needs frontend.WorkflowTimeSkippingEnabled, which "
    '"kantadesk up" sets)'
)


async def fast_forward(client: Client, workflow_id: str, length: timedelta) -> None:
    """Move the clock of one process, by the server's own time skipping. Raises ``Refused``, ``Unreachable``."""
    from temporalio.service import RPCError, RPCStatusCode
    from temporalio.testing import TimeSkipper

    from starter.client.failures import in_words_of_ours
    from starter.terminal.errors import Refused, Unreachable

    skip = TimeSkipper(client).fast_forward(client.get_workflow_handle(workflow_id), length)
    try:
        await asyncio.wait_for(skip, DONE_WITHIN.total_seconds())
    except TimeoutError:
        raise Unreachable(
            _(
                'the clock did not arrive within {seconds} s; is a worker running? ("kantadesk doctor" says) '
                "The move goes on when one is",
                seconds=DONE_WITHIN.seconds,
            )
        ) from None
    except RPCError as error:
        if error.status is RPCStatusCode.UNIMPLEMENTED:
            raise Refused(_("{lacking}, so this drill runs in real time", lacking=_(LACKING))) from None
        raise in_words_of_ours(error, workflow_id) from None


async def can_skip_time(client: Client) -> bool:
    """Whether the server can move a workflow's clock. Asked about a process that does not exist: nothing is moved."""
    from temporalio.service import RPCError, RPCStatusCode
    from temporalio.testing import TimeSkipper

    nobody = client.get_workflow_handle(f"kantadesk-doctor-{secrets.token_hex(8)}")
    try:
        await TimeSkipper(client).fast_forward(nobody, timedelta(seconds=1))
    except RPCError as error:
        return error.status is RPCStatusCode.NOT_FOUND
    return True
