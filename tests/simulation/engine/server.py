"""The server: runs and their histories, workflow tasks, timers, activities, messages.

It writes the same events as a real one, in the same order, and asks chance at each step what goes wrong.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.schedule.v1 import Schedule
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest
from temporalio.bridge.proto.workflow_activation import QueryWorkflow
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from tests.simulation.engine.activities import Activity
from tests.simulation.engine.applying import Applying
from tests.simulation.engine.beginnings import next_start, started
from tests.simulation.engine.chance import Chance
from tests.simulation.engine.core import Answer, Core, Different, TaskFailed, differing_part
from tests.simulation.engine.execution import STICKY_TIMES_OUT, Run, Task, Update
from tests.simulation.engine.questions import Questions
from tests.simulation.engine.setbacks import Setbacks
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.where_given import lines_noted
from tests.simulation.engine.worker import Worker

TASK_TIMES_OUT = 10.0
SUGGEST_AT_EVENTS = 4096
SUGGEST_AT_BYTES = 4 * 1024 * 1024
POLLED_FOR = 20.0
"""Seconds, as the SDK has it, until a poll is answered with nothing."""

Event = EventType
_KINDS = {number: name.removeprefix("EVENT_TYPE_").lower() for name, number in Event.items()}


class Server:
    """One server with one namespace. ``workers``: those that ask for work; a dead one is still waited for."""

    def __init__(self, chance: Chance, *, suggest_at: int = SUGGEST_AT_EVENTS) -> None:
        self.chance, self._suggest_at = chance, suggest_at
        self.workers: list[Worker] = []
        self._alive: list[Worker] = []
        self.waiting: deque[tuple[str, Callable[[], None]]] = deque()
        """What waits for a worker to come: its step, and what takes it up."""
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
        self.said_otherwise_for_cause: list[str] = []
        """Likewise where a worker without memory of the run took in an update: Core takes two tasks as one then."""
        self.compared_query = ""
        """A query by which what a worker remembers is held beside what a rebuilt run knows; empty: none."""
        self.remembered_otherwise: list[str] = []
        self.polled_for = POLLED_FOR
        self.watchers: list[Callable[[Run, HistoryEvent], None]] = []
        self.schedules: dict[str, Schedule] = {}  # by name; see ``Outside.schedule``
        self.suggests_sooner: dict[str, int] = {}  # events of a run, by its type
        self.activations = 0
        self.rebuilt = 0
        self._applying, self.setbacks, self.questions = Applying(self), Setbacks(self), Questions(self)
        self._cold_updates: set[str] = set()
        """Runs that were built from their history for a task with an update: built again at once, where any is."""
        self._ever_cold: set[str] = set()

    # --- what the others use --------------------------------------------------------------------------------

    def log(self, what: str, run: Run, about: str = "") -> None:
        """A line of the log of events."""
        self.lines.append(f"{running().now().isoformat()} {run.workflow_id} {what} {about}".rstrip())

    def problem(self, what: str) -> None:
        """Something that must not be."""
        self.problems.append(what)
        self.has_a_problem.set()

    def takes(self, what: str, *where: object) -> float:
        """Seconds for which something is on its way; ``where``: at which step (see ``Chance``)."""
        return self.chance.latency(what, *where)

    def later(self, seconds: float, act: Callable[..., None], *about: object) -> asyncio.TimerHandle:
        """Let the server itself do something later: it belongs to no worker's process."""
        return running().call_later(max(0.0, seconds), act, *about, context=_OF_NOBODY)

    def a_worker(self, *where: object) -> Worker | None:
        """A worker that is there, by chance where there are several."""
        self._alive = [worker for worker in self._alive if worker.is_alive]
        return self.chance.one_of(self._alive, "worker", *where) if self._alive else None

    def joins(self, worker: Worker) -> None:
        """A worker asks for work."""
        self.workers.append(worker)
        self._alive = sorted((*self._alive, worker), key=lambda each: each.process.name)  # not by when they came
        for where, act in list(self.waiting):
            self.later(self.takes("what waited for a worker", where), act)
        self.waiting.clear()

    # --- beginnings -----------------------------------------------------------------------------------------

    def start(self, request: StartWorkflowExecutionRequest, before: Run | None = None) -> Run:
        """Begin a run; ``before``: the one that it continues."""
        run_id = self.chance.identifier(request.workflow_id)
        first = before.first_run_id if before else run_id
        run = Run(request.workflow_id, run_id, request.workflow_type.name, first, running().now())
        run.at_each_event = self.watched
        run.memo.CopyFrom(request.memo)
        run.attributes = dict(request.search_attributes.indexed_fields)
        self.runs[run_id] = run
        self.current[run.workflow_id] = run_id
        self.happens(run, started(request, run, before.run_id if before else ""))
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
            self.write_scheduled(run, run.task)
        run.add(event)
        self.wake(run)

    def wake(self, run: Run, *, for_update: bool = False) -> None:
        """Schedule a workflow task, unless there is one."""
        if run.task is None and run.is_open:
            run.tasks += 1
            run.task = Task(run.tasks, is_written=not for_update, is_speculative=for_update)
            if not for_update:
                self.write_scheduled(run, run.task)
            self.offer(run, run.task)

    @staticmethod
    def write_scheduled(run: Run, task: Task) -> None:
        """Write that a task waits for a worker."""
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
        event.workflow_task_scheduled_event_attributes.attempt = task.attempt
        event.workflow_task_scheduled_event_attributes.start_to_close_timeout.FromSeconds(10)
        task.scheduled_id, task.is_written = run.write(event).event_id, True
        task.is_speculative = False

    def offer(self, run: Run, task: Task) -> None:
        """Give a task to the worker that remembers the run, else to any; where none is there it waits."""
        chance, worker = self.chance, run.sticky
        if worker and chance.strikes(chance.rates.other_worker, "it goes to another worker", task.step(run)):
            run.sticky = worker = None
        if worker and not worker.is_alive:
            self.later(STICKY_TIMES_OUT, self.setbacks.sticky_timed_out, run, task)
            return
        self.later(self.takes("workflow task", task.step(run)), self.begin, run, task)

    def begin(self, run: Run, task: Task) -> None:
        """A worker takes the task."""
        if run.task is not task or run.is_at_work:
            return
        if run.sticky and not run.sticky.is_alive:
            self.later(STICKY_TIMES_OUT, self.setbacks.sticky_timed_out, run, task)
            return
        if (worker := run.sticky or self.a_worker(task.step(run))) is None:
            self.waiting.append((task.step(run), lambda: self.begin(run, task)))
            return
        if not task.is_written or not task.scheduled_id:
            self._write_scheduled_for_now(run, task)
        event = HistoryEvent(event_type=Event.EVENT_TYPE_WORKFLOW_TASK_STARTED)
        begun = event.workflow_task_started_event_attributes
        begun.scheduled_event_id, begun.history_size_bytes = task.scheduled_id, run.size
        at = self.suggests_sooner.get(run.workflow_type, self._suggest_at)
        begun.suggest_continue_as_new = len(run.history) >= at or run.size >= SUGGEST_AT_BYTES
        task.started_id = run.write(event).event_id
        self.later(TASK_TIMES_OUT, self.setbacks.task_timed_out, run, task, task.attempt)
        self._work(run, task, worker)

    def _write_scheduled_for_now(self, run: Run, task: Task) -> None:
        """Written with the start of the task; taken back if it comes to nothing."""
        speculative = task.is_speculative
        self.write_scheduled(run, task)
        task.is_written, task.is_speculative = False, speculative

    def _work(self, run: Run, task: Task, worker: Worker) -> None:
        """Let the worker's process take the task in; its answer is on the way for a while."""
        updates = [update for update in run.updates.values() if not update.is_accepted and not update.outcome.done()]
        for update in updates:
            update.is_sent = True
        chance = self.chance
        core = worker.core_of(run.workflow_id, run.run_id)
        before = core.activations
        if updates and not before:
            self._cold_updates.add(run.run_id)
            self._ever_cold.add(run.run_id)
        try:
            answer = core.take(list(run.history), [(update.name, update.request) for update in updates])
        except (Different, TaskFailed) as fault:
            answer = Answer(failure=str(fault))
            told = str(fault) if updates else self._built(run, worker, says_lines=True)[1] or str(fault)
            self.problem(f"{run.workflow_id}: workflow task of event {task.started_id} failed: {told}")
        self.activations += core.activations - before
        if chance.strikes(chance.rates.worker_dies_at_task, "its worker dies", step := task.step(run)):
            if chance.whole(0, 1, "dies at once", step):
                worker.process.die()
                return
            self.later(0.2, worker.process.die)
        self.later(self.takes("answer", task.step(run)), self._answered, run, task, worker, answer)

    def _answered(self, run: Run, task: Task, worker: Worker, answer: Answer) -> None:
        if run.task is not task or (not worker.is_alive and self.chance.whole(0, 1, "with its answer", task.step(run))):
            return  # it died with its answer
        if answer.failure:
            self.setbacks.task_failed(run, task, worker, answer.failure)
            return
        self._applying.apply(run, task, worker, answer)
        chance = self.chance
        is_wanted = chance.strikes(chance.rates.rebuilt, "built again", task.step(run))
        is_delicate = chance.rates.rebuilt > 0 and chance.rates.rebuilds_the_cold and run.run_id in self._cold_updates
        self._cold_updates.discard(run.run_id)
        if is_wanted or is_delicate:
            self.rebuild(run, worker)
        if chance.strikes(chance.rates.evicted, "it leaves the memory", task.step(run)):
            worker.evict(run.run_id)

    def rebuild(self, run: Run, worker: Worker) -> Core:
        """Build a run from its history: it must give the commands that stand there."""
        self.rebuilt += 1
        core, fault = self._built(run, worker)
        if fault or core.said_otherwise:
            again, says = self._built(run, worker, says_lines=True)
            if (bool(says), len(again.said_otherwise)) == (bool(fault), len(core.said_otherwise)):
                core, fault = again, says  # one that differs each time may not do it twice
        if fault:
            self.problem(f"{run.workflow_id}: built again it differs at {fault}")
        for each in core.said_otherwise:
            words = f"{run.workflow_id}: built again it says otherwise at {each}"
            known = self.said_otherwise_for_cause if run.run_id in self._ever_cold else self.said_otherwise
            known += [words] if words not in known else []
        if self.compared_query and (remembered := self.questions.peek(run, self.compared_query)) is not None:
            question = QueryWorkflow(query_id="compared", query_type=self.compared_query)
            told = core.ask(list(run.history), question).successful.commands[0].respond_to_query
            if (read_again := told.succeeded.response) != remembered:
                words = differing_part(remembered.data.decode(), read_again.data.decode())
                self.remembered_otherwise.append(f"{run.workflow_id}: {words}")
        return core

    @staticmethod
    def _built(run: Run, worker: Worker, *, says_lines: bool = False) -> tuple[Core, str]:
        """A run, built from its history, and why it can't be; ``says_lines``: with where each command is given."""
        core = worker.build.core(run.workflow_id, run.run_id)
        with lines_noted() if says_lines else nullcontext(core.given_at) as core.given_at:
            try:
                core.take(list(run.history))
            except (Different, TaskFailed) as fault:
                return core, str(fault)
        return core, ""

    # --- messages -------------------------------------------------------------------------------------------

    def update(self, run: Run, update: Update) -> None:
        """An update has come."""
        run.updates[update.name] = update
        self.wake(run, for_update=True)

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
        self.later(
            self.takes("signal", run.workflow_id, sent.workflow_execution.workflow_id),
            self._applying.deliver,
            run,
            begun_id,
            sent,
        )

    def carry_on(self, run: Run, command: WorkflowCommand) -> Run:
        """The run goes on in a new one."""
        return self.start(next_start(run, command), before=run)

    def close(self) -> None:
        """The simulation is over."""
        for worker in self.workers:
            if worker.is_alive:
                for run_id in list(worker.memory):
                    worker.evict(run_id)
            worker.process.die()
            worker.process.clear_away()


_OF_NOBODY = contextvars.Context()
