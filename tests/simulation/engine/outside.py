"""What is done to runs from outside: ended, deleted, taken back to an earlier step, started by a schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType, ScheduleOverlapPolicy
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.schedule.v1 import Schedule
from temporalio.api.workflow.v1 import NewWorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest

from tests.simulation.engine.execution import Run

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server


class Outside:
    """Does it on one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def terminate(self, run: Run, reason: str) -> None:
        """End a run at once; its process hears nothing of it."""
        event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED)
        event.workflow_execution_terminated_event_attributes.reason = reason
        run.flush()
        run.write(event)
        run.close("Terminated")
        self._forget(run)

    def delete(self, run: Run) -> None:
        """Take a run away, as if it had never been."""
        if run.is_open:
            self.terminate(run, "deleted")
        self._forget(run)
        self._server.runs.pop(run.run_id, None)
        if self._server.current.get(run.workflow_id) == run.run_id:
            del self._server.current[run.workflow_id]

    def reset(self, run: Run, task_finished: int) -> Run:
        """Go on from an earlier workflow task in a new run; signals that came later come again, updates do not.

        ``task_finished``: the number of the event by which that task was completed.
        """
        later = [event for event in run.history[task_finished:] if _is_signal(event)]
        if run.is_open:
            self.terminate(run, "reset")
        request = StartWorkflowExecutionRequest(workflow_id=run.workflow_id)
        request.workflow_type.name = run.workflow_type
        again = self._server.start(request)
        again.task = None
        again.history.clear()
        again.size = 0
        for event in run.history[: task_finished - 1]:
            copied = HistoryEvent()
            copied.CopyFrom(event)
            again.history.append(copied)
            again.size += copied.ByteSize()
        again.first_run_id = run.first_run_id
        self._go_on(again)
        for event in later:
            copied = HistoryEvent(event_type=event.event_type)
            signal = event.workflow_execution_signaled_event_attributes
            copied.workflow_execution_signaled_event_attributes.CopyFrom(signal)
            self._server.happens(again, copied)
        return again

    def _go_on(self, run: Run) -> None:
        """The task that is taken back has failed; another one follows it."""
        event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        event.workflow_task_failed_event_attributes.failure.message = "reset"
        run.write(event)
        self._begin_what_is_open(run)
        self._server.wake(run)

    def _begin_what_is_open(self, run: Run) -> None:
        """Timers run on from now, and activities that were not over are done again."""
        over: set[int] = set()
        for event in run.history:
            for kind in ("timer_fired", "timer_canceled"):
                if event.HasField(f"{kind}_event_attributes"):  # type: ignore[arg-type]
                    over.add(getattr(event, f"{kind}_event_attributes").started_event_id)
            for kind in ("completed", "failed", "timed_out", "canceled"):
                if event.HasField(f"activity_task_{kind}_event_attributes"):  # type: ignore[arg-type]
                    over.add(getattr(event, f"activity_task_{kind}_event_attributes").scheduled_event_id)
        for event in run.history:
            if event.event_id in over:
                continue
            if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                begun = event.timer_started_event_attributes
                number, after = int(begun.timer_id), begun.start_to_fire_timeout.ToTimedelta().total_seconds()
                handle = self._server.later(after, self._server.fire, run, number, event.event_id)
                run.timers[number] = (event.event_id, handle)
                run.numbers["timer"][number] = event.event_id
            elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                number = int(event.activity_task_scheduled_event_attributes.activity_id)
                run.numbers["activity"][number] = event.event_id
                self._server.begin_activity(run, event)

    def schedule(
        self,
        every: timedelta,
        request: Callable[[int], StartWorkflowExecutionRequest],
        number: int = 1,
        name: str = "a schedule",
        said: timedelta | None = None,
    ) -> None:
        """Start something again and again, unless the last one still runs.

        ``said``: how often it says that it begins, where it begins less often to save turns.
        """
        first = request(number)
        info = NewWorkflowExecutionInfo(workflow_id=first.workflow_id)
        info.workflow_type.CopyFrom(first.workflow_type)
        info.task_queue.CopyFrom(first.task_queue)
        self._server.schedules[name] = shown = Schedule()
        shown.policies.overlap_policy = ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP
        shown.action.start_workflow.CopyFrom(info)
        shown.spec.interval.add().interval.FromTimedelta(said or every)

        def again() -> None:
            asked = request(number)
            there = self._server.runs.get(self._server.current.get(asked.workflow_id, ""))
            if there is None or not there.is_open:
                self._server.start(asked)
            self.schedule(every, request, number + 1, name, said)

        self._server.later(every.total_seconds(), again)

    def _forget(self, run: Run) -> None:
        for worker in self._server.workers:
            if worker.is_alive:
                worker.evict(run.run_id)


def _is_signal(event: HistoryEvent) -> bool:
    return event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
