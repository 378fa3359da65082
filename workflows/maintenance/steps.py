"""What a planned break asks of the world, one function for each step."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from workflows.maintenance import ports
from workflows.process.messages import Document
from workflows.process.steps import LOOKING_UP, MAKING, failure_of


async def write_maintenance_papers(sheet: ports.MaintenanceSheet) -> list[Document]:
    """Write the calendar file and the notice to publish. Raises ``StepFailed``."""
    what = "withdrawn" if sheet.withdrawn else f"version {sheet.sequence}"
    try:
        return await workflow.execute_activity_method(
            ports.MaintenancePapers.write_maintenance_papers,
            sheet,
            **(MAKING | ActivityConfig(summary=f"Write calendar file and notice ({what})")),
        )
    except ActivityError as error:
        raise failure_of(error) from error


async def open_incidents(question: ports.IncidentQuestion) -> list[str]:
    """References of the open incidents that concern some services."""
    return await workflow.execute_activity_method(
        ports.OpenIncidents.open_incidents,
        question,
        **(LOOKING_UP | ActivityConfig(summary="Look for open incidents of these services")),
    )
