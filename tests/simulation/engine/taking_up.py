"""A run taken up from a recorded history, at any of its steps: what it waited for goes on, at the moments it had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_commands import SignalExternalWorkflowExecution

from tests.simulation.engine.commands import PATCH
from tests.simulation.engine.core import patch_in
from tests.simulation.engine.execution import Run, Update
from tests.simulation.engine.tasks_of_history import COMMANDS
from tests.simulation.engine.virtual_time import running

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server

COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
ENDS = frozenset({
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
})  # fmt: skip
OVER_BY = (
    ("timer_fired", "started_event_id"),
    ("timer_canceled", "started_event_id"),
    ("activity_task_completed", "scheduled_event_id"),
    ("activity_task_failed", "scheduled_event_id"),
    ("activity_task_timed_out", "scheduled_event_id"),
    ("activity_task_canceled", "scheduled_event_id"),
    ("external_workflow_execution_signaled", "initiated_event_id"),
    ("signal_external_workflow_execution_failed", "initiated_event_id"),
    ("workflow_execution_update_completed", "accepted_event_id"),
)
"""Events by which something that was begun is over, and where they name what began it."""


def steps_in(history: Sequence[HistoryEvent]) -> list[int]:
    """How many events there are by the end of each step: a completed workflow task with its commands."""
    found = []
    for place, event in enumerate(history):
        if event.event_type != COMPLETED:
            continue
        end = place + 1
        while end < len(history) and history[end].event_type in COMMANDS:
            end += 1
        if not any(each.event_type in ENDS for each in history[place + 1 : end + 1]):
            found.append(end)
    return found


def moment_of(event: HistoryEvent) -> datetime:
    """When an event was written."""
    return event.event_time.ToDatetime(tzinfo=UTC)


def take_up(server: Server, workflow_id: str, history: Sequence[HistoryEvent], until: int) -> Run:
    """A run on a server with the first events of a history (see ``steps_in``), open, with all that it waits for."""
    begun = history[0].workflow_execution_started_event_attributes
    run_id = begun.original_execution_run_id
    run = Run(workflow_id, run_id, begun.workflow_type.name, begun.first_execution_run_id, moment_of(history[0]))
    run.memo.CopyFrom(begun.memo)
    run.attributes = dict(begun.search_attributes.indexed_fields)
    for event in history[:until]:
        copied = HistoryEvent()
        copied.CopyFrom(event)
        run.history.append(copied)
        run.size += copied.ByteSize()
        _note(run, copied)
    run.has_answered = True
    run.at_each_event = server.watched
    server.runs[run_id] = run
    server.current[workflow_id] = run_id
    for event in _open_in(run.history):
        _go_on(server, run, event)
    return run


def _note(run: Run, event: HistoryEvent) -> None:
    """What the server knows of the run by this event."""
    match event.event_type:
        case EventType.EVENT_TYPE_MARKER_RECORDED if event.marker_recorded_event_attributes.marker_name == PATCH:
            run.patches.append(patch_in(event))
        case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            shown = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            run.attributes.update({name: shown[name] for name in shown})
        case EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            kept = event.workflow_properties_modified_event_attributes.upserted_memo.fields
            for name, value in kept.items():
                run.memo.fields[name].CopyFrom(value)
        case EventType.EVENT_TYPE_TIMER_STARTED:
            run.numbers["timer"][int(event.timer_started_event_attributes.timer_id)] = event.event_id
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            number = int(event.activity_task_scheduled_event_attributes.activity_id)
            run.numbers["activity"][number] = event.event_id


def _open_in(history: Sequence[HistoryEvent]) -> Iterator[HistoryEvent]:
    """What was begun and is not over."""
    over = {
        getattr(getattr(event, f"{kind}_event_attributes"), name)
        for event in history
        for kind, name in OVER_BY
        if event.HasField(f"{kind}_event_attributes")  # type: ignore[arg-type]
    }
    return (event for event in history if event.event_id not in over)


def _go_on(server: Server, run: Run, event: HistoryEvent) -> None:
    """Let it go on; a timer keeps its moment, an activity and a signal are on their way."""
    match event.event_type:
        case EventType.EVENT_TYPE_TIMER_STARTED:
            begun = event.timer_started_event_attributes
            number, at = int(begun.timer_id), moment_of(event) + begun.start_to_fire_timeout.ToTimedelta()
            left = (at - running().now()).total_seconds()
            run.timers[number] = (event.event_id, server.later(left, server.fire, run, number, event.event_id))
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            server.begin_activity(run, event)
        case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            told = event.signal_external_workflow_execution_initiated_event_attributes
            sent = SignalExternalWorkflowExecution(signal_name=told.signal_name, args=told.input.payloads)
            sent.workflow_execution.workflow_id = told.workflow_execution.workflow_id
            server.deliver(run, event.event_id, sent)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            accepted = event.workflow_execution_update_accepted_event_attributes
            update = Update(accepted.protocol_instance_id, accepted.accepted_request, is_sent=True, is_accepted=True)
            update.accepted.set()
            run.updates[update.name] = update
