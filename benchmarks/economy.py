"""Economy: what an incident and a breach cost in Temporal's own coin: history events, bytes, billable actions.

Each is lived through by the real worker with the real adapters; the server moves the clock. Between two steps all
comes to rest, so that the numbers of activities, timers, messages and attribute changes are the same in each run. What
depends on how fast the machine is (how many completions one workflow task takes in) only lowers the events.
"""

from __future__ import annotations

import asyncio
import tomllib
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper

from benchmarks.house import House, running
from benchmarks.results import now, save, say
from benchmarks.scenes import open_breach, open_incident
from tests.builders import call, resolution, triage

BUDGET = Path(__file__).with_name("budget.toml")
PATIENCE = 120
LEAST_PERCENT = 85
"""Of the bytes of a budget, so many must be used."""
MOVED = ("WORKFLOW_EXECUTION_OPTIONS_UPDATED", "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED")
"""Events of the moved clock: a real incident has none of them."""
BILLED = {
    "WORKFLOW_EXECUTION_STARTED": "starts",
    "WORKFLOW_EXECUTION_SIGNALED": "messages",
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED": "messages",
    "TIMER_STARTED": "timers",
    "ACTIVITY_TASK_STARTED": "activities",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES": "upserts",
    "MARKER_RECORDED": "markers",
}
"""What Temporal Cloud counts as an action, as far as it stands in a history (its documentation, "Actions")."""


@dataclass
class Cost:
    """What a step, or a whole process, costs."""

    step: str
    events: int = 0
    tasks: int = 0
    bytes: int = 0
    starts: int = 0
    messages: int = 0
    timers: int = 0
    activities: int = 0
    upserts: int = 0
    markers: int = 0

    @property
    def actions(self) -> int:
        """The billable actions."""
        return self.starts + self.messages + self.timers + self.activities + self.upserts + self.markers

    @property
    def recorded(self) -> int:
        """The events besides those of workflow tasks, whose number hangs on how fast the machine is."""
        return self.events - self.tasks

    def take(self, event: HistoryEvent) -> None:
        """Count an event."""
        kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        if kind in MOVED:
            return
        self.events += 1
        self.tasks += kind.startswith("WORKFLOW_TASK_")
        self.bytes += event.ByteSize()
        if counted := BILLED.get(kind):
            setattr(self, counted, getattr(self, counted) + 1)


def options(_parser: ArgumentParser) -> None:
    """Nothing can be chosen: what is measured has a budget."""


async def measure(_chosen: Namespace) -> None:
    """Count both processes, step by step, and hold them against the budget."""
    began, counted = now(), await costs()
    for name, steps in counted.items():
        whole = total(steps)
        for each in (*steps, whole):
            say(f"economy {name}: {each.step}: {each.events} events, {each.bytes} bytes, {each.actions} actions")
        for fault in beyond(name, whole):
            say(f"economy {name}: BEYOND THE BUDGET: {fault}")
    save(
        "economy", {name: [asdict(s) | {"actions": s.actions} for s in steps] for name, steps in counted.items()}, began
    )


async def costs() -> dict[str, list[Cost]]:
    """The cost of each step of both processes."""
    async with running() as house, house.worker():
        return {
            "incident": await lived(*await a_complete_incident(house)),
            "breach": await lived(*await a_breach_of_72_hours(house)),
        }


def total(steps: Iterable[Cost]) -> Cost:
    """The sum of the steps."""
    whole = Cost("all of it")
    for step in steps:
        for name, value in asdict(step).items():
            if name != "step":
                setattr(whole, name, getattr(whole, name) + value)
    return whole


