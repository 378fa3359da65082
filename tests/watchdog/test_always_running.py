"""Old runs of the watchdog are cleared away, and nothing else ever is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

from activities.watchdog import revival
from activities.watchdog.always_running import AlwaysRunningProcesses
from tests.watchdog.house import House, until
from workers import singletons
from workers.singletons import SINGLETONS, ensure_standing
from workflows.process.ids import CONTACT_REVIEW_ID, TASK_QUEUE


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


async def test_a_review_that_was_ended_goes_on_with_what_it_knew(house: House) -> None:
    async with house.worker():
        await ensure_standing(house.client)
        review = house.client.get_workflow_handle(CONTACT_REVIEW_ID)
        await until(lambda: _has_looked_at_contacts(house))
        await review.execute_update("checked", {"by": "desk", "what": "extranet"})
        await review.terminate()
        assert await ensure_standing(house.client) == [CONTACT_REVIEW_ID]
        status = await review.query("status")
        done = {each["what"]: each["done_by"] for each in status["checks"]}
        assert done["extranet"] == "desk"
        assert await ensure_standing(house.client) == []


async def test_a_review_that_nobody_can_ask_is_not_begun_anew_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.worker():
        await ensure_standing(house.client)
        await until(lambda: _has_looked_at_contacts(house))
    await house.client.get_workflow_handle(CONTACT_REVIEW_ID).terminate()
    monkeypatch.setattr(revival, "ANSWER_WITHIN", timedelta(seconds=1))
    assert await ensure_standing(house.client) == [], "no worker can say what it knew: the next one will"
    monkeypatch.setattr(singletons, "GIVEN_UP_AFTER", timedelta(0))
    assert await ensure_standing(house.client) == [CONTACT_REVIEW_ID]


async def _has_looked_at_contacts(house: House) -> bool:
    try:
        return bool((await house.client.get_workflow_handle(CONTACT_REVIEW_ID).query("status"))["looked_at"])
    except (RPCError, WorkflowQueryFailedError):
        return False
