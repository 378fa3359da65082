"""Recorded histories that go on as lives of the simulation: today's code takes each up at one of its steps.

People then say whatever brings it to its end, two things at a time, so that they come in either order. Nothing here
knows the rules by which the history was recorded: what must hold is what holds of each process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError

from tests.builders import now
from tests.chaos.script import _call, _notified, triage
from tests.desks.fakes import FakeWorld
from tests.simulation.desk.product import Disk, build_with, client_interceptors, converter, in_virtual_time
from tests.simulation.engine.chance import Chance, Rates
from tests.simulation.engine.execution import Run
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.taking_up import moment_of, steps_in, take_up
from tests.simulation.engine.virtual_time import run_virtually
from tests.simulation.engine.worker import Worker

DAY = 86400.0
ROUNDS = 40
"""After so many rounds of answers everything must be over."""
FOR_EVER = {"NoticeWatch": 12, "Watchdog": 3, "ContactReview": 8 * 24}
"""Processes that have no end: they must have been at work again after so many hours."""
WITHOUT_STATUS = ("StandingProcesses", "ScheduledDrill")
"""Small ones that a schedule starts: they take no messages and end by themselves."""
UPDATED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED


@dataclass
class GoneOn:
    """What came of it. ``wrong``: what must not be; ``step``: where it was taken up, of how many."""

    step: tuple[int, int]
    wrong: list[str] = field(default_factory=list)
    happened: int = 0
    events: int = 0
    said: int = 0
    has_ended: bool = False


def goes_on(history: WorkflowHistory, seed: str, rates: Rates) -> GoneOn:
    """Take a history up at a step that the seed draws."""
    chance = Chance(f"{seed}/{history.workflow_id}", rates)
    steps = steps_in(history.events)
    step = chance.whole(0, len(steps) - 1, "step")
    found = GoneOn((step + 1, len(steps)))

    async def live() -> None:
        server = Server(chance)
        desk = client(server, converter(), *client_interceptors())
        world = FakeWorld()
        for place in range(2):
            _worker(server, desk, world, place)
        try:
            run = take_up(server, history.workflow_id, history.events, steps[step])
            await Going(server, desk, run, found).go()
        finally:
            found.wrong += server.problems
            found.happened = len(chance.happened)
            server.close()
            await asyncio.sleep(0)

    with in_virtual_time(Disk()):
        run_virtually(live, moment_of(history.events[steps[step] - 1]))
    return found


def _worker(server: Server, desk: Client, world: FakeWorld, place: int) -> None:
    """A worker that comes back when it has died."""
    process = OsProcess(f"worker {place}")

    def comes_back() -> None:
        server.later(5.0, _worker, server, desk, world, place)

    process.at_death.append(comes_back)
    server.joins(Worker(build_with(world, desk), process))


class Going:
    """One of them, on its way."""

    def __init__(self, server: Server, desk: Client, run: Run, found: GoneOn) -> None:
        self._server, self._run, self._found = server, run, found
        self._handle: WorkflowHandle[Any, Any] = desk.get_workflow_handle(run.workflow_id)
        self._taken_up_with = len(run.history)

    async def go(self) -> None:
        """Go on to the end; or for some hours, where there is none."""
        if self._run.workflow_type in FOR_EVER:
            await self._for_hours()
        elif self._run.workflow_type in WITHOUT_STATUS:
            await asyncio.sleep(DAY)
        else:
            await self._to_its_end()
        self._found.events = len(self._run.history) - self._taken_up_with
        self._built_again()
        if self._run.workflow_type not in FOR_EVER and self._run.status != "Completed":
            self._found.wrong.append(f"{self._run.workflow_id} is {self._run.status} after all was answered")
        self._found.has_ended = self._run.status == "Completed"

    async def _for_hours(self) -> None:
        await self._says("no_such_message", {}, as_signal=True)
        begun = now()
        await asyncio.sleep(FOR_EVER[self._run.workflow_type] * 3600)
        last = self._server.runs[self._server.current[self._run.workflow_id]]
        if not last.is_open or moment_of(last.history[-1]) < begun + timedelta(hours=1):
            self._found.wrong.append(f"{self._run.workflow_id} has done nothing for hours")

    def _built_again(self) -> None:
        worker = next((each for each in self._server.workers if each.is_alive), None)
        if worker is not None:
            self._server.rebuild(self._run, worker)

    async def _to_its_end(self) -> None:
        for turn in range(ROUNDS):
            status = await self._status()
            if status is None or not self._run.is_open:
                break
            self._clocks(status)
            answers = list(_answers(self._run.workflow_type, status, now()))
            pairs = [answers[place : place + 2] for place in range(0, len(answers), 2)]
            for pair in pairs:
                as_signal = bool(turn % 2)
                await asyncio.gather(*(self._says(name, facts, as_signal=as_signal) for name, facts in pair))
            await asyncio.sleep(DAY if turn > 1 else 600)
        self._counted()

    async def _status(self) -> dict[str, Any] | None:
        for _ in range(20):
            if self._server.problems:
                return None  # it can't go on, and that has been said
            try:
                told: dict[str, Any] = await self._handle.query("status")
            except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError):
                await asyncio.sleep(60)
            else:
                return told
        self._found.wrong.append(f"{self._run.workflow_id} does not tell its status")
        return None

    async def _says(self, name: str, facts: dict[str, Any], *, as_signal: bool) -> None:
        """Say it; an answer that says no is an answer."""
        self._found.said += 1
        said = {"by": "desk", "event_id": f"said-{self._found.said}", **facts}
        for _ in range(20):
            if self._server.problems:
                return
            try:
                async with asyncio.timeout(300):
                    if as_signal:
                        await self._handle.signal(name, said)
                    else:
                        await self._handle.execute_update(name, said, id=said["event_id"])
            except WorkflowUpdateFailedError:
                return
            except (RPCError, RPCTimeoutOrCancelledError, TimeoutError):
                if not self._run.is_open:
                    return
                await asyncio.sleep(30)
            else:
                return
        self._found.wrong.append(f"{self._run.workflow_id} does not answer to {name}")

    # --- what must hold -------------------------------------------------------------------------------------

    def _clocks(self, status: dict[str, Any]) -> None:
        """Each open duty has a timer."""
        if self._run.task is not None or self._run.activities:
            return
        owed = [duty["id"] for duty in status.get("duties", ()) if duty["state"] in ("open", "overdue")]
        if len(self._run.timers) < len(owed):
            self._found.wrong.append(f"{len(owed)} duties ({', '.join(owed)}), {len(self._run.timers)} timers")

    def _counted(self) -> None:
        """Every message that came is in the record: taken, taken as a repeat, or refused."""
        if self._run.status != "Completed" or not self._run.history:
            return
        result = self._run.history[-1].workflow_execution_completed_event_attributes.result
        status = converter().payload_converter.from_payloads(result.payloads)[0]
        came = sum(
            event.event_type == SIGNALED
            or (
                event.event_type == UPDATED
                and event.workflow_execution_update_completed_event_attributes.outcome.HasField("success")
            )
            for event in self._run.history
        )
        counted = sum(status[f"{how}_count"] for how in ("applied", "repeated", "rejected"))
        if came != counted:
            self._found.wrong.append(f"{came} messages came, {counted} are in the record")


def _answers(kind: str, status: dict[str, Any], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """What people say to bring it to its end."""
    if kind == "Incident":
        yield from _of_incident(status, at)
    elif kind == "DataBreach":
        yield from _of_breach(status, at)
    elif kind == "Maintenance":
        yield "completion", {"completed_at": at.isoformat()}
        yield "cancellation", {"reason": "It is put off without a date."}
    for duty in status.get("duties", ()):
        if duty["state"] in ("open", "overdue"):
            yield "duty_waived", {"duty": duty["id"], "reason": "Done by other means."}
    if kind == "DataBreach":
        yield "conclusion", {"text": "Learned."}


def _of_incident(status: dict[str, Any], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "situation_update", {"text": "It goes on."}
    if status["phase"] == "awaiting_triage":
        yield "triage", triage("critical", extensive=True)(at)
    yield "phone_escalation", _call()(at)
    yield "breach_assessment", {"outcome": "no_personal_data", "reason": "Only addresses of machines."}
    if status["phase"] == "handling":
        yield "resolution", {"resolved_at": at.isoformat(), "cause": "A certificate.", "remedy": "Renewed."}


def _of_breach(status: dict[str, Any], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "risk_assessment", {"risk": "risk", "reasons": "Health data of some."}
    yield "authority_notified", _notified("Nobody was there.")(at)
    for controller in status["controllers"]:
        yield "controller_notified", {"controller": controller["name"], "notified_at": at.isoformat()}
    yield "kela_notified", {"notified_at": at.isoformat(), "reference": "K-1"}
    yield "subjects_informed", {"informed_at": at.isoformat(), "channel": "letter", "count": 40}
    yield "measures_taken", {"text": "The access was closed."}
