"""What a breach asks of the world, one function for each step."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from workflows.breach.messages import BreachOpening
from workflows.breach.ports import BreachPaper, BreachStarted, BreachStarter, BreachWriter
from workflows.process.ids import breach_workflow_id
from workflows.process.messages import Document
from workflows.process.steps import MAKING, failure_of


async def start_breach(opening: BreachOpening) -> BreachStarted:
    """Start the process of a suspected breach, or find the one that lives already."""
    return await workflow.execute_activity_method(
        BreachStarter.start_breach,
        opening,
        **(MAKING | ActivityConfig(summary=f"Start the breach process {breach_workflow_id(opening.reference)}")),
    )


async def write_breach_paper(paper: BreachPaper) -> list[Document]:
    """Write a paper about a breach. Raises ``StepFailed``."""
    what = paper.paper.replace("_", " ") + (f" ({paper.phase})" if paper.paper == "authority_notification" else "")
    try:
        return await workflow.execute_activity_method(
            BreachWriter.write_breach_paper,
            paper,
            **(MAKING | ActivityConfig(summary=f"Write {what}")),
        )
    except ActivityError as error:
        raise failure_of(error) from error
