"""One run in the memory of one worker: takes in the history, task by task, and says which commands the process gives.

It does what Temporal's Core does between the server and the SDK's workflow instance: jobs in their order, what was
noted of patches and updates read ahead in a replay, commands held against the events that the server wrote for them.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Request
from temporalio.bridge.proto.workflow_activation import DoUpdate, QueryWorkflow, WorkflowActivation
from temporalio.bridge.proto.workflow_commands import ActivityCancellationType, WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance

from tests.simulation.engine.commands import CHANGES, PATCH, asks_the_same, essence, event_of, number_of
from tests.simulation.engine.jobs import Job, Jobs
from tests.simulation.engine.tasks_of_history import COMMANDS, next_task

Build = Callable[[WorkflowActivation], WorkflowInstance]
TRY_CANCEL, WAIT_COMPLETED, ABANDON = (
    ActivityCancellationType.TRY_CANCEL,
    ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ActivityCancellationType.ABANDON,
)
MARKER = EventType.EVENT_TYPE_MARKER_RECORDED
ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
UPSERTED = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES


class Answer(NamedTuple):
    """What a process answers to a workflow task: its commands, or why it failed."""

    commands: tuple[WorkflowCommand, ...] = ()
    failure: str = ""
    flags: frozenset[int] = frozenset()
    """Rules of the SDK's, or beside it, by which the process went, and which a replay must know of."""


class Different(Exception):
    """A process built from its history gives other commands than those that stand there. Names the task and command."""


class TaskFailed(Exception):
    """The process can't take in a task; the message says why."""


