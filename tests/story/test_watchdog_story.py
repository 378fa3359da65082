"""The desk's own housekeeping, told from real histories: the watchdog's days, what must always run, a drill begun."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from tests.desks.desk import current_details
from tests.desks.fake_watch import FakeWatch
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker
from tests.desks.watchdog import ENDED, STUCK, Dog, watchdog_at_work
from tests.story.golden_texts import compared_with_golden


async def watched(dog: Dog) -> None:
    """A stuck process is found and mended; a breach is ended from outside and brought back."""
    dog.sees.sights["processes"] = (STUCK,)
    await dog.looks(2)
    dog.sees.sights.clear()
    await dog.looks(3)
    dog.sees.endings = [ENDED]
    await dog.looks()
    dog.sees.endings = []
    dog.sees.blind.add("mail")
    await dog.looks()
    dog.sees.blind.clear()
    await dog.looks()


async def test_watchdog_story(server: WorkflowEnvironment, world: FakeWorld) -> None:
    async with watchdog_at_work(server, world, FakeWatch()) as dog:
        await watched(dog)
        compared_with_golden("watchdog", await dog.handle.fetch_history())


async def test_standing_story(server: WorkflowEnvironment, world: FakeWorld) -> None:
    async with running_worker(server, world) as worker:
        handle = await server.client.start_workflow(
            "StandingProcesses", id="standing-processes-1", task_queue=worker.task_queue
        )
        assert await handle.result() == []
        assert await current_details(handle) == "Everything that must always run does: nothing to start."
        compared_with_golden("standing", await handle.fetch_history())


async def test_scheduled_drill_story(server: WorkflowEnvironment, world: FakeWorld) -> None:
    async with running_worker(server, world) as worker:
        plan = {"name": "ward", "weekly": "Mon 09:00", "title": "Drill: MyKanta is down", "services": ["MYKANTA"]}
        handle = await server.client.start_workflow(
            "ScheduledDrill", plan, id="drill-ward-2026-11-30T07:00:00Z", task_queue=worker.task_queue
        )
        reference = await handle.result()
        assert await current_details(handle) == f"Started: incident-{reference}"
        compared_with_golden("scheduled_drill", await handle.fetch_history())


async def test_a_drill_that_can_not_be_read_ends_with_the_reason(server: WorkflowEnvironment, world: FakeWorld) -> None:
    async with running_worker(server, world) as worker:
        handle = await server.client.start_workflow(
            "ScheduledDrill", "Monday", id="drill-x", task_queue=worker.task_queue
        )
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        assert "no drill was started: Input should be a valid dictionary" in str(failed.value.cause)
