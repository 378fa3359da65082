"""A thousand breaches whose deadlines fall in one minute: none may be missed; how late the alarms go off.

The clocks are real: each breach was noticed almost 72 hours ago, so that it falls due while the script watches. Server:
the embedded one with a file database; neighbours: the tests' fakes, so that Temporal and the process are measured.

    make bench
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from tests.builders import breach_opening
from tests.fakes import FakeWorld
from tests.temporal_fixtures import neighbours_of
from workers import key_ring
from workers.connection import connect_to
from workers.embedded import EmbeddedTemporal
from workers.ports import choose_ports
from workers.settings import load
from workers.setup import set_up
from workers.wiring import build_worker
from workflows.breach_messages import BreachStatus, breach_workflow_id
from workflows.messages import TASK_QUEUE, Happening

WITHIN = timedelta(minutes=1)
STARTS_PER_SECOND = 12
"""Cautious: a deadline must lie ahead of its start."""
OVERDUE = "Duty 'notify_supervisory_authority' is overdue"


async def main(count: int) -> int:
    """Run it; the exit code says whether every alarm went off."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({}, data_dir=folder, port=0, ui_port=0, http_port=0, codec_port=0)
        keys = key_ring.generate()
        async with EmbeddedTemporal(Path(folder), choose_ports(settings)) as server:
            client = await connect_to(server.addresses.address, keys, role="benchmark")
            await set_up(client, settings)
            world = FakeWorld()
            neighbours = neighbours_of(client, world, None, TASK_QUEUE)
            async with build_worker(client, neighbours, max_cached_workflows=2 * count):
                return report(await lateness(client, count), count)


async def lateness(client: Client, count: int) -> list[float]:
    """Seconds by which each alarm went off after its due time."""
    first_due = now() + timedelta(seconds=count / STARTS_PER_SECOND + 30)
    references = [f"BENCH-{uuid.uuid4().hex[:8]}" for _ in range(count)]
    gate = asyncio.Semaphore(20)

    async def start(number: int, reference: str) -> None:
        due = first_due + WITHIN * number / count
        opening = breach_opening(reference, aware_at=(due - timedelta(hours=72)).isoformat())
        async with gate:
            await client.start_workflow("DataBreach", opening, id=breach_workflow_id(reference), task_queue="kantadesk")

    began = now()
    await asyncio.gather(*(start(number, reference) for number, reference in enumerate(references)))
    took = (now() - began).total_seconds()
    say(f"{count} breaches started in {took:.0f} s; the deadlines begin at {first_due:%H:%M:%S} UTC")
    await asyncio.sleep(max(0.0, (first_due + WITHIN - now()).total_seconds()))
    return [await alarm(client, reference) for reference in references]


async def alarm(client: Client, reference: str) -> float:
    """How late the first alarm of a breach was; waits for it up to two minutes."""
    handle = client.get_workflow_handle(breach_workflow_id(reference))
    async with asyncio.timeout(120):
        while True:
            lines = [Happening.model_validate(line) for line in await handle.query("timeline")]
            if found := next((line.at for line in lines if line.what == OVERDUE), None):
                status = BreachStatus.model_validate(await handle.query("status"))
                due = next(d.due_at for d in status.duties if d.kind == "notify_supervisory_authority")
                return (found - due).total_seconds() if due else 0.0
            await asyncio.sleep(0.5)


def report(late: list[float], count: int) -> int:
    """Print the distribution; 1 where an alarm is missing."""
    ordered = sorted(late)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    say(f"alarms {len(late)} of {count}, missed {count - len(late)}")
    early = sum(seconds < 0 for seconds in ordered)
    say(f"late: p50 {statistics.median(ordered):.2f} s, p99 {p99:.2f} s, max {ordered[-1]:.2f} s; early: {early}")
    return 0 if len(late) == count and min(ordered) >= 0 else 1


def now() -> datetime:
    """The real time: the clocks here are real."""
    return datetime.now(UTC)  # noqa: TID251  # a benchmark of real clocks


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)))
