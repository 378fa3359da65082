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
from starter.terminal.errors import Unreachable, Wrong
from workers.server_settings import differences
from workers.settings import Settings, SettingsError
from workers.setup import SetUpError, missing_search_attributes, retention
from workflows.process.ids import TASK_QUEUE

CONNECTED_WITHIN = 15.0


async def check_temporal(settings: Settings) -> list[CheckResult]:
    """Every check of this module. Where Temporal does not answer, that is the only finding."""
    try:
        client = await asyncio.wait_for(connected(settings), CONNECTED_WITHIN)
    except (Unreachable, Wrong, SettingsError) as error:
        return [CheckResult("fault", "Temporal", str(error), 'start "kantadesk up", or check TEMPORAL_ADDRESS')]
    except TimeoutError:
        return [CheckResult("fault", "Temporal", "does not answer", 'start "kantadesk up", or check TEMPORAL_ADDRESS')]
    where = client.service_client.config.target_host
    checks = (_retention, _search_attributes, _worker, _drill_clock)
    findings = [await _one(check, client, settings) for check in checks]
    answers = CheckResult("ok", "Temporal", f"answers at {where}, namespace {client.namespace}")
    return [answers, *await _server_settings(client, settings), *findings]


async def _server_settings(client: Client, settings: Settings) -> list[CheckResult]:
    """What the server has set otherwise than we do."""
    try:
        found = await differences(client, settings)
    except RPCError:  # said by the checks that follow
        return []
    if not found:
        return [CheckResult("ok", "server settings", "as kantadesk sets them, as far as the server shows them")]
    return [CheckResult("warning", "server settings", each.what, each.to_do) for each in found]


async def _one(
    check: Callable[[Client, Settings], Awaitable[CheckResult]], client: Client, settings: Settings
) -> CheckResult:
    try:
        return await check(client, settings)
    except RPCError as error:
        what = check.__name__.strip("_").replace("_", " ")
        to_do = f"does the namespace {client.namespace} exist, and may we use it?"
        return CheckResult("fault", what, f"Temporal answered: {error.message}", to_do)


async def _retention(client: Client, settings: Settings) -> CheckResult:
    kept = await retention(client)
    detail = f"closed incidents are kept {kept.days} days in Temporal"
    if kept < settings.retention:
        return CheckResult(
            "warning", "retention", f"{detail}, {settings.retention.days} are wanted", 'run "kantadesk setup"'
        )
    return CheckResult("ok", "retention", detail)


async def _search_attributes(client: Client, _settings: Settings) -> CheckResult:
    try:
        missing = await missing_search_attributes(client)
    except SetUpError as error:
        return CheckResult("fault", "search attributes", str(error), "see there")
    if missing:
        return CheckResult(
            "fault", "search attributes", f"{', '.join(missing)} not registered", 'run "kantadesk setup"'
        )
    return CheckResult("ok", "search attributes", "all registered")


async def _worker(client: Client, _settings: Settings) -> CheckResult:
    lacking = [kind for kind, number in _KINDS.items() if not await _pollers(client, number)]
    if lacking:
        to_do = 'start "kantadesk up" or "kantadesk worker"; nothing is sent or reminded until then'
        return CheckResult("fault", "worker", f"none is working for {' and '.join(lacking)}", to_do)
    return CheckResult("ok", "worker", f"works on task queue {TASK_QUEUE}")


_KINDS = {
    "incidents": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities (mail, forms)": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


async def _pollers(client: Client, kind: TaskQueueType.ValueType) -> int:
    """How many workers have asked for work in the last minutes."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=TASK_QUEUE), task_queue_type=kind
    )
    return len((await client.workflow_service.describe_task_queue(request)).pollers)


async def _drill_clock(client: Client, _settings: Settings) -> CheckResult:
    if await can_skip_time(client):
        return CheckResult("ok", "drills", "their clock can be moved")
    return CheckResult("warning", "drills", LACKING, "drills run in real time; nothing else depends on it")
