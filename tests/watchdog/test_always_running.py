"""Old runs of the watchdog are cleared away, and nothing else ever is."""

from __future__ import annotations

from datetime import timedelta

from activities.watchdog.always_running import AlwaysRunningProcesses
from tests.watchdog.house import House, until
from workers.singletons import SINGLETONS, ensure_standing
from workflows.process.ids import TASK_QUEUE


async def test_only_finished_runs_of_the_watchdogs_own_kind_are_deleted(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("cancellation", {"by": "desk", "reason": "the user's own cable"})
        await incident.result()
        await house.looked(1)
        await house.dog.terminate()
        await ensure_standing(house.client)
        old = await house.client.start_workflow("StandingProcesses", id="standing-1", task_queue=TASK_QUEUE)
        await old.result()
        await until(lambda: _is_listed(house, "WorkflowId = 'standing-1' AND ExecutionStatus = 'Completed'"))

        await house.client.get_schedule_handle("kantadesk-standing").delete()
        finished = "WorkflowType = 'StandingProcesses' AND ExecutionStatus = 'Completed'"
        number = (await house.client.count_workflows(finished)).count
        assert await AlwaysRunningProcesses(house.client, _nothing).clear_away() == 0, "it is kept for a while"
        assert await AlwaysRunningProcesses(house.client, _nothing, kept_for=timedelta(0)).clear_away() == number > 0
        await until(lambda: _is_gone(house, "WorkflowId = 'standing-1'"))
        assert await _is_listed(house, f"WorkflowId = '{incident.id}'")
        assert await _is_listed(house, "WorkflowId = 'watchdog' AND ExecutionStatus = 'Terminated'")
        assert await _is_listed(house, "WorkflowId = 'watchdog' AND ExecutionStatus = 'Running'")


async def test_what_must_always_run_is_started_once(house: House) -> None:
    assert await ensure_standing(house.client) == [each.workflow_id for each in SINGLETONS]
    assert await ensure_standing(house.client) == []


async def _nothing() -> list[str]:
    return []


async def _is_listed(house: House, query: str) -> bool:
    return bool([run async for run in house.client.list_workflows(query)])


async def _is_gone(house: House, query: str) -> bool:
    return not await _is_listed(house, query)