class Core:
    """One run. ``build`` makes the SDK's instance of it.

    As Core does it, a command must be of the same kind and name as its event; ``said_otherwise`` has those whose words
    differ, which Core does not see.
    """

    def __init__(self, build: Build, workflow_id: str, run_id: str) -> None:
        self._build, self._run_id = build, run_id
        self._instance: WorkflowInstance | None = None
        self._taken = 0
        """Number of the last event that was taken in."""
        self._issued: deque[tuple[WorkflowCommand, bool]] = deque()
        """Commands whose events have not been seen yet; whether those events were there before (a replay)."""
        self._begun: dict[int, int] = {}
        """The process's own number of what a command event has begun, by the event's number."""
        self._on_cancel: dict[int, int] = {}
        """What the process wants of an activity that it cancels, by its own number."""
        self._given_up: set[int] = set()
        """Activities (own numbers) that the process has been told to be cancelled."""
        self._history: Sequence[HistoryEvent] = ()
        self._jobs = Jobs(workflow_id, self._begun.__getitem__, lambda number: self._history[number - 1])
        self._fired: set[int] = set()
        """Timers (own numbers) that have fired: Core sends no command to cancel such a one."""
        self._resolved: set[int] = set()
        """Activities (own numbers) of which the process has been told what became of them."""
        self._accepted_updates: set[str] = set()
        self._flags: set[int] = set()
        self._activation = WorkflowActivation(run_id=run_id)
        self.activations = 0
        self.compared = 0
        self.said_otherwise: list[str] = []
        self.given_at: Callable[[WorkflowCommand], str] = lambda _: ""
        """Where in the code a command was given, where that is noted (see ``where_given``)."""

    # --- workflow tasks -------------------------------------------------------------------------------------

    def take(self, history: Sequence[HistoryEvent], updates: Sequence[tuple[str, Request]] = ()) -> Answer:
        """Take in what is new; the answer to the last task. Raises ``Different``, ``TaskFailed``."""
        self._history = history
        answer = Answer()
        while self._taken < len(history):
            events, is_last = next_task(history, self._taken)
            self._note_flags(history[events[-1].event_id :])
            jobs = [job for event in events if (job := self._take_in(event))]
            ahead = () if is_last else next_task(history, self._taken).events
            jobs = [*self._patches(ahead), *jobs, *self._accepted(ahead)]
            if is_last:
                jobs += [_update(name, request, is_new=True) for name, request in updates]
            jobs.sort(key=_place)
            answer = self._activated(jobs, is_replaying=not is_last) if jobs else Answer()
        return answer

    def _note_flags(self, ahead: Sequence[HistoryEvent]) -> None:
        """Know the rules by which the task went that is taken in now: they stand with its completion."""
        completed = next((event for event in ahead if event.event_type == COMPLETED), None)
        if completed is not None:
            self._flags.update(completed.workflow_task_completed_event_attributes.sdk_metadata.lang_used_flags)

    def _take_in(self, event: HistoryEvent) -> Job | None:
        self._taken = event.event_id
        if event.event_type == STARTED:
            task = event.workflow_task_started_event_attributes
            self._activation.timestamp.CopyFrom(event.event_time)
            self._activation.history_size_bytes = task.history_size_bytes
            self._activation.continue_as_new_suggested = task.suggest_continue_as_new
        if event.event_type in COMMANDS:
            self._match(event)
            return None
        job = self._jobs.of(event)
        if job is None or self._is_given_up(job):
            return None
        self._fired |= {job.fire_timer.seq} if job.HasField("fire_timer") else set()
        self._resolved |= {job.resolve_activity.seq} if job.HasField("resolve_activity") else set()
        return job

    def _is_given_up(self, job: Job) -> bool:
        return job.HasField("resolve_activity") and job.resolve_activity.seq in self._given_up

    def _patches(self, ahead: Sequence[HistoryEvent]) -> Iterator[Job]:
        for event in ahead:
            if event.event_type == MARKER and event.marker_recorded_event_attributes.marker_name == PATCH:
                job = Job()
                job.notify_has_patch.patch_id = patch_in(event)
                yield job

    @staticmethod
    def _accepted(ahead: Sequence[HistoryEvent]) -> Iterator[Job]:
        for event in ahead:
            if event.event_type == ACCEPTED:
                told = event.workflow_execution_update_accepted_event_attributes
                yield _update(told.protocol_instance_id, told.accepted_request, is_new=False)

    def goes_back(self, number: int) -> None:
        """The last events have been taken back: the server drops a task in which updates were turned away."""
        self._taken = number

    # --- activations ----------------------------------------------------------------------------------------

    def _activated(self, jobs: Sequence[Job], *, is_replaying: bool) -> Answer:
        """Let the process take in the jobs, and what follows from its own commands at once."""
        given: list[WorkflowCommand] = []
        flags: set[int] = set()
        while jobs:
            activation = self._next(jobs, is_replaying=is_replaying)
            completion = self._activate(activation)
            if completion.HasField("failed"):
                raise TaskFailed(completion.failed.failure.message or "without a word")
            given += completion.successful.commands
            flags.update(completion.successful.used_internal_flags)
            given, jobs = self._settled(given)
        self._issued.extend((command, is_replaying) for command in given if self._leaves_an_event(command))
        self._flags |= flags
        return Answer(tuple(given), flags=frozenset(flags))

    def _next(self, jobs: Sequence[Job], *, is_replaying: bool) -> WorkflowActivation:
        self._activation.is_replaying = is_replaying
        self._activation.history_length = self._taken
        self._activation.available_internal_flags[:] = sorted(self._flags)
        del self._activation.jobs[:]
        self._activation.jobs.extend(jobs)
        return self._activation

    def _activate(self, activation: WorkflowActivation) -> WorkflowActivationCompletion:
        self.activations += 1
        loop = asyncio.get_running_loop()
        try:
            if self._instance is None:
                self._instance = self._build(activation)
            return self._instance.activate(activation)
        finally:
            asyncio._set_running_loop(loop)  # the SDK's own loop leaves none behind

    def _settled(self, given: list[WorkflowCommand]) -> tuple[list[WorkflowCommand], list[Job]]:
        """Take out what was cancelled before anybody heard of it; answer at once for activities that were given up."""
        began = {number_of(each): each for each in given if each.HasField("schedule_activity")}
        self._on_cancel |= {number: each.schedule_activity.cancellation_type for number, each in began.items()}
        timers = {number_of(each) for each in given if each.HasField("start_timer")}
        dropped = {number_of(each) for each in given if each.HasField("cancel_timer")} & (timers | self._fired)
        unsent: set[int] = set()
        jobs: list[Job] = []
        for command in given:
            number = number_of(command)
            if command.HasField("request_cancel_activity") and number in self._resolved:
                unsent.add(number)
            elif command.HasField("request_cancel_activity") and number not in self._given_up:
                how = self._on_cancel.get(number, TRY_CANCEL)
                if how == WAIT_COMPLETED and number not in began:
                    continue  # what has become of it comes later
                self._given_up.add(number)
                if number in began or how == ABANDON:
                    unsent.add(number)
                jobs.append(self._cancelled(number, began.get(number)))
        return [each for each in given if not _is_dropped(each, dropped, unsent)], jobs

    def _cancelled(self, number: int, unsent: WorkflowCommand | None) -> Job:
        if unsent is not None:
            return self._jobs.cancelled_at_once(0, number, event_of(unsent))
        of_event = next((event for event, own in self._begun.items() if own == number and self._is_activity(event)), 0)
        waiting = next((e for e, _ in self._issued if e.HasField("schedule_activity") and number_of(e) == number), None)
        return self._jobs.cancelled_at_once(of_event, number, event_of(waiting) if waiting is not None else None)

    def _leaves_an_event(self, command: WorkflowCommand) -> bool:
        """An update that its validator refuses leaves nothing; one that its handler refuses was accepted before."""
        if not command.HasField("update_response"):
            return True
        answer = command.update_response
        if answer.HasField("accepted"):
            self._accepted_updates.add(answer.protocol_instance_id)
        return answer.protocol_instance_id in self._accepted_updates

    def _is_activity(self, number: int) -> bool:
        return self._history[number - 1].event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED

    # --- commands and their events --------------------------------------------------------------------------

    def _match(self, event: HistoryEvent) -> None:
        if event.event_type == UPSERTED and CHANGES in _attributes_of(event):
            return  # Core adds it to each patch by itself
        where = f"event {event.event_id}"
        if not self._issued:
            raise Different(f"{where}: the history has {essence(event)[:200]}, the process gives no further command")
        command, was_there_before = self._issued.popleft()
        if was_there_before:
            self._compare(where, event, command)
        if event.event_type in _BEGIN_SOMETHING:
            self._begun[event.event_id] = number_of(command)

    def _compare(self, where: str, event: HistoryEvent, command: WorkflowCommand) -> None:
        mine = event_of(command)
        self.compared += 1
        if asks_the_same(mine, event):
            return
        words = "{}: the history has {}, the process gives {}".format(
            where, *_where_they_part(essence(event), essence(mine))
        )
        words += f", at {at}" if (at := self.given_at(command)) else ""
        if mine.event_type != event.event_type or _name(mine) != _name(event):
            raise Different(words)
        self.said_otherwise.append(words)

    def has_taken(self, history: Sequence[HistoryEvent]) -> bool:
        """Whether nothing but the commands of its last task stands after what it has taken in."""
        return self._instance is not None and all(
            event.event_type in COMMANDS or event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
            for event in history[self._taken :]
        )

    # --- questions ------------------------------------------------------------------------------------------

    def ask(self, history: Sequence[HistoryEvent], question: QueryWorkflow) -> WorkflowActivationCompletion:
        """The answer to a query. Raises ``Different``, ``TaskFailed``."""
        if not self.has_taken(history):
            self.take(history)
        job = Job()
        job.query_workflow.CopyFrom(question)
        return self._activate(self._next([job], is_replaying=True))

    def forget(self) -> None:
        """Let the SDK's instance end its tasks."""
        if self._instance is not None:
            job = Job()
            job.remove_from_cache.SetInParent()
            self._activate(self._next([job], is_replaying=True))


