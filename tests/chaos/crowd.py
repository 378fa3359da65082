"""The desks of many processes at once: each says what its plan wants until it is acknowledged, and keeps a journal."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tests.builders import now
from tests.chaos.patience import unless_cancelled
from tests.chaos.script import Act, Garbage, Late, Open, Pause, Plan, Say, To, Until
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.process.ids import TASK_QUEUE

T = TypeVar("T")
ONE_TRY = timedelta(seconds=30)
PATIENCE = timedelta(minutes=12)
"""For anything that the desk waits for: servers and workers die, other work may fill the machine, and a letter
that fails some times waits five minutes for its next try."""
TYPES = {"incident": "Incident", "breach": "DataBreach"}
STATUS: dict[To, type[IncidentStatus | BreachStatus]] = {"incident": IncidentStatus, "breach": BreachStatus}
Outcome = Literal["taken", "refused", "too late"]
LAST_WORDS = ("conclusion", "cancellation")
"""Nothing is on its way when these are said: after them nothing is taken."""


@dataclass
class Said:
    """One thing said and acknowledged. ``token`` stands in it as its sender; ``sha256`` is that of its bytes."""

    token: str
    to: To
    message: str
    facts: dict[str, Any]
    sha256: str
    sent_at: datetime
    is_readable: bool = True
    as_signal: bool = False
    outcome: Outcome = "taken"
    of_another: bool = False
    """Whether another process said it: the watch of the notices, a planned break."""


@dataclass
class Life:
    """One plan as it was lived.

    ``ended``: the result of each process; ``shown``: what it answered when asked for its status after that;
    ``trouble``: what the desk waited for in vain.
    """

    client: Client
    plan: Plan
    said: list[Said] = field(default_factory=list)
    ended: dict[To, Any] = field(default_factory=dict)
    shown: dict[To, Any] = field(default_factory=dict)
    trouble: str = ""
    _contents: dict[str, RawValue] = field(default_factory=dict)
    _on_its_way: dict[asyncio.Task[None], str] = field(default_factory=dict)
    _late: int = 0

    @property
    def reference(self) -> str:
        """The reference of its processes."""
        return self.plan.reference

    def workflow_id(self, to: To) -> str:
        """The id of one of its processes."""
        return f"{to}-{self.reference}"

    def handle(self, to: To) -> WorkflowHandle[Any, Any]:
        """One of its processes."""
        return self.client.get_workflow_handle(self.workflow_id(to), result_type=STATUS[to])

    async def live(self) -> None:
        """Do what the plan says, then wait for the end of each process."""
        try:
            is_over = False
            for act in self.plan.acts:
                said = act.said if isinstance(act, Late) else act
                if is_over and isinstance(said, Say | Garbage) and said.to == "incident":
                    continue
                is_over = not await self._do(act) or is_over
            await self._come()
            for to in dict.fromkeys(said.to for said in self.said):
                self.ended[to] = await self._answered(self.handle(to).result)
                self.shown[to] = await self._answered(partial(self._status, to))
        except TimeoutError:
            last = self.said[-1].message if self.said else "anything"
            self.trouble = f"{self.reference}: nothing came within {PATIENCE} after {last}; {await self._stands()}"

    async def _stands(self) -> str:
        """How its processes stand by the server's word, which needs no worker: for who has to find the cause."""
        stand = []
        for to in dict.fromkeys(said.to for said in self.said):
            described = await self._described(to)
            if described is None:
                stand.append(f"{to}: there is none, or nobody says")
                continue
            events = (await self._answered(self.handle(to).fetch_history)).events
            last = [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events[-4:]]
            raw = described.raw_description
            waits = " ".join(" ".join(map(str, (raw.pending_workflow_task, *raw.pending_activities))).split())
            stand.append(f"{to} {described.status.name}, {len(events)} events, last {last}, waits for: {waits or '-'}")
        return "; ".join(stand)

    async def _described(self, to: To) -> Any:
        """What the server says of a process; None where there is none, since nothing has begun it, or no answer."""

        async def describe() -> Any:
            try:
                return await self.handle(to).describe()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return None
                raise

        try:
            return await self._answered(describe)
        except TimeoutError:
            return None

    async def _do(self, act: Act) -> bool:
        """Do one thing; whether the incident goes on: one that was to be reopened too late does not."""
        await self._wait_for_what_must_come_first(act)
        match act:
            case Pause():
                await asyncio.sleep(act.seconds)
            case Open():
                await self._open(act)
            case Until():
                await self._until(act)
            case Late():
                self._late += 1
                said = self._worded(act.said, f"{self.reference}/late-{self._late}")
                self._on_its_way[asyncio.create_task(self._arrives(act, said))] = act.said.message
            case Garbage():
                await self._signal(self._new(act.to, act.message, act.text.encode(), {}, is_readable=False))
            case Say(how="update"):
                return await self._update(act) == "taken" or act.message != "reopening"
            case Say():
                said = self._worded(act)
                for _ in range(2 if act.how == "twice" else 1):
                    await self._signal(said)
        return True

    async def _open(self, act: Open) -> None:
        at = now()
        facts = act.facts(at)
        said = Said(f"{self.reference}/{len(self.said)}", act.to, "", facts, "", at)
        payload = facts | ({"by": said.token} if act.to == "breach" else {})

        async def start() -> None:
            try:
                await self.client.start_workflow(
                    TYPES[act.to], payload, id=self.workflow_id(act.to), task_queue=TASK_QUEUE
                )
            except WorkflowAlreadyStartedError:
                return  # an earlier try that got no answer

        await self._answered(start)
        self.said.append(said)

    def _worded(self, act: Say, token: str = "") -> Said:
        token = token or f"{self.reference}/{len(self.said)}"
        at = now()
        facts = {"by": token, "event_id": token, **act.facts(at)}
        return self._new(act.to, act.message, json.dumps(facts).encode(), facts, token=token)

    def _new(
        self,
        to: To,
        message: str,
        content: bytes,
        facts: dict[str, Any],
        *,
        is_readable: bool = True,
        token: str = "",
    ) -> Said:
        token = token or f"{self.reference}/{len(self.said)}"
        said = Said(token, to, message, facts, hashlib.sha256(content).hexdigest(), now(), is_readable)
        self._contents[said.sha256] = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=content))
        return said

    async def _signal(self, said: Said) -> None:
        said.as_signal = True
        await self._answered(lambda: self.handle(said.to).signal(said.message, self._contents[said.sha256]))
        if said not in self.said:
            self.said.append(said)

    async def _arrives(self, act: Late, said: Said) -> None:
        """A message comes at last; where its process has ended by then, it was never said."""
        await asyncio.sleep(act.seconds)
        said.sent_at = now()
        outcome = await self._ask(said)
        before = self.said[-1]
        if outcome == "too late" or (outcome == "refused" and await self._answered(lambda: self._was_closed_to(said))):
            return
        self.said.insert(self.said.index(before) + 1, said)  # what was answered while it asked again comes after it

    async def _was_closed_to(self, said: Said) -> bool:
        """Whether a process that is closed and only bundles its evidence turned a message away at its door.

        One that it has let in first, and then refuses, is another matter: that one stands in its history.
        """
        history = await self.handle(said.to).fetch_history()
        was_let_in = any(said.token.encode() in event.SerializeToString() for event in history.events)
        return not was_let_in and (await self._status(said.to)).phase == "closed"

    async def _wait_for_what_must_come_first(self, act: Act) -> None:
        if isinstance(act, Until) or (isinstance(act, Say) and act.message in LAST_WORDS):
            await self._come()
        elif isinstance(act, Say) and act.message == "resolution":
            await self._come("triage")
        elif isinstance(act, Say) and act.message == "reopening":
            await self._come("situation_update")  # after it, that one may open duties that this desk does not know of

    async def _come(self, *messages: str) -> None:
        """Wait for what is on its way: all, or what these are."""
        waited_for = [task for task, message in self._on_its_way.items() if message in messages or not messages]
        for task in waited_for:
            await task
            del self._on_its_way[task]

    async def _update(self, act: Say) -> Outcome:
        said = self._worded(act)
        outcome = await self._ask(said)
        self.said.append(said)
        return outcome

    async def _ask(self, said: Said) -> Outcome:
        """Say it as an update; what has become of it."""

        async def say() -> Outcome:
            try:
                await self.handle(said.to).execute_update(said.message, self._contents[said.sha256], id=said.token)
            except WorkflowUpdateFailedError:
                return "refused"
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return "too late"
                raise
            return "taken"

        said.outcome = await self._answered(say)
        return said.outcome

    async def _until(self, act: Until) -> None:
        match act.what:
            case "asked for a breach":
                await self._answered(self._is_asked)
            case "breach started":
                await self._answered(lambda: self.handle("breach").describe())
            case "incident over" | "breach over":
                to: To = "incident" if act.what == "incident over" else "breach"
                self.ended[to] = await self._answered(lambda: self.handle(to).result())

    async def _status(self, to: To) -> Any:
        return await self.handle(to).query("status", result_type=STATUS[to])

    async def _is_asked(self) -> None:
        """Read from the history, which needs no worker."""
        history = await self.handle("incident").fetch_history()
        if not any(b"shown-at-once" in event.SerializeToString() for event in history.events):
            raise _NotYet

    async def _answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, asked for again after every failure of the connection, for as long as patience lasts."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while True:
                try:
                    async with asyncio.timeout(ONE_TRY.total_seconds()):
                        return await ask()
                except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError, _NotYet):
                    unless_cancelled()
                    await asyncio.sleep(0.5)


class _NotYet(Exception):
    """What is waited for has not come yet."""


async def live_all(client: Client, plans: Sequence[Plan], starts: Sequence[float]) -> list[Life]:
    """Live some plans, each from its own start (seconds from now)."""
    lives = [Life(client, plan) for plan in plans]
    began = time.monotonic()

    async def one(life: Life, start: float) -> None:
        await asyncio.sleep(max(0.0, began + start - time.monotonic()))
        await life.live()

    await asyncio.gather(*(one(life, start) for life, start in zip(lives, starts, strict=True)))
    return lives
