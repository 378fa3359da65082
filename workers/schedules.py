"""The Temporal Schedules of a namespace: registered at set-up, updated in place, never doubled.

What somebody has set on a schedule by hand (a pause with its note) stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from activities.watchdog.checks import ALWAYS_RUNNING_SCHEDULE
from workflows.introductions import by_type
from workflows.process.ids import TASK_QUEUE

ALWAYS_RUNNING_EVERY = timedelta(minutes=5)
CAUGHT_UP = timedelta(minutes=1)
"""After a stop of the server the next run comes soon enough: missed ones are left out."""


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


def _to(schedule: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def updated(there: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = there.description.schedule.state
        return ScheduleUpdate(schedule=schedule)

    return updated
