"""From an event of the history to a job for the process, as Temporal's Core makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from temporalio.api.enums.v1 import EventType, RetryState
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent, WorkflowExecutionStartedEventAttributes
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, WorkflowActivationJob

Job = WorkflowActivationJob
SequenceOf = Callable[[int], int]
"""The process's own number of what a command event has begun, by the number of that event."""
ScheduledActivity = Callable[[int], HistoryEvent]


def seed_of(run_id: str) -> int:
    """The seed of a run's own random numbers."""
    return int.from_bytes(sha256(run_id.encode()).digest()[:8], "big") >> 1


def initialize(event: HistoryEvent, workflow_id: str) -> Job:
    """The first job of a run."""
    sent: WorkflowExecutionStartedEventAttributes = event.workflow_execution_started_event_attributes
    job = InitializeWorkflow(
        workflow_type=sent.workflow_type.name,
        workflow_id=sent.workflow_id or workflow_id,
        arguments=sent.input.payloads,
        randomness_seed=seed_of(sent.original_execution_run_id),
        identity=sent.identity,
        continued_from_execution_run_id=sent.continued_execution_run_id,
        continued_initiator=sent.initiator,
        first_execution_run_id=sent.first_execution_run_id,
        original_execution_run_id=sent.original_execution_run_id,
        attempt=sent.attempt or 1,
    )
    job.workflow_task_timeout.CopyFrom(sent.workflow_task_timeout)
    job.memo.CopyFrom(sent.memo)
    job.search_attributes.CopyFrom(sent.search_attributes)
    job.start_time.CopyFrom(event.event_time)
    for name, value in sent.header.fields.items():
        job.headers[name].CopyFrom(value)
    return Job(initialize_workflow=job)


class Jobs:
    """Makes the jobs of one run. ``number_of``: see ``SequenceOf``; ``scheduled``: the event that began an activity."""

    def __init__(self, workflow_id: str, number_of: SequenceOf, scheduled: ScheduledActivity) -> None:
        self._workflow_id, self._number_of, self._scheduled = workflow_id, number_of, scheduled

    def of(self, event: HistoryEvent) -> Job | None:
        """The job of an event; None where the process need not hear of it."""
        make = _MAKERS.get(event.event_type)
        return make(self, event) if make else None

    def _started(self, event: HistoryEvent) -> Job:
        return initialize(event, self._workflow_id)

    def _signalled(self, event: HistoryEvent) -> Job:
        sent = event.workflow_execution_signaled_event_attributes
        job = Job()
        job.signal_workflow.signal_name = sent.signal_name
        job.signal_workflow.input.extend(sent.input.payloads)
        job.signal_workflow.identity = sent.identity
        job.signal_workflow.originating_event_id = event.event_id
        for name, value in sent.header.fields.items():
            job.signal_workflow.headers[name].CopyFrom(value)
        return job

    def _timer_fired(self, event: HistoryEvent) -> Job:
        job = Job()
        job.fire_timer.seq = self._number_of(event.timer_fired_event_attributes.started_event_id)
        return job

    def _activity_completed(self, event: HistoryEvent) -> Job:
        done = event.activity_task_completed_event_attributes
        job = self._resolved(done.scheduled_event_id)
        job.resolve_activity.result.completed.SetInParent()
        for payload in done.result.payloads[:1]:
            job.resolve_activity.result.completed.result.CopyFrom(payload)
        return job

    def _activity_failed(self, event: HistoryEvent) -> Job:
        failed = event.activity_task_failed_event_attributes
        job = self._resolved(failed.scheduled_event_id)
        said = self._failure("Activity task failed", failed.scheduled_event_id, failed.retry_state)
        said.cause.CopyFrom(failed.failure)
        job.resolve_activity.result.failed.failure.CopyFrom(said)
        return job

    def _activity_timed_out(self, event: HistoryEvent) -> Job:
        failed = event.activity_task_timed_out_event_attributes
        job = self._resolved(failed.scheduled_event_id)
        said = self._failure("Activity task timed out", failed.scheduled_event_id, failed.retry_state)
        said.cause.CopyFrom(failed.failure)
        job.resolve_activity.result.failed.failure.CopyFrom(said)
        return job

    def _activity_cancelled(self, event: HistoryEvent) -> Job:
        """An activity that was cancelled has said so; of use to a process that waits for that."""
        done = event.activity_task_canceled_event_attributes
        job = self._resolved(done.scheduled_event_id)
        said = self._failure("Activity cancelled", done.scheduled_event_id, RetryState.RETRY_STATE_UNSPECIFIED)
        said.cause.canceled_failure_info.SetInParent()
        job.resolve_activity.result.cancelled.failure.CopyFrom(said)
        return job

    def _asked_to_cancel(self, event: HistoryEvent) -> Job:
        job = Job()
        job.cancel_workflow.reason = event.workflow_execution_cancel_requested_event_attributes.cause
        return job

    def _told_outside(self, event: HistoryEvent) -> Job:
        done = event.external_workflow_execution_signaled_event_attributes
        job = Job()
        job.resolve_signal_external_workflow.seq = self._number_of(done.initiated_event_id)
        return job

    def _not_told_outside(self, event: HistoryEvent) -> Job:
        failed = event.signal_external_workflow_execution_failed_event_attributes
        job = Job()
        job.resolve_signal_external_workflow.seq = self._number_of(failed.initiated_event_id)
        said = job.resolve_signal_external_workflow.failure
        said.message = "Unable to signal external workflow because it was not found"
        said.application_failure_info.type = "ExternalWorkflowExecutionNotFound"
        return job

    def cancelled_at_once(self, scheduled_event_id: int, number: int, activity: HistoryEvent | None) -> Job:
        """The job for an activity that the process has given up: Core answers for it at once."""
        job = Job()
        job.resolve_activity.seq = number
        said = self._failure("Activity cancelled", scheduled_event_id, RetryState.RETRY_STATE_UNSPECIFIED, activity)
        said.cause.message = "Activity cancelled"
        said.cause.canceled_failure_info.SetInParent()
        job.resolve_activity.result.cancelled.failure.CopyFrom(said)
        return job

    def _resolved(self, scheduled_event_id: int) -> Job:
        job = Job()
        job.resolve_activity.seq = self._number_of(scheduled_event_id)
        return job

    def _failure(
        self, message: str, scheduled_event_id: int, state: RetryState.ValueType, activity: HistoryEvent | None = None
    ) -> Failure:
        failure = Failure(message=message)
        failure.activity_failure_info.scheduled_event_id = scheduled_event_id
        failure.activity_failure_info.retry_state = state
        event = activity or (self._scheduled(scheduled_event_id) if scheduled_event_id else None)
        if event is not None:
            begun = event.activity_task_scheduled_event_attributes
            failure.activity_failure_info.activity_id = begun.activity_id
            failure.activity_failure_info.activity_type.name = begun.activity_type.name
        return failure


_MAKERS: Mapping[int, Callable[[Any, HistoryEvent], Job]] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: Jobs._started,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: Jobs._signalled,
    EventType.EVENT_TYPE_TIMER_FIRED: Jobs._timer_fired,
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: Jobs._activity_completed,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: Jobs._activity_failed,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: Jobs._activity_timed_out,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED: Jobs._activity_cancelled,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: Jobs._asked_to_cancel,
    EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: Jobs._told_outside,
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: Jobs._not_told_outside,
}
