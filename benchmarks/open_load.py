"""Many open incidents with running clocks on one server and one worker: memory, rates, a burst of deadlines, a restart.

One house grows from size to size; at each size it is looked at while idle, and its worker is killed and started again.
At one size many legal clocks (of breaches) fall due within one second, and after them as many bare timers.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from temporalio.service import RPCError

from benchmarks.bare import TOLD
from benchmarks.house import House, running
from benchmarks.proc import used
from benchmarks.results import now, save, say, share
from benchmarks.scenes import open_incident
from tests.builders import breach_opening
from workflows.breach.messages import BreachStatus
from workflows.process.ids import TASK_QUEUE, breach_workflow_id
from workflows.process.messages import Happening

RULES = {"ladders.triage": 'due_after = "72h"\nreminders = [{ after = "24h", to = "desk" }]'}
"""Clocks that run, and do not ring while the house is looked at."""
OVERDUE = "Duty 'notify_supervisory_authority' is overdue"
LEGAL = timedelta(hours=72)
AHEAD, ASKED_AT_ONCE, STARTED_AT_ONCE = 300, 20, 30
IDLE_FOR, QUIET_FOR, SAMPLE, PATIENCE = 15, 8, 200, 1800
CHUNK, PREFIX = 100, "L-"
A_BREACH_TAKES = 1.6
"""Times as long as an incident to open: it has more to write."""


def options(parser: ArgumentParser) -> None:
    """How large the house becomes, and how long that may take."""
    parser.add_argument("--open", type=positive, nargs="+", default=[250, 500, 1000], help="sizes, growing")
    parser.add_argument("--burst", type=int, default=200, help="clocks that fall due within one second")
    parser.add_argument("--burst-at", type=int, help="the size at which that happens; the last, where left out")
    parser.add_argument("--within", type=float, default=240, help="minutes after which it grows no further")


def positive(text: str) -> int:
    """A size of a house: a number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


async def measure(chosen: Namespace) -> None:
    """Grow, and look at the house at each size. What was found is kept after each, should it be stopped.

    The burst is kept for itself: how a house grows can be measured without it.
    """
    began, found = now(), dict[str, Any](points=[])
    async with running(RULES) as house, AsyncExitStack() as stack:
        growing = Growing(house, stack, began + timedelta(minutes=chosen.within))
        await growing.start_worker()
        for size in chosen.open:
            found["points"].append(point := await growing.to(size))
            save("open_load", found, began)
            point |= await growing.restarted()
            say(f"open load: {point}")
            save("open_load", found, began)
            if chosen.burst and size == (chosen.burst_at or chosen.open[-1]):
                late = await burst(house, stack, chosen.burst, point["opened_per_second"])
                save("burst", late | {"open": len(growing.references)}, began)
            if len(growing.references) < size:
                break


