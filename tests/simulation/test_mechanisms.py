"""Each mechanism that the engine imitates, by the same script on the engine and on a real server.

Held against each other: what the caller sees, and every event of every run but the workflow tasks (which events one
task takes in depends on who is quicker), with all that the events say but names and times of their own.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker import Worker as RealWorker

from tests.simulation.engine.chance import Chance
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.virtual_time import beginning, run_virtually
from tests.simulation.engine.worker import Build, Worker
from tests.simulation.mechanisms import ACTIVITIES, SCRIPTS, WORKFLOWS, Script

OF_ITS_OWN = re.compile(
    r"_(id|ids|time|version|timeout|interval|size_bytes)$|^(identity|priority|header|task_queue|stack_trace|"
    r"attempt|source|worker_.*|retry_policy|original_.*|initiator|control|visibility_.*|sdk_.*|namespace|"
    r"first_workflow_task_backoff|parent_.*|root_.*|version.*|encoded_attributes|details|prev_auto_reset_points|time_skipping_config|last_heartbeat_details)$"
)
"""Fields that only one of the two has, or that name what is of this run alone. Held elsewhere: retry policies by the
commands of recorded histories, time-outs by these scripts' courses."""
Told = tuple[Any, dict[str, list[str]]]


@pytest.mark.simulation
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
async def test_a_script_goes_the_same_way_on_both(script: Script, server: WorkflowEnvironment) -> None:
    queue = f"mechanism-{uuid.uuid4().hex}"
    runner = UnsandboxedWorkflowRunner()
    async with RealWorker(
        server.client, task_queue=queue, workflows=WORKFLOWS, activities=ACTIVITIES, workflow_runner=runner
    ):
        seen = await script(server.client, queue)
        real = without(queue, (seen, await courses_of(server.client, queue)))
    simulated = await asyncio.to_thread(on_the_engine, script, server.client)
    assert simulated == real


def on_the_engine(script: Script, like: Client) -> Told:
    """The same, with the converter of the real client."""

    async def live() -> Told:
        server = Server(Chance("mechanisms"))
        server.joins(Worker(Build(WORKFLOWS, ACTIVITIES, [], like.data_converter), OsProcess("worker")))
        try:
            seen = await script(client(server, like.data_converter), "simulated")
            courses: dict[str, list[str]] = {}
            for run in server.runs.values():
                courses.setdefault(run.workflow_id, []).extend(course(run.history))
        finally:
            server.close()
        assert server.problems == []
        return without("simulated", (seen, courses))

    return run_virtually(live, beginning())


async def courses_of(desk: Client, queue: str) -> dict[str, list[str]]:
    """The events of all runs, by their ids, in the order in which the runs began."""
    runs: list[Any] = []
    length = -1
    while length != len(runs) or any(not run.run_id for run in runs):  # what lists show lags behind
        length = len(runs)
        await asyncio.sleep(1.5)
        runs = [run async for run in desk.list_workflows(f"TaskQueue = '{queue}'")]
    found: dict[str, list[str]] = {}
    for run in sorted(runs, key=lambda each: each.start_time):
        handle = desk.get_workflow_handle(run.id, run_id=run.run_id)
        found.setdefault(run.id, []).extend(course((await handle.fetch_history()).events))
    return found


def course(events: Sequence[HistoryEvent]) -> list[str]:
    """A line for each event but those of workflow tasks."""
    return [
        told(event) for event in events if not EventType.Name(event.event_type).startswith("EVENT_TYPE_WORKFLOW_TASK")
    ]


def told(event: HistoryEvent) -> str:
    kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
    if event.HasField("workflow_execution_continued_as_new_event_attributes"):
        return kind  # what goes on stands in the first event of the next run
    return " ".join((kind, *says(getattr(event, str(event.WhichOneof("attributes"))))))


def says(message: Message) -> Iterator[str]:
    """What a message says, field by field, in one line each."""
    for field, value in message.ListFields():
        if OF_ITS_OWN.search(field.name):
            continue
        if isinstance(value, Payload):
            yield f"{field.name}={value.data.decode()}"
        elif isinstance(value, Message):
            yield from (f"{field.name}.{each}" for each in says(value))
        elif hasattr(value, "items"):
            yield from (f"{field.name}[{name}]={of.data.decode()}" for name, of in sorted(value.items()))
        elif hasattr(value, "append") or hasattr(value, "add"):
            yield from (f"{field.name}={each.data.decode() if isinstance(each, Payload) else each}" for each in value)
        else:
            yield f"{field.name}={value}"


def without(queue: str, found: Told) -> Told:
    """The same, without the name of the queue."""
    seen, courses = found

    def plain(words: str) -> str:
        return words.replace(queue, "queue")

    named = {plain(name): [plain(line) for line in lines] for name, lines in sorted(courses.items())}
    return seen if not isinstance(seen, str) else plain(seen), named
