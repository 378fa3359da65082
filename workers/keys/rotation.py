"""A new key without stopping anything, in two steps: first every worker reads with it, only then anybody writes.

Step one adds the key to the file as the one that waits. Workers see the changed file and say so in the key book. Step
two makes it the key that writes, once each worker that asks Temporal for work has said that it knows it. Cut off in
between, nothing is lost: the next call goes on where this one stopped.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from workers.keys import ring as key_ring
from workers.keys.book import KeyBook, KeyReport
from workers.keys.ring import KeyFileError, KeyId, KeyRing
from workflows.process.ids import TASK_QUEUE

GONE_AFTER = timedelta(seconds=90)
"""A worker asks for work at least once a minute: one that has not for this long has ended."""
COOLING = timedelta(hours=1)
"""How long a key must not have written before it may be retired: lists of processes lag, a command may be slow."""
_LOOK_AGAIN = timedelta(milliseconds=200)


class NotYet(RuntimeError):
    """A key may not be promoted or retired now. The message says why, and what to do."""


class Worker(NamedTuple):
    """A worker that asks for work. ``keys``: those that it has said it knows; None where it has said nothing."""

    identity: str
    last_seen: datetime
    keys: tuple[str, ...] | None
    writes: str | None


class Rotated(NamedTuple):
    """What a rotation has done."""

    current: KeyId
    before: KeyId
    workers: list[str]


async def workers_at_work(client: Client, book: KeyBook, at: datetime) -> list[Worker]:
    """Every worker that asks for work, with the keys that it knows."""
    seen: dict[str, datetime] = {}
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        request = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=kind
        )
        for poller in (await client.workflow_service.describe_task_queue(request, retry=True)).pollers:
            last = poller.last_access_time.ToDatetime().replace(tzinfo=UTC)
            seen[poller.identity] = max(last, seen.get(poller.identity, last))
    reports = book.reports()
    return sorted(
        _worker(identity, last, reports.get(identity))
        for identity, last in seen.items()
        if not _is_gone(last, reports.get(identity), at)
    )


async def rotate(
    client: Client, path: Path, book: KeyBook, *, within: timedelta, now: Callable[[], datetime], force: bool = False
) -> Rotated:
    """Add a key, wait until every worker knows it, write with it. ``force``: don't wait for them.

    Raises ``NotYet`` where a worker doesn't know it in time (the key stays in the file and waits), ``KeyFileError``.
    """
    with _only_one(path):
        before = key_ring.load(path)
        ring = before.with_next(now())
        if ring != before:
            _save(path, ring)
        waiting = ring.waiting
        if waiting is None:
            raise KeyFileError(f"key file {path}: no key waits for its turn")
        book.note([waiting])
        workers = [] if force else await _all_know(client, book, waiting, within, now)
        _save(path, ring.promoted(now()))
        return Rotated(waiting, before.current, workers)


def retire(path: Path, book: KeyBook, key_id: KeyId, *, needed: bool | None, at: datetime) -> None:
    """Forget an old key for good. ``needed``: what ``key_use`` has found, None where it could not look at everything.

    Raises ``NotYet`` where it is or may be needed, ``KeyFileError`` where the file can't be written.
    """
    with _only_one(path):
        ring = key_ring.load(path)
        if key_id in (ring.current, ring.waiting):
            raise NotYet(f"the key {key_id} writes, or is about to: rotate first")
        if writing := sorted(r.identity for r in book.reports().values() if r.writes == key_id and not _is_old(r, at)):
            raise NotYet(f"{writing[0]} still writes with the key {key_id}: does it see the changed key file?")
        if needed or needed is None:
            raise NotYet(f"the key {key_id} is still needed" if needed else "not everything could be looked at")
        if key_id in ring.keys:
            since = ring.stopped.get(key_id) or _changed(path)
            if at - since < COOLING:
                raise NotYet(f"the key {key_id} wrote until {since:%H:%M} UTC: it may be retired an hour after that")
            _save(path, ring.without(key_id))
        book.forget(key_id)


def not_knowing(workers: list[Worker], key_id: KeyId) -> list[Worker]:
    """The workers that have not said that they know a key."""
    return [worker for worker in workers if key_id not in (worker.keys or ())]


async def _all_know(
    client: Client, book: KeyBook, key_id: KeyId, within: timedelta, now: Callable[[], datetime]
) -> list[str]:
    """Wait until every worker at work knows a key; their names. Raises ``NotYet`` after the time given."""
    deadline = now() + within
    while True:
        workers = await workers_at_work(client, book, now())
        lacking = not_knowing(workers, key_id)
        if not lacking:
            return [worker.identity for worker in workers]
        if now() > deadline:
            raise NotYet(_who_lacks(lacking, key_id, book))
        await asyncio.sleep(_LOOK_AGAIN.total_seconds())


def _who_lacks(lacking: list[Worker], key_id: KeyId, book: KeyBook) -> str:
    names = ", ".join(worker.identity for worker in lacking)
    if all(worker.keys is None for worker in lacking):
        why = f"{names} has said nothing in {book.folder}: does it share the data folder?"
    else:
        why = f"{names} does not know it yet: does it see the changed key file?"
    return f"the new key {key_id} is in the file and waits, the old one still writes; {why} Run it again to go on"


def _worker(identity: str, last_seen: datetime, said: KeyReport | None) -> Worker:
    return Worker(identity, last_seen, said.keys if said else None, said.writes if said else None)


def _is_gone(last_seen: datetime, said: KeyReport | None, at: datetime) -> bool:
    """Temporal names a worker for five minutes after its end."""
    if said and said.stopped:
        return True
    return at - last_seen > GONE_AFTER


def _is_old(report: KeyReport, at: datetime) -> bool:
    return report.stopped or at - report.at > GONE_AFTER


def _save(path: Path, ring: KeyRing) -> None:
    try:
        key_ring.save(path, ring)
    except OSError as fault:
        raise KeyFileError(
            f"key file {path} can't be written ({fault.strerror}): run this where the secret is kept"
        ) from None


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Nobody else rotates or retires at the same time."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise KeyFileError(
            f"key file {path} can't be written ({fault.strerror}): run this where the secret is kept"
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise NotYet("somebody else is rotating or retiring keys at this moment: try again when that is done") from None
    finally:
        os.close(handle)
