"""How a run begins: the first event of its history, by itself or as the one that continues another."""

from __future__ import annotations

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from tests.simulation.engine.execution import Run


def started(request: StartWorkflowExecutionRequest, run: Run, continues: str) -> HistoryEvent:
    """The first event of a run; ``continues``: the id of the run that it continues, empty where there is none."""
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    begun = event.workflow_execution_started_event_attributes
    begun.workflow_type.CopyFrom(request.workflow_type)
    begun.workflow_id = request.workflow_id
    begun.input.CopyFrom(request.input)
    begun.memo.CopyFrom(request.memo)
    begun.search_attributes.CopyFrom(request.search_attributes)
    begun.header.CopyFrom(request.header)
    begun.task_queue.CopyFrom(request.task_queue)
    begun.first_execution_run_id, begun.original_execution_run_id = run.first_run_id, run.run_id
    begun.attempt = 1
    begun.workflow_task_timeout.FromSeconds(10)
    begun.continued_execution_run_id = continues
    event.user_metadata.CopyFrom(request.user_metadata)
    return event


def next_start(run: Run, command: WorkflowCommand) -> StartWorkflowExecutionRequest:
    """The start of the run that continues this one, as its command asks."""
    sent = command.continue_as_new_workflow_execution
    request = StartWorkflowExecutionRequest(workflow_id=run.workflow_id)
    request.workflow_type.name = sent.workflow_type or run.workflow_type
    before = run.history[0].workflow_execution_started_event_attributes
    request.task_queue.name = sent.task_queue or before.task_queue.name
    request.input.CopyFrom(Payloads(payloads=sent.arguments))
    for name, value in (sent.memo or before.memo.fields).items():  # what the run has added to its memo is not carried
        request.memo.fields[name].CopyFrom(value)
    for name, value in run.attributes.items():
        request.search_attributes.indexed_fields[name].CopyFrom(value)
    return request
