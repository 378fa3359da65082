"""What is ended from outside is found and lives on, with every clock as it was; on a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper

from tests.builders import now, triage
from tests.desks.desk import asked
from tests.watchdog.house import House, until
from tests.watchdog.other_code import OtherCode
from workers import wiring
from workers.singletons import ensure_standing
from workflows.breach.messages import BreachStatus
from workflows.incident.messages import IncidentStatus
from workflows.procedure.watchdog.endings import Fate, about_ending
from workflows.procedure.watchdog.findings import Watching
from workflows.watchdog.ports import LookOrder
from workflows.watchdog.record import WatchdogRecord, WatchStatus


async def test_a_terminated_breach_lives_on_with_its_72_hours(house: House) -> None:
    aware = now() - timedelta(hours=30)
    async with house.worker():
        breach = await house.breach(aware_at=aware.isoformat())
        before = await asked(breach, BreachStatus)
        ended = await breach.describe()
        await house.terminated(breach, reason="somebody clicked")
        await house.looked(1)
        await house.next_look()
        await until(lambda: _runs(house, breach.id))
        after = await asked(breach, BreachStatus)
        assert after.duties == before.duties
        authority = next(duty for duty in after.duties if duty.kind == "notify_supervisory_authority")
        assert authority.due_at == aware + timedelta(hours=72)
        assert (await breach.describe()).run_id != ended.run_id
        line = (await breach.query("timeline"))[-1]
        assert line["by"] == "watchdog"
        assert "somebody clicked" in line["detail"]
        assert ended.run_id in line["detail"]

        told = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
        assert {letter.contact for letter in told} == {"operations", "desk", "data_protection_officer"}
        assert all("breach-B-1" in letter.title for letter in told)

        skipper = TimeSkipper(house.client)
        await asyncio.wait_for(
            skipper.fast_forward(breach, timedelta(hours=37)), 30
        )  # to +67 h: 66 h reminds management
        await until(lambda: _was_told(house, "reminder", "management"))
        await asyncio.wait_for(skipper.fast_forward(breach, timedelta(hours=5, minutes=30)), 30)
        await until(lambda: _was_told(house, "overdue", "management"))


async def test_a_terminated_incident_with_a_72_hour_clock_is_found_and_lives_on(house: House) -> None:
    ladders = house.world.rules.model_dump(mode="json")["ladders"]
    ladders["assess_breach"] = {"due_after": "72h", "reminders": [{"after": "48h", "to": "desk"}]}
    house.world.rules = type(house.world.rules).model_validate(house.world.rules.model_dump() | {"ladders": ladders})
    async with house.worker():
        incident = await house.incident()
        judged = triage(criteria=triage()["criteria"] | {"privacy": "yes"}, severity="high", extensive=False)
        await incident.execute_update("triage", judged)
        due = {d.id: d.due_at for d in (await asked(incident, IncidentStatus)).duties}
        assert (due["assess_breach"] or now()) > now() + timedelta(hours=71)
        await house.terminated(incident)
        await house.looked(1)
        await house.next_look()
        await until(lambda: _runs(house, incident.id))
        after = await asked(incident, IncidentStatus)
        assert {d.id: d.due_at for d in after.duties} == due
        assert after.phase == "handling"
        skipper = TimeSkipper(house.client)
        await asyncio.wait_for(skipper.fast_forward(incident, timedelta(hours=49)), 30)
        await until(lambda: _was_told(house, "reminder", "desk"))
        await incident.execute_update(
            "breach_assessment", {"by": "dpo", "outcome": "no_personal_data", "reason": "none"}
        )


async def test_what_was_under_way_is_said_to_be_looked_at(house: House) -> None:
    house.world.mail_stands_still = True
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage())
        await until(lambda: _has_pending(incident, "send_letter"))
    await incident.signal("situation_update", {"by": "desk", "text": "It has become worse."})
    await house.terminated(incident)
    house.world.mail_stands_still = False
    async with house.worker():
        await house.looked(1)
        await house.next_look()
        await until(lambda: _runs(house, incident.id))
        (problem,) = [p for p in (await asked(incident, IncidentStatus)).problems if "do it by hand" in p]
    assert "report for duty 'report_to_kela'" in problem
    assert "message 'situation_update', which nobody had read yet" in problem


async def _has_pending(handle: WorkflowHandle[Any, Any], activity: str) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return activity in {each.activity_type.name for each in pending}


async def test_one_ending_is_made_up_for_once(house: House) -> None:
    async with house.worker():
        breach = await house.breach()
        ended = (await breach.describe()).run_id
        await house.terminated(breach)
        await house.looked(1)
        await house.next_look()
        again = await until(lambda: _runs(house, breach.id))
        for _ in range(2):
            await house.next_look()
        runs = [run.run_id async for run in house.client.list_workflows(f"WorkflowId = '{breach.id}'")]
        assert sorted(runs) == sorted([ended, again])
        letters = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
        assert len(letters) == len({letter.contact for letter in letters})


async def test_what_came_back_and_then_ended_by_its_own_messages_is_over_for_good(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await house.terminated(incident)
        await house.looked(1)
        await house.next_look()
        await until(lambda: _runs(house, incident.id))
        await incident.execute_update("cancellation", {"by": "desk", "reason": "the user's own cable"})
        await incident.result()
        seen = await house.watch().look_at_processes(LookOrder(at=now(), rules=Watching()))
        assert (seen.endings, seen.findings) == ((), ())


async def test_an_ending_before_the_watchdog_began_is_found(house: House) -> None:
    async with house.worker():
        await house.looked(1)
        await house.dog.terminate()
        breach = await house.breach()
        await house.terminated(breach)
        assert await ensure_standing(house.client) == ["watchdog"]
        await house.looked(1)
        await until(lambda: _runs(house, breach.id))


async def test_a_drill_is_let_go_and_shown(house: House) -> None:
    async with house.worker():
        breach = await house.breach(drill=True)
        await house.terminated(breach)
        await house.looked(1)
        status = await house.next_look()
        assert status.is_well
        assert (await house.kinds())[breach.id] == "drill_ended"
        assert (await breach.describe()).status is WorkflowExecutionStatus.TERMINATED
        assert "watch_finding" not in house.world.kinds()


async def test_a_process_that_ended_by_its_own_messages_is_left_alone(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("cancellation", {"by": "desk", "reason": "the user's own cable"})
        await incident.result()
        await house.looked(1)
        await house.next_look()
        assert await house.kinds() == {}


async def test_a_start_that_could_not_be_read_is_told_and_not_repeated(house: House) -> None:
    async with house.worker():
        await house.started("DataBreach", {"x": 1}, "breach-X")
        await house.lists("WorkflowId = 'breach-X' AND ExecutionStatus = 'Failed'")
        await house.looked(1)
        await house.next_look()
        assert (await house.kinds())["breach-X"] == "unreadable_start"
        await house.next_look()
        assert house.world.kinds().count("watch_finding") == 1
        history = await house.dog.fetch_history()
        done = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
        assert (done.count("bring_back"), done.count("look_at_processes")) == (1, 3), "it is dealt with"


async def test_where_no_record_can_be_had_it_says_what_to_type_and_tries_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.worker():
        breach = await house.breach("B-9", kinds=["loss", "alteration"])
        due = next(d.due_at for d in (await asked(breach, BreachStatus)).duties)
        await house.looked(1)
    await house.terminated(breach)
    with monkeypatch.context() as broken:
        others = [story for story in wiring.WORKFLOWS if story.__name__ != "DataBreach"]
        broken.setattr(wiring, "WORKFLOWS", (*others, OtherCode))
        async with house.worker():
            status = await house.next_look()
            lost = next(k.finding for k in status.known.values() if k.finding.kind == "lost")
            assert lost.facts["command"].startswith("kantadesk breach open --reference B-9-again --aware-at ")
            for part in ("--role controller", "--kind loss --kind alteration", "--register PDR", '--description "..."'):
                assert part in lost.facts["command"]
            assert not status.is_well
            assert not await _runs(house, breach.id)
    async with house.worker():
        await house.next_look()
        await until(lambda: _runs(house, breach.id))
        assert due in [d.due_at for d in (await asked(breach, BreachStatus)).duties]


async def test_what_is_lost_leaves_room_for_what_ends_later_and_is_tried_again_in_turn(house: House) -> None:
    for number in range(60):
        await _ended_breach(house, f"breach-{number}")
    await house.lists("ExecutionStatus = 'Terminated'", 60)
    record = WatchdogRecord(WatchStatus())
    assert await _look_and_lose(house, record) == 50
    assert await _look_and_lose(house, record) == 60, "the other ten, and the fifty again"
    assert len(record.status.lost) == 60
    before = record.status.ended_since
    newest = await _ended_breach(house, "breach-newest")
    await house.lists("ExecutionStatus = 'Terminated'", 61)
    seen = await house.watch().look_at_processes(record.order(now()))
    assert seen.endings[0].run_id == newest
    fates = [Fate(outcome="back" if each.run_id == newest else "lost") for each in seen.endings]
    record.dealt_with(seen, fates)
    assert before
    assert record.status.ended_since
    assert record.status.ended_since > before
    assert len(record.status.lost) == 60
    tried = {each.run_id for each in (*seen.endings, *record.order(now()).lost)}
    assert tried == {newest, *(each.run_id for each in record.status.lost)}, "each has its turn"
    found = [finding for each in record.status.lost for finding in about_ending(each, Fate(outcome="lost"))]
    record.found(found, frozenset({"processes"}), now())
    assert len(record.still_lost()) == 10, "what waits for its turn is not over"


async def _ended_breach(house: House, workflow_id: str) -> str | None:
    handle = await house.client.start_workflow("DataBreach", {}, id=workflow_id, task_queue="nobody")
    await handle.terminate()
    return handle.result_run_id


async def _look_and_lose(house: House, record: WatchdogRecord) -> int:
    """Look; nothing can be brought back. Answers how many were tried."""
    seen = await house.watch().look_at_processes(record.order(now()))
    record.dealt_with(seen, [Fate(outcome="lost")] * len(seen.endings))
    return len(seen.endings)


async def _runs(house: House, workflow_id: str) -> str | None:
    described = await house.client.get_workflow_handle(workflow_id).describe()
    return described.run_id if described.status is WorkflowExecutionStatus.RUNNING else None


async def _was_told(house: House, kind: str, contact: str) -> bool:
    return kind in house.world.kinds(contact)
