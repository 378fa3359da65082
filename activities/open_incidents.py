"""The incidents that are open now and the planned breaks that are under way, from Temporal's own list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client

from workflows.maintenance_ports import IncidentQuestion, OpenIncidents
from workflows.ports import NoticeQuestion
from workflows.procedure.services import ServiceId

AT_MOST = 20
ANSWER_WITHIN = timedelta(seconds=5)


def open_incidents_of(services: Iterable[ServiceId], *, drill: bool) -> str:
    """The list filter for the open incidents of some services, drills or live ones. Values come from closed lists."""
    return f"WorkflowType = 'Incident' AND {_open_of(services, drill=drill)}"


async def breaks_under_way(client: Client, question: NoticeQuestion) -> tuple[str, ...]:
    """Workflow ids of the planned breaks of some services that are under way. Raises ``RPCError``."""
    these = _open_of(question.services, drill=question.drill)
    query = f"WorkflowType = 'Maintenance' AND KantaPhase = 'under_way' AND {these}"
    found = client.list_workflows(query, limit=AT_MOST, rpc_timeout=ANSWER_WITHIN)
    return tuple(sorted([execution.id async for execution in found]))


def _open_of(services: Iterable[ServiceId], *, drill: bool) -> str:
    named = ", ".join(f"'{service}'" for service in services)
    return f"ExecutionStatus = 'Running' AND KantaService IN ({named}) AND KantaDrill = {str(drill).lower()}"


class IncidentList(OpenIncidents):
    """Asks the visibility store of the worker's own namespace. It may lag behind by a moment."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="open_incidents")
    async def open_incidents(self, question: IncidentQuestion) -> list[str]:
        """References of the open incidents that concern one of the services."""
        query = open_incidents_of(question.services, drill=question.drill)
        found = self._client.list_workflows(query, limit=AT_MOST)
        return sorted({execution.id.removeprefix("incident-") async for execution in found})