def _where_they_part(one: str, other: str) -> tuple[str, str]:
    """Two long lines, cut down to where they differ."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = max(0, at - 80)
    heads = [f"{line.split(' ', 1)[0][:40]} ..." if begin else "" for line in (one, other)]
    cut = [line[begin : at + 120] for line in (one, other)]
    return f"{heads[0]}{cut[0]}", f"{heads[1]}{cut[1]}"


def differing_part(one: str, other: str) -> str:
    """Where two long texts part, in a line."""
    return "remembered ...{}, built again ...{}".format(*_where_they_part(one, other))


def patch_in(event: HistoryEvent) -> str:
    """The name of the patch that a marker notes."""
    data = event.marker_recorded_event_attributes.details["patch-data"].payloads[0].data
    return str(json.loads(data)["id"])


_BEGIN_SOMETHING = frozenset({
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
})  # fmt: skip


def _update(name: str, request: Request, *, is_new: bool) -> Job:
    job = DoUpdate(
        id=request.meta.update_id,
        protocol_instance_id=name,
        name=request.input.name,
        input=request.input.args.payloads,
        run_validator=is_new,
    )
    job.meta.update_id = request.meta.update_id
    job.meta.identity = request.meta.identity
    for header, value in request.input.header.fields.items():
        job.headers[header].CopyFrom(value)
    return Job(do_update=job)


def _place(job: Job) -> int:
    """Patches first, then messages, then the rest: the order in which Core gives jobs, each kind in its own order."""
    if job.HasField("notify_has_patch"):
        return 0
    return 1 if job.HasField("signal_workflow") or job.HasField("do_update") else 2


def _is_dropped(command: WorkflowCommand, timers: set[int], activities: set[int]) -> bool:
    number = number_of(command)
    if command.HasField("start_timer") or command.HasField("cancel_timer"):
        return number in timers
    if command.HasField("schedule_activity") or command.HasField("request_cancel_activity"):
        return number in activities
    return False


def _attributes_of(event: HistoryEvent) -> Sequence[str]:
    return tuple(event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields)


def _name(event: HistoryEvent) -> str:
    if event.HasField("activity_task_scheduled_event_attributes"):
        begun = event.activity_task_scheduled_event_attributes
        return f"{begun.activity_id} {begun.activity_type.name}"
    if event.HasField("timer_started_event_attributes"):
        return event.timer_started_event_attributes.timer_id
    if event.HasField("marker_recorded_event_attributes"):
        return patch_in(event)
    return ""
