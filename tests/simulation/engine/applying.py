"""What a worker's answer does: events for its commands, timers and activities begun and given up, updates answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, SignalExternalWorkflowExecutionFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Outcome
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.service import __version__

from tests.simulation.engine.commands import CHANGES, event_of, number_of
from tests.simulation.engine.core import Answer
from tests.simulation.engine.execution import Run, Status, Task

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server
    from tests.simulation.engine.worker import Worker

Event = EventType
_Cause = SignalExternalWorkflowExecutionFailedCause
NOBODY_THERE = _Cause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND
CORE_FLAGS = (1, 2, 3, 4)
"""Behaviours of Temporal's Core that runs of temporalio 1.35 note in their histories."""
ENDS: dict[str, Status] = {
    "complete_workflow_execution": "Completed",
    "fail_workflow_execution": "Failed",
    "cancel_workflow_execution": "Canceled",
    "continue_as_new_workflow_execution": "ContinuedAsNew",
}


class Applying:
    """Applies answers to the runs of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._by_kind = {
            "start_timer": self._start_timer,
            "cancel_timer": self._cancel_timer,
            "schedule_activity": self._begin_activity,
            "request_cancel_activity": self._give_up_activity,
            "set_patch_marker": self._patch,
            "upsert_workflow_search_attributes": self._attributes,
            "modify_workflow_properties": self._properties,
            "signal_external_workflow_execution": self._signal,
        }

    def apply(self, run: Run, task: Task, worker: Worker, answer: Answer) -> None:
        """Write what a workflow task has led to."""
        kinds = [str(command.WhichOneof("variant")) for command in answer.commands]
        if run.buffered and set(kinds) & set(ENDS):
            self._unhandled(run, task)
            return
        if task.is_speculative and not run.buffered and self._is_nothing(answer):
            self._leave_no_trace(run, worker, answer)
            return
        run.sticky, run.task = worker, None
        self._write_completed(run, task, answer)
        for kind, command in zip(kinds, answer.commands, strict=True):
            self._apply_one(run, task, kind, command)
        if run.is_open and (run.flush() or _has_new_updates(run)):
            self._server.wake(run)

    def _is_nothing(self, answer: Answer) -> bool:
        """Whether there is nothing but updates that were turned away."""
        return all(command.update_response.HasField("rejected") for command in answer.commands)

    def _leave_no_trace(self, run: Run, worker: Worker, answer: Answer) -> None:
        """The server drops such a task: the history is what it was, and so is what the worker has taken in."""
        run.unwrite(2)
        run.sticky, run.task = worker, None
        if core := worker.memory.get(run.run_id):
            core.goes_back(len(run.history))
        for command in answer.commands:
            self._refuse(run, command)
        if _has_new_updates(run):
            self._server.wake(run, for_update=True)

    def _unhandled(self, run: Run, task: Task) -> None:
        """The process would end, and something has come that it does not know of yet."""
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        event.workflow_task_failed_event_attributes.failure.message = "UnhandledCommand"
        event.workflow_task_failed_event_attributes.scheduled_event_id = task.scheduled_id
        self._server.log("would end and has something to take in", run)
        self._server.setbacks.came_to_nothing(run, task, event, 0.0)

    @staticmethod
    def _write_completed(run: Run, task: Task, answer: Answer) -> None:
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
        done = event.workflow_task_completed_event_attributes
        done.scheduled_event_id, done.started_event_id = task.scheduled_id, task.started_id
        if not run.has_answered:  # what the SDK says of itself, once: by it a replay knows how commands are ordered
            run.has_answered = True
            done.sdk_metadata.sdk_name, done.sdk_metadata.sdk_version = "temporal-python", __version__
            done.sdk_metadata.core_used_flags.extend(CORE_FLAGS)
        done.sdk_metadata.lang_used_flags.extend(sorted(answer.flags))
        run.write(event)

    def _apply_one(self, run: Run, task: Task, kind: str, command: WorkflowCommand) -> None:
        if kind == "update_response":
            self._answer(run, task, command)
        elif kind in ENDS:
            event = run.write(event_of(command))
            if kind == "continue_as_new_workflow_execution":
                following = self._server.carry_on(run, command)
                run.next_run = following.run_id
                event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id = following.run_id
            run.close(ENDS[kind])
        else:
            self._by_kind[kind](run, command)

    # --- one kind each --------------------------------------------------------------------------------------

    def _start_timer(self, run: Run, command: WorkflowCommand) -> None:
        number, begun = number_of(command), run.write(event_of(command))
        run.numbers["timer"][number] = begun.event_id
        after = command.start_timer.start_to_fire_timeout.ToTimedelta().total_seconds()
        run.timers[number] = (begun.event_id, self._server.later(after, self._server.fire, run, number, begun.event_id))

    def _cancel_timer(self, run: Run, command: WorkflowCommand) -> None:
        number = number_of(command)
        if there := run.timers.pop(number, None):
            there[1].cancel()
        run.buffered = [event for event in run.buffered if _timer_of(event) != str(number)]
        run.write(event_of(command, run.numbers["timer"]))

    def _begin_activity(self, run: Run, command: WorkflowCommand) -> None:
        begun = run.write(event_of(command))
        run.numbers["activity"][number_of(command)] = begun.event_id
        self._server.begin_activity(run, begun)

    def _give_up_activity(self, run: Run, command: WorkflowCommand) -> None:
        run.write(event_of(command, run.numbers["activity"]))
        begun_id = run.numbers["activity"].get(number_of(command), 0)
        if activity := run.activities.get(begun_id):
            activity.give_up()

    def _patch(self, run: Run, command: WorkflowCommand) -> None:
        run.write(event_of(command))
        if command.set_patch_marker.patch_id not in run.patches:
            run.patches.append(command.set_patch_marker.patch_id)
            event = HistoryEvent(event_type=Event.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
            shown = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            metadata = {"encoding": b"json/plain", "type": b"KeywordList"}
            shown[CHANGES].CopyFrom(
                Payload(metadata=metadata, data=json.dumps(run.patches, separators=(",", ":")).encode())
            )
            run.write(event)

    @staticmethod
    def _attributes(run: Run, command: WorkflowCommand) -> None:
        event = run.write(event_of(command))
        shown = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
        run.attributes.update({name: shown[name] for name in shown})

    @staticmethod
    def _properties(run: Run, command: WorkflowCommand) -> None:
        run.write(event_of(command))
        for name, value in command.modify_workflow_properties.upserted_memo.fields.items():
            run.memo.fields[name].CopyFrom(value)

    def _signal(self, run: Run, command: WorkflowCommand) -> None:
        begun = run.write(event_of(command))
        sent = command.signal_external_workflow_execution
        self._server.deliver(run, begun.event_id, sent)

    def deliver(self, run: Run, begun_id: int, sent: Any) -> None:
        """A signal reaches the other run, or finds none that is open."""
        other = self._server.runs.get(self._server.current.get(sent.workflow_execution.workflow_id, ""))
        event = HistoryEvent(event_type=Event.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED)
        event.external_workflow_execution_signaled_event_attributes.initiated_event_id = begun_id
        if other is None or not other.is_open:
            event = HistoryEvent(event_type=Event.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED)
            failed = event.signal_external_workflow_execution_failed_event_attributes
            failed.initiated_event_id, failed.cause = begun_id, NOBODY_THERE
        else:
            heard = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
            heard.workflow_execution_signaled_event_attributes.signal_name = sent.signal_name
            heard.workflow_execution_signaled_event_attributes.input.payloads.extend(sent.args)
            self._server.happens(other, heard)
        self._server.happens(run, event)

    # --- updates --------------------------------------------------------------------------------------------

    def _answer(self, run: Run, task: Task, command: WorkflowCommand) -> None:
        answer = command.update_response
        update = run.updates[answer.protocol_instance_id]
        if answer.HasField("accepted"):
            event = event_of(command)
            told = event.workflow_execution_update_accepted_event_attributes
            told.accepted_request.CopyFrom(update.request)
            told.accepted_request_message_id = f"{update.name}/request"
            told.accepted_request_sequencing_event_id = task.started_id - 1
            run.write(event)
            update.is_accepted = True
            update.accepted.set()
        elif update.is_accepted:
            event = run.write(event_of(command))
            update.answer(event.workflow_execution_update_completed_event_attributes.outcome)
        else:
            self._refuse(run, command)

    @staticmethod
    def _refuse(run: Run, command: WorkflowCommand) -> None:
        answer = command.update_response
        update = run.updates.pop(answer.protocol_instance_id)
        update.answer(Outcome(failure=answer.rejected))


def _has_new_updates(run: Run) -> bool:
    return any(not update.is_sent for update in run.updates.values() if not update.outcome.done())


def _timer_of(event: HistoryEvent) -> str:
    is_timer = event.event_type == EventType.EVENT_TYPE_TIMER_FIRED
    return event.timer_fired_event_attributes.timer_id if is_timer else ""
