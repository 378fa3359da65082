"""What a breach asks of the world, one function for each step."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from workflows.breach.messages import BreachOpening
from workflows.breach.ports import BreachPaper, BreachStarted, BreachStarter, BreachWriter
from workflows.process.ids import breach_workflow_id
from workflows.process.messages import Document
from workflows.process.ports import PERMANENT
from workflows.process.steps import MAKING, failure_of

A_CLOCK_WAITS = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=list(PERMANENT),
)
"""Each try is one call, and a desk waits for the answer: no clock starts minutes after an outage is over."""


async def start_breach(opening: BreachOpening) -> BreachStarted:
    """Start the process of a suspected breach, or find the one that lives already."""
    return await workflow.execute_activity_method(
        BreachStarter.start_breach,
        opening,
        **(
            MAKING
            | ActivityConfig(
                summary=f"Start the breach process {breach_workflow_id(opening.reference)}", retry_policy=A_CLOCK_WAITS
            )
        ),
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
