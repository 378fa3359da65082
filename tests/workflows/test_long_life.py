"""A long incident continues as new at a quiet point, with everything carried over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.builders import call, resolution, triage
from tests.desk import BreachDesk, Desk
from tests.fakes import FakeWorld
from tests.temporal_fixtures import running_worker, skipping_server


@pytest_asyncio.fixture(loop_scope="session")
async def brief_server() -> AsyncIterator[WorkflowEnvironment]:
    """A server that suggests to continue as new after 40 events."""
    async with skipping_server("limit.historyCount.suggestContinueAsNew=40") as environment:
        yield environment


@pytest_asyncio.fixture(loop_scope="session")
async def long_desk(brief_server: WorkflowEnvironment, world: FakeWorld) -> AsyncIterator[Desk]:
    async with running_worker(brief_server, world) as worker:
        yield Desk(brief_server, world, worker.task_queue)


@pytest_asyncio.fixture(loop_scope="session")
async def long_breach(brief_server: WorkflowEnvironment, world: FakeWorld) -> AsyncIterator[BreachDesk]:
    async with running_worker(brief_server, world) as worker:
        yield BreachDesk(brief_server, world, worker.task_queue)


async def test_a_breach_keeps_its_one_instant_across_runs(long_breach: BreachDesk) -> None:
    first = await long_breach.open()
    runs = {(await long_breach.breach.describe()).run_id}
    for hours in range(1, 25):
        await long_breach.say("measures_taken", text=f"Measure {hours}")
        runs.add((await long_breach.breach.describe()).run_id)
    assert len(runs) > 1
    status = await long_breach.status()
    assert status.aware_at == first.aware_at
    assert status.deadlines == first.deadlines
    assert len(status.measures) == 24
    await long_breach.pass_time(hours=73)
    assert (await long_breach.duties())["notify_supervisory_authority"] == "overdue"


async def test_everything_is_carried_over(long_desk: Desk) -> None:
    desk = await long_desk.open()
    first = await desk.run_id()
    await desk.say("phone_escalation", call(event_id="first", reached=False, person=""))
    for _ in range(30):
        await desk.say("phone_escalation", call(reached=False, person=""))
    await desk.incident.signal("nonsense", "x")
    await desk.until(lambda s: bool(s.rejected))
    assert await desk.run_id() != first
    status = await desk.say("phone_escalation", call(event_id="first", reached=False, person=""))
    assert len(status.calls) == 31
    assert status.rejected[0].message == "nonsense"
    status = await desk.pass_time(minutes=12)
    assert status.duties[0].reminders_sent == 1
    await desk.say("triage", triage(severity="high", extensive=False))
    for _ in range(20):
        await desk.say("phone_escalation", call(reached=False, person=""))
    await desk.until(lambda s: all(duty.state == "met" for duty in s.duties))
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await desk.pass_time(hours=25)
    ended = await desk.ended()
    assert ended.phase == "closed"
    assert desk.world.kinds("kela") == ["fault_report"]
    assert len({letter.key for letter in desk.world.letters}) == len(desk.world.letters)
