"""How a process is started in a benchmark; what is said in it are the words that the tests use."""

from __future__ import annotations

from typing import Any

from temporalio.client import Client, WorkflowHandle

from tests import builders
from tests.builders import now
from workflows.breach.messages import BreachOpening
from workflows.incident.messages import IncidentOpening
from workflows.introductions import introduction
from workflows.process.ids import TASK_QUEUE, breach_workflow_id, incident_workflow_id


def opening(reference: str, **changes: Any) -> dict[str, Any]:
    """A start input of an incident, as long as a desk writes it."""
    written = {
        "title": "Prescriptions can't be opened",
        "reported_by": {"name": "Ward 3", "unit": "Internal medicine", "phone": "000 000 0021"},
        "description": "Prescriptions can neither be sent nor fetched. All wards, since about one o'clock.",
        "error_message": "HTTP 503 Service Unavailable",
    }
    return builders.opening(reference, **written | changes)


async def open_incident(client: Client, reference: str, **changes: Any) -> WorkflowHandle[Any, Any]:
    """Open an incident."""
    opened = opening(reference, **changes)
    read = IncidentOpening.model_validate(opened)
    return await _started(client, "Incident", incident_workflow_id(reference), opened, read)


async def open_breach(client: Client, reference: str, **changes: Any) -> WorkflowHandle[Any, Any]:
    """Open a breach."""
    opened = builders.breach_opening(reference, **changes)
    return await _started(
        client, "DataBreach", breach_workflow_id(reference), opened, BreachOpening.model_validate(opened)
    )


async def _started(
    client: Client, workflow_type: str, workflow_id: str, opened: dict[str, Any], read: IncidentOpening | BreachOpening
) -> WorkflowHandle[Any, Any]:
    """Start a process as the command line does, with summary, details and search attributes."""
    introduced = introduction(read, now())
    return await client.start_workflow(
        workflow_type,
        opened,
        id=workflow_id,
        task_queue=TASK_QUEUE,
        static_summary=introduced.summary,
        static_details=introduced.details,
        search_attributes=introduced.attributes,
    )
