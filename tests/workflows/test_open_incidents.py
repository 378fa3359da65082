"""The list of open incidents, from a real server."""

from __future__ import annotations

import asyncio

from temporalio.testing import ActivityEnvironment

from activities.open_incidents import IncidentList
from tests.desk import Desk
from workflows.maintenance_ports import IncidentQuestion


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


async def of(incidents: IncidentList, question: IncidentQuestion) -> list[str]:
    answer: list[str] = await ActivityEnvironment().run(incidents.open_incidents, question)
    return answer
