"""Whether a worker has the keys that it needs: checked at its start, and watched while it runs.

A worker that lacks a key of an open process would answer wrongly in its replay, or take a message that another
worker can read for one that nobody can. So it doesn't start, or stops, and says which key is missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from workers.keys.book import KeyBook
from workers.keys.live import LiveKeys
from workers.keys.ring import KeyFileError, KeyId, KeyRing
from workers.keys.usage import events_of, key_ids_in
from workers.settings import Settings
from workflows.process.ids import TASK_QUEUE

LOOKED_AT = 60
"""Open processes that are looked at when a worker starts: half of them the newest, half the oldest."""
LISTED = 5000
LOOKED_WITHIN = timedelta(seconds=10)
LOOK_AGAIN = timedelta(seconds=1)
SAY_AGAIN = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=7)
FROM_OUTSIDE = frozenset({
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
})  # fmt: skip
"""Events that anybody can cause: a stranger's message under a key of their own must not keep a worker from starting."""

_log = logging.getLogger(__name__)


def key_book(settings: Settings) -> KeyBook:
    """The key book of an installation."""
    return KeyBook(settings.data_dir / "key-book")


def closed_runs_file(settings: Settings) -> Path:
    """Where ``key_use`` keeps what it found in closed runs."""
    return settings.data_dir / "key-book" / "closed-runs.json"


async def refuse_without_needed_keys(client: Client, keys: LiveKeys, book: KeyBook) -> None:
    """Raise ``KeyFileError`` with one line where a key is missing that open processes need."""
    ring = keys.ring()
    if missing := sorted(book.ids() - set(ring.keys)):
        raise KeyFileError(_lacks(missing, keys, "workers of this desk have written with it"))
    found = await _missing_in_open_processes(client, ring, book.lost())
    if found:
        key_id, workflow_id = found
        raise KeyFileError(_lacks([key_id], keys, f"{workflow_id} was written with it"))


@asynccontextmanager
async def keys_watched(keys: LiveKeys, book: KeyBook, identity: str) -> AsyncIterator[asyncio.Event]:
    """Report which keys this worker knows, while inside; the event is set when one turns out to be missing."""
    missing = asyncio.Event()
    keys.known_elsewhere = lambda key_id: key_id in book.ids()
    book.tidy(_now() - FORGOTTEN_AFTER)
    book.report(identity, keys.written(), _now())
    watching = asyncio.create_task(_watch(keys, book, identity, missing))
    try:
        yield missing
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        book.report(identity, keys.written(), _now(), stopped=True)


def why_stopped(keys: LiveKeys) -> str:
    """The line with which a worker stops that lacks a key."""
    return (
        _lacks([str(keys.lacking)], keys, "another worker knows it")
        + "; stopped, so that nothing is taken for unreadable"
    )


async def _watch(keys: LiveKeys, book: KeyBook, identity: str, missing: asyncio.Event) -> None:
    said = keys.written()
    said_at = _now()
    while True:
        await asyncio.sleep(LOOK_AGAIN.total_seconds())
        written = keys.written()
        if keys.lacking is not None:
            missing.set()
        if written != said or _now() - said_at > SAY_AGAIN:
            try:
                book.report(identity, written, _now())
            except OSError as fault:  # a full disk stops the mail ledger too; the keys are no reason to stop earlier
                _log.warning("key book: can't be written (%s)", fault.strerror)
                continue
            said, said_at = written, _now()


async def _missing_in_open_processes(client: Client, ring: KeyRing, lost: frozenset[KeyId]) -> tuple[KeyId, str] | None:
    """A key that an open process needs and the ring lacks, with the process; None where none was found in time."""
    query = f"ExecutionStatus = 'Running' AND TaskQueue = '{TASK_QUEUE}'"
    looked_at, readable = 0, False
    unbegun: tuple[KeyId, str] | None = None
    try:
        async with asyncio.timeout(LOOKED_WITHIN.total_seconds()):
            runs = [(run.id, run.run_id) async for run in client.list_workflows(query, limit=LISTED)]
            for workflow_id, run_id in _ends(runs):
                by_us, at_start = await _keys_of_run(client, workflow_id, run_id)
                looked_at += 1
                if lacking := by_us - set(ring.keys) - lost:
                    return min(lacking), workflow_id
                readable = readable or bool(by_us)
                if not by_us and (strange := at_start - set(ring.keys) - lost):
                    unbegun = unbegun or (min(strange), workflow_id)
    except TimeoutError:
        _log.warning("encryption keys: only %d open processes were looked at in %s", looked_at, LOOKED_WITHIN)
    except RPCError as fault:
        _log.warning("encryption keys: open processes can't be looked at (%s)", fault.message)
    # One start by a stranger is no reason; where nothing at all can be read, the key file is the wrong one.
    return None if readable else unbegun


async def _keys_of_run(client: Client, workflow_id: str, run_id: str) -> tuple[set[KeyId], set[KeyId]]:
    """The keys with which workers have written in a run, and those of its start input."""
    by_us: set[KeyId] = set()
    at_start: set[KeyId] = set()
    async for event in events_of(client, workflow_id, run_id):
        if _is_from_a_client(event):
            at_start |= key_ids_in(event)
        elif event.event_type not in FROM_OUTSIDE:
            by_us |= key_ids_in(event)
    return (by_us | at_start if by_us else by_us), at_start


def _is_from_a_client(event: HistoryEvent) -> bool:
    """Whether this is the start of a process by a client; that of a later run is its own worker's."""
    started = event.workflow_execution_started_event_attributes
    return (
        event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED and not started.continued_execution_run_id
    )


def _ends(runs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The newest and the oldest of a list that begins with the newest."""
    if len(runs) <= LOOKED_AT:
        return list(runs)
    return [*runs[: LOOKED_AT // 2], *runs[-LOOKED_AT // 2 :]]


def _lacks(missing: Sequence[str], keys: LiveKeys, why: str) -> str:
    return (
        f"{keys.where} lacks the key {', '.join(missing)}, and {why}: restore it from your backup "
        f'("kantadesk keys lost {missing[0]}" gives it up for good)'
    )


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # when a worker was last heard of
