"""A weekly drill, by the command line and a real schedule."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow

from activities.watchdog.drill_schedules import DRILL_SCHEDULES
from tests.starter.conftest import Desk
from workers.connection import connect_to
from workers.keys import ring
from workers.schedules import register_schedules

EVERY_MONDAY = (
    "--weekly",
    "Monday 9.00",
    "--title",
    "Drill: MyKanta is down",
    "--service",
    "OmaKanta",
    "--name",
    "ward",
)


async def client_of(desk: Desk) -> Client:
    return await connect_to(desk.places["temporal"], ring.load(desk.data_dir / "keys.toml"))


async def times(client: Client, name: str, start: datetime, end: datetime) -> list[datetime]:
    """The times of a schedule between two moments, as the server has them."""
    request = ListScheduleMatchingTimesRequest(namespace="default", schedule_id=f"{DRILL_SCHEDULES}{name}")
    for field, moment in (("start_time", start), ("end_time", end)):
        stamp = Timestamp()
        stamp.FromDatetime(moment)
        getattr(request, field).CopyFrom(stamp)
    answer = await client.workflow_service.list_schedule_matching_times(request)
    return [each.ToDatetime(tzinfo=UTC) for each in answer.start_time]


def test_each_firing_starts_a_drill_of_its_own(desk: Desk) -> None:
    made = desk("drill", "schedule", *EVERY_MONDAY, "--json")
    assert made.code == 0, made.err
    (drill,) = made.json
    assert (drill["weekly"], drill["time_zone"], drill["services"]) == ("Mon 09:00", "Europe/Helsinki", ["MYKANTA"])
    assert len(drill["next_at"]) > 1

    async def fire_twice() -> list[datetime]:
        client = await client_of(desk)
        await register_schedules(client)  # as set-up does: written again, nothing doubled
        schedule = client.get_schedule_handle(f"{DRILL_SCHEDULES}ward")
        for number in (1, 2):
            await schedule.trigger()
            while len((await schedule.describe()).info.recent_actions) < number:  # noqa: ASYNC110  # a server is asked
                await asyncio.sleep(0.05)
            last = (await schedule.describe()).info.recent_actions[-1].action
            assert isinstance(last, ScheduleActionExecutionStartWorkflow)
            await client.get_workflow_handle(
                last.workflow_id, first_execution_run_id=last.first_execution_run_id
            ).result()
        spring = datetime(2027, 3, 27, tzinfo=UTC)  # summer time begins on the 28th
        return await times(client, "ward", spring - timedelta(days=7), spring + timedelta(days=7))

    at = asyncio.run(fire_twice())
    assert [(each.day, each.hour) for each in at] == [(22, 7), (29, 6)], "nine o'clock by the clock on the wall"
    rows = desk.until(
        lambda rows: sum(row["reference"].startswith("DRILL-ward-") for row in rows) == 2, "incident", "list"
    )
    drills = [row for row in rows if row["reference"].startswith("DRILL-ward-")]
    assert all(row["drill"] and re.fullmatch(r"DRILL-ward-\d{8}-\d{4}(\.2)?", row["reference"]) for row in drills)
    shown = desk("incident", "show", drills[0]["reference"], "--json").json
    assert (shown["title"], shown["reported_by"]["name"]) == ("Drill: MyKanta is down", "Drill schedule ward")


def test_it_is_changed_listed_and_taken_away(desk: Desk) -> None:
    named = ("--title", "x", "--service", "PDR", "--name", "gone")
    assert "Scheduled: gone, Tue 08:30" in desk("drill", "schedule", "--weekly", "tue 8:30", *named).out
    changed = desk("drill", "schedule", "--weekly", "Fri 23:59", *named)
    assert (changed.code, "Changed: gone, Fri 23:59 (Europe/Helsinki): x" in changed.out) == (0, True)
    desk.until(lambda drills: "gone" in {drill["name"] for drill in drills}, "drill", "schedule")
    assert desk("drill", "schedule", "--delete", "--name", "gone").code == 0
    again = desk("drill", "schedule", "--delete", "--name", "gone")
    assert (again.code, "there is no schedule gone" in again.err) == (4, True)


def test_its_time_is_said_in_the_readers_language(desk: Desk) -> None:
    for language, typed, said in (("fi", "ke 9.05", "ke klo 09.05"), ("sv", "ons 9.05", "on kl. 09.05")):
        named = ("--title", "x", "--service", "PDR", "--name", f"in-{language}")
        answer = desk("drill", "schedule", "--weekly", typed, *named, KANTADESK_LANGUAGE=language)
        assert said in answer.out
        assert "Wed" not in answer.out
        desk("drill", "schedule", "--delete", "--name", f"in-{language}")


def test_what_can_not_be_scheduled_is_said_in_one_line(desk: Desk) -> None:
    for typed, why in (
        (("--weekly", "Mon 25:00", "--title", "x", "--service", "PDR"), 'such as "Mon 09:00"'),
        (("--weekly", "Mon 9:00", "--title", "x"), "--service"),
        (("--title", "x"), "--weekly: say when the drill comes"),
        (("--weekly", "Mon 9:00", "--title", "x", "--service", "PDR", "--name", "Ä"), "--name"),
    ):
        answer = desk("drill", "schedule", *typed)
        assert (answer.code, answer.err.count("\n"), why in answer.err) == (2, 1, True), answer.err
