"""What the server keeps of one run: its history, what it waits for, and what came while a workflow task was at work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from temporalio.api.common.v1 import Memo, Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.update.v1 import Outcome, Request

from tests.simulation.engine.virtual_time import running

if TYPE_CHECKING:
    from tests.simulation.engine.worker import Worker

for _name, _number in EventType.items():
    setattr(EventType, _name, _number)  # protobuf looks each name up in tables of tables, else
STICKY_TIMES_OUT = 10.0
"""Seconds for which a task waits for the worker that remembers the run, as the SDK has it."""
Status = Literal["Running", "Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew"]


@dataclass(eq=False)
class Update:
    """An update on its way. ``outcome``: set once it is answered; ``accepted``: set once it stands in the history."""

    name: str
    request: Request
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    is_sent: bool = False
    """Whether the workflow task that is at work has it."""
    is_accepted: bool = False
    is_too_late: bool = False
    """Whether the run was over before it took this in."""

    def answer(self, outcome: Outcome) -> None:
        """Give the answer to whoever waits."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)
        self.accepted.set()

    def fail(self, message: str, kind: str) -> None:
        """Answer with a failure of the server's own."""
        failure = Failure(message=message)
        failure.application_failure_info.type = kind
        self.answer(Outcome(failure=failure))


@dataclass
class Task:
    """The workflow task of a run. ``is_written``: whether its events may stay if it comes to nothing."""

    number: int
    attempt: int = 1
    scheduled_id: int = 0
    started_id: int = 0
    is_written: bool = True
    is_speculative: bool = False

    def step(self, run: Run) -> str:
        """Its name among the steps of a simulation."""
        tries = f" try {self.attempt}" if self.attempt > 1 else ""
        return f"task {self.number}{tries} of {run.workflow_id}"


@dataclass(eq=False)
class Run:
    """One run of a workflow."""

    workflow_id: str
    run_id: str
    workflow_type: str
    first_run_id: str
    started_at: datetime
    history: list[HistoryEvent] = field(default_factory=list)
    size: int = 0
    status: Status = "Running"
    closed_at: datetime | None = None
    memo: Memo = field(default_factory=Memo)
    attributes: dict[str, Payload] = field(default_factory=dict)
    patches: list[str] = field(default_factory=list)
    next_run: str = ""
    has_answered: bool = False
    task: Task | None = None
    tasks: int = 0
    buffered: list[HistoryEvent] = field(default_factory=list)
    timers: dict[int, tuple[int, asyncio.TimerHandle]] = field(default_factory=dict)
    """By the process's own number: the event that began it, and what fires it."""
    begun: Counter[str] = field(default_factory=Counter)
    """How many activities have been asked for, of each type."""
    activities: dict[int, Any] = field(default_factory=dict)
    """Those that are not over, by the number of their event."""
    numbers: dict[str, dict[int, int]] = field(default_factory=lambda: {"timer": {}, "activity": {}, "signal": {}})
    """The event of what a command has begun, by kind and the process's own number."""
    updates: dict[str, Update] = field(default_factory=dict)
    sticky: Worker | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    at_each_event: Callable[[Run, HistoryEvent], None] = lambda _, __: None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.status == "Running"

    @property
    def is_at_work(self) -> bool:
        """Whether a workflow task has been started and not been answered."""
        return self.task is not None and self.task.started_id > 0

    def write(self, event: HistoryEvent) -> HistoryEvent:
        """Write an event into the history, with the next number and the time."""
        event.event_id = len(self.history) + 1
        event.event_time.CopyFrom(running().stamp())
        self.history.append(event)
        self.size += event.ByteSize()
        self.at_each_event(self, event)
        return event

    def add(self, event: HistoryEvent) -> None:
        """Something has happened: written now, or once the workflow task that is at work is answered."""
        if self.is_at_work:
            self.buffered.append(event)
        else:
            self.write(event)

    def unwrite(self, number: int) -> None:
        """Take back the last events: a task that came to nothing."""
        for event in self.history[-number:]:
            self.size -= event.ByteSize()
        del self.history[-number:]

    def flush(self) -> bool:
        """Write what came meanwhile; whether there was anything. Results come last, as the server orders them."""
        came, self.buffered = self.buffered, []
        for event in sorted(came, key=_is_result):
            self.write(event)
        return bool(came)

    def close(self, status: Status) -> None:
        """The run is over."""
        self.status, self.closed_at, self.task = status, running().now(), None
        for _, handle in self.timers.values():
            handle.cancel()
        self.timers.clear()
        for activity in list(self.activities.values()):
            activity.forget()
        self.activities.clear()
        for update in self.updates.values():
            if not update.outcome.done():
                update.is_too_late = not update.is_accepted
                update.fail("the workflow execution has completed", "AcceptedUpdateCompletedWorkflow")
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)


def _is_result(event: HistoryEvent) -> bool:
    return event.event_type in _RESULTS


_RESULTS = frozenset({
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
})  # fmt: skip
