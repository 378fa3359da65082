"""From a command of the process to the event that the server writes for it; and what two of them have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, RetryState
from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

Event = EventType
PATCH = "core_patch"
CHANGES = "TemporalChangeVersion"
A_SECOND = 10**9
"""In nanoseconds."""


class NotImitated(NotImplementedError):
    """A process asks for something that this engine does not imitate (see its README)."""


def event_of(command: WorkflowCommand, events: Mapping[int, int] | None = None) -> HistoryEvent:
    """The event of a command, without number and time. ``events``: number of the event by the command's own number."""
    kind = command.WhichOneof("variant") or ""
    make = _MAKERS.get(kind)
    if make is None:
        raise NotImitated(f"the engine does not imitate {kind}")
    event = HistoryEvent()
    make(event, getattr(command, kind), events or {})
    if command.HasField("user_metadata"):
        event.user_metadata.CopyFrom(command.user_metadata)
    return event


def number_of(command: WorkflowCommand) -> int:
    """The process's own number of a command; 0 where such commands have none."""
    return int(getattr(getattr(command, command.WhichOneof("variant") or ""), "seq", 0))


def _timer(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_TIMER_STARTED
    event.timer_started_event_attributes.timer_id = str(sent.seq)
    event.timer_started_event_attributes.start_to_fire_timeout.CopyFrom(sent.start_to_fire_timeout)


def _timer_cancelled(event: HistoryEvent, sent: Any, events: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_TIMER_CANCELED
    event.timer_canceled_event_attributes.timer_id = str(sent.seq)
    event.timer_canceled_event_attributes.started_event_id = events.get(sent.seq, 0)


def _activity(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    made = event.activity_task_scheduled_event_attributes
    made.activity_id = sent.activity_id
    made.activity_type.name = sent.activity_type
    made.task_queue.name = sent.task_queue
    if sent.arguments:
        made.input.payloads.extend(sent.arguments)
    whole, waiting = _nanos(sent.schedule_to_close_timeout), _nanos(sent.schedule_to_start_timeout)
    once = _nanos(sent.start_to_close_timeout)
    _set(made.schedule_to_close_timeout, whole)
    _set(made.schedule_to_start_timeout, waiting or whole)  # the server fills in what is not given
    _set(made.start_to_close_timeout, min(filter(None, (once, whole)), default=0))
    _set(made.heartbeat_timeout, _nanos(sent.heartbeat_timeout))
    policy = made.retry_policy
    policy.CopyFrom(sent.retry_policy)
    if not _nanos(policy.initial_interval):
        _set(policy.initial_interval, A_SECOND)
    policy.backoff_coefficient = policy.backoff_coefficient or 2.0
    if not _nanos(policy.maximum_interval):
        _set(policy.maximum_interval, 100 * _nanos(policy.initial_interval))


def _activity_given_up(event: HistoryEvent, sent: Any, events: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED
    event.activity_task_cancel_requested_event_attributes.scheduled_event_id = events.get(sent.seq, 0)


def _completed(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    if sent.HasField("result"):
        event.workflow_execution_completed_event_attributes.result.payloads.append(sent.result)


def _failed(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
    event.workflow_execution_failed_event_attributes.failure.CopyFrom(sent.failure)
    event.workflow_execution_failed_event_attributes.retry_state = RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET


def _cancelled(event: HistoryEvent, _: Any, __: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED
    event.workflow_execution_canceled_event_attributes.SetInParent()


def _carried_on(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
    made = event.workflow_execution_continued_as_new_event_attributes
    made.workflow_type.name = sent.workflow_type
    made.input.payloads.extend(sent.arguments)
    for name, value in sent.memo.items():
        made.memo.fields[name].CopyFrom(value)
    made.search_attributes.CopyFrom(sent.search_attributes)


def _patched(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_MARKER_RECORDED
    marker = event.marker_recorded_event_attributes
    marker.marker_name = PATCH
    data = json.dumps({"id": sent.patch_id, "deprecated": sent.deprecated}, separators=(",", ":")).encode()
    marker.details["patch-data"].payloads.append(Payload(metadata={"encoding": b"json/plain"}, data=data))


def _attributes(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    event.upsert_workflow_search_attributes_event_attributes.search_attributes.CopyFrom(sent.search_attributes)


def _properties(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED
    event.workflow_properties_modified_event_attributes.upserted_memo.CopyFrom(sent.upserted_memo)


def _signal(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    event.event_type = Event.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED
    made = event.signal_external_workflow_execution_initiated_event_attributes
    made.workflow_execution.workflow_id = sent.workflow_execution.workflow_id
    made.workflow_execution.run_id = sent.workflow_execution.run_id
    made.signal_name = sent.signal_name
    made.input.payloads.extend(sent.args)


def _answer(event: HistoryEvent, sent: Any, _: Mapping[int, int]) -> None:
    if sent.WhichOneof("response") == "accepted":
        event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        event.workflow_execution_update_accepted_event_attributes.protocol_instance_id = sent.protocol_instance_id
        return
    event.event_type = Event.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
    done = event.workflow_execution_update_completed_event_attributes
    done.meta.update_id = sent.protocol_instance_id
    if sent.WhichOneof("response") == "completed":
        done.outcome.success.payloads.append(sent.completed)
    else:
        done.outcome.failure.CopyFrom(sent.rejected)


_MAKERS: Mapping[str, Callable[[HistoryEvent, Any, Mapping[int, int]], None]] = {
    "start_timer": _timer,
    "cancel_timer": _timer_cancelled,
    "schedule_activity": _activity,
    "request_cancel_activity": _activity_given_up,
    "complete_workflow_execution": _completed,
    "fail_workflow_execution": _failed,
    "cancel_workflow_execution": _cancelled,
    "continue_as_new_workflow_execution": _carried_on,
    "set_patch_marker": _patched,
    "upsert_workflow_search_attributes": _attributes,
    "modify_workflow_properties": _properties,
    "signal_external_workflow_execution": _signal,
    "update_response": _answer,
}


def _nanos(duration: Duration) -> int:
    return duration.seconds * A_SECOND + duration.nanos


def _set(duration: Duration, nanos: int) -> None:
    duration.seconds, duration.nanos = divmod(nanos, A_SECOND)


def asks_the_same(one: HistoryEvent, other: HistoryEvent) -> bool:
    """Whether two command events ask for the same. Most of them are equal whole, which is seen sooner than told."""
    if one.event_type != other.event_type:
        return False
    if one.HasField("user_metadata") == other.HasField("user_metadata") and one.user_metadata == other.user_metadata:
        kind = one.WhichOneof("attributes")
        if kind == other.WhichOneof("attributes") and getattr(one, kind or "") == getattr(other, kind or ""):
            return True
    return essence(one) == essence(other)


def essence(event: HistoryEvent) -> str:
    """What a command asks for, in one line, without what only the server adds: two that are the same are equal here."""
    kind = Event.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
    attributes: Message = getattr(event, str(event.WhichOneof("attributes")))
    said = "; ".join(f"{name}={value}" for name, value in _told(attributes) if name not in _OF_THE_SERVER)
    has_words = event.HasField("user_metadata") and kind != "timer_canceled"  # there the server repeats the timer's
    summary = event.user_metadata.summary.data.decode() if has_words else ""
    return f"{kind} {said}" + (f" ({summary})" if summary else "")


_OF_THE_SERVER = frozenset({
    "workflow_task_completed_event_id", "task_queue", "use_workflow_build_id", "priority", "header",
    "accepted_request_message_id", "accepted_request_sequencing_event_id", "accepted_request", "accepted_event_id",
    "identity", "protocol_instance_id", "meta", "new_execution_run_id", "started_event_id", "scheduled_event_id",
    "workflow_run_timeout", "workflow_task_timeout", "backoff_start_interval", "initiator", "namespace", "control",
    "namespace_id", "child_workflow_only", "retry_policy", "last_completion_result", "workflow_id",
})  # fmt: skip


def _told(attributes: Message) -> Iterable[tuple[str, str]]:
    for descriptor, value in attributes.ListFields():
        yield descriptor.name, _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Payload):
        return value.data.decode("utf-8", "replace")
    if isinstance(value, Duration):
        return str(value.ToTimedelta())
    if isinstance(value, Message):
        return "{" + ", ".join(f"{name}={said}" for name, said in _told(value)) + "}"
    if hasattr(value, "items"):
        return "{" + ", ".join(f"{name}={_plain(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, str | bytes | int | float):
        return str(value)
    return "[" + ", ".join(_plain(each) for each in value) + "]"
