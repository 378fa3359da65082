"""The floor that incidents are measured against does as much: a bare workflow that did less would flatter nobody."""

from __future__ import annotations

import asyncio
import tomllib
from contextlib import AsyncExitStack

import pytest

from benchmarks.economy import BUDGET, Cost
from benchmarks.house import House, running
from benchmarks.throughput import RULES, one_bare, planned


async def cost_of(house: House, workflow_id: str) -> Cost:
    cost = Cost(workflow_id)
    for event in (await house.client.get_workflow_handle(workflow_id).fetch_history()).events:
        cost.take(event)
    return cost


@pytest.mark.slow
@pytest.mark.parametrize("arm", ["idle", "real"])
async def test_a_bare_workflow_has_the_messages_timers_and_activities_of_an_incident(arm: str) -> None:
    """Both with encrypted payloads; what the bare one writes is as long, but for what only an incident has."""
    async with running(RULES) as house, AsyncExitStack() as workers:
        await workers.enter_async_context(house.worker())
        counted = await planned(house)
        await workers.enter_async_context(house.worker(arm))
        await asyncio.wait_for(one_bare(house, "B-1", arm), 120)
        bare = await cost_of(house, "bare-B-1")
    assert (bare.messages, bare.timers, bare.activities) == counted == (3, 6, 27)
    assert (bare.upserts, bare.markers) == (0, 0)
    its_model = tomllib.loads(BUDGET.read_text(encoding="utf-8"))["incident"]["bytes"]
    assert its_model / 2 < bare.bytes < its_model
