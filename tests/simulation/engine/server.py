"""The server: runs and their histories, workflow tasks, timers, activities, messages.

It writes the same events as a real one, in the same order, and asks chance at each step what goes wrong.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import NewWorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest
from temporalio.bridge.proto.workflow_activation import QueryWorkflow
from temporalio.bridge.proto.workflow_commands import QueryResult, WorkflowCommand

from tests.simulation.engine.activities import Activity
from tests.simulation.engine.applying import Applying
from tests.simulation.engine.chance import Chance
from tests.simulation.engine.core import Answer, Core, Different, TaskFailed, differing_part
from tests.simulation.engine.execution import Run, Task, Update
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.worker import Worker

TASK_TIMES_OUT = 10.0
STICKY_TIMES_OUT = 10.0
"""Seconds, as the SDK has it: for the worker that remembers; for a query; for a poll to be answered with nothing."""
TRIED_AGAIN_AFTER = 10.0
SUGGEST_AT_EVENTS = 4096
SUGGEST_AT_BYTES = 4 * 1024 * 1024
ASKED_FOR, POLLED_FOR = 10.0, 20.0

Event = EventType
_KINDS = {number: name.removeprefix("EVENT_TYPE_").lower() for name, number in Event.items()}


class NoAnswer(Exception):
    """A query has no answer; the message says why. ``is_failed``: the process said so itself."""

    def __init__(self, message: str, *, is_failed: bool) -> None:
        super().__init__(message)
        self.is_failed = is_failed


class Server:
    """One server with one namespace. ``workers``: those that ask for work; a dead one is still waited for."""

    def __init__(self, chance: Chance, *, suggest_at: int = SUGGEST_AT_EVENTS) -> None:
        self.chance, self._suggest_at = chance, suggest_at
        self.workers: list[Worker] = []
        self.waiting: deque[Callable[[], None]] = deque()
        """What waits for a worker to come."""
        self.runs: dict[str, Run] = {}
        self.current: dict[str, str] = {}
        """The last run of each workflow id."""
        self.lines: list[str] = []
        self.problems: list[str] = []
        """What must not be: a workflow task that failed, a run that can't be built again."""
        self.has_a_problem = asyncio.Event()
        """Set with the first of them: a run that can't go on is tried again for ever."""
        self.said_otherwise: list[str] = []
        """Where a run that was built again gives the same commands with other words: Temporal takes no notice."""
        self.compared_query = ""
        """A query by which what a worker remembers is held beside what a rebuilt run knows; empty: none."""
        self.remembered_otherwise: list[str] = []
        self.polled_for = POLLED_FOR
        self.watchers: list[Callable[[Run, HistoryEvent], None]] = []
        self.schedules: dict[str, NewWorkflowExecutionInfo] = {}  # by name; see ``Outside.schedule``
        self.suggests_sooner: dict[str, int] = {}  # events of a run, by its type
        self.activations = 0
        self.rebuilt = 0
        self._applying = Applying(self)
        self._cold_updates: set[str] = set()
        """Runs that were built from their history for a task with an update: built again at once, where any is."""

    # --- what the others use --------------------------------------------------------------------------------

    def log(self, what: str, run: Run, about: str = "") -> None:
        """A line of the log of events."""
        self.lines.append(f"{running().now().isoformat()} {run.workflow_id} {what} {about}".rstrip())

    def problem(self, what: str) -> None:
        """Something that must not be."""
        self.problems.append(what)
        self.has_a_problem.set()

    def takes(self, what: str) -> float:
        """Seconds for which something is on its way."""
        return self.chance.latency(what)

    def later(self, seconds: float, act: Callable[..., None], *about: object) -> asyncio.TimerHandle:
        """Let the server itself do something later: it belongs to no worker's process."""
        return running().call_later(max(0.0, seconds), act, *about, context=_OF_NOBODY)

    def a_worker(self) -> Worker | None:
        """A worker that is there, by chance where there are several."""
        there = [worker for worker in self.workers if worker.is_alive]
        return self.chance.one_of(there) if there else None

    def joins(self, worker: Worker) -> None:
        """A worker asks for work."""
        self.workers.append(worker)
        for act in list(self.waiting):
            self.later(self.takes("waiting task"), act)
        self.waiting.clear()

    # --- beginnings -----------------------------------------------------------------------------------------

    def start(self, request: StartWorkflowExecutionRequest, before: Run | None = None) -> Run:
        """Begin a run; ``before``: the one that it continues."""
        run_id = self.chance.identifier()
        first = before.first_run_id if before else run_id
        run = Run(request.workflow_id, run_id, request.workflow_type.name, first, running().now())
        run.at_each_event = self.watched
        run.memo.CopyFrom(request.memo)
        run.attributes = dict(request.search_attributes.indexed_fields)
        self.runs[run_id] = run
        self.current[run.workflow_id] = run_id
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
        begun = event.workflow_execution_started_event_attributes
        begun.workflow_type.CopyFrom(request.workflow_type)
        begun.workflow_id = request.workflow_id
        begun.input.CopyFrom(request.input)
        begun.memo.CopyFrom(request.memo)
        begun.search_attributes.CopyFrom(request.search_attributes)
        begun.header.CopyFrom(request.header)
        begun.task_queue.CopyFrom(request.task_queue)
        begun.first_execution_run_id, begun.original_execution_run_id = first, run_id
        begun.attempt = 1
        begun.workflow_task_timeout.FromSeconds(10)
        begun.continued_execution_run_id = before.run_id if before else ""
        event.user_metadata.CopyFrom(request.user_metadata)
        self.happens(run, event)
        return run

    def watched(self, run: Run, event: HistoryEvent) -> None:
        self.log(_KINDS[event.event_type], run, f"{event.event_id}")
        for watch in self.watchers:
            watch(run, event)

    # --- workflow tasks -------------------------------------------------------------------------------------

    def happens(self, run: Run, event: HistoryEvent) -> None:
        """Something has happened to a run: it is written, and the process is to take it in."""
        if not run.is_open:
            return
        if run.task and not run.is_at_work and not run.task.is_written:
            self._write_scheduled(run, run.task)
        run.add(event)
        self.wake(run)

    def wake(self, run: Run, *, for_update: bool = False) -> None:
        """Schedule a workflow task, unless there is one."""
        if run.task is None and run.is_open:
            run.tasks += 1
            run.task = Task(run.tasks, is_written=not for_update, is_speculative=for_update)
            if not for_update:
                self._write_scheduled(run, run.task)
            self._offer(run, run.task)

    @staticmethod
    def _write_scheduled(run: Run, task: Task) -> None:
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
        event.workflow_task_scheduled_event_attributes.attempt = task.attempt
        event.workflow_task_scheduled_event_attributes.start_to_close_timeout.FromSeconds(10)
        task.scheduled_id, task.is_written = run.write(event).event_id, True
        task.is_speculative = False

    def _offer(self, run: Run, task: Task) -> None:
        """Give a task to the worker that remembers the run, else to any; where none is there it waits."""
        chance, worker = self.chance, run.sticky
        if worker and chance.strikes(chance.rates.other_worker, f"a task of {run.workflow_id} goes to another worker"):
            run.sticky = worker = None
        if worker and not worker.is_alive:
            self.later(STICKY_TIMES_OUT, self._sticky_timed_out, run, task)
            return
        self.later(self.takes("workflow task"), self._begin, run, task)

    def _sticky_timed_out(self, run: Run, task: Task) -> None:
        if run.task is not task:
            return
        run.sticky = None
        if task.is_written and task.attempt == 1:
            event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)
            event.workflow_task_timed_out_event_attributes.scheduled_event_id = task.scheduled_id
            event.workflow_task_timed_out_event_attributes.timeout_type = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
            run.write(event)
            self._write_scheduled(run, task)
        self._offer(run, task)

    def _begin(self, run: Run, task: Task) -> None:
        """A worker takes the task."""
        if run.task is not task or run.is_at_work:
            return
        if run.sticky and not run.sticky.is_alive:
            self.later(STICKY_TIMES_OUT, self._sticky_timed_out, run, task)
            return
        if (worker := run.sticky or self.a_worker()) is None:
            self.waiting.append(lambda: self._begin(run, task))
            return
        if not task.is_written or not task.scheduled_id:
            self._write_scheduled_for_now(run, task)
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_STARTED)
        begun = event.workflow_task_started_event_attributes
        begun.scheduled_event_id, begun.history_size_bytes = task.scheduled_id, run.size
        at = self.suggests_sooner.get(run.workflow_type, self._suggest_at)
        begun.suggest_continue_as_new = len(run.history) >= at or run.size >= SUGGEST_AT_BYTES
        task.started_id = run.write(event).event_id
        self.later(TASK_TIMES_OUT, self._task_timed_out, run, task, task.attempt)
        self._work(run, task, worker)

    def _write_scheduled_for_now(self, run: Run, task: Task) -> None:
        """Written with the start of the task; taken back if it comes to nothing."""
        speculative = task.is_speculative
        self._write_scheduled(run, task)
        task.is_written, task.is_speculative = False, speculative

    def _work(self, run: Run, task: Task, worker: Worker) -> None:
        """Let the worker's process take the task in; its answer is on the way for a while."""
        updates = [update for update in run.updates.values() if not update.is_accepted and not update.outcome.done()]
        for update in updates:
            update.is_sent = True
        chance = self.chance
        core = worker.core_of(run.workflow_id, run.run_id)
        before = core.activations
        self._cold_updates |= {run.run_id} if updates and not before else set()
        try:
            answer = core.take(list(run.history), [(update.name, update.request) for update in updates])
        except (Different, TaskFailed) as fault:
            answer = Answer(failure=str(fault))
            self.problem(f"{run.workflow_id}: workflow task of event {task.started_id} failed: {fault}")
        self.activations += core.activations - before
        if chance.strikes(
            chance.rates.worker_dies_at_task, f"{worker.process.name} dies at a task of {run.workflow_id}"
        ):
            if chance.whole(0, 1):
                worker.process.die()
                return
            self.later(0.2, worker.process.die)
        self.later(self.takes("answer"), self._answered, run, task, worker, answer)

    def _answered(self, run: Run, task: Task, worker: Worker, answer: Answer) -> None:
        if run.task is not task or (not worker.is_alive and self.chance.whole(0, 1)):
            return  # it died with its answer
        if answer.failure:
            self._task_failed(run, task, worker, answer.failure)
            return
        self._applying.apply(run, task, worker, answer)
        chance = self.chance
        is_wanted = chance.strikes(chance.rates.rebuilt, f"{run.workflow_id} is built again")
        is_delicate = chance.rates.rebuilt > 0 and chance.rates.rebuilds_the_cold and run.run_id in self._cold_updates
        self._cold_updates.discard(run.run_id)
        if is_wanted or is_delicate:
            self.rebuild(run, worker)
        if chance.strikes(chance.rates.evicted, f"{run.workflow_id} leaves the memory of {worker.process.name}"):
            worker.evict(run.run_id)

    def rebuild(self, run: Run, worker: Worker) -> Core:
        """Build a run from its history: it must give the commands that stand there."""
        self.rebuilt += 1
        core = worker.build.core(run.workflow_id, run.run_id)
        try:
            core.take(list(run.history))
        except (Different, TaskFailed) as fault:
            self.problem(f"{run.workflow_id}: built again it differs at {fault}")
        self.said_otherwise += [f"{run.workflow_id}: built again it differs at {each}" for each in core.said_otherwise]
        if self.compared_query and (remembered := self.peek(run, self.compared_query)) is not None:
            question = QueryWorkflow(query_id="compared", query_type=self.compared_query)
            told = core.ask(list(run.history), question).successful.commands[0].respond_to_query
            if (read_again := told.succeeded.response) != remembered:
                words = differing_part(remembered.data.decode(), read_again.data.decode())
                self.remembered_otherwise.append(f"{run.workflow_id}: {words}")
        return core

    # --- tasks that come to nothing -------------------------------------------------------------------------

    def _task_failed(self, run: Run, task: Task, worker: Worker, why: str) -> None:
        worker.evict(run.run_id)
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        event.workflow_task_failed_event_attributes.failure.message = why
        event.workflow_task_failed_event_attributes.scheduled_event_id = task.scheduled_id
        event.workflow_task_failed_event_attributes.started_event_id = task.started_id
        self.came_to_nothing(run, task, event, TRIED_AGAIN_AFTER)

    def _task_timed_out(self, run: Run, task: Task, attempt: int) -> None:
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
        for worker in self.workers:
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
            self._write_scheduled(run, again)
        self.later(pause + self.takes("workflow task"), self._begin, run, again)

    # --- messages -------------------------------------------------------------------------------------------

    def update(self, run: Run, update: Update) -> None:
        """An update has come."""
        run.updates[update.name] = update
        self.wake(run, for_update=True)

    async def ask(self, run: Run, question: QueryWorkflow) -> QueryResult:
        """The answer to a query. Raises ``NoAnswer``."""
        worker = await self._who_answers(run)
        core, history = worker.core_of(run.workflow_id, run.run_id), list(run.history)
        before = core.activations
        try:
            completion = core.ask(history, question)
        except (Different, TaskFailed) as fault:
            worker.evict(run.run_id)
            raise NoAnswer(str(fault), is_failed=True) from None
        finally:
            self.activations += core.activations - before
        if completion.HasField("failed"):
            worker.evict(run.run_id)
            raise NoAnswer(completion.failed.failure.message, is_failed=True)
        return completion.successful.commands[0].respond_to_query

    def peek(self, run: Run, query: str) -> Payload | None:
        """The answer to a query at once, out of the memory of the worker that knows the run; None where none does."""
        core = run.sticky.memory.get(run.run_id) if run.sticky and run.sticky.is_alive else None
        if core is None or not core.has_taken(run.history):
            return None
        completion = core.ask(list(run.history), QueryWorkflow(query_id="peeked", query_type=query))
        told = completion.successful.commands[0].respond_to_query
        return told.succeeded.response if told.HasField("succeeded") else None

    async def _who_answers(self, run: Run) -> Worker:
        """The worker that answers: after the task that is at work, as the server does it."""
        waited = 0.0
        while waited < ASKED_FOR:
            is_lost = run.sticky is not None and not run.sticky.is_alive
            if is_lost and waited >= STICKY_TIMES_OUT / 2:
                run.sticky, is_lost = None, False  # the server gives up waiting for the one that remembered
            worker = None if is_lost else run.sticky or self.a_worker()
            if worker is not None and run.task is None:
                return worker
            await asyncio.sleep(0.05)
            waited += 0.05
        raise NoAnswer("no worker has answered in time", is_failed=False)

    def fire(self, run: Run, number: int, begun_id: int) -> None:
        """A timer has come."""
        if run.timers.pop(number, None) is None:
            return
        event = HistoryEvent(event_type=Event.EVENT_TYPE_TIMER_FIRED)
        event.timer_fired_event_attributes.timer_id = str(number)
        event.timer_fired_event_attributes.started_event_id = begun_id
        self.happens(run, event)

    def begin_activity(self, run: Run, begun: HistoryEvent) -> None:
        """An activity is asked for."""
        run.activities[begun.event_id] = Activity(self, run, begun)

    def deliver(self, run: Run, begun_id: int, sent: Any) -> None:
        """A signal of one run is on its way to another."""
        self.later(self.takes("signal"), self._applying.deliver, run, begun_id, sent)

    def carry_on(self, run: Run, command: WorkflowCommand) -> Run:
        """The run goes on in a new one."""
        sent = command.continue_as_new_workflow_execution
        request = StartWorkflowExecutionRequest(workflow_id=run.workflow_id)
        request.workflow_type.name = sent.workflow_type or run.workflow_type
        request.input.CopyFrom(Payloads(payloads=sent.arguments))
        request.memo.CopyFrom(run.memo)
        for name, value in run.attributes.items():
            request.search_attributes.indexed_fields[name].CopyFrom(value)
        return self.start(request, before=run)

    def close(self) -> None:
        """The simulation is over."""
        for worker in self.workers:
            if worker.is_alive:
                for run_id in list(worker.memory):
                    worker.evict(run_id)
            worker.process.die()
            worker.process.clear_away()


_OF_NOBODY = contextvars.Context()
