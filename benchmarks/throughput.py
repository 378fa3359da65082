"""Throughput: complete incidents a second, from the opening to the bundle of evidence, against the bare workflow."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from argparse import ArgumentParser, Namespace
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from benchmarks.economy import at_rest
from benchmarks.house import PLAN, House, running
from benchmarks.plan import Counted, plan_of
from benchmarks.proc import used
from benchmarks.results import now, save, say
from benchmarks.scenes import open_incident, opening
from tests.builders import call, resolution, triage

RULES = {"watch": 'length = "PT1S"'}  # the timer is the same on both sides; nobody waits a day for it
ARMS = ("desk", "real", "idle")
"""The product; the bare workflow with the same adapters; the bare workflow whose activities do nothing."""
MESSAGES: tuple[tuple[str, Any], ...] = (("triage", triage), ("phone_escalation", call), ("resolution", resolution))


class Batch(NamedTuple):
    """One batch of one arm: processes a second; milliseconds of processor time a process, of worker and server."""

    rate: float
    worker_ms: float
    server_ms: float


async def one_incident(house: House, reference: str, *, rests: bool = False) -> None:
    """Live through one incident: the next message goes when the one before is answered (or all has come to rest)."""
    handle = await open_incident(house.client, reference)
    for name, said in MESSAGES:
        if rests:
            await at_rest(handle)
        await handle.execute_update(name, said())
    await handle.result()


async def one_bare(house: House, reference: str, queue: str) -> None:
    """Live through one bare workflow, told the same words."""
    handle = await house.client.start_workflow("Bare", opening(reference), id=f"bare-{reference}", task_queue=queue)
    for _, said in MESSAGES:
        await handle.execute_update("say", said())
    await handle.result()


async def batch(house: House, arm: str, pid: int, count: int, at_once: int) -> Batch:
    """Live through a number of processes."""
    gate = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with gate:
            reference = f"B-{uuid.uuid4().hex[:12]}"
            await (one_incident(house, reference) if arm == "desk" else one_bare(house, reference, arm))

    before, began = (used(pid), used(house.server_pid)), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    took = time.perf_counter() - began
    after = used(pid), used(house.server_pid)
    worker, server = (then.seconds - was.seconds for then, was in zip(after, before, strict=True))
    return Batch(count / took, worker * 1000 / count, server * 1000 / count)


async def planned(house: House) -> Counted:
    """Live through one incident alone, with rests, and write down what it asked of Temporal."""
    reference = f"P-{uuid.uuid4().hex[:12]}"
    await one_incident(house, reference, rests=True)
    history = await house.client.get_workflow_handle(f"incident-{reference}").fetch_history()
    plan = await plan_of(house.client, history, reference)
    plan.write(house.folder / PLAN)
    return plan.counted()


def options(parser: ArgumentParser) -> None:
    """How much is lived through."""
    parser.add_argument("--count", type=int, default=60, help="processes in a batch")
    parser.add_argument("--at-once", type=int, default=30, help="of them at the same time")
    parser.add_argument("--rounds", type=int, default=3, help="batches of each arm, in turn")


async def measure(chosen: Namespace) -> None:
    """Live through batches of each arm in turn, and keep them all."""
    began = now()
    batches: dict[str, list[Batch]] = {arm: [] for arm in ARMS}
    async with running(RULES) as house, AsyncExitStack() as workers:
        pids = {"desk": await workers.enter_async_context(house.worker())}
        counted = await planned(house)
        for arm in ARMS[1:]:
            pids[arm] = await workers.enter_async_context(house.worker(arm))
        for arm, pid in pids.items():
            await batch(house, arm, pid, 5, 5)  # what is loaded once is loaded
        for number in range(chosen.rounds):
            for arm, pid in pids.items():
                batches[arm].append(await batch(house, arm, pid, chosen.count, chosen.at_once))
                say(f"throughput {number + 1}/{chosen.rounds} {arm}: {batches[arm][-1].rate:.2f}/s")
    found = {"counted": counted._asdict(), "count": chosen.count, "at_once": chosen.at_once, "load": os.getloadavg()[0]}
    save("throughput", found | {"arms": {a: [b._asdict() for b in bs] for a, bs in batches.items()}}, began)
