"""The one way to talk to a running process: open, tell, ask. Each failure is one of ``starter.terminal.errors``."""

from __future__ import annotations

import asyncio
import os
import pwd
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from starter.client.configuration import settings_in_force
from starter.client.displaced import displaced, ours
from starter.client.elsewhere import refuse_wrong_place, unreachable
from starter.client.failures import NO_WORKER, failures
from starter.client.names import ANSWER_WITHIN, Process, id_meant, workflow_id_of
from starter.client.outside import BROUGHT_BACK, how_ended
from starter.language.heard import heard
from starter.language.names import ENDINGS
from starter.language.names import name as name_of
from starter.language.names import process as named
from starter.language.words import N_, _
from starter.terminal.errors import NeverBegan, NotThere, Refused, Unreachable, Wrong
from starter.terminal.log_lines import sdk_lines_are_logged
from starter.terminal.time_input import now
from workers.connection import TemporalUnreachable, connect
from workers.keys.ring import KeyFileError
from workers.settings import Settings, SettingsError
from workflows.process.payloads import Undecodable

if TYPE_CHECKING:  # models are loaded by the commands that need them: a list is much quicker without
    from pydantic import BaseModel

    from workflows.breach.messages import BreachOpening, BreachStatus
    from workflows.incident.messages import IncidentOpening, IncidentStatus
    from workflows.maintenance.messages import MaintenanceOpening, MaintenanceStatus
    from workflows.procedure.duties import DutyState
    from workflows.process.messages import Happening, Message, Through

LARGEST_OPENING = 1_500_000
"""Bytes of JSON. The server takes 2 MB, the encrypted form and the history need some of it."""
WORKFLOWS: dict[Process, str] = {"incident": "Incident", "breach": "DataBreach", "maintenance": "Maintenance"}
NEVER_BEGAN = N_("there is no {of}: somebody has started it with something that can't be read; the reference is free")

T = TypeVar("T")


class OpenedProcess(NamedTuple):
    """What became of an opening. ``created`` is false where the reference existed already."""

    reference: str
    workflow_id: str
    run_id: str
    created: bool


def talk(conversation: Callable[[Client, Settings], Coroutine[Any, Any, T]]) -> T:
    """Connect and hold one conversation. Raises ``Unreachable`` where Temporal does not answer."""

    async def whole() -> T:
        settings = settings_in_force()
        client = await connected(settings)
        try:
            return await conversation(client, settings)
        except NotThere as error:
            from starter.client.meant import with_close_ones

            raise await with_close_ones(client, error) from None

    return asyncio.run(whole())


async def connected(settings: Settings) -> Client:
    """A client; raises ``Unreachable``, also where another folder's desk is meant, or nothing was ever started here."""
    try:
        refuse_wrong_place(settings)
        sdk_lines_are_logged()
        return await connect(settings)
    except TemporalUnreachable as error:
        raise Unreachable(unreachable(settings, heard(str(error)))) from None
    except (KeyFileError, SettingsError) as error:
        raise Wrong(heard(str(error))) from None


async def open_incident(client: Client, opening: IncidentOpening) -> OpenedProcess:
    """Start an incident. The same reference never makes a second one, also not when the first is closed."""
    return await _open(client, "incident", opening)


async def open_breach(client: Client, opening: BreachOpening) -> OpenedProcess:
    """Start a breach without an incident. The same reference never makes a second one, as with an incident."""
    return await _open(client, "breach", opening)


async def plan_maintenance(client: Client, opening: MaintenanceOpening) -> OpenedProcess:
    """Start the process of a planned break. The same reference never makes a second one, as with an incident."""
    return await _open(client, "maintenance", opening)


async def _open(
    client: Client, process: Process, opening: IncidentOpening | BreachOpening | MaintenanceOpening
) -> OpenedProcess:
    from workflows.introductions import introduction
    from workflows.process.ids import TASK_QUEUE

    introduced = introduction(opening, now())
    workflow_id = workflow_id_of(opening.reference, process)
    if len(opening.model_dump_json().encode()) > LARGEST_OPENING:
        raise Wrong(
            _("the texts together are too long (at most 1.5 million bytes); shorten the longest, such as --description")
        )
    is_free = await _is_free(client, client.get_workflow_handle(workflow_id))
    reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE if is_free else WorkflowIDReusePolicy.REJECT_DUPLICATE
    with failures(f"{process} {opening.reference}"):
        try:
            handle = await client.start_workflow(
                WORKFLOWS[process],
                opening.model_copy(update={"through": by_command()}),
                id=workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=reuse,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                static_summary=introduced.summary,
                static_details=introduced.details,
                search_attributes=introduced.attributes,
                priority=introduced.priority,
                rpc_timeout=ANSWER_WITHIN,
            )
        except WorkflowAlreadyStartedError as error:
            if said := await displaced(client.get_workflow_handle(workflow_id), f"{process} {opening.reference}"):
                raise Wrong(said) from None
            return OpenedProcess(opening.reference, workflow_id, error.run_id or "", created=False)
        return OpenedProcess(opening.reference, workflow_id, handle.first_execution_run_id or "", created=True)


def by_command() -> Through:
    """By which way a message of a command comes: the account on this machine, whatever name it is said in."""
    from workflows.process.messages import Through

    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = f"uid {os.getuid()}"
    return Through(os_user=name)


