"""The story of a drill that a schedule begins: a schedule can't start an incident itself."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.incident import steps
from workflows.incident.drill_plan import DrillPlan
from workflows.process.ids import incident_workflow_id
from workflows.process.ports import ProcessOrder
from workflows.process.reading import Unreadable, plainly
from workflows.process.start import only_sealed

MOST_IN_A_MINUTE = 20


@workflow.defn(name="ScheduledDrill")
class ScheduledDrill:
    """Starts a drill under a number of its own.

    A schedule makes the workflow id of what it starts, with the time behind it; an incident's id is that of its
    reference, and there is one incident of a reference. So the schedule starts this, and this starts the incident.
    """

    @workflow.run
    async def run(self, *plan: Any) -> str:
        """Start the drill of now; answers its reference."""
        try:
            only_sealed(plan)
            drill = DrillPlan.model_validate(plan[0] if len(plan) == 1 else None)
        except (ValidationError, Unreadable) as error:
            why = plainly(error) if isinstance(error, ValidationError) else str(error)
            raise ApplicationError(f"no drill was started: {why}", non_retryable=True) from None
        at = workflow.now()
        for number in range(1, MOST_IN_A_MINUTE + 1):
            reference = drill.reference(at, number)
            order = ProcessOrder(
                workflow_type="Incident",
                workflow_id=incident_workflow_id(reference),
                opening=drill.opening(reference, at),
            )
            if await steps.start_drill(order):
                workflow.set_current_details(f"Started: {order.workflow_id}")
                return reference
        raise ApplicationError(f"no drill was started: {reference} is taken, too", non_retryable=True)
