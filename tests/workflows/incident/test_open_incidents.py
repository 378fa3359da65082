"""The list of open incidents, from a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.testing import ActivityEnvironment

from activities.processes import IncidentList, breaks_under_way
from tests.desks.desk import Desk
from tests.desks.maintenance import MaintenanceDesk
from workflows.incident.ports import NoticeQuestion
from workflows.maintenance.ports import IncidentQuestion
from workflows.process.ids import maintenance_workflow_id


async def test_open_incidents_of_a_service_are_found_and_drills_kept_apart(desk: Desk) -> None:
    incidents = IncidentList(desk.server.client)
    await desk.open(services=["RELAY"])
    async with asyncio.timeout(20):  # the list lags behind by a moment
        while await of(incidents, IncidentQuestion(services=("RELAY", "OLD"))) != [desk.reference]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await of(incidents, IncidentQuestion(services=("RELAY",), drill=True)) == []
    assert await of(incidents, IncidentQuestion(services=("OLD",))) == []
    await desk.say("cancellation", {"by": "desk", "reason": "Opened twice."})
    await desk.ended()
    async with asyncio.timeout(20):
        while await of(incidents, IncidentQuestion(services=("RELAY",))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_only_breaks_under_way_are_found(planned: MaintenanceDesk) -> None:
    client, asked = planned.server.client, NoticeQuestion(services=("NCP", "OLD"))
    await planned.plan(starts_in=timedelta(minutes=20), services=["NCP"], not_affected=[])
    assert await breaks_under_way(client, asked) == {}
    await planned.pass_time(minutes=30)
    async with asyncio.timeout(20):  # the list lags behind by a moment
        while await breaks_under_way(client, asked) != {maintenance_workflow_id(planned.reference): False}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await breaks_under_way(client, asked.model_copy(update={"drill": True})) == {}
    assert await breaks_under_way(client, NoticeQuestion(services=("OLD",))) == {}
    await planned.handle.terminate()


async def of(incidents: IncidentList, question: IncidentQuestion) -> list[str]:
    answer: list[str] = await ActivityEnvironment().run(incidents.open_incidents, question)
    return answer