class Growing:
    """A house in which more and more incidents are open."""

    def __init__(self, house: House, stack: AsyncExitStack, until: datetime) -> None:
        self.house, self.until = house, until
        self.references: list[str] = []
        self._stack = stack
        self._worker: AsyncExitStack | None = None
        self.pid = 0

    async def start_worker(self) -> None:
        """Start the worker."""
        self._worker = await self._stack.enter_async_context(AsyncExitStack())
        self.pid = await self._worker.enter_async_context(self.house.worker())

    async def to(self, size: int) -> dict[str, Any]:
        """Open incidents until there are so many; then look at the house."""
        had, began = len(self.references), time.perf_counter()
        before = used(self.pid), used(self.house.server_pid)
        while len(self.references) < size and (not self.references or now() < self.until):
            await self._open(min(CHUNK, size - len(self.references)))
            if len(self.references) % 500 == 0:
                say(f"open load: {len(self.references)} opened, {self._told()} told")
        await self._until_told(len(self.references))
        took = time.perf_counter() - began
        opened = max(1, len(self.references) - had)
        worker, server = used(self.pid), used(self.house.server_pid)
        point = {
            "size": len(self.references),
            "opened_per_second": opened / took,
            "worker_ms": (worker.seconds - before[0].seconds) * 1000 / opened,
            "server_ms": (server.seconds - before[1].seconds) * 1000 / opened,
            "load": os.getloadavg()[0],
        }
        return point | await self._idle() | await self._asked()

    async def _open(self, count: int) -> None:
        fresh = [f"{PREFIX}{uuid.uuid4().hex[:12]}" for _ in range(count)]
        await at_most(STARTED_AT_ONCE, [partial(open_incident, self.house.client, r) for r in fresh])
        self.references += fresh
        await self._until_told(len(self.references) - AHEAD)

    def _told(self) -> int:
        """The letters that tell the desk of an incident; those of breaches lie in the same folder."""
        outbox = self.house.settings.outbox_dir
        return sum(name.startswith(PREFIX) for name in os.listdir(outbox)) if outbox.exists() else 0  # noqa: PTH208  # fast

    async def _until_told(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self._told() < count:  # noqa: ASYNC110  # another process writes them
                await asyncio.sleep(0.2)

    async def _idle(self) -> dict[str, float]:
        """Memory, and how busy an idle house is."""
        await asyncio.sleep(IDLE_FOR / 3)
        before = used(self.pid), used(self.house.server_pid)
        await asyncio.sleep(IDLE_FOR)
        worker, server = used(self.pid), used(self.house.server_pid)
        return {
            "worker_mb": worker.megabytes,
            "server_mb": server.megabytes,
            "database_mb": sum(f.stat().st_size for f in self.house.folder.glob("temporal.db*")) / 2**20,
            "idle_worker_cpu": (worker.seconds - before[0].seconds) / IDLE_FOR,
            "idle_server_cpu": (server.seconds - before[1].seconds) / IDLE_FOR,
        }

    async def _asked(self) -> dict[str, float]:
        """How long it takes until an incident that nobody has asked for long says how it stands."""
        chosen = random.Random(len(self.references)).sample(self.references, min(SAMPLE, len(self.references)))  # noqa: S311
        took = [await seconds(partial(self._status, r)) for r in chosen]
        return {"status_p50_ms": share(took, 50) * 1000, "status_p99_ms": share(took, 99) * 1000}

    async def restarted(self) -> dict[str, float]:
        """Kill the worker, start another: how long until the first, and until every incident answers again."""
        os.kill(self.pid, signal.SIGKILL)
        if self._worker:
            await self._worker.aclose()
        began = time.perf_counter()
        await self.start_worker()
        answered: list[float] = []

        async def ask(reference: str) -> None:
            await self._status(reference)
            answered.append(time.perf_counter() - began)

        await at_most(ASKED_AT_ONCE, [partial(ask, r) for r in self.references])
        return {"restart_first_s": answered[0], "restart_all_s": answered[-1], "restart_mb": used(self.pid).megabytes}

    async def _status(self, reference: str) -> None:
        handle = self.house.client.get_workflow_handle(f"incident-{reference}")
        await patiently(lambda: handle.query("status", rpc_timeout=timedelta(seconds=60)))


async def burst(house: House, stack: AsyncExitStack, count: int, rate: float) -> dict[str, Any]:
    """Clocks of ``count`` breaches, and of as many bare workflows, that fall due within one second each.

    ``rate``: incidents that the house opens in a second.
    """
    bare_pid = await stack.enter_async_context(house.worker("idle"))
    say(f"open load: a burst of {count}, bare workers {bare_pid}")
    return {
        "count": count,
        "desk": await lateness(house, count, rate / A_BREACH_TAKES, start_breach, late_alarm),
        "bare": await lateness(house, count, rate, start_bare, late_timer),
        "load": os.getloadavg()[0],
    }


async def lateness(
    house: House,
    count: int,
    pace: float,
    start: Callable[[House, str, datetime], Awaitable[Any]],
    late: Callable[[House, str], Awaitable[tuple[float, float]]],
) -> dict[str, float]:
    """Start clocks, let them fall due within one second, and say by how much each was late.

    ``pace``: as many are taken up in a second, so that the house is idle again before the moment.
    """
    due = now() + timedelta(seconds=60 + count / pace)
    clocks = [(f"C-{uuid.uuid4().hex[:12]}", due + timedelta(seconds=n / count)) for n in range(count)]
    await at_most(STARTED_AT_ONCE, [partial(start, house, r, d) for r, d in clocks])
    say(f"open load: clocks started, {(due - now()).total_seconds():.0f} s before they fall due")
    await asyncio.sleep(max(0.0, (due - now()).total_seconds() + 2))
    await until_quiet(house)
    found = await at_most(ASKED_AT_ONCE, [partial(late, house, r) for r, _ in clocks])
    noticed, told = zip(*found, strict=True)
    return {
        **{f"noticed_{name}": share(noticed, per_cent) for name, per_cent in (("p50", 50), ("p99", 99), ("max", 100))},
        **{f"told_{name}": share(told, per_cent) for name, per_cent in (("p50", 50), ("p99", 99), ("max", 100))},
        "count": len(found),
        "early": sum(seconds < 0 for seconds in noticed),
    }


async def until_quiet(house: House) -> None:
    """Wait until no letter has gone for a while: whoever asks sooner is in the way of what is measured."""
    letters, unchanged = -1, 0
    async with asyncio.timeout(PATIENCE):
        while unchanged < QUIET_FOR:
            await asyncio.sleep(1)
            there = len(os.listdir(house.settings.outbox_dir))  # noqa: PTH208  # only the number is wanted
            letters, unchanged = there, unchanged + 1 if there == letters else 0


async def start_breach(house: House, reference: str, due: datetime) -> None:
    """A breach whose 72 hours end at a moment."""
    said = breach_opening(reference, aware_at=(due - LEGAL).isoformat())
    await house.client.start_workflow("DataBreach", said, id=breach_workflow_id(reference), task_queue=TASK_QUEUE)


async def late_alarm(house: House, reference: str) -> tuple[float, float]:
    """By how many seconds the alarm of a breach was late: noticed by the process; the last letter accepted."""
    handle = house.client.get_workflow_handle(breach_workflow_id(reference))
    async with asyncio.timeout(PATIENCE):
        while True:
            status = BreachStatus.model_validate(await patiently(lambda: handle.query("status")))
            lines = [Happening.model_validate(line) for line in await patiently(lambda: handle.query("timeline"))]
            noticed = next((line.at for line in lines if line.what == OVERDUE), None)
            told = [m.sent_at for m in status.messages if m.purpose == "overdue" and m.sent_at]
            due = next((d.due_at for d in status.duties if d.kind == "notify_supervisory_authority"), None)
            if noticed and len(told) >= TOLD and due:  # as many as `bare.TOLD`
                await handle.terminate()
                return (noticed - due).total_seconds(), (max(told) - due).total_seconds()
            await asyncio.sleep(0.5)


async def start_bare(house: House, reference: str, due: datetime) -> None:
    """A bare timer that ends at a moment, and activities after it: one, then four at once, as in a breach."""
    await house.client.start_workflow("BareClock", args=[due.isoformat()], id=f"clock-{reference}", task_queue="idle")


async def late_timer(house: House, reference: str) -> tuple[float, float]:
    """By how many seconds a bare timer was late: noticed by the process; its activities done."""
    handle = house.client.get_workflow_handle(f"clock-{reference}", result_type=tuple[float, float])
    async with asyncio.timeout(PATIENCE):
        noticed, told = await handle.result()
        return noticed, told


async def at_most(at_once: int, calls: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Make all calls, so many at once."""
    gate = asyncio.Semaphore(at_once)

    async def one(call: Callable[[], Awaitable[Any]]) -> Any:
        async with gate:
            return await call()

    return await asyncio.gather(*(one(call) for call in calls))


async def patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """Make a call, again where no worker was there to answer it (one has just been killed)."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await call()
            except RPCError:
                await asyncio.sleep(0.2)


async def seconds(call: Callable[[], Awaitable[Any]]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began
