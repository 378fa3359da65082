"""Pairs of incidents of one fault: people open both, let one follow the other, and end them in one of some ways.

They do what each incident says is owed, and nothing more. What must come of it is judged by ``linked.py``.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from temporalio.client import RPCTimeoutOrCancelledError, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tests.chaos.patience import unless_cancelled
from tests.chaos.script import _call as call
from tests.chaos.script import opening, triage
from tests.simulation.desk.house import House
from tests.simulation.desk.product import TASK_QUEUE
from tests.simulation.engine.execution import Run
from tests.simulation.engine.outside import Outside
from tests.simulation.engine.virtual_time import running

T = TypeVar("T")
What = Literal["to the end", "taken back", "vanishes", "comes back", "both ask", "nobody there", "cancelled"]
A_LOOK = 25 * 3600.0
"""Seconds after which the watchdog of a year has looked, and has brought back what was terminated."""
LOOKED_FOR_WITHIN = 2 * 3600.0
"""Seconds after which a follower knows for sure that the other has vanished: it looks once an hour."""
PATIENCE = 10 * 86400.0
"""Seconds in which all of it must be over."""
OPEN = ("open", "overdue")
NOBODY = "LINK-NOBODY"


class Pair(NamedTuple):
    """Two incidents of one fault. ``at``: when, in seconds; ``pace``: about how long people wait in between.

    ``is_reversed``: the first that was opened follows the second, since both asked and its question came much sooner.
    """

    number: int
    what: What
    at: float
    pace: float
    severity: str
    service: str
    is_reversed: bool = False

    @property
    def lead(self) -> str:
        """The reference of the one that goes on."""
        return f"LINK-{self.number}{'B' if self.is_reversed else 'A'}"

    @property
    def follower(self) -> str:
        """The reference of the one that follows."""
        return f"LINK-{self.number}{'A' if self.is_reversed else 'B'}"

    @property
    def both(self) -> tuple[str, str]:
        """Both references."""
        return self.lead, self.follower


@dataclass
class Lived:
    """What people know of a pair. ``had_been_judged``: the follower, before it followed one that had been."""

    pair: Pair
    had_been_judged: bool = False
    follows_from: datetime | None = None
    follows_until: datetime | None = None
    has_come_back: bool = False
    wrong: list[str] = field(default_factory=list)
    """Answers that must not be."""
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each says of itself in the end."""


def pairs(seed: str, number: int, *, within: float, pace: float) -> list[Pair]:
    """So many pairs, spread over some time."""
    chance = random.Random(f"{seed}/links")  # noqa: S311  # to be repeated, not to be secret
    return list(_drawn(chance, number, within, pace))


def _drawn(chance: random.Random, number: int, within: float, pace: float) -> Iterator[Pair]:
    ways: list[What] = list(get_args(What))
    chance.shuffle(ways)
    for each in range(number):
        severity, service = chance.choice(("critical", "high")), chance.choice(("MYKANTA", "DMS"))
        yield Pair(each + 1, ways[each % len(ways)], chance.uniform(0, within), pace, severity, service)


