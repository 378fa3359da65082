"""What lives beside the incidents of a year: planned breaks, the watch of the notices, the watchdog, their schedule.

People plan breaks, change them, call them off and complete them; somebody ends what must always run, and now and then a
break. The board of the notices changes and goes away.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tests.chaos.patience import unless_cancelled
from tests.simulation.desk.board import A_YEAR, DAY, HOUR, NAMES, Board, Item, board
from tests.simulation.desk.house import House
from tests.simulation.desk.product import ALWAYS_RUNNING_EVERY, TASK_QUEUE, ensure_standing
from tests.simulation.desk.wall_clock import in_local_time
from tests.simulation.engine.execution import Run
from tests.simulation.engine.outside import Outside
from tests.simulation.engine.virtual_time import running

SCHEDULE = "kantadesk-standing"
LOOKED_AFTER_EVERY = timedelta(hours=12)
"""How often the schedule asks whether they run."""
SUGGEST_AT = {"NoticeWatch": 150, "Watchdog": 150}
"""After so many events they go on in a new run: what lives for ever must be small enough to be read again often."""
What = Literal["completed", "completed late", "called off", "text changed", "put off", "ended from outside"]


class Break(NamedTuple):
    """A planned break of our own. ``ahead``: how long before it begins people plan it."""

    reference: str
    service: str
    starts: datetime
    ends: datetime
    ahead: timedelta
    what: What


@dataclass
class Standing:
    """All of it. ``kills``: when one that must always run is to be ended; ``killed``: when any was, and which."""

    home: House
    board: Board
    breaks: list[Break]
    kills: list[tuple[datetime, str]]
    killed: list[tuple[datetime, str]] = field(default_factory=list)

    async def live(self) -> None:
        """Live through the year."""
        self.home.server.suggests_sooner = SUGGEST_AT
        await ensure_standing(self.home.client)
        Outside(self.home.server).schedule(LOOKED_AFTER_EVERY, _looks_after, name=SCHEDULE, said=ALWAYS_RUNNING_EVERY)
        announced = [self._completed(item) for item in self.board.items if item.kind == "break"]
        parts = [*(self._lives(each) for each in self.breaks), *announced, self._published(), self._killed()]
        await asyncio.gather(*parts)

    async def _published(self) -> None:
        assert self.home.board is not None
        self.board.write(self.home.board, running().now())
        for at in self.board.moments():
            await _until(at)
            self.board.write(self.home.board, running().now())

    async def _killed(self) -> None:
        for at, workflow_id in self.kills:
            await _until(at)
            await self._ended_from_outside(workflow_id)

    async def _ended_from_outside(self, workflow_id: str) -> None:
        """Somebody terminates it, at a moment at which it waits."""
        while True:
            run = self._run_of(workflow_id)
            if run is not None and run.is_open and run.task is None and not run.activities:
                self.killed.append((running().now(), workflow_id))
                Outside(self.home.server).terminate(run, "somebody thought it was not needed")
                return
            await asyncio.sleep(60)

    def _run_of(self, workflow_id: str) -> Run | None:
        return self.home.server.runs.get(self.home.server.current.get(workflow_id, ""))

    # --- breaks -------------------------------------------------------------------------------------------------

    async def _completed(self, item: Item) -> None:
        """A break that the watch has planned from a notice: the desk says when it is over."""
        assert item.planned is not None
        await _until(item.planned[1] + (timedelta(minutes=10) if item.guid.endswith(("0", "3", "6")) else 5 * HOUR))
        for run in list(self.home.server.runs.values()):
            if run.workflow_type == "Maintenance" and run.is_open and starts_of(run) == item.planned[0]:
                await self._say(run.workflow_id, "completion", completed_at=running().now().isoformat())

    async def _lives(self, planned: Break) -> None:
        """One of our own breaks."""
        workflow_id = f"maintenance-{planned.reference}"
        await _until(planned.starts - planned.ahead)
        await self._plan(planned, workflow_id)
        quiet = _at_night(planned.starts - 6 * DAY)
        match planned.what:
            case "called off":
                await _until(quiet)
                await self._say(workflow_id, "cancellation", reason="It is not needed.")
                return
            case "text changed":
                await _until(quiet)
                await self._say(workflow_id, "change", effect="Nothing can be read.")
            case "put off":
                await _until(quiet)
                later = {"starts_at": (planned.starts + 7 * DAY), "ends_at": (planned.ends + 7 * DAY)}
                await self._say(workflow_id, "change", **{name: at.isoformat() for name, at in later.items()})
                planned = planned._replace(starts=later["starts_at"], ends=later["ends_at"])
            case "ended from outside":
                await _until(quiet)
                await self._ended_from_outside(workflow_id)
        await _until(planned.ends + (17 * HOUR if planned.what == "completed late" else timedelta(minutes=10)))
        await self._say(workflow_id, "completion", completed_at=running().now().isoformat())

    async def _plan(self, planned: Break, workflow_id: str) -> None:
        opening = {
            "reference": planned.reference,
            "title": "New certificates",
            "services": [planned.service],
            "starts_at": planned.starts.isoformat(),
            "ends_at": planned.ends.isoformat(),
            "source": "own",
            "by": "desk",
        }
        while True:
            try:
                await self.home.client.start_workflow("Maintenance", opening, id=workflow_id, task_queue=TASK_QUEUE)
            except WorkflowAlreadyStartedError:
                return
            except RPCError:
                unless_cancelled()
                await asyncio.sleep(5)
            else:
                return

    async def _say(self, workflow_id: str, message: str, **facts: Any) -> None:
        """Say something until it is answered."""
        token = f"{workflow_id}/{message}/{facts.get('starts_at', '')}"
        payload = {"by": "desk", "event_id": token, **facts}
        while True:
            try:
                await self.home.client.get_workflow_handle(workflow_id).execute_update(message, payload, id=token)
            except WorkflowUpdateFailedError as refused:
                self.home.server.problem(f"{workflow_id}: {message} was refused: {refused.cause}")
                return
            except RPCError as error:
                unless_cancelled()
                if error.status == RPCStatusCode.NOT_FOUND:
                    self.home.server.problem(f"{workflow_id}: {message}, and it had ended")
                    return
                await asyncio.sleep(5)
            else:
                return


def standing(home: House, seed: str, begins: datetime, days: int = A_YEAR) -> Standing:
    """What stands in a year, or in so many days of one, from its seed."""
    chance = random.Random(f"{seed}/standing")  # noqa: S311  # to be repeated, not to be secret
    kills = sorted((begins + chance.uniform(5, days - 15) * DAY, name) for name in ("watchdog", "notice-watch") * 2)
    return Standing(home, board(chance, begins, days), list(_breaks(chance, begins, days)), kills)


def _breaks(chance: random.Random, begins: datetime, days: int) -> Iterator[Break]:
    every: tuple[What, ...] = (
        "completed", "completed late", "called off", "text changed", "put off", "ended from outside",
    )  # fmt: skip
    for number, what in enumerate((*every, *every)):
        day = in_local_time(begins + DAY * (26 + number * (days - 53) // 12 + chance.randrange(10)))
        starts = day.replace(hour=chance.choice((19, 21)), minute=0, second=0, microsecond=0)
        least = timedelta(days=20) if what not in ("completed", "completed late") else timedelta(hours=2)
        ahead = max(least, chance.choice((timedelta(hours=2), timedelta(days=5, hours=8), timedelta(days=20))))
        service = chance.choice(sorted(NAMES))
        yield Break(
            f"BREAK-{chr(ord('A') + number)}", service, starts, starts + chance.choice((1, 4)) * HOUR, ahead, what
        )


def starts_of(run: Run) -> datetime | None:
    """When the break of a run begins, as its start said; None where it was brought back with its record."""
    payloads = run.history[0].workflow_execution_started_event_attributes.input.payloads
    said = json.loads(payloads[0].data)
    return datetime.fromisoformat(said["starts_at"]) if "starts_at" in said else None


def _at_night(near: datetime) -> datetime:
    """A moment of that day at which no point is told."""
    return near.replace(hour=23, minute=30)


def _looks_after(number: int) -> StartWorkflowExecutionRequest:
    request = StartWorkflowExecutionRequest(workflow_id=f"{SCHEDULE}-{number}")
    request.workflow_type.name = "StandingProcesses"
    request.task_queue.name = TASK_QUEUE
    return request


async def _until(at: datetime) -> None:
    await asyncio.sleep(max(0.0, running().moment(at) - running().time()))
