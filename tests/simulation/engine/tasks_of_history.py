"""How a history falls into workflow tasks: which events a process takes in together, as Temporal's Core decides it.

The rule is Core's (``history_update.rs``, 2026): a task that failed or timed out is no task, and one that was completed
without a command and followed at once by the next is taken together with that. So the same history, read at different
lengths, may fall into tasks in different ways; a simulation that did not do the same would miss what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

COMMANDS = frozenset({
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_TIMER_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    EventType.EVENT_TYPE_MARKER_RECORDED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
})  # fmt: skip
"""What follows from a command of the process."""
FINAL = frozenset({
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
})  # fmt: skip
_CAME_TO_NOTHING = frozenset({
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
})  # fmt: skip
_STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_SCHEDULED = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


class Taken(NamedTuple):
    """The events that are taken in together. ``is_last``: nothing follows them."""

    events: Sequence[HistoryEvent]
    is_last: bool


def next_task(history: Sequence[HistoryEvent], after: int) -> Taken:
    """What is taken in next, when the events up to the number ``after`` have been; no events where nothing is left."""
    if after >= len(history):
        return Taken((), is_last=True)
    end = _end_of_next(history, after)
    return Taken(history[after : end + 1], is_last=end + 1 >= len(history))


def _end_of_next(history: Sequence[HistoryEvent], after: int) -> int:
    """Index of the last event of the next task."""
    has_command = has_command_or_start = False
    started: list[int] = []
    for index in range(after, len(history)):
        kind = history[index].event_type
        has_command = has_command or kind in COMMANDS
        has_command_or_start = (
            has_command_or_start or kind in COMMANDS or kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
        )
        if kind in FINAL:
            return index
        if kind != _STARTED:
            continue
        following = [event.event_type for event in history[index + 1 : index + 3]]
        if following and following[0] in _CAME_TO_NOTHING:
            continue
        started.append(index)
        if following[:1] == [_COMPLETED] and len(following) > 1:
            if not has_command and following[1] == _SCHEDULED:
                continue  # Core takes it for a heartbeat of the worker
            return _where_updates_were(history, index, started) if following[1] == _ACCEPTED else index
        if has_command_or_start:
            return index
    return len(history) - 1


def _where_updates_were(history: Sequence[HistoryEvent], index: int, started: Sequence[int]) -> int:
    """A task that accepted an update ends where the update was ordered in."""
    accepted = history[index + 2].workflow_execution_update_accepted_event_attributes
    ordered_in = accepted.accepted_request_sequencing_event_id
    return next((each for each in reversed(started) if history[each].event_id < ordered_in), index)