def beyond(name: str, whole: Cost) -> list[str]:
    """What does not fit the budget, in words. A budget that is no longer used up is a fault, too: it hides growth."""
    budget: dict[str, int] = tomllib.loads(BUDGET.read_text(encoding="utf-8"))[name]
    spent = {each: int(getattr(whole, each)) for each in budget}
    exact = [each for each in budget if each != "bytes" and spent[each] != budget[each]]
    found = [f"{each}: {spent[each]} instead of {budget[each]}" for each in exact]
    least = budget["bytes"] * LEAST_PERCENT // 100
    if not least <= spent["bytes"] <= budget["bytes"]:
        found.append(f"bytes: {spent['bytes']}, allowed are {least} to {budget['bytes']}")
    return found


Step = tuple[str, Callable[[], Awaitable[Any]]]


async def lived(handle: WorkflowHandle[Any, Any], steps: Sequence[Step]) -> list[Cost]:
    """Live through the steps one by one, each to its rest, and count the events that each has added."""
    counted, seen = list[Cost](), 0
    for name, do in (("opened", nothing), *steps):
        await do()
        await at_rest(handle)
        events = (await handle.fetch_history()).events
        cost = Cost(name)
        for event in events[seen:]:
            cost.take(event)
        counted.append(cost)
        seen = len(events)
    return counted


async def at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait until a process has come to rest: nothing under way, the same record twice."""
    before: Any = None
    async with asyncio.timeout(PATIENCE):
        while True:
            record = await handle.query("record")
            if not record["under_way"] and record["carried"]["has_begun"] and record == before:
                return
            before = record
            await asyncio.sleep(0.2)


async def nothing() -> None:
    """The opening is done already."""


async def a_complete_incident(house: House) -> tuple[WorkflowHandle[Any, Any], Sequence[Step]]:
    """A critical outage of two hours that is judged, reported and phoned in time."""
    handle = await open_incident(house.client, f"E-{uuid.uuid4().hex[:12]}")
    say_it, passes = _talk(handle), _clock(house, handle)
    return handle, (
        ("triage: judged, reported to Kela, six told", lambda: say_it("triage", triage())),
        ("phone call to Kela", lambda: say_it("phone_escalation", call())),
        ("two hours pass", lambda: passes(hours=2)),
        ("resolution: six told", lambda: say_it("resolution", resolution())),
        ("watch of 24 hours, evidence, closed", lambda: passes(hours=25)),
    )


async def a_breach_of_72_hours(house: House) -> tuple[WorkflowHandle[Any, Any], Sequence[Step]]:
    """A breach of a controller, high risk; the authority is notified in the last hour, after every reminder."""
    reference = f"E-{uuid.uuid4().hex[:12]}"
    handle = await open_breach(house.client, reference)
    say_it, passes = _talk(handle), _clock(house, handle)

    async def at(name: str, **said: Any) -> None:
        moment = (await TimeSkipper(house.client).get_current_time(handle)).isoformat()
        await say_it(name, {"by": "dpo"} | {field: value or moment for field, value in said.items()})

    risk = {"risk": "high", "reasons": "Health data of about forty patients.", "subjects_estimate": 40}
    return handle, (
        ("71 hours and a half with every reminder", lambda: passes(hours=71.5)),
        ("risk assessed: high, papers written", lambda: at("risk_assessment", **risk)),
        ("authority notified", lambda: at("authority_notified", notified_at="", phase="final", reference="TSV-1")),
        ("persons informed", lambda: at("subjects_informed", informed_at="", channel="letter", count=40)),
        ("measures taken", lambda: at("measures_taken", text="Access was closed.")),
        ("conclusion, evidence, closed", lambda: at("conclusion", text="A right had been given by mistake.")),
    )


def _talk(handle: WorkflowHandle[Any, Any]) -> Callable[[str, dict[str, Any]], Awaitable[Any]]:
    return handle.execute_update


def _clock(house: House, handle: WorkflowHandle[Any, Any]) -> Callable[..., Awaitable[Any]]:
    async def passes(**duration: float) -> None:
        skipping = TimeSkipper(house.client).fast_forward(handle, timedelta(**duration))
        await asyncio.wait_for(skipping, PATIENCE)

    return passes
