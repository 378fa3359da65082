"""The Temporal Schedules of a namespace: registered at set-up, updated in place, never doubled.

What somebody has set on a schedule by hand (a pause with its note) stays. Weekly drills are made by a command
(``kantadesk drill schedule``); at set-up they are written again, so that they bear the key of today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities.watchdog.checks import ALWAYS_RUNNING_EVERY, ALWAYS_RUNNING_SCHEDULE
from activities.watchdog.drill_schedules import DRILL_SCHEDULES, described_drills, plan_of
from workflows.incident.drill_plan import DrillPlan, weekly
from workflows.introductions import by_type
from workflows.process.ids import TASK_QUEUE

CAUGHT_UP = timedelta(minutes=1)
"""After a stop of the server the next run comes soon enough: missed ones are left out."""


A_DRILL_MAY_BE_LATE = timedelta(hours=1)


class WeeklyDrill(NamedTuple):
    """A schedule of drills, as the server has it. ``next_at``: the next times."""

    plan: DrillPlan
    next_at: tuple[datetime, ...]
    is_paused: bool


def schedules() -> dict[str, Schedule]:
    """Each schedule by its id."""
    introduced = by_type("StandingProcesses")
    standing = Schedule(
        action=ScheduleActionStartWorkflow(
            "StandingProcesses",
            id="standing-processes",
            task_queue=TASK_QUEUE,
            run_timeout=ALWAYS_RUNNING_EVERY * 6,  # without a worker it must not block the next one for good
            static_summary=introduced.summary,
            static_details=introduced.details,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=ALWAYS_RUNNING_EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CAUGHT_UP),
    )
    return {ALWAYS_RUNNING_SCHEDULE: standing}


async def register_schedules(client: Client) -> None:
    """Make or update each schedule; a schedule that is made runs at once for the first time. Repeatable."""
    for schedule_id, schedule in schedules().items():
        try:
            await client.create_schedule(schedule_id, schedule, trigger_immediately=True)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(schedule_id).update(_to(schedule))
    for drill in await weekly_drills(client):
        await schedule_drill(client, drill.plan)


def drill_schedule(plan: DrillPlan) -> Schedule:
    """The schedule of a weekly drill, by the organisation's own clock: summer time moves it along."""
    introduced = by_type("ScheduledDrill")
    day, hour, minute = (ScheduleRange(each) for each in weekly(plan.weekly))
    return Schedule(
        action=ScheduleActionStartWorkflow(
            "ScheduledDrill",
            plan,
            id=f"drill-{plan.name}",
            task_queue=TASK_QUEUE,
            run_timeout=A_DRILL_MAY_BE_LATE,
            static_summary=introduced.summary,
            static_details=introduced.details,
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(day_of_week=[day], hour=[hour], minute=[minute])],
            time_zone_name=plan.time_zone,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=A_DRILL_MAY_BE_LATE),
    )


async def schedule_drill(client: Client, plan: DrillPlan) -> bool:
    """Make the schedule of a weekly drill, or change the one of this name; whether it is new."""
    schedule, schedule_id = drill_schedule(plan), f"{DRILL_SCHEDULES}{plan.name}"
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(_to(schedule))
        return False
    return True


async def weekly_drills(client: Client, also: str = "") -> list[WeeklyDrill]:
    """The weekly drills that are scheduled; ``also``: one that a list may not show yet, since it lags behind."""
    found: list[WeeklyDrill] = []
    async for described in described_drills(client, also):
        if plan := await plan_of(client, described):
            times = tuple(described.info.next_action_times)
            found.append(WeeklyDrill(plan, times, described.schedule.state.paused))
    return found


def _to(schedule: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def updated(there: ScheduleUpdateInput) -> ScheduleUpdate:
        state = there.description.schedule.state
        schedule.state = ScheduleState(paused=state.paused, note=state.note)
        return ScheduleUpdate(schedule=schedule)

    return updated
