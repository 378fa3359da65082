"""A step that starts another process, and is done again because its answer was lost, says that it was started by it."""

from __future__ import annotations

import dataclasses
import uuid

from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.processes import TemporalProcesses
from tests.builders import opening
from workflows.process.ids import incident_workflow_id
from workflows.process.ports import ProcessOrder


async def test_whoever_has_started_a_process_knows_it_at_the_next_try(server: WorkflowEnvironment) -> None:
    reference = f"I-{uuid.uuid4().hex[:8]}"
    workflow_id = incident_workflow_id(reference)
    order = ProcessOrder(workflow_type="Incident", workflow_id=workflow_id, opening=opening(reference))
    processes = TemporalProcesses(server.client, f"nobody-works-here-{reference}")
    step, other = ActivityEnvironment(), ActivityEnvironment()
    other.info = dataclasses.replace(other.info, activity_id="another step")
    assert await step.run(processes.start_process, order)
    assert await step.run(processes.start_process, order)
    assert not await other.run(processes.start_process, order)
    await server.client.get_workflow_handle(workflow_id).terminate()
