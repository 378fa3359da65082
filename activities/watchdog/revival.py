"""Brings a process back that was ended from outside, with its last known record; or says what a person must type."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError
from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.sealed_memo import sealed_memo
from workflows.breach.messages import BreachOpening
from workflows.breach.record import BreachRecord
from workflows.incident.messages import IncidentOpening
from workflows.incident.record import IncidentRecord
from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.process.start import BROUGHT_BACK_FROM
from workflows.watchdog.revival import revived

ANSWER_WITHIN = timedelta(seconds=20)
"""A closed process is replayed to answer."""


async def bring_back(client: Client, ending: Ending, *, is_first_try: bool = False) -> Fate:
    """What becomes of an ended process; see the port.

    Raises ``RPCError``, ``WorkflowQueryFailedError`` where it is worth another try.
    """
    latest = await client.get_workflow_handle(ending.workflow_id).describe()
    if latest.run_id != ending.run_id:
        from_it = await sealed_memo(client, latest, BROUGHT_BACK_FROM) == ending.run_id
        return Fate(outcome="back" if from_it else "replaced")
    if ending.drill or ending.never_began:
        return Fate(outcome="drill" if ending.drill else "never_began")
    handle = client.get_workflow_handle(ending.workflow_id, run_id=ending.run_id)
    known = await _record(handle, is_first_try=is_first_try)
    if known is None:
        return Fate(outcome="lost", command=await _command(client, handle))
    if known["carried"].get("drill"):
        return Fate(outcome="drill")
    return await _start_again(client, handle, latest, ending, known)


async def _record(handle: WorkflowHandle[Any, Any], *, is_first_try: bool) -> Any:
    """What the ended run answers about itself; None where its code can't be replayed any more."""
    try:
        return await handle.query("record", rpc_timeout=ANSWER_WITHIN)
    except WorkflowQueryFailedError:
        if is_first_try:  # its worker may just have come back, and want to be asked again
            raise
        return None
    except RPCError as error:
        if is_first_try or error.status is RPCStatusCode.UNAVAILABLE:
            raise
        return None


async def _start_again(
    client: Client, handle: WorkflowHandle[Any, Any], ended: WorkflowExecutionDescription, ending: Ending, known: Any
) -> Fate:
    now = datetime.now(UTC)  # noqa: TID251  # an activity: when it is brought back
    why, unread = await _last_words(handle)
    under_way = [*known["under_way"], *(f"message '{name}', which nobody had read yet" for name in unread)]
    try:
        await client.start_workflow(
            ending.workflow_type,
            revived(known["carried"], ending, now=now, why=why, under_way=under_way),
            id=ending.workflow_id,
            task_queue=ended.task_queue,
            # The server refuses it if the process has ended well since, or runs.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=await ended.static_summary(),
            static_details=await ended.static_details(),
            priority=Priority(priority_key=ended.raw_info.priority.priority_key or None),
            memo={BROUGHT_BACK_FROM: ending.run_id},
        )
    except WorkflowAlreadyStartedError:
        return Fate(outcome="replaced")
    return Fate(outcome="back", under_way=len(under_way))


async def _last_words(handle: WorkflowHandle[Any, Any]) -> tuple[str, list[str]]:
    """Who ended it and the reason given; names of the messages that had come in and were never read."""
    unread: list[str] = []
    async for event in handle.fetch_history_events():
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                unread.clear()
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                unread.append(event.workflow_execution_signaled_event_attributes.signal_name)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
                ended = event.workflow_execution_terminated_event_attributes
                return "; ".join(part for part in (ended.reason, ended.identity) if part)[:300], unread
    return "", unread


async def _command(client: Client, handle: WorkflowHandle[Any, Any]) -> str:
    """What to type to open it again, from what its start said; texts that are nobody else's business stay dots.

    The old reference is taken for good: the new one says which it continues.
    """
    started = await _start_input(client, handle)
    reference = handle.id.partition("-")[2]
    try:
        if handle.id.startswith("breach-"):
            return _open_breach(_breach_opening(started), reference)
        if handle.id.startswith("incident-"):
            return _open_incident(_incident_opening(started), reference)
    except (ValidationError, KeyError, TypeError):
        pass  # its start can't be read: the sentence below says so
    return f"kantadesk {handle.id.partition('-')[0]} --help ({handle.id}: what it was about is not known)"


async def _start_input(client: Client, handle: WorkflowHandle[Any, Any]) -> Any:
    async for event in handle.fetch_history_events(page_size=1):
        payloads = event.workflow_execution_started_event_attributes.input.payloads
        try:
            return next(iter(await client.data_converter.decode(payloads)), None)
        except Exception:  # noqa: BLE001  # written with a key that we lack, or not JSON at all: then nothing is known
            return None
    return None


def _breach_opening(started: Any) -> tuple[BreachOpening, datetime]:
    """The opening and the instant from which the clock runs."""
    if "carried" in started:
        record = BreachRecord.model_validate(started["carried"])
        return record.opening, record.aware_from
    opening = BreachOpening.model_validate(started)
    return opening, opening.aware_at


def _incident_opening(started: Any) -> IncidentOpening:
    if "carried" in started:
        return IncidentRecord.model_validate(started["carried"]).opening
    return IncidentOpening.model_validate(started)


def _open_breach(known: tuple[BreachOpening, datetime], reference: str) -> str:
    opening, aware_from = known
    words = ["kantadesk", "breach", "open", "--reference", f"{reference}-again", "--aware-at", aware_from.isoformat()]
    words += ["--role", opening.role]
    words += [word for kind in opening.kinds for word in ("--kind", kind)]
    words += [word for register in opening.registers for word in ("--register", register)]
    return f'{shlex.join(words)} --description "..."'


def _open_incident(opening: IncidentOpening, reference: str) -> str:
    words = ["kantadesk", "incident", "open", "--reference", f"{reference}-again"]
    words += ["--noticed-at", opening.noticed_at.isoformat()]
    words += [word for service in opening.services for word in ("--service", service)]
    return f'{shlex.join(words)} --title "..."'
