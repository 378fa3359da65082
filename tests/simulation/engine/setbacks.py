"""Workflow tasks that come to nothing: the worker that remembered is gone, or fails, or is too slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent

from tests.simulation.engine.execution import Run, Task
from tests.simulation.engine.worker import Worker

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server

Event = EventType
TRIED_AGAIN_AFTER = 10.0
"""Seconds after which a task that failed is given out again."""


class Setbacks:
    """What one server does with such tasks."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def sticky_timed_out(self, run: Run, task: Task) -> None:
        """The worker that remembered the run has not taken its task: any worker may."""
        if run.task is not task:
            return
        run.sticky = None
        if task.is_written and task.attempt == 1:
            event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
            event.workflow_task_timed_out_event_attributes.scheduled_event_id = task.scheduled_id
            event.workflow_task_timed_out_event_attributes.timeout_type = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
            run.write(event)
            self._server.write_scheduled(run, task)
        self._server.offer(run, task)

    def task_failed(self, run: Run, task: Task, worker: Worker, why: str) -> None:
        """The process could not take its task in."""
        worker.evict(run.run_id)
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        event.workflow_task_failed_event_attributes.failure.message = why
        event.workflow_task_failed_event_attributes.scheduled_event_id = task.scheduled_id
        event.workflow_task_failed_event_attributes.started_event_id = task.started_id
        self.came_to_nothing(run, task, event, TRIED_AGAIN_AFTER)

    def task_timed_out(self, run: Run, task: Task, attempt: int) -> None:
        """No answer has come in time."""
        if run.task is not task or task.attempt != attempt or not task.started_id:
            return
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
        event.workflow_task_timed_out_event_attributes.scheduled_event_id = task.scheduled_id
        event.workflow_task_timed_out_event_attributes.started_event_id = task.started_id
        event.workflow_task_timed_out_event_attributes.timeout_type = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
        self.came_to_nothing(run, task, event, 0.0)

    def came_to_nothing(self, run: Run, task: Task, event: HistoryEvent, pause: float) -> None:
        """A task was started and not answered well: the run leaves every memory, and the task is given out again."""
        run.sticky = None
        for worker in self._server.workers:
            if worker.is_alive:
                worker.evict(run.run_id)
        for update in run.updates.values():
            update.is_sent = update.is_sent and update.is_accepted
        if task.attempt == 1:
            task.started_id = 0
            run.write(event)
        else:
            run.unwrite(2)
        flushed = run.flush()
        run.tasks += 1
        run.task = again = Task(run.tasks, attempt=1 if flushed else task.attempt + 1, is_written=False)
        if flushed:
            self._server.write_scheduled(run, again)
        self._server.later(pause + self._server.takes("workflow task", again.step(run)), self._server.begin, run, again)
