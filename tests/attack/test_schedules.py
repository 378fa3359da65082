"""Schedules that somebody has paused or changed are found; on a real server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities.watchdog.checks import ALWAYS_RUNNING_SCHEDULE
from activities.watchdog.drill_schedules import DRILL_SCHEDULES
from tests.builders import now
from tests.watchdog.conftest import house, watched_server
from tests.watchdog.house import House, until
from workers.schedules import schedule_drill, weekly_drills
from workers.settings import load
from workers.setup import set_up
from workflows.incident.drill_plan import DrillPlan
from workflows.procedure.watchdog.findings import Watching
from workflows.process.ids import TASK_QUEUE
from workflows.watchdog.ports import LookOrder

__all__ = ["house", "watched_server"]
pytestmark = pytest.mark.attack


async def test_the_schedule_of_a_drill_that_is_paused_is_found(house: House) -> None:
    await schedule_drill(house.client, DrillPlan(name="ward", weekly="Mon 09:00", title="Drill", services=("MYKANTA",)))
    await house.client.get_schedule_handle(f"{DRILL_SCHEDULES}ward").pause()

    async def is_found() -> bool:
        seen = await house.watch().look_at_workers(LookOrder(at=now(), rules=Watching()))
        return "drills_paused" in {each.kind for each in seen.findings}

    await until(is_found)


MONDAYS = DrillPlan(name="ward", weekly="Mon 09:00", title="Drill", services=("MYKANTA",)).model_dump(mode="json")
"""A plan of another name: taken over, it would be written in that one's place."""
RARELY = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=300))])
NOT_NOW = ScheduleSpec(
    intervals=[ScheduleIntervalSpec(every=timedelta(minutes=5))], start_at=datetime(2099, 1, 1, tzinfo=UTC)
)


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": RARELY},
        {"spec": NOT_NOW},
        {"spec": ScheduleSpec()},
        {"action": ScheduleActionStartWorkflow("StandingProcesses", id="standing-processes", task_queue="nobody")},
        {"action": ScheduleActionStartWorkflow("Nothing", id="standing-processes", task_queue=TASK_QUEUE)},
        {"state": ScheduleState(limited_actions=True, remaining_actions=1)},
    ],
)
async def test_the_schedule_that_keeps_the_watchdog_is_told_when_somebody_changes_it(
    house: House, changes: dict[str, Any]
) -> None:
    def changed(there: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(schedule=replace(there.description.schedule, **changes))

    assert await _of_the_schedule(house) == set()
    await house.client.get_schedule_handle(ALWAYS_RUNNING_SCHEDULE).update(changed)
    assert await _of_the_schedule(house) == {"schedule_changed"}
    await set_up(house.client, load({}, data_dir=house.folder))
    assert await _of_the_schedule(house) == set()


async def _of_the_schedule(house: House) -> set[str]:
    seen = await house.watch().look_at_workers(LookOrder(at=now(), rules=Watching()))
    return {each.kind for each in seen.findings if each.kind.startswith("schedule_")}


@pytest.mark.parametrize("arguments", [[], ["no plan"], [{"name": "ward"}, 2], [MONDAYS]], ids=str)
async def test_what_somebody_puts_into_a_drill_schedule_keeps_no_desk_from_starting(
    house: House, arguments: list[Any]
) -> None:
    action = ScheduleActionStartWorkflow("ScheduledDrill", args=arguments, id="x", task_queue=TASK_QUEUE)
    await house.client.create_schedule(f"{DRILL_SCHEDULES}evil", Schedule(action=action, spec=RARELY))
    await set_up(house.client, load({}, data_dir=house.folder))
    assert await weekly_drills(house.client, also="evil") == []

    async def is_found() -> bool:
        seen = await house.watch().look_at_workers(LookOrder(at=now(), rules=Watching()))
        return "drills_foreign" in {each.kind for each in seen.findings}

    await until(is_found)
