"""The schedules of weekly drills: what each starts, and which of them somebody has paused or filled otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleDescription
from temporalio.service import RPCError, RPCStatusCode

from workflows.incident.drill_plan import DrillPlan

DRILL_SCHEDULES = "kantadesk-drill-"
"""How the ids of the schedules of drills begin; the name follows."""
ANSWER_WITHIN = timedelta(seconds=10)


class DrillSchedules(NamedTuple):
    """Ids of schedules. ``foreign``: they start no drill that can be read with our key, or that of another name."""

    paused: list[str]
    foreign: list[str]


async def plan_of(client: Client, described: ScheduleDescription) -> DrillPlan | None:
    """What a schedule starts; None where it can't be read (its key is gone, or somebody else has made it)."""
    action = described.schedule.action
    if not isinstance(action, ScheduleActionStartWorkflow) or len(action.args) != 1:
        return None
    try:
        (plan,) = await client.data_converter.decode(list(action.args), [DrillPlan])
    except Exception:  # noqa: BLE001  # whatever somebody has written there keeps no desk from starting
        return None
    is_ours = isinstance(plan, DrillPlan) and described.id == f"{DRILL_SCHEDULES}{plan.name}"
    return plan if is_ours else None


async def described_drills(client: Client, also: str = "") -> AsyncIterator[ScheduleDescription]:
    """Every schedule of a drill; ``also``: the name of one that a list may not show yet. Raises ``RPCError``."""
    listed = {each.id async for each in await client.list_schedules(rpc_timeout=ANSWER_WITHIN)}
    ids = {each for each in listed if each.startswith(DRILL_SCHEDULES)} | (
        {f"{DRILL_SCHEDULES}{also}"} if also else set()
    )
    for schedule_id in sorted(ids):
        try:
            yield await client.get_schedule_handle(schedule_id).describe(rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it has just been deleted
                raise


async def drill_schedules(client: Client) -> DrillSchedules:
    """The schedules of drills with which something is wrong. Raises ``RPCError``."""
    found = DrillSchedules([], [])
    async for described in described_drills(client):
        if await plan_of(client, described) is None:
            found.foreign.append(described.id)
        elif described.schedule.state.paused:
            found.paused.append(described.id)
    return found
