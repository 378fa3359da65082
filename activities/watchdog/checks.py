"""The watchdog's eyes: Temporal, the ledger of sent mail, the operating model. The command line uses them, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from temporalio import activity
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.book.port import BookUnreadable, ProcessBook
from activities.contacts.changed import ContactsChanged
from activities.mail.ledger import SentLedger
from activities.operating_model.file import OperatingModelFile
from activities.returned_mail.look import ReturnedMail
from activities.rota.changes import ShiftChanges
from activities.rota.rotas import Rotas
from activities.watchdog import revival
from activities.watchdog.drill_schedules import drill_schedules
from activities.watchdog.heartbeat import Heartbeat
from activities.watchdog.outside import Outside
from activities.watchdog.processes import ProcessLook
from workflows.procedure.local_time import local
from workflows.procedure.operating_model.model import OperatingModel
from workflows.procedure.watchdog import findings as watching
from workflows.procedure.watchdog.endings import Ending, Fate
from workflows.procedure.watchdog.findings import Finding, ScheduleState, Watching
from workflows.procedure.watchdog.outside import about_drill_schedules, about_retention
from workflows.process.ids import TASK_QUEUE
from workflows.process.sealed.asking import NOBODY, Asking
from workflows.watchdog.letters import NAME
from workflows.watchdog.ports import LookOrder, ProcessesSeen, Seen, Watch
from workflows.watchdog.record import WatchStatus

ALWAYS_RUNNING_SCHEDULE = "kantadesk-standing"
ALWAYS_RUNNING_EVERY = timedelta(minutes=5)
CANNOT_LOOK = "CannotLook"
ANSWER_WITHIN = timedelta(seconds=10)
KINDS_OF_WORK = {
    "workflows": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


class Eyes(NamedTuple):
    """What the watchdog looks with."""

    client: Client
    ledger: Callable[[], SentLedger]
    model: Callable[[], OperatingModelFile]
    heartbeat: Heartbeat
    book: ProcessBook
    retention: timedelta
    """How long closed processes are to be kept."""


class DeskWatch(Watch):
    """Looks at one desk: one namespace, one data folder, one operating model."""

    def __init__(
        self,
        eyes: Eyes,
        *,
        can_ask: bool = True,
        writes: bool = True,
        returned: ReturnedMail | None = None,
        changed: ContactsChanged | None = None,
        rotas: Rotas | None = None,
        shifts: ShiftChanges | None = None,
    ) -> None:
        """``can_ask``: False where no worker is there to answer queries; ``writes``: False for who only looks.

        ``returned``: mail that comes back; ``changed``: tells the review of the contacts what has changed.
        ``rotas``: who is on duty; ``shifts``: tells the open processes of a change of shift.
        """
        self._client, self._ledger, self._model, self._heartbeat, self._book, self._retention = eyes
        self._can_ask, self._writes, self._returned, self._changed = can_ask, writes, returned, changed
        self._rotas, self._shifts = rotas, shifts

    @activity.defn(name="rules_of_watching")
    async def rules_of_watching(self, asked: Asking = NOBODY) -> Watching:  # noqa: ARG002  # sealed, and no more
        """The table ``[watchdog]`` of the operating model."""
        return self._model().current().watchdog

    @activity.defn(name="look_at_processes")
    async def look_at_processes(self, order: LookOrder) -> ProcessesSeen:
        """Every open process, every one that was ended from outside, and every one that the book misses."""
        outside = Outside(self._client, self._book, order, writes=self._writes)
        run = activity.info().workflow_run_id if activity.in_activity() else None
        try:
            learn = self._returned.learn if self._returned else None
            look = ProcessLook(self._client, order, outside, can_ask=self._can_ask, learn=learn)
            return await look.look((run, order.turn) if run else None)
        except RPCError as error:
            raise _no_answer(error) from error
        except BookUnreadable as fault:
            raise ApplicationError(str(fault), type=CANNOT_LOOK) from fault

    @activity.defn(name="look_at_workers")
    async def look_at_workers(self, order: LookOrder) -> Seen:
        """Who asks for work, how long work waits, and whether the schedule runs."""
        last_asked: dict[str, datetime | None] = {}
        waiting: dict[str, timedelta] = {}
        try:
            for name, kind in KINDS_OF_WORK.items():
                queue = await self._queue(kind)
                asked = [poller.last_access_time.ToDatetime(tzinfo=UTC) for poller in queue.pollers]
                last_asked[name] = max(asked, default=None)
                waiting[name] = queue.stats.approximate_backlog_age.ToTimedelta()
            schedule = watching.about_schedule(await self._schedule())
            schedule += about_drill_schedules(*await drill_schedules(self._client))
            schedule += about_retention(await self._kept_for(), self._retention)
        except RPCError as error:
            raise _no_answer(error) from error
        now = datetime.now(UTC)  # noqa: TID251  # an activity: compared with the server's own times
        return _seen([*watching.about_workers(last_asked, waiting, now, order.rules), *schedule])

    async def _queue(self, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=kind,
            report_stats=True,
        )
        return await self._client.workflow_service.describe_task_queue(request, timeout=ANSWER_WITHIN)

    async def _schedule(self) -> ScheduleState:
        try:
            described = await self._client.get_schedule_handle(ALWAYS_RUNNING_SCHEDULE).describe(
                rpc_timeout=ANSWER_WITHIN
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "missing"
            raise
        if described.schedule.state.paused:
            return "paused"
        return "runs" if _is_as_set_up(described.schedule) else "changed"

    async def _kept_for(self) -> timedelta:
        """How long the namespace keeps closed processes."""
        request = DescribeNamespaceRequest(namespace=self._client.namespace)
        answer = await self._client.workflow_service.describe_namespace(request, timeout=ANSWER_WITHIN)
        return answer.config.workflow_execution_retention_ttl.ToTimedelta()

    @activity.defn(name="look_at_mail")
    async def look_at_mail(self, order: LookOrder) -> Seen:
        """Letters handed over without an answer, and mail that has come back."""
        waiting = await asyncio.to_thread(lambda: self._ledger().unanswered())
        return _seen([*watching.about_letters(waiting, _now(), order.rules), *await self._look_at_returned()])

    async def _look_at_returned(self) -> list[Finding]:
        if (returned := self._returned) is None:
            return []
        try:
            why = await returned.look()
        except RPCError as error:
            raise _no_answer(error) from error
        model = self._model().current()
        among = await asyncio.to_thread(lambda: [each.contact for each in returned.among(model)])
        return [*watching.about_mailbox(why), *watching.about_returned(among)]

    @activity.defn(name="look_at_contacts")
    async def look_at_contacts(self, order: LookOrder) -> Seen:
        """How fresh the contacts are, whether the operating model is in order, and what the rotas leave open."""
        file = self._model()
        model = file.current()
        if self._changed:
            await self._tell_what_changed(self._changed)
        verified = {contact: entry.verified_on for contact, entry in model.contacts.items()}
        today = local(order.at, model.organisation.time_zone).date()
        found = [*watching.about_contacts(verified, today, order.rules), *watching.about_model(file.problem)]
        return _seen([*found, *await self._look_at_rotas(model, order.at)])

    async def _look_at_rotas(self, model: OperatingModel, at: datetime) -> list[Finding]:
        """What the rotas leave open; a change of shift is told to the open processes."""
        rotas = await self._rotas.of(model, at) if self._rotas else []
        if self._shifts:
            try:
                await self._shifts.look(model, rotas)
            except RPCError as error:
                raise _no_answer(error) from error
        return [finding for each in rotas for finding in each.findings()]

    async def _tell_what_changed(self, changed: ContactsChanged) -> None:
        try:
            await changed.look()
        except RPCError as error:
            raise _no_answer(error) from error

    @activity.defn(name="bring_back")
    async def bring_back(self, ending: Ending) -> Fate:
        """Bring an ended process back."""
        try:
            is_first_try = activity.info().attempt == 1
            return await revival.bring_back(self._client, ending, is_first_try=is_first_try)
        except RPCError as error:
            raise _no_answer(error) from error

    @activity.defn(name="send_heartbeat")
    async def send_heartbeat(self, asked: Asking = NOBODY) -> bool:  # noqa: ARG002  # sealed, and no more
        """Tell the operator's address that all is well."""
        return await self._heartbeat.send()

    # --- only from outside ----------------------------------------------------------------------------------

    async def look_at_watchdog(self, order: LookOrder) -> tuple[Seen, WatchStatus | None]:
        """Whether the watchdog itself looks; what it knows. For somebody who looks from outside."""
        handle = self._client.get_workflow_handle(NAME)
        status: WatchStatus | None = None
        is_ours = True
        try:
            found = await handle.describe(rpc_timeout=ANSWER_WITHIN)
            runs = found.status is WorkflowExecutionStatus.RUNNING
            is_ours = (found.workflow_type, found.task_queue) == ("Watchdog", TASK_QUEUE)
            if runs and is_ours and self._can_ask:
                status = WatchStatus.model_validate(await handle.query("status", rpc_timeout=ANSWER_WITHIN))
        except WorkflowQueryFailedError:
            runs = True
        except RPCError as error:
            runs = error.status is not RPCStatusCode.NOT_FOUND
        last = status.last_look if status else None
        findings = watching.about_watchdog(
            runs=runs, is_ours=is_ours, last_look=last, answers=status is not None, at=order.at, rules=order.rules
        )
        return _seen(findings), status


def _is_as_set_up(there: Schedule) -> bool:
    """Whether the schedule of the processes that always run starts them, as often as was set up, and without an end."""
    action, spec = there.action, there.spec
    return (
        isinstance(action, ScheduleActionStartWorkflow)
        and (action.workflow, action.task_queue) == ("StandingProcesses", TASK_QUEUE)
        and min((each.every for each in spec.intervals), default=timedelta.max) <= ALWAYS_RUNNING_EVERY
        and not (spec.skip or spec.start_at or spec.end_at or spec.jitter)
        and not there.state.limited_actions
    )


def _seen(findings: list[Finding]) -> Seen:
    return Seen(findings=tuple(findings), looked_at=1)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # an activity: compared with times on the disk


def _no_answer(error: RPCError) -> ApplicationError:
    return ApplicationError(f"Temporal does not answer as it should ({error.status.name})", type=CANNOT_LOOK)
