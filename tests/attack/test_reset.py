"""A process that is set back: told with what held before; no due time moves, nothing is said twice. A real server."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.common import WorkflowIDConflictPolicy

from tests.builders import breach_opening, now, triage
from tests.desks.desk import asked
from tests.watchdog.conftest import house, watched_server
from tests.watchdog.house import House, until
from tests.watchdog.tampering import deleted, found, has_told, reset
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.procedure.watchdog.findings import Watching
from workflows.process.ids import TASK_QUEUE, WATCHDOG_ID
from workflows.watchdog.ports import LookOrder

__all__ = ["house", "watched_server"]
pytestmark = pytest.mark.attack
DONE_FROM_OUTSIDE = ("gone", "was_reset", "replaced", "restored")


async def test_a_reset_is_told_with_the_legal_moments_before_it(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        await house.looked(1)
        due = next(d.due_at for d in (await asked(breach, BreachStatus)).duties if d.legal)
        run = await reset(house, breach)
        status = await house.next_look()
        (facts,) = found(status, "was_reset")
        assert "notify_supervisory_authority due" in facts["moments"]
        assert due
        assert [known.key for known in house.book.happened(also_told=True)] == [f"was_reset/{breach.id}/{run}"]
        told = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
        assert {letter.contact for letter in told} == {"operations", "desk", "data_protection_officer", "management"}
        assert (await house.next_look()).is_well, "it is told once"
        assert len(found(await house.status(), "was_reset")) == 1


async def test_a_reset_moves_no_due_time_and_says_nothing_twice(house: House) -> None:
    """Set back to its first workflow task an incident opens once more, later than it did."""
    async with house.worker():
        incident = await house.incident()
        await until(lambda: has_told(house, "desk_opened", 1))
        await house.looked(1)
        due = (await asked(incident, IncidentStatus)).duties[0].due_at
        await reset(house, incident)
        await until(lambda: has_told(house, "desk_opened", 2))
        status = await asked(incident, IncidentStatus)
        assert status.duties[0].due_at == due
        assert due is not None
        opened = [letter for letter in house.world.letters if letter.kind == "desk_opened"]
        assert len({(letter.key, letter.case) for letter in opened}) == 1
        assert any("was set back (reset)" in line["what"] for line in await incident.query("timeline"))


async def test_a_reset_before_the_watchdog_has_looked_moves_no_due_time_either(house: House) -> None:
    """What the desk was told is in the book at once; only the words by hand that nothing followed wait for the look."""
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage(severity="critical", extensive=True))
        await until(lambda: _all_are_told(incident, "start"))
        before = (await asked(incident, IncidentStatus)).duties
        await reset(house, incident)
        await until(lambda: _all_are_told(incident, "start"))
        after = {duty.id: duty for duty in (await asked(incident, IncidentStatus)).duties}
        assert {duty.kind for duty in before} >= {"triage", "report_to_kela", "phone_kela"}
        assert {duty.id: after[duty.id].due_at for duty in before} == {duty.id: duty.due_at for duty in before}


async def test_a_reset_tells_no_change_twice_that_named_no_time_of_its_own(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage())
        await incident.execute_update("situation_update", {"by": "desk", "text": "PDR is slow as well"})
        await until(lambda: _all_are_told(incident, "change"))
        before = {letter.key for letter in house.world.letters if letter.kind == "change"}
        await house.looked(1)
        await reset(house, incident)
        await until(lambda: _all_are_told(incident, "change"))
        assert before
        assert {letter.key for letter in house.world.letters if letter.kind == "change"} == before


async def _all_are_told(incident: Any, kind: str) -> bool:
    return any(line["what"].startswith(f"Told ({kind})") for line in await incident.query("timeline"))


async def test_who_only_looks_sees_what_was_done_before_the_watchdog_does(house: House) -> None:
    """As ``doctor --watch``, also where no worker runs. It writes nothing into the book."""
    async with house.worker():
        back, again, gone = [await house.breach(name) for name in ("B-1", "B-2", "B-3")]
        await house.looked(1)
    await reset(house, back)
    second = await house.client.start_workflow(
        "DataBreach",
        breach_opening("B-2"),
        id=again.id,
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
    )
    await house.lists(f"RunId = '{second.result_run_id}'")
    await deleted(house, gone)
    before = house.book.latest()
    for _ in range(2):
        seen = await house.watch(can_ask=False, writes=False).look_at_processes(LookOrder(at=now(), rules=Watching()))
        done = sorted((each.kind, each.facts["process"]) for each in seen.findings if each.kind in DONE_FROM_OUTSIDE)
        assert done == [("gone", gone.id), ("replaced", again.id), ("was_reset", back.id)]
    assert house.book.latest() == before
    assert house.book.happened(also_told=True) == []


async def test_who_only_looks_sees_what_a_worker_has_noted_and_the_watchdog_not_judged_yet(house: House) -> None:
    async with house.worker():
        await house.looked(1)
        back = await house.breach("B-1")
        await reset(house, back)
        await until(lambda: _is_noted(house, back.id, runs=2))
        seen = await house.watch(writes=False).look_at_processes(LookOrder(at=now(), rules=Watching()))
    assert [each.facts["process"] for each in seen.findings if each.kind == "was_reset"] == [back.id]


async def test_who_only_looks_sees_a_reset_of_what_the_watchdog_never_saw(house: House) -> None:
    async with house.worker():
        await house.looked(1)
        back = await house.breach("B-1")
    await reset(house, back)
    seen = await house.watch(can_ask=False, writes=False).look_at_processes(LookOrder(at=now(), rules=Watching()))
    assert [each.facts["process"] for each in seen.findings if each.kind == "was_reset"] == [back.id]


async def _is_noted(house: House, workflow_id: str, *, runs: int) -> bool:
    return len(house.book.runs_of(workflow_id)) == runs


async def test_who_only_looks_sees_what_has_taken_the_place_of_the_watchdog(house: House) -> None:
    async with house.worker():
        await house.looked(1)
    await house.dog.terminate()
    await house.client.start_workflow("Nothing", id=WATCHDOG_ID, task_queue=TASK_QUEUE)
    seen, status = await house.watch(writes=False).look_at_watchdog(LookOrder(at=now(), rules=Watching()))
    assert [each.kind for each in seen.findings] == ["watchdog_displaced"]
    assert status is None