async def never_began(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether somebody used the reference for a start that could not be read: it is free then."""
    try:
        return (await handle.describe(rpc_timeout=ANSWER_WITHIN)).status is WorkflowExecutionStatus.FAILED
    except RPCError:
        return False


async def _is_free(client: Client, handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether a reference may be used again: its start could not be read, or something else has ended its process."""
    from activities.book.ended_well import says_that_it_is_over

    try:
        there = await handle.describe(rpc_timeout=ANSWER_WITHIN)
        if there.status is not WorkflowExecutionStatus.COMPLETED:
            return there.status is WorkflowExecutionStatus.FAILED
        return not await says_that_it_is_over(client, handle.id, there.run_id)
    except RPCError:
        return False


async def tell(client: Client, reference: str, name: str, said: Message, process: Process = "incident") -> BaseModel:
    """Send a message and answer the new status (the process's own model). Raises ``Refused`` with its reason."""
    from workflows.contract import CONTRACTS

    handle = client.get_workflow_handle(await _id_meant(client, reference, process))
    said = said.model_copy(update={"through": by_command()})
    again = (
        "; " + _("the same message again with --event-id {event_id} counts once", event_id=said.event_id)
        if said.event_id
        else ""
    )
    whose = f"{process} {reference}"
    async with ours(handle, whose):
        with failures(whose, no_answer=_(NO_WORKER) + again):
            answer = await _told(client, handle, name, said, whose)
            return CONTRACTS[WORKFLOWS[process]].status.model_validate(answer)


async def _told(client: Client, handle: WorkflowHandle[Any, Any], name: str, said: Message, whose: str) -> Any:
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            return _readable(
                await handle.execute_update(name, said, id=said.event_id), _("the message was taken, but") + " "
            )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND and await _has_ended(handle):
            how = await how_ended(client, handle.id)
            ended = _(
                "was ended from outside ({how}): {brought_back}, then send it again",
                how=name_of(ENDINGS, how),
                brought_back=_(BROUGHT_BACK),
            )
            over = _("is over and takes no more messages")
            raise Refused(f"{named(whose)} {ended if how else over}") from None
        raise


async def status_of(client: Client, reference: str) -> IncidentStatus:
    """The status of an incident, open or over."""
    from workflows.incident.messages import IncidentStatus

    return IncidentStatus.model_validate(await _ask(client, "incident", reference, "status"))


async def breach_status_of(client: Client, reference: str) -> BreachStatus:
    """The status of a breach, open or over."""
    from workflows.breach.messages import BreachStatus

    return BreachStatus.model_validate(await _ask(client, "breach", reference, "status"))


async def maintenance_status_of(client: Client, reference: str) -> MaintenanceStatus:
    """The status of a planned break, open or over."""
    from workflows.maintenance.messages import MaintenanceStatus

    return MaintenanceStatus.model_validate(await _ask(client, "maintenance", reference, "status"))


async def timeline_of(client: Client, reference: str, process: Process = "incident") -> list[Happening]:
    """What happened, in order."""
    from workflows.process.messages import Happening

    return [Happening.model_validate(line) for line in await _ask(client, process, reference, "timeline")]


async def duties_of(client: Client, reference: str, process: Process = "incident") -> list[DutyState]:
    """Every duty of a process, open or done."""
    from workflows.procedure.duties import DutyState

    return [DutyState.model_validate(duty) for duty in await _ask(client, process, reference, "duties")]


async def clock_of(client: Client, reference: str, process: Process = "incident") -> datetime:
    """The time on a process's own clock: that of a drill may have been moved forward. Raises ``NotThere``."""
    return await clock_of_process(client, await _id_meant(client, reference, process), f"{process} {reference}")


async def clock_of_process(client: Client, workflow_id: str, of: str = "process") -> datetime:
    """The time on a process's own clock. Raises ``NotThere``."""
    with failures(of):
        described = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=ANSWER_WITHIN)
    extended = described.raw_description.workflow_extended_info
    if not extended.HasField("time_skipping_info"):
        return now()
    return extended.time_skipping_info.current_time.ToDatetime().replace(tzinfo=UTC)


async def within_reach(answer: Awaitable[T], of: str) -> T:
    """Await any other call to Temporal, its failures put in the same words."""
    with failures(of):
        return await answer


async def _id_meant(client: Client, reference: str, process: Process) -> str:
    with failures(f"{process} {reference}"):
        return await id_meant(client, reference, process)


async def _ask(client: Client, process: Process, reference: str, query: str) -> Any:
    return await ask_process(client, await _id_meant(client, reference, process), f"{process} {reference}", query)


async def ask_process(client: Client, workflow_id: str, of: str, query: str, run_id: str | None = None) -> Any:
    """The answer of any process to a query. ``of``: what it is called. Raises ``NotThere``, ``Unreachable``."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    async with ours(handle, of):
        with failures(of):
            return await _answer(handle, of, query)


async def _answer(handle: WorkflowHandle[Any, Any], of: str, query: str) -> Any:
    async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
        while True:
            try:
                return _readable(await handle.query(query, rpc_timeout=ANSWER_WITHIN))
            except WorkflowQueryFailedError:
                if await never_began(handle):
                    raise NeverBegan(_(NEVER_BEGAN, of=named(of))) from None
                raise
            except RPCError as error:
                if "not scheduled yet" not in error.message:  # it is between two of its runs for a moment
                    raise
                await asyncio.sleep(0.05)


def _readable(answer: Any, so_far: str = "") -> Any:
    """An answer, unless it was written with a key that this machine doesn't have. Raises ``Wrong``."""
    if isinstance(answer, Undecodable):
        raise Wrong(
            _(
                "{so_far}the answer can't be read here: {reason}; set KANTADESK_KEY_FILE to the desk's key file",
                so_far=so_far,
                reason=heard(answer.reason),
            )
        )
    return answer


async def _has_ended(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        return (await handle.describe(rpc_timeout=ANSWER_WITHIN)).close_time is not None
    except RPCError:
        return False
