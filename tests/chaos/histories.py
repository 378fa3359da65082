"""What the server itself has written down of a process: when each message came, and when the process was at work.

Read from the raw history; no workflow code is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError

from tests.chaos.patience import unless_cancelled

AT_ONCE = 8
START = "(start)"


class Course(NamedTuple):
    """How one process went. Moments are the server's.

    ``arrived``: by update id, SHA-256 of a signal's bytes, or ``START``; several where it came several times.
    ``answered``: when an update was answered, by its id: it may have waited behind another message until then.
    ``at_work``: the begin of each workflow task that was completed. ``signals``: how many came in all, by name.
    """

    arrived: Mapping[str, list[datetime]]
    answered: Mapping[str, datetime]
    at_work: tuple[datetime, ...]
    signals: Mapping[str, int]
    history: WorkflowHistory


async def courses(client: Client, workflow_ids: Iterable[str]) -> dict[str, Course]:
    """The course of each process."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(workflow_id: str) -> Course:
        async with few, asyncio.timeout(300):
            while True:
                try:
                    return await _course(client, await client.get_workflow_handle(workflow_id).fetch_history())
                except RPCError:  # the machine is busy
                    unless_cancelled()
                    await asyncio.sleep(1)

    ids = list(workflow_ids)
    return dict(zip(ids, await asyncio.gather(*map(one, ids)), strict=True))


async def _course(client: Client, history: WorkflowHistory) -> Course:
    arrived: dict[str, list[datetime]] = defaultdict(list)
    answered: dict[str, datetime] = {}
    signals: dict[str, int] = defaultdict(int)
    began: dict[int, datetime] = {}
    at_work: list[datetime] = []
    for event in history.events:
        at = event.event_time.ToDatetime(tzinfo=UTC)
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                before = event.workflow_execution_started_event_attributes.continued_execution_run_id
                assert not before, f"{history.workflow_id} has an earlier run, {before}: read and replay that one, too"
                arrived[START].append(at)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                meta = event.workflow_execution_update_accepted_event_attributes.accepted_request.meta
                arrived[meta.update_id].append(at_work[-1])  # it came with the task that accepted it, at the latest
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
                answered[event.workflow_execution_update_completed_event_attributes.meta.update_id] = at_work[-1]
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                signals[event.workflow_execution_signaled_event_attributes.signal_name] += 1
                arrived[await _digest(client, event)].append(at)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                began[event.event_id] = at
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                at_work.append(began[event.workflow_task_completed_event_attributes.started_event_id])
    return Course(arrived, answered, tuple(at_work), signals, history)


async def _digest(client: Client, event: HistoryEvent) -> str:
    sent = event.workflow_execution_signaled_event_attributes.input.payloads
    codec = client.data_converter.payload_codec
    decoded = await codec.decode(list(sent)) if codec else list(sent)
    return hashlib.sha256(b"".join(payload.data for payload in decoded)).hexdigest()
