"""The processes of which there is always one in a namespace: started at set-up, brought back by a schedule."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.watchdog.processes import HOW_ENDED
from activities.watchdog.revival import bring_back
from workflows.introductions import by_type
from workflows.procedure.watchdog.endings import Ending
from workflows.process.ids import CONTACT_REVIEW_ID, NOTICE_WATCH_ID, TASK_QUEUE, WATCHDOG_ID

LOG = logging.getLogger("kantadesk.singletons")
EVERY = timedelta(minutes=4)


class Singleton(NamedTuple):
    """One of them."""

    workflow_type: str
    workflow_id: str
    keeps_record: bool = False
    """Whether it goes on with what it knew where it was ended from outside; another begins anew."""


NOTICE_WATCH = Singleton("NoticeWatch", NOTICE_WATCH_ID)
CONTACT_REVIEW = Singleton("ContactReview", CONTACT_REVIEW_ID, keeps_record=True)
SINGLETONS: tuple[Singleton, ...] = (Singleton("Watchdog", WATCHDOG_ID), NOTICE_WATCH, CONTACT_REVIEW)
GIVEN_UP_AFTER = timedelta(hours=1)
"""So long after its end one that keeps a record is begun anew where nobody can say what it knew."""


@asynccontextmanager
async def kept_standing(client: Client, every: timedelta = EVERY) -> AsyncIterator[None]:
    """While inside, see to it every few minutes that each of them runs, whatever was done to the schedule that does so.

    A schedule can be paused by one request without the key; nobody would be left who tells of it.
    """
    keeping = asyncio.create_task(_keep_standing(client, every))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def _keep_standing(client: Client, every: timedelta) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            started = await ensure_standing(client)
        except RPCError as error:  # the server is away: everything waits for it
            LOG.warning("could not see whether the watchdog runs: %s", error.message)
        else:
            if started:
                LOG.warning("started again: %s", ", ".join(started))


async def ensure_standing(client: Client) -> list[str]:
    """Start each that does not run; the ids of those that were started now. Repeatable."""
    return [each.workflow_id for each in SINGLETONS if await ensure_one(client, each)]


async def ensure_one(client: Client, singleton: Singleton, *opening: Any) -> bool:
    """Start one where it does not run; whether it was started now. ``opening``: its start input, if any.

    What somebody else runs under its id, of another type or where no worker of ours takes tasks, is ended: else one
    start without the key would keep ours away.
    """
    there = await _described(client, singleton)
    if there and there.status is WorkflowExecutionStatus.RUNNING and not _is_ours(there, singleton):
        await _end(client, singleton, "another process has taken the id of one that must always run")
    elif there and singleton.keeps_record and (is_back := await _brought_back(client, there, singleton)) is not None:
        return is_back
    introduced = by_type(singleton.workflow_type)
    try:
        await client.start_workflow(
            singleton.workflow_type,
            args=opening,
            id=singleton.workflow_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=introduced.summary,
            static_details=introduced.details,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


async def restart(client: Client, singleton: Singleton, *opening: Any) -> None:
    """End one where it runs, and start it without what it knew and with its clock at the real time. For drills only."""
    await _end(client, singleton, "it begins again")
    await ensure_one(client, singleton, *opening)


async def _described(client: Client, singleton: Singleton) -> WorkflowExecutionDescription | None:
    """What runs under its id, or ran last; None where nothing ever did."""
    try:
        return await client.get_workflow_handle(singleton.workflow_id).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None


def _is_ours(found: WorkflowExecutionDescription, singleton: Singleton) -> bool:
    """Whether it is of its type, where workers of ours take tasks."""
    return (found.workflow_type, found.task_queue) == (singleton.workflow_type, TASK_QUEUE)


async def _brought_back(client: Client, found: WorkflowExecutionDescription, singleton: Singleton) -> bool | None:
    """Whether it was brought back now with its record; False: not yet; None where it is to be started as it is."""
    if found.status not in HOW_ENDED or not _is_ours(found, singleton):
        return None
    ended_at = found.close_time or found.start_time
    ending = Ending(
        workflow_id=found.id,
        run_id=found.run_id,
        workflow_type=found.workflow_type,
        how=HOW_ENDED[found.status],
        ended_at=ended_at,
    )
    may_wait = datetime.now(UTC) - ended_at < GIVEN_UP_AFTER  # noqa: TID251  # compared with the server's own times
    try:
        fate = await bring_back(client, ending, is_first_try=may_wait)
    except (RPCError, WorkflowQueryFailedError):
        LOG.warning("%s was ended and can't be asked what it knew; it is tried again", singleton.workflow_id)
        return False
    return True if fate.outcome == "back" else None


async def _end(client: Client, singleton: Singleton, reason: str) -> None:
    try:
        await client.get_workflow_handle(singleton.workflow_id).terminate(reason)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
