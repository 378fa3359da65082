"""Which keys are still needed: found in the histories themselves, since only they know what was written with which key.

Each encrypted payload names its key in clear, so nothing is decrypted here. Every run that the namespace still keeps
is looked at, open or closed, with what an open one holds beside its history (heartbeats, memo), and every schedule. A
closed run never changes: what was found in it is kept in a file, so the next look is quick. A run that could not be
looked at makes the answer incomplete, and an incomplete answer never says that a key is not needed.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.message import Message
from temporalio.api.common.v1 import WorkflowExecution as Run
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import (
    DescribeScheduleRequest,
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ListSchedulesRequest,
)
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from activities.evidence.case_folder import private_folder, write_whole
from workers.keys.ring import KEY_ID, KeyId, is_key_id

AT_ONCE = 8
"""Histories that are fetched at the same time."""
PAGE = 256
"""Events: what a server gives at once. Asked for more, it gives no more and writes a warning for each."""
SAVED_EVERY = 500
_NAMED = re.compile(rb"\n" + bytes([len(KEY_ID)]) + KEY_ID.encode() + rb"\x12([\x01-\x40])", re.DOTALL)
"""A payload's metadata as bytes: the entry's name, then the length of the key id."""

KeyIds = frozenset[KeyId]


@dataclass
class KeyUse:
    """What was found. ``open``, ``closed``, ``schedules``: how many need a key; ``example``: one of them for each."""

    open: Counter[KeyId] = field(default_factory=Counter)
    closed: Counter[KeyId] = field(default_factory=Counter)
    schedules: Counter[KeyId] = field(default_factory=Counter)
    example: dict[KeyId, str] = field(default_factory=dict)
    looked_at_open: int = 0
    looked_at_closed: int = 0
    looked_at_schedules: int = 0
    known_from_before: int = 0
    """Closed runs whose keys stood in the file."""
    not_looked_at: list[str] = field(default_factory=list)
    """What could not be looked at, each with its reason."""

    def ids(self) -> frozenset[KeyId]:
        """Every key that something needs."""
        return frozenset((*self.open, *self.closed, *self.schedules))

    def needed(self, key_id: KeyId) -> bool | None:
        """Whether something needs a key; None where not all was looked at and nothing was found so far."""
        if key_id in self.ids():
            return True
        return None if self.not_looked_at else False


def key_ids_in(message: Message) -> KeyIds:
    """The keys that the payloads anywhere in a message name. May name one too many, never one too few."""
    blob = message.SerializeToString()
    named = (blob[found.end() : found.end() + found[1][0]] for found in _NAMED.finditer(blob))
    texts = (name.decode("ascii", "replace") for name in named)
    return frozenset(KeyId(text) for text in texts if is_key_id(text))


async def find_key_use(
    client: Client, known: Path, progress: Callable[[int], None] = lambda _looked_at: None
) -> KeyUse:
    """Look at everything that the namespace keeps. ``known``: the file of closed runs that were looked at before.

    ``progress`` hears how many runs were looked at. Raises ``RPCError`` where not even a list can be had.
    """
    use, before = KeyUse(), _known(known)
    now: dict[str, list[KeyId]] = {}
    executions = aiter(client.list_workflows(page_size=1000))

    async def look_on() -> None:
        async for execution in _shared(executions, turn):
            await _look_at(client, execution, use, before, now)
            looked_at = use.looked_at_open + use.looked_at_closed
            progress(looked_at)
            if looked_at % SAVED_EVERY == 0:
                _keep(known, before | now)

    turn = asyncio.Lock()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(look_on())
    except ExceptionGroup as faults:
        _keep(known, before | now)
        raise faults.exceptions[0] from None
    _keep(known, now)
    await _look_at_schedules(client, use)
    return use


async def events_of(client: Client, workflow_id: str, run_id: str) -> AsyncIterator[HistoryEvent]:
    """Every event of one run, a page at a time."""
    token = b""
    while True:
        answer = await client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=client.namespace,
                execution=Run(workflow_id=workflow_id, run_id=run_id),
                maximum_page_size=PAGE,
                next_page_token=token,
            ),
            retry=True,
        )
        for event in answer.history.events:
            yield event
        token = answer.next_page_token
        if not token:
            return


async def _shared(executions: AsyncIterator[WorkflowExecution], turn: asyncio.Lock) -> AsyncIterator[WorkflowExecution]:
    """One list for several readers: each gets the next one."""
    while True:
        async with turn:
            try:
                execution = await anext(executions)
            except StopAsyncIteration:
                return
        yield execution


async def _look_at(
    client: Client,
    execution: WorkflowExecution,
    use: KeyUse,
    before: dict[str, list[KeyId]],
    now: dict[str, list[KeyId]],
) -> None:
    is_open = execution.close_time is None
    ids: KeyIds | None
    if not is_open and execution.run_id in before:
        ids = frozenset(before[execution.run_id])
        use.known_from_before += 1
    else:
        try:
            ids = await _ids_of_run(client, execution, is_open=is_open)
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:  # its time is over since it was listed: nothing to read
                use.not_looked_at.append(f"{execution.id}: {fault.message}")
            return
    if is_open:
        use.looked_at_open += 1
    else:
        use.looked_at_closed += 1
        now[execution.run_id] = sorted(ids)
    (use.open if is_open else use.closed).update(ids)
    for key_id in ids:
        use.example.setdefault(key_id, execution.id)


async def _ids_of_run(client: Client, execution: WorkflowExecution, *, is_open: bool) -> KeyIds:
    found: set[KeyId] = set()
    async for event in events_of(client, execution.id, execution.run_id):
        found |= key_ids_in(event)
    if is_open:
        run = Run(workflow_id=execution.id, run_id=execution.run_id)
        request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=run)
        found |= key_ids_in(await client.workflow_service.describe_workflow_execution(request, retry=True))
    return frozenset(found)


async def _look_at_schedules(client: Client, use: KeyUse) -> None:
    token = b""
    while True:
        listed = await client.workflow_service.list_schedules(
            ListSchedulesRequest(namespace=client.namespace, maximum_page_size=100, next_page_token=token), retry=True
        )
        for schedule in listed.schedules:
            request = DescribeScheduleRequest(namespace=client.namespace, schedule_id=schedule.schedule_id)
            try:
                ids = key_ids_in(await client.workflow_service.describe_schedule(request, retry=True))
            except RPCError as fault:
                if fault.status is not RPCStatusCode.NOT_FOUND:
                    use.not_looked_at.append(f"schedule {schedule.schedule_id}: {fault.message}")
                continue
            use.looked_at_schedules += 1
            use.schedules.update(ids)
            for key_id in ids:
                use.example.setdefault(key_id, f"schedule {schedule.schedule_id}")
        token = listed.next_page_token
        if not token:
            return


def _known(path: Path) -> dict[str, list[KeyId]]:
    """What was found in closed runs before; nothing where the file is missing or damaged."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(written, dict):
        return {}
    return {run: [KeyId(str(key)) for key in keys] for run, keys in written.items() if isinstance(keys, list)}


def _keep(path: Path, found: dict[str, list[KeyId]]) -> None:
    private_folder(path.parent)
    write_whole(path, json.dumps(found).encode())
