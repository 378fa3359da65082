"""Latency: a message is sent until it stands in ``status``, and until an update answers, against the bare workflow."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from temporalio.client import WorkflowHandle

from benchmarks.house import House, running
from benchmarks.results import now, save, say
from benchmarks.scenes import open_incident
from tests.builders import call, triage

RULES = {"ladders.triage": 'due_after = "72h"'}
HEARD = "applied_count"
QUIET = 1.0
PATIENCE = 120
Sender = Callable[[WorkflowHandle[Any, Any], str, int], Awaitable[None]]


def options(parser: ArgumentParser) -> None:
    """How many messages."""
    parser.add_argument("--messages", type=int, default=30, help="by signal and by update, to each process")
    parser.add_argument("--rounds", type=int, default=20, help="processes of each arm, in turn")


async def measure(chosen: Namespace) -> None:
    """Talk to a fresh incident and to a fresh bare workflow in turn, and keep every time that was taken."""
    began = now()
    took: dict[str, dict[str, list[float]]] = {arm: {"signal": [], "update": []} for arm in ("desk", "bare")}
    async with running(RULES) as house, AsyncExitStack() as workers:
        for kind in ("desk", "idle"):
            await workers.enter_async_context(house.worker(kind))
        for number in range(chosen.rounds + 1):  # the first is not counted: it loads what is loaded once
            incident = await handled_incident(house)
            bare = await bare_talk(house, await incident.query("status"))
            arms = (("desk", incident, "phone_escalation"), ("bare", bare, "say"))
            for way, send in (("signal", by_signal), ("update", by_update)):
                for _ in range(chosen.messages):
                    for arm, handle, name in arms:  # in turn, message by message
                        seconds = await timed(send, handle, name)
                        took[arm][way] += [seconds] if number else []
            await incident.terminate()
            await bare.terminate()
            say(f"latency {number}/{chosen.rounds}")
    save("latency", {"took": took, "load": os.getloadavg()[0]}, began)


async def timed(send: Sender, handle: WorkflowHandle[Any, Any], name: str) -> float:
    """Seconds until a message is seen to have been taken."""
    heard = (await handle.query("status"))[HEARD]
    began = time.perf_counter()
    await send(handle, name, heard)
    return time.perf_counter() - began


async def by_signal(handle: WorkflowHandle[Any, Any], name: str, heard: int) -> None:
    """Signal, then ask until the status has it."""
    await handle.signal(name, call(reached=False, person=""))
    while (await handle.query("status"))[HEARD] == heard:  # noqa: ASYNC110  # as above: nothing here can tell
        await asyncio.sleep(0)


async def by_update(handle: WorkflowHandle[Any, Any], name: str, heard: int) -> None:
    """Update: the answer is the status."""
    answer = await handle.execute_update(name, call(reached=False, person=""))
    if answer[HEARD] == heard:
        raise RuntimeError("an update was answered without being applied")


async def handled_incident(house: House) -> WorkflowHandle[Any, Any]:
    """An incident that has been judged, and whose letters have all gone."""
    handle = await open_incident(house.client, f"T-{uuid.uuid4().hex[:12]}")
    await handle.execute_update("triage", triage(severity="high", extensive=False))
    await until_quiet(partial(handle.query, "record"))
    return handle


async def until_quiet(record: Callable[[], Awaitable[Any]]) -> None:
    """Wait until nothing is under way."""
    async with asyncio.timeout(PATIENCE):
        while (await record())["under_way"]:  # noqa: ASYNC110  # another process is asked
            await asyncio.sleep(0.1)
    await asyncio.sleep(QUIET)


async def bare_talk(house: House, status: dict[str, Any]) -> WorkflowHandle[Any, Any]:
    """A bare workflow that begins with the status of an incident; both grow by a call with each message."""
    return await house.client.start_workflow("BareTalk", status, id=f"talk-{uuid.uuid4().hex[:12]}", task_queue="idle")
