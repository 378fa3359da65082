"""What ``kantadesk doctor`` checks in Temporal: connection, namespace, retention, attributes, worker, drill clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from starter.client.client import connected
from starter.doctor.checks import CheckResult
from starter.drill.clocks import LACKING, can_skip_time
from starter.language.heard import heard
from starter.language.words import N_, Texts, _
from starter.terminal.errors import Unreachable, Wrong
from workers.server_settings import differences
from workers.settings import Settings, SettingsError
from workers.setup import SetUpError, missing_search_attributes, retention
from workflows.process.ids import TASK_QUEUE

CONNECTED_WITHIN = 15.0
WHAT: Texts = {
    "_retention": "retention", "_search_attributes": "search attributes", "_worker": "worker", "_drill_clock": "drills",
}  # fmt: skip


async def check_temporal(settings: Settings) -> list[CheckResult]:
    """Every check of this module. Where Temporal does not answer, that is the only finding."""
    try:
        client = await asyncio.wait_for(connected(settings), CONNECTED_WITHIN)
    except (Unreachable, Wrong, SettingsError) as error:
        return [CheckResult("fault", "Temporal", heard(str(error)), _("see there"))]
    except TimeoutError:
        return [
            CheckResult("fault", "Temporal", _("does not answer"), _('start "kantadesk up", or check TEMPORAL_ADDRESS'))
        ]
    where = client.service_client.config.target_host
    checks = (_retention, _search_attributes, _worker, _drill_clock)
    findings = [await _one(check, client, settings) for check in checks]
    answers = CheckResult(
        "ok", "Temporal", _("answers at {where}, namespace {namespace}", where=where, namespace=client.namespace)
    )
    return [answers, *await _server_settings(client, settings), *findings]


async def _server_settings(client: Client, settings: Settings) -> list[CheckResult]:
    """What the server has set otherwise than we do."""
    try:
        found = await differences(client, settings)
    except RPCError:  # said by the checks that follow
        return []
    if not found:
        return [CheckResult("ok", _("server settings"), _("as kantadesk sets them, as far as the server shows them"))]
    return [CheckResult("warning", _("server settings"), heard(each.what), heard(each.to_do)) for each in found]


async def _one(
    check: Callable[[Client, Settings], Awaitable[CheckResult]], client: Client, settings: Settings
) -> CheckResult:
    try:
        return await check(client, settings)
    except RPCError as error:
        what = _(WHAT[check.__name__])
        to_do = _("does the namespace {namespace} exist, and may we use it?", namespace=client.namespace)
        return CheckResult("fault", what, _("Temporal answered: {message}", message=error.message), to_do)


async def _retention(client: Client, settings: Settings) -> CheckResult:
    kept = await retention(client)
    detail = _("closed incidents are kept {days} days in Temporal", days=kept.days)
    if kept < settings.retention:
        return CheckResult(
            "warning",
            _("retention"),
            _("{detail}, {days} are wanted", detail=detail, days=settings.retention.days),
            _('run "kantadesk setup"'),
        )
    return CheckResult("ok", _("retention"), detail)


async def _search_attributes(client: Client, _settings: Settings) -> CheckResult:
    try:
        missing = await missing_search_attributes(client)
    except SetUpError as error:
        return CheckResult("fault", _("search attributes"), heard(str(error)), _("see there"))
    if missing:
        return CheckResult(
            "fault",
            _("search attributes"),
            _("{missing} not registered", missing=", ".join(missing)),
            _('run "kantadesk setup"'),
        )
    return CheckResult("ok", _("search attributes"), _("all registered"))


async def _worker(client: Client, _settings: Settings) -> CheckResult:
    lacking = [kind for kind, number in _KINDS.items() if not await _pollers(client, number)]
    if lacking:
        to_do = _('start "kantadesk up" or "kantadesk worker"; nothing is sent or reminded until then')
        return CheckResult(
            "fault", _("worker"), _("none is working for {lacking}", lacking=", ".join(map(_, lacking))), to_do
        )
    return CheckResult("ok", _("worker"), _("works on task queue {task_queue}", task_queue=TASK_QUEUE))


_KINDS = {
    N_("incidents"): TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    N_("activities (mail, forms)"): TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


async def _pollers(client: Client, kind: TaskQueueType.ValueType) -> int:
    """How many workers have asked for work in the last minutes."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=kind
    )
    return len((await client.workflow_service.describe_task_queue(request)).pollers)


async def _drill_clock(client: Client, _settings: Settings) -> CheckResult:
    if await can_skip_time(client):
        return CheckResult("ok", _("drills"), _("their clock can be moved"))
    return CheckResult("warning", _("drills"), _(LACKING), _("drills run in real time; nothing else depends on it"))
