"""A worker in a process of its own, until its standard input closes (also when whoever started it was killed).

    python -m benchmarks.worker KIND DATA_DIR ADDRESS OPTIONS

``desk`` is the product's worker; ``idle`` and ``real`` run the bare workflow (``bare.py``), built by the same function
with the same options. OPTIONS: JSON, further options of the worker.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner

from activities.book.sqlite import SqliteBook
from benchmarks.bare import Bare, BareClock, BareTalk, idle
from benchmarks.house import PLAN, settled
from benchmarks.plan_in_force import follow
from workers.connection import connect_to
from workers.keys.live import live_keys
from workers.wiring import build_worker, neighbours, runner
from workflows.process.ids import TASK_QUEUE

KINDS = ("desk", "idle", "real")


async def work(kind: str, folder: Path, address: str, options: dict[str, Any]) -> None:
    """Work until standard input ends."""
    settings = settled(folder)
    compressed = options.pop("bench_gzip", False)
    client = await connect_to(address, live_keys(settings), role=kind, compressed=compressed)
    if sticky := options.pop("bench_sticky_seconds", None):
        options["sticky_queue_schedule_to_start_timeout"] = timedelta(seconds=sticky)
    if not options.pop("bench_sandbox", True):
        options["workflow_runner"] = UnsandboxedWorkflowRunner()
    if options.pop("bench_pollers", None) == "autoscaling":
        scaling = PollerBehaviorAutoscaling()
        options |= {"workflow_task_poller_behavior": scaling, "activity_task_poller_behavior": scaling}
    around = neighbours(settings, client)
    queue = TASK_QUEUE
    if kind != "desk":
        follow(folder / PLAN)
        queue = kind
        options |= {
            "workflows": [Bare, BareClock, BareTalk],
            "interceptors": [],
            "workflow_runner": runner("benchmarks"),
        }
        options |= {"activities": [idle]} if kind == "idle" else {}
    book = SqliteBook(settings.data_dir) if kind == "desk" else None
    async with build_worker(client, around, task_queue=queue, book=book, **options):
        (folder / f"{kind}.ready").touch()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    kind, folder, address, options = sys.argv[1:]
    asyncio.run(work(kind, Path(folder), address, json.loads(options)))
    gc.collect()
    os._exit(0)  # a client can crash when the interpreter exits
