"""What was tried to make it faster: each change against the worker as it is, in turn, on the same incidents.

What measured better is in the product already; what is tried here shows by how much, or why something is not done.
"""

from __future__ import annotations

import asyncio
import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from temporalio.contrib.pydantic import PydanticPayloadConverter

from activities.documents import docx_file
from benchmarks.documents import forms_filled
from benchmarks.house import House, running
from benchmarks.results import now, save, say
from benchmarks.throughput import RULES, Batch, batch
from workflows.process.payloads import DeskPayloadConverter

WORKERS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "gzip between worker and server (off)": {"bench_gzip": True},
    "workflow cache of 50 (1,000)": {"max_cached_workflows": 50},
    "workflow cache of 5,000 (1,000)": {"max_cached_workflows": 5000},
    "20 pollers for each kind of task (5)": {
        "max_concurrent_workflow_task_polls": 20,
        "max_concurrent_activity_task_polls": 20,
    },
    "pollers that scale by themselves": {"bench_pollers": "autoscaling"},
    "100 workflow tasks at once (20)": {"max_concurrent_workflow_tasks": 100},
    "20 activities at once (100)": {"max_concurrent_activities": 20},
    "no eager activities": {"disable_eager_activity_execution": True},
    "no sandbox": {"bench_sandbox": False},
}
"""Options of the worker beside the usual ones; those that begin with ``bench_`` are read by ``worker.py``."""


class Pair(NamedTuple):
    """A part of the product and what it took the place of; both do ``times`` of the same work."""

    what: str
    before: Callable[[], object]
    after: Callable[[], object]
    times: int


def options(parser: ArgumentParser) -> None:
    """How much of each."""
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)


async def measure(chosen: Namespace) -> None:
    """Try everything in turn."""
    began = now()
    parts = {pair.what: await asyncio.to_thread(compared, pair, chosen.rounds) for pair in PAIRS}
    workers: dict[str, list[Batch]] = {name: [] for name in WORKERS}
    async with running(RULES) as house:
        for number in range(chosen.rounds):
            for name, changed in WORKERS.items():
                workers[name].append(await tried(house, changed, chosen))
                say(f"trials {number + 1}/{chosen.rounds} {name}: {workers[name][-1].rate:.2f}/s")
    found = {name: [b._asdict() for b in batches] for name, batches in workers.items()}
    save("trials", {"parts": parts, "workers": found, "count": chosen.count, "load": os.getloadavg()[0]}, began)


async def tried(house: House, changed: dict[str, Any], chosen: Namespace) -> Batch:
    """One batch on a worker of its own."""
    async with AsyncExitStack() as stack:
        pid = await stack.enter_async_context(house.worker(**changed))
        await batch(house, "desk", pid, 5, 5)
        return await batch(house, "desk", pid, chosen.count, chosen.at_once)


def compared(pair: Pair, rounds: int) -> dict[str, list[float]]:
    """Milliseconds for one piece of work, before and after, in turn."""
    took: dict[str, list[float]] = {"before": [], "after": []}
    for _ in range(rounds):
        for name, work in (("before", pair.before), ("after", pair.after)):
            began = time.perf_counter()
            for _ in range(pair.times):
                work()
            took[name].append((time.perf_counter() - began) * 1000 / pair.times)
    return took


def form_compiled_anew() -> None:
    """One form, its template compiled for it alone, as docxtpl does by itself."""
    remembering = docx_file.environment
    docx_file.environment = lambda: SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        forms_filled(1)
    finally:
        docx_file.environment = remembering


PAIRS = (
    Pair(
        "a payload converter for each payload: shares its parts instead of building them",
        PydanticPayloadConverter,
        DeskPayloadConverter,
        2000,
    ),
    Pair("a fault report form: its template is compiled once", form_compiled_anew, lambda: forms_filled(1), 10),
)
