"""The incidents that are open now, from Temporal's own list."""

from __future__ import annotations

from temporalio import activity
from temporalio.client import Client

from workflows.maintenance_ports import IncidentQuestion, OpenIncidents

AT_MOST = 20


class IncidentList(OpenIncidents):
    """Asks the visibility store of the worker's own namespace. It may lag behind by a moment."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name="open_incidents")
    async def open_incidents(self, question: IncidentQuestion) -> list[str]:
        """References of the open incidents that concern one of the services. Values come from closed lists."""
        services = ", ".join(f"'{service}'" for service in question.services)
        query = (
            f"WorkflowType = 'Incident' AND ExecutionStatus = 'Running' AND KantaService IN ({services}) "
            f"AND KantaDrill = {str(question.drill).lower()}"
        )
        found = self._client.list_workflows(query, limit=AT_MOST)
        return sorted({execution.id.removeprefix("incident-") async for execution in found})