class LinkedPair:
    """The people of one pair."""

    def __init__(self, home: House, pair: Pair, seed: str) -> None:
        self._home, self._pair = home, pair
        self._chance = random.Random(f"{seed}/links/{pair.number}")  # noqa: S311
        self.lived = Lived(pair)

    async def live(self) -> None:
        """Open both, link them, end them; where that takes for ever, say so."""
        await asyncio.sleep(self._pair.at)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._live()
        except TimeoutError:
            self.lived.wrong.append(f"{self._pair.follower}: something that was waited for did not come")

    async def _live(self) -> None:
        pair = self._pair
        await self._open(pair.lead)
        await self._pause()
        await self._open(pair.follower)
        if is_lead_judged := self._chance.random() < 0.5:
            await self._judge(pair.lead)
        if self._chance.random() < 0.4:
            await self._judge(pair.follower)
            self.lived.had_been_judged = True
        await self._pause()
        await self._link()
        if self._pair.is_reversed:
            self.lived.had_been_judged = is_lead_judged
        await self._ends()
        for reference in pair.both:
            if run := self._run_of(reference):
                await self._answered(self._home.client.get_workflow_handle(run.workflow_id).result)
                self.lived.ended[reference] = await self._status(reference)

    async def _link(self) -> None:
        pair = self._pair
        if pair.what == "nobody there":
            await self._says(pair.follower, "same_as", reference=NOBODY)
            await self._until_link_is("refused")
            return
        if pair.what == "both ask":
            await asyncio.gather(
                self._say(pair.lead, "same_as", reference=pair.follower),
                self._say(pair.follower, "same_as", reference=pair.lead),
            )
            pair = self._pair = self.lived.pair = await self._as_it_came()
        else:
            await self._says(pair.follower, "same_as", reference=pair.lead)
            await self._until_link_is("follows")
        self.lived.follows_from = running().now()
        if self._chance.random() < 0.5:
            await self._is_refused(pair.lead, "same_as", reference=pair.follower)
        await self._attend(pair.lead)
        await asyncio.sleep(120)  # what the other has judged is known by then
        if self._chance.random() < 0.5:
            await self._is_refused(pair.follower, "resolution", **_resolution(running().now()))
        if self._chance.random() < 0.5:
            await self._judge(pair.follower)
        await self._attend(pair.follower)
        await self._pause()

    async def _ends(self) -> None:
        pair = self._pair
        match pair.what:
            case "to the end" | "both ask":
                await self._resolve(pair.lead)
            case "comes back":
                await self._resolve(pair.lead)
                if await self._say(pair.lead, "reopening", reason="It is back.") == "taken":
                    self.lived.has_come_back = True
                    await self._pause()
                    await self._resolve(pair.lead)
            case "nobody there":
                await self._resolve(pair.lead)
                await self._resolve(pair.follower)
            case "taken back":
                self.lived.follows_until = running().now()
                await self._says(pair.follower, "not_same_as", reason="Our own firewall.")
                await self._resolve(pair.follower)
                await self._resolve(pair.lead)
            case "vanishes":
                await self._ended_from_outside(pair.lead)
                await asyncio.sleep(LOOKED_FOR_WITHIN)
                if await self._link_of(pair.follower) == "follows":  # the watchdog looked first, and the lead is back
                    self.lived.follows_until = None
                    await self._resolve(pair.lead)
                else:
                    await self._resolve(pair.follower)
                    await asyncio.sleep(A_LOOK)
                    if (run := self._run_of(pair.lead)) and run.is_open:
                        await self._resolve(pair.lead)
            case "cancelled":
                await self._is_refused(pair.lead, "cancellation", reason="Opened twice.")
                await self._says(pair.follower, "cancellation", reason="Opened twice.")
                await self._resolve(pair.lead)

    # --- what people do ---------------------------------------------------------------------------------------

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.expovariate(1 / self._pair.pace))

    async def _open(self, reference: str) -> None:
        facts = opening(reference, self._pair.service)(running().now())

        async def start() -> None:
            try:
                await self._home.client.start_workflow(
                    "Incident", facts, id=f"incident-{reference}", task_queue=TASK_QUEUE
                )
            except WorkflowAlreadyStartedError:
                return  # an earlier try that got no answer

        await self._answered(start)

    async def _judge(self, reference: str) -> None:
        judged = triage(self._pair.severity, extensive=False)
        await self._says(reference, "triage", **judged(running().now()))

    async def _attend(self, reference: str) -> None:
        """Do what an incident says is owed, until nothing is that a person can do."""
        while True:
            status = await self._status(reference)
            owed = {duty["kind"]: duty["id"] for duty in status["duties"] if duty["state"] in OPEN}
            if "triage" in owed:
                await self._judge(reference)
            elif "phone_kela" in owed:
                await self._says(reference, "phone_escalation", **call()(running().now()))
            elif not owed and status["duties"]:
                return
            else:
                await asyncio.sleep(30)  # a form is on its way, or it has only just been opened

    async def _resolve(self, reference: str) -> None:
        await self._attend(reference)
        await self._says(reference, "resolution", **_resolution(running().now()))

    async def _link_of(self, reference: str) -> str:
        return str(((await self._status(reference)).get("same_as") or {}).get("state", ""))

    async def _until_link_is(self, state: str) -> None:
        async def is_so() -> None:
            if await self._link_of(self._pair.follower) != state:
                raise TimeoutError

        await self._answered(is_so)

    async def _as_it_came(self) -> Pair:
        """Where both have asked: of two at one time the second follows, else the one whose question came sooner."""

        async def found() -> Pair:
            for pair in (self._pair, self._pair._replace(is_reversed=True)):
                if await self._link_of(pair.follower) == "follows":
                    return pair
            raise TimeoutError

        return await self._answered(found)

    async def _ended_from_outside(self, reference: str) -> None:
        """Somebody terminates it, at a moment at which it waits."""
        while True:
            run = self._run_of(reference)
            if run is None or not run.is_open:
                return
            if run.task is None and not run.activities:
                self.lived.follows_until = running().now()
                Outside(self._home.server).terminate(run, "somebody thought it was not needed")
                return
            await asyncio.sleep(5)

    # --- messages -----------------------------------------------------------------------------------------------

    async def _says(self, reference: str, message: str, /, **facts: Any) -> None:
        if (outcome := await self._say(reference, message, **facts)) != "taken":
            self.lived.wrong.append(f"{reference}: {message} was {outcome}")

    async def _is_refused(self, reference: str, message: str, /, **facts: Any) -> None:
        if (outcome := await self._say(reference, message, **facts)) == "taken":
            self.lived.wrong.append(f"{reference}: {message} was {outcome}, and is not possible")

    async def _say(self, reference: str, message: str, /, **facts: Any) -> str:
        """Say something until it is answered; what has become of it."""
        token = f"{reference}/{message}/{running().now().isoformat()}"
        handle = self._home.client.get_workflow_handle(f"incident-{reference}")
        payload = {"by": "desk", "event_id": token, **facts}

        async def say() -> str:
            try:
                await handle.execute_update(message, payload, id=token)
            except WorkflowUpdateFailedError as refused:
                return f"refused: {refused.cause}"
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return "too late"
                raise
            return "taken"

        return await self._answered(say)

    async def _status(self, reference: str) -> dict[str, Any]:
        handle = self._home.client.get_workflow_handle(f"incident-{reference}")
        status: dict[str, Any] = await self._answered(lambda: handle.query("status"))
        return status

    async def _answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError):
                unless_cancelled()
                await asyncio.sleep(5)

    def _run_of(self, reference: str) -> Run | None:
        """Its run, unless somebody has terminated it."""
        run = self._home.server.runs.get(self._home.server.current.get(f"incident-{reference}", ""))
        return None if run is None or run.status == "Terminated" else run


def _resolution(at: datetime) -> dict[str, Any]:
    return {"resolved_at": at.isoformat(), "cause": "A certificate.", "remedy": "Renewed."}
