"""What is done to a process from outside is told at once, by name; on a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    PauseActivityRequest,
    PauseWorkflowExecutionRequest,
    UnpauseActivityRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import (
    WorkflowExecutionStatus,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from activities.book.open_ids import FILE
from activities.watchdog.checks import ALWAYS_RUNNING_SCHEDULE
from starter.duty.let_go import decide
from tests.builders import breach_opening, now, triage
from tests.desks.temporal_fixtures import skipping_server
from tests.watchdog.conftest import house, watched_server
from tests.watchdog.house import House, house_on, until
from tests.watchdog.tampering import deleted, found, has_told
from workers.singletons import kept_standing
from workflows.procedure.watchdog.findings import Watching
from workflows.process.ids import TASK_QUEUE, WATCHDOG_ID
from workflows.watchdog.ports import LookOrder

__all__ = ["house", "watched_server"]
pytestmark = pytest.mark.attack


async def test_a_deleted_breach_is_told_with_what_to_type(house: House) -> None:
    aware = now() - timedelta(hours=30)
    async with house.worker():
        breach = await house.breach(aware_at=aware.isoformat())
        await house.looked(1)
        await deleted(house, breach)
        status = await house.next_look()
        (facts,) = found(status, "gone")
        assert facts["command"].startswith(f"kantadesk breach open --reference B-1 --aware-at {aware.isoformat()}")
        assert not status.is_well
        told = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
        assert {letter.contact for letter in told} == {"operations", "desk", "data_protection_officer"}
        assert all("breach-B-1" in letter.title for letter in told)


async def test_a_deleted_process_is_missed_no_more_once_it_is_opened_again(house: House) -> None:
    async with house.worker():
        await deleted(house, await house.incident())
        await house.looked(1)
        await house.incident()
        for _ in range(4):
            status = await house.next_look()
        assert "gone" not in (await house.kinds()).values()
        assert status.is_well
        assert found(status, "replaced") == []


async def test_a_deleted_drill_is_shown_and_let_go(house: House) -> None:
    async with house.worker():
        breach = await house.breach(drill=True)
        await house.looked(1)
        await deleted(house, breach)
        status = await house.next_look()
        assert len(found(status, "gone")) == 1
        assert status.is_well
        assert "watch_finding" not in house.world.kinds()


async def test_a_deleted_last_run_does_not_blind_the_watchdog(house: House) -> None:
    """An older run of the same process, ended from outside, is still listed."""
    async with house.worker():
        await house.looked(1)
        again = await house.incident()
        await house.terminated(again)
        await house.next_look()
        await house.lists(f"WorkflowId = '{again.id}' AND ExecutionStatus = 'Running'")
        await deleted(house, again, leaving=1)
        status = await house.next_look()
        assert found(status, "unseen") == []
        assert [facts["process"] for facts in found(status, "gone")] == [again.id]


async def test_a_second_start_in_place_of_a_running_process_is_told(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        second = await house.client.start_workflow(
            "DataBreach",
            breach_opening("B-1"),
            id=breach.id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )
        await house.lists(f"RunId = '{second.result_run_id}'")
        status = await house.next_look()
        assert [facts["process"] for facts in found(status, "replaced")] == [breach.id]


@pytest.mark.parametrize(("workflow_type", "queue"), [("Watchdog", "elsewhere"), ("Nothing", TASK_QUEUE)])
async def test_who_takes_the_place_of_the_watchdog_is_put_out_of_it(
    house: House, workflow_type: str, queue: str
) -> None:
    async with house.worker():
        await house.looked(1)
        await house.dog.terminate()
        taken = await house.client.start_workflow(workflow_type, id=WATCHDOG_ID, task_queue=queue)
        await house.client.start_workflow("StandingProcesses", id="standing-now", task_queue=TASK_QUEUE)
        await until(lambda: _is_ended(house, taken.result_run_id))
        await house.looked(1)


async def test_with_the_schedule_paused_besides_the_worker_itself_puts_it_out(house: House) -> None:
    async with house.worker(), kept_standing(house.client, every=timedelta(seconds=0.2)):
        await house.looked(1)
        await house.client.get_schedule_handle(ALWAYS_RUNNING_SCHEDULE).pause()
        await house.dog.terminate()
        taken = await house.client.start_workflow("Nonsense", {}, id=WATCHDOG_ID, task_queue="nobody")
        await until(lambda: _is_ended(house, taken.result_run_id))
        await house.looked(1)


async def _is_ended(house: House, run_id: str | None) -> bool:
    found = await house.client.get_workflow_handle(WATCHDOG_ID, run_id=run_id).describe()
    return found.status is WorkflowExecutionStatus.TERMINATED


async def test_what_the_watchdog_brought_back_and_what_continued_by_itself_is_no_finding(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        await house.terminated(breach)
        await house.next_look()
        status = await house.next_look()
        kinds = {known.finding.kind for known in status.known.values()}
        assert kinds == {"brought_back"}


async def _is_paused(house: House, request: PauseActivityRequest) -> bool:
    try:
        await house.client.workflow_service.pause_activity(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def test_a_paused_step_is_found_until_it_goes_on(house: House) -> None:
    house.world.mail_stands_still = True
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage())
        request = PauseActivityRequest(
            namespace=house.client.namespace,
            execution=WorkflowExecution(workflow_id=incident.id),
            type="send_letter",
            identity="somebody",
        )
        await until(lambda: _is_paused(house, request))  # once the step has begun, a moment after the answer
        await house.lists(f"WorkflowId = '{incident.id}' AND TemporalPauseInfo IS NOT NULL")
        seen = await house.watch().look_at_processes(LookOrder(at=now(), rules=Watching()))
        assert [each.facts["step"] for each in seen.findings if each.kind == "steps_paused"] == ["send letter"]
        again = UnpauseActivityRequest(
            namespace=house.client.namespace, execution=request.execution, type="send_letter", identity="somebody"
        )
        await house.client.workflow_service.unpause_activity(again)  # while it still fails: done, it could not be found
        house.world.mail_stands_still = False
        await house.lists(f"WorkflowId = '{incident.id}' AND TemporalPauseInfo IS NOT NULL", 0)
        seen = await house.watch().look_at_processes(LookOrder(at=now(), rules=Watching()))
        assert "steps_paused" not in {each.kind for each in seen.findings}


async def test_a_shorter_retention_is_told(house: House) -> None:
    async with house.worker():
        await house.looked(1)
        request = UpdateNamespaceRequest(namespace=house.client.namespace)
        request.config.workflow_execution_retention_ttl.FromTimedelta(timedelta(days=1))
        await house.client.workflow_service.update_namespace(request)

        async def is_told() -> bool:  # the server's front end learns of it after a moment
            return bool(found(await house.next_look(), "retention_short"))

        await until(is_told)


async def test_a_server_that_was_set_back_is_told(house: House) -> None:
    """The book knows a longer history, and a later turn of the watchdog, than Temporal has."""
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        status = await house.next_look()
        run = house.book.runs_of(breach.id)[-1]
        assert run.events > 0
        house.book.change(run, events=run.events + 500)
        assert house.book.turn((await house.dog.describe()).run_id, 900) == status.turn - 1
        status = await house.next_look()
        (facts,) = found(status, "restored")
        assert (facts["number"], facts["names"]) == ("2", "breach-B-1, watchdog")


async def test_a_moved_clock_of_a_process_that_is_no_drill_is_found(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        drill = await house.breach("B-2", drill=True)
        for handle in (breach, drill):
            await asyncio.wait_for(TimeSkipper(house.client).fast_forward(handle, timedelta(hours=2)), 30)
        seen = await house.watch().look_at_processes(LookOrder(at=now(), rules=Watching()))
        assert [each.subject for each in seen.findings if each.kind == "clock_moved"] == [breach.id]


async def test_a_clock_that_ran_to_the_end_between_two_looks_is_told(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await house.looked(1)
        await asyncio.wait_for(TimeSkipper(house.client).fast_forward(incident, timedelta(hours=2)), 30)
        await incident.execute_update("cancellation", {"by": "desk", "reason": "the user's own cable"})
        await incident.result()
        status = await house.next_look()
        (facts,) = found(status, "clock_moved")
        assert facts["process"] == incident.id


async def test_a_missing_process_that_was_meant_to_go_is_let_go_and_that_is_told(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        await deleted(house, breach)
        assert not (await house.next_look()).is_well
        decide(house.folder, breach.id, by="Maija", reason="a test of ours")
        status = await house.next_look()
        assert status.is_well
        (facts,) = found(status, "let_go")
        assert (facts["by"], facts["reason"]) == ("Maija", "a test of ours")
        told = {letter.contact for letter in house.world.letters if "Maija" in letter.text}
        assert told == {"operations", "desk", "data_protection_officer", "management"}


async def test_a_process_that_is_paused_as_a_whole_is_told(tmp_path: Path) -> None:
    """Only where a server allows it, which ours does not: it is on no list of running processes then."""
    async with (
        skipping_server("frontend.WorkflowPauseEnabled=true") as server,
        house_on(server, tmp_path) as house,
        house.worker(),
    ):
        breach = await house.breach()
        await house.looked(1)
        request = PauseWorkflowExecutionRequest(
            namespace=house.client.namespace, workflow_id=breach.id, identity="somebody", request_id="pause"
        )
        await house.client.workflow_service.pause_workflow_execution(request)
        await house.lists(f"WorkflowId = '{breach.id}' AND ExecutionStatus = 'Running'", 0)
        status = await house.next_look()
        assert [facts["process"] for facts in found(status, "paused")] == [breach.id]
        assert not status.is_well


async def test_a_book_that_can_not_be_read_stops_no_letter_and_is_told(house: House) -> None:
    (house.folder / FILE).write_text("no book at all, and longer than the head of one", encoding="utf-8")
    async with house.worker():
        await house.incident()
        await until(lambda: has_told(house, "desk_opened", 1))
        await house.looked(1)
        status = await house.status()
        assert not status.is_well
        (facts,) = found(status, "unseen")
        assert (facts["area"], FILE in facts["why"]) == ("processes", True)
