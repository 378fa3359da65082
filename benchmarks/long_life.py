"""Long life: thousands of messages, then months of alarms; how large its runs become, how long they take to replay.

One incident that nobody judges: its alarms go on, every day in the end. The server moves its clock.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from benchmarks.house import House, running
from benchmarks.results import now, save, say, share
from benchmarks.scenes import open_incident
from workers.wiring import build_replayer

RULES = {
    "ladders.triage": 'due_after = "30min"\noverdue_to = ["desk"]\noverdue_every = "1h"\noverdue_at_most_every = "1d"'
}
AT_ONCE, BATCH = 25, 250
DAYS_AT_ONCE = 30
ASKED = 40
PATIENCE = 600


class Run(NamedTuple):
    """One run of the incident. ``milliseconds``: to replay it."""

    events: int
    bytes: int
    milliseconds: float


def options(parser: ArgumentParser) -> None:
    """How long a life."""
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365, help="of alarms")


async def measure(chosen: Namespace) -> None:
    """Live; ask at the beginning, after the messages and at the end; replay every run."""
    began = now()
    async with running(RULES) as house, house.worker():
        reference = f"Y-{uuid.uuid4().hex[:12]}"
        opened = await open_incident(house.client, reference)
        handle = house.client.get_workflow_handle(opened.id)
        await until_applied(handle, 0)
        asked = {"at the beginning": await status_ms(handle)}
        took = await told(handle, chosen.messages)
        asked["after the messages"] = await status_ms(handle)
        began_waiting = time.perf_counter()
        await pass_days(house, handle, chosen.days)
        days_took = time.perf_counter() - began_waiting
        asked["after the days"] = await status_ms(handle)
        status = await patient_query(handle, "status")
        runs = [await replayed(house, reference, run_id) for run_id in await runs_of(house, opened.id)]
        record = len(str(await patient_query(handle, "record")))
    say(f"long life: {len(runs)} runs, the largest {max(runs)}")
    found = {
        "messages": chosen.messages,
        "messages_per_second": chosen.messages / took,
        "days": chosen.days,
        "days_took": days_took,
        "letters": len(status["messages"]) + status["only_in_evidence"].get("messages", 0),
        "applied": status["applied_count"],
        "record_bytes": record,
        "status_ms": asked,
        "runs": [run._asdict() for run in runs],
        "load": os.getloadavg()[0],
    }
    save("long_life", found, began)


async def told(handle: WorkflowHandle[Any, Any], count: int) -> float:
    """Tell it so many things as signals, batch by batch; the seconds that it took."""
    gate, began = asyncio.Semaphore(AT_ONCE), time.perf_counter()

    async def tell(number: int) -> None:
        said = {"by": "monitoring", "event_id": f"n-{number}", "guid": f"g-{number}", "title": f"Notice {number}"}
        said |= {"kind": "other", "published_at": now().isoformat()}
        async with gate:
            await again_while_closing(handle, said)

    for first in range(0, count, BATCH):
        last = min(first + BATCH, count)
        await asyncio.gather(*(tell(number) for number in range(first, last)))
        await until_applied(handle, last)
        if last % 1000 == 0 or last == count:
            say(f"long life: {last} messages")
    return time.perf_counter() - began


async def again_while_closing(handle: WorkflowHandle[Any, Any], said: dict[str, Any]) -> None:
    """Send until it is taken: a run that hands over to the next asks its sender to come again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(RPCError):
                await handle.signal("notice", said)
                return
            await asyncio.sleep(0.05)


async def pass_days(house: House, handle: WorkflowHandle[Any, Any], days: int) -> None:
    """Let days pass, a month at a time: one move of the clock may skip 200 times at most."""
    for gone in range(0, days, DAYS_AT_ONCE):
        step = timedelta(days=min(DAYS_AT_ONCE, days - gone), minutes=7)  # ends well between two alarms
        await asyncio.wait_for(TimeSkipper(house.client).fast_forward(handle, step), PATIENCE)
        say(f"long life: {gone + step.days} days")


async def until_applied(handle: WorkflowHandle[Any, Any], count: int) -> None:
    """Wait until so many messages have been applied, and nothing is under way."""
    async with asyncio.timeout(PATIENCE):
        while True:
            record = await patient_query(handle, "record")
            if (
                record["carried"]["applied_count"] >= count
                and record["carried"]["has_begun"]
                and not record["under_way"]
            ):
                return
            await asyncio.sleep(0.1)


async def patient_query(handle: WorkflowHandle[Any, Any], query: str) -> Any:
    """Ask; again where it is between two of its runs."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(RPCError):
                return await handle.query(query)
            await asyncio.sleep(0.05)


async def status_ms(handle: WorkflowHandle[Any, Any]) -> dict[str, float]:
    """How long it takes until it says how it stands."""
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        await patient_query(handle, "status")
        took.append((time.perf_counter() - began) * 1000)
    return {"p50": share(took, 50), "p99": share(took, 99)}


async def runs_of(house: House, workflow_id: str) -> Sequence[str]:
    """The ids of all runs, from the newest back to the first."""
    found: list[str] = []
    run_id: str | None = None
    while run_id != "":
        history = await house.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        began = history.events[0].workflow_execution_started_event_attributes
        found.append(began.original_execution_run_id)
        run_id = began.continued_execution_run_id
    return found


async def replayed(house: House, reference: str, run_id: str) -> Run:
    """Replay a run as a worker does that has never seen it. Raises where it does not replay."""
    history = await house.client.get_workflow_handle(f"incident-{reference}", run_id=run_id).fetch_history()
    replayer = build_replayer(house.client.data_converter)
    began = time.perf_counter()
    await replayer.replay_workflow(history)
    took = (time.perf_counter() - began) * 1000
    return Run(len(history.events), sum(event.ByteSize() for event in history.events), took)
