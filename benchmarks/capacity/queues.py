"""The queues of a burst as a small simulation: a server, workers with a memory for processes, a mail provider.

What is simulated, for each clock that falls due: a workflow task notices it, a look-up says whom to tell, a second
workflow task hands the letters over, each letter is an activity, and its end is taken in by the next workflow task
(ends that wait for the same one share it). Each of these is a task: the server hands it out and takes its end back,
and in between one worker works on it. A worker is one interpreter: it does one thing at a time. It takes on so many
tasks of each kind at once; the rest waits at the server, first come, first served. A process that has left the
worker's memory is read from its history before its workflow task. Seconds everywhere; nothing is random.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from simpy import AllOf, Environment, Event, Resource

Steps = Generator[Event, Any, None]
EVENTS_OF_A_TASK = 3
"""Scheduled, started, completed: by so many events a history grows with each workflow task and each activity."""


@dataclass(frozen=True)
class Costs:
    """Seconds of processor time for one task of each kind, and for one event of a history that is read again."""

    workflow_task: float
    activity: float
    server_task: float
    read_event: float
    paper: float = 0.0


@dataclass(frozen=True)
class Alarm:
    """What one clock asks for: so many letters, for a process whose history has so many events.

    ``papers``: written beside the letters, which don't wait for them.
    ``noted_by_the_process``: all count as told when the process knows it (bare timers), not when the last has gone.
    """

    letters: int
    events: int
    noted_by_the_process: bool = False
    papers: int = 0


@dataclass(frozen=True)
class Plant:
    """What there is: workers, processes that each remembers, tasks of each kind that each takes on at once.

    ``server_lanes``: server tasks that go on at once. ``mail_per_second``: what the mail provider takes, if bounded.
    """

    workers: int = 1
    cache: int = 1000
    workflow_tasks_at_once: int = 20
    activities_at_once: int = 100
    server_lanes: int = 1
    mail_per_second: float | None = None


@dataclass
class Lateness:
    """Seconds late of each clock, noticed and everybody told; letters, papers; processes read again."""

    noticed: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    letters: int = 0
    papers: int = 0
    read_again: int = 0


def burst(dues: Sequence[float], alarm: Alarm, costs: Costs, plant: Plant) -> Lateness:
    """Let clocks fall due at these moments, in the order in which their processes were started."""
    env = Environment()
    desk = _Desk(env, alarm, costs, plant)
    desk.remember(len(dues))
    for number, due in enumerate(dues):
        env.process(desk.clock(number, due))
    env.run()
    return desk.late


class _Worker:
    """One interpreter, its slots, and the processes in its memory, the one used last at the end."""

    def __init__(self, env: Environment, plant: Plant) -> None:
        self.cpu = Resource(env)
        self.workflow_tasks = Resource(env, plant.workflow_tasks_at_once)
        self.activities = Resource(env, plant.activities_at_once)
        self._room = plant.cache
        self._remembered: OrderedDict[int, None] = OrderedDict()

    def remembers(self, number: int) -> bool:
        """Whether the process is in memory; it is from now on, and another has left where there was no room."""
        had = number in self._remembered
        self._remembered[number] = None
        self._remembered.move_to_end(number)
        if len(self._remembered) > self._room:
            self._remembered.popitem(last=False)
        return had


class _Desk:
    """Server, workers and provider, and what becomes of each clock."""

    def __init__(self, env: Environment, alarm: Alarm, costs: Costs, plant: Plant) -> None:
        self.late = Lateness()
        self._env, self._alarm, self._costs, self._plant = env, alarm, costs, plant
        self._server = Resource(env, plant.server_lanes)
        self._mail = Resource(env)
        self._workers = [_Worker(env, plant) for _ in range(plant.workers)]
        self._waiting: dict[int, Event] = {}
        self._events: dict[int, int] = {}

    def remember(self, count: int) -> None:
        """The processes were started one after the other: those started last are in memory."""
        for number in range(count):
            self._worker(number).remembers(number)

    def clock(self, number: int, due: float) -> Steps:
        """One clock, from its moment to the last letter."""
        self._events[number] = self._alarm.events
        yield self._env.timeout(due)
        yield self._take_in(number)
        self.late.noticed.append(self._env.now - due)
        for _ in range(self._alarm.papers):
            self._env.process(self._paper(number))
        yield from self._activity(number, self._costs.activity)
        yield self._take_in(number)
        last = [self._env.process(self._letter(number)) for _ in range(self._alarm.letters)]
        gone = yield AllOf(self._env, last)
        if self._alarm.noted_by_the_process:
            yield AllOf(self._env, list(gone.values()))
        self.late.told.append(self._env.now - due)

    def _paper(self, number: int) -> Steps:
        yield from self._activity(number, self._costs.paper)
        self.late.papers += 1
        yield self._take_in(number)

    def _letter(self, number: int) -> Generator[Event, Any, Event]:
        """Send one; answers with the workflow task that takes its end in."""
        yield from self._activity(number, self._costs.activity)
        if self._plant.mail_per_second:
            with self._mail.request() as turn:
                yield turn
                yield self._env.timeout(1 / self._plant.mail_per_second)
        self.late.letters += 1
        return self._take_in(number)

    def _take_in(self, number: int) -> Event:
        """The workflow task that takes in what has happened: the one that waits already, or another."""
        if number not in self._waiting:
            self._waiting[number] = self._env.event()
            self._env.process(self._workflow_task(number))
        return self._waiting[number]

    def _workflow_task(self, number: int) -> Steps:
        worker = self._worker(number)
        with worker.workflow_tasks.request() as slot:
            yield slot
            taken_in = self._waiting.pop(number)
            yield from self._use(self._server, self._costs.server_task / 2)
            work = self._costs.workflow_task
            if not worker.remembers(number):
                self.late.read_again += 1
                work += self._costs.read_event * self._events[number]
            yield from self._use(worker.cpu, work)
            yield from self._use(self._server, self._costs.server_task / 2)
        self._events[number] += EVENTS_OF_A_TASK
        taken_in.succeed()

    def _activity(self, number: int, work: float) -> Steps:
        worker = self._worker(number)
        with worker.activities.request() as slot:
            yield slot
            yield from self._use(self._server, self._costs.server_task / 2)
            yield from self._use(worker.cpu, work)
            yield from self._use(self._server, self._costs.server_task / 2)
        self._events[number] += EVENTS_OF_A_TASK

    def _use(self, what: Resource, seconds: float) -> Steps:
        with what.request() as turn:
            yield turn
            yield self._env.timeout(seconds)

    def _worker(self, number: int) -> _Worker:
        return self._workers[number % len(self._workers)]
