"""What the watchdog sees of stuck processes, silent clocks, dead workers; and the heartbeat, heard by a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from activities.mail.ledger import hashed
from tests.builders import NOON, now, triage
from tests.desks.maintenance import plan
from tests.heard import answering
from tests.watchdog.house import House, until
from tests.watchdog.other_code import OtherCode, OtherNotices
from workers import schedules, wiring
from workers.settings import load
from workers.setup import set_up
from workers.singletons import ensure_standing
from workflows.procedure.watchdog.findings import Watching
from workflows.process import process
from workflows.process.ids import NOTICE_WATCH_ID, TASK_QUEUE, maintenance_workflow_id
from workflows.watchdog.ports import LookOrder


class Recipient:
    """A dead-man's switch: it counts what it hears, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = 200
        self.address = ""

    async def hear(self, request: Request) -> Response:
        """Take one ping."""
        self.heard.append(f"{request.method} {request.url.path} {(await request.body()).decode()}".strip())
        return Response(status_code=self.answer)


@pytest_asyncio.fixture(loop_scope="session")
async def switch() -> AsyncIterator[Recipient]:
    """A recipient on a free port."""
    recipient = Recipient()
    async with answering(recipient.hear) as address:
        recipient.address = f"{address}/ping/s3cret"
        yield recipient


def order() -> LookOrder:
    return LookOrder(at=now(), rules=Watching())


@pytest.mark.slow
async def test_the_heartbeat_stops_while_a_finding_is_open_and_while_no_worker_looks(
    house: House, switch: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.address = switch.address
    async with house.worker():
        assert (await house.looked(1)).is_well
        assert switch.heard == ["GET /ping/s3cret"]
        breach = await house.breach()
    others = [story for story in wiring.WORKFLOWS if story.__name__ != "DataBreach"]
    with monkeypatch.context() as broken:
        broken.setattr(wiring, "WORKFLOWS", (*others, OtherCode))
        async with house.worker():
            await breach.signal("duty_met", {})
            await until(lambda: _is_reported_stuck(house.client, breach.id))
            status = await house.next_look()
            assert not status.is_well
            assert (await house.kinds())[breach.id] == "stuck"
            assert len(switch.heard) == 1
            (letter,) = [letter for letter in house.world.letters if letter.kind == "watch_finding"]
            assert "breach-B-1 on jumissa" in letter.title
            await house.next_look()
            assert house.world.kinds().count("watch_finding") == 1, "told once, not each time"

    seen = await house.watch(can_ask=False).look_at_processes(order())
    assert [finding.kind for finding in seen.findings] == ["stuck"], "also seen where no worker runs"
    assert len(switch.heard) == 1, "nobody looks: nothing is heard"

    async with house.worker():
        await until(lambda: _is_well_again(house.client, breach.id))
        assert (await house.next_look()).is_well
        assert len(switch.heard) == 2
        for _ in range(3):
            await house.next_look()
        assert house.world.kinds().count("watch_over") == 1
        assert (await house.status()).known == {}


@pytest.mark.slow
async def test_the_heartbeat_stops_while_nobody_reads_the_notices(
    house: House, switch: Recipient, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.address = switch.address
    async with house.worker():
        assert (await house.looked(1)).is_well
        await ensure_standing(house.client)
        await until(lambda: _has_looked_at_notices(house))
    others = [story for story in wiring.WORKFLOWS if story.__name__ != "NoticeWatch"]
    with monkeypatch.context() as broken:
        broken.setattr(wiring, "WORKFLOWS", (*others, OtherNotices))
        async with house.worker():
            await house.client.get_workflow_handle(NOTICE_WATCH_ID).signal("look_now", {"by": "desk"})
            await until(lambda: _is_reported_stuck(house.client, NOTICE_WATCH_ID))
            heard = len(switch.heard)
            assert not (await house.next_look()).is_well
            assert (await house.kinds())[NOTICE_WATCH_ID] == "stuck"
            assert len(switch.heard) == heard
    async with house.worker():
        await until(lambda: _is_well_again(house.client, NOTICE_WATCH_ID))
        await house.terminated(house.client.get_workflow_handle(NOTICE_WATCH_ID))
        seen = await house.watch().look_at_processes(order())
        assert (seen.findings, seen.endings) == ((), ()), "the schedule starts it again"
        assert seen.looked_at == 1, "the review of the contacts"


async def _has_looked_at_notices(house: House) -> bool:
    try:
        return bool((await house.client.get_workflow_handle(NOTICE_WATCH_ID).query("status"))["looked_at"])
    except RPCError:
        return False


async def test_a_watchdog_that_cannot_ask_the_visibility_store_sends_no_heartbeat(
    house: House, switch: Recipient
) -> None:
    house.address = switch.address
    nowhere = await Client.connect("127.0.0.1:1", lazy=True, namespace=house.client.namespace)
    seeing = house.client
    async with house.worker():
        await house.looked(1)
    eyes = house.watch
    house.watch = lambda **_: eyes_of(house, nowhere)  # type: ignore[method-assign]
    async with house.worker():
        status = await house.next_look()
        assert not status.is_well
        assert {k.finding.key for k in status.known.values()} == {"unseen/processes", "unseen/workers"}
        assert len(switch.heard) == 1
    house.watch = eyes  # type: ignore[method-assign]
    assert house.client is seeing
    async with house.worker():
        await house.next_look()
        assert len(switch.heard) == 2


def eyes_of(house: House, client: Client):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The watchdog's eyes, turned to another server."""
    blind = House(client, house.folder, house.world, house.address)
    return House.watch(blind)


async def test_a_heartbeat_that_is_not_heard_is_told_and_tried_again(house: House, switch: Recipient) -> None:
    house.address, switch.answer = switch.address, 500
    async with house.worker():
        status = await house.looked(1)
        assert "heartbeat_failed" in status.known
        assert status.last_heartbeat is None
        assert "s3cret" not in status.model_dump_json()
        switch.answer = 200
        heard = len(switch.heard)
        assert (await house.next_look()).last_heartbeat
        assert len(switch.heard) == heard + 1


async def test_a_worker_that_is_gone_is_found_from_outside(house: House) -> None:
    async with house.worker():
        await house.looked(1)
        await house.breach()
        found, status = await house.watch().look_at_watchdog(order())
        assert (found.findings, status is not None) == ((), True)
    later = order().model_copy(update={"rules": Watching(worker_silent=timedelta(seconds=1))})
    await until(lambda: _says(house, later, "no_worker"))
    found, _ = await house.watch(can_ask=False).look_at_watchdog(order())
    assert [finding.kind for finding in found.findings] == ["watchdog_silent"]
    await house.dog.signal("anything")
    waiting = order().model_copy(update={"rules": Watching(work_waiting=timedelta(seconds=1))})
    await until(lambda: _says(house, waiting, "work_waits"))
    await house.terminated(house.dog)
    found, _ = await house.watch().look_at_watchdog(order())
    assert [finding.kind for finding in found.findings] == ["watchdog_gone"]


async def _says(house: House, asked: LookOrder, kind: str) -> bool:
    return kind in {finding.kind for finding in (await house.watch().look_at_workers(asked)).findings}


async def test_a_clock_whose_alarm_did_not_go_off_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.Process, "on_alarm", lambda *_: None)
    async with house.worker():
        incident = await house.incident()
        late = LookOrder(at=now() + timedelta(hours=2), rules=Watching())
        seen = await house.watch().look_at_processes(late)
        assert [(f.kind, f.subject, f.facts["duty"]) for f in seen.findings] == [
            ("clock_silent", incident.id, "triage")
        ]
        soon = LookOrder(at=now() + timedelta(minutes=31), rules=Watching())
        assert (await house.watch().look_at_processes(soon)).findings == (), "within its grace"
    blind = await house.watch(can_ask=False).look_at_processes(late)
    assert [finding.kind for finding in blind.findings] == ["no_answer"]


async def test_an_overdue_duty_whose_alarm_went_off_is_no_finding(house: House) -> None:
    """What always runs begins afterwards: only the incident is looked at."""
    others_begin = asyncio.Event()
    async with house.worker(watchdog_begins=others_begin):
        incident = await house.incident()
        await asyncio.wait_for(TimeSkipper(house.client).fast_forward(incident, timedelta(minutes=50)), 30)
        await until(lambda: _was_told(house, "overdue"))
        seen = await house.watch().look_at_processes(LookOrder(at=now() + timedelta(minutes=50), rules=Watching()))
        others_begin.set()
        assert [each.kind for each in seen.findings] == ["clock_moved"], "which is what this test has done"


async def test_mail_that_is_not_accepted_and_mail_that_came_back_are_found(house: House) -> None:
    async with house.worker():
        incident = await house.incident()
        await incident.execute_update("triage", triage(severity="high", extensive=False))
        await until(lambda: _was_told(house, "start"))
        message = next(m for m in (await incident.query("status"))["messages"] if m["purpose"] == "start")
        bounced = {"by": "mail", "message_id": message["id"], "event": "bounced"}
        await incident.execute_update("delivery_report", bounced)
        house.world.mail_stands_still = True
        await incident.execute_update("situation_update", {"by": "desk", "text": "Worse."})
        tries = LookOrder(at=now(), rules=Watching(step_tries=2))

        async def found() -> set[str]:
            kinds = {finding.kind for finding in (await house.watch().look_at_processes(tries)).findings}
            return kinds if "step_fails" in kinds else set()

        assert await until(found) == {"step_fails", "undelivered"}


async def test_a_planned_break_whose_mail_came_back_or_whose_clock_is_silent_is_found(house: House) -> None:
    async with house.worker():
        break_id, starts_at = maintenance_workflow_id("M-1"), now() + timedelta(days=3)
        opened = plan("M-1", starts_at)
        handle = await house.started("Maintenance", opened, break_id)

        async def told() -> str | None:
            messages = (await handle.query("status"))["messages"]
            return next((m["id"] for m in messages if m["purpose"] == "maintenance_planned"), None)

        bounced = {"by": "mail", "message_id": await until(told), "event": "bounced"}
        await handle.execute_update("delivery_report", bounced)
        once_begun = LookOrder(at=starts_at + timedelta(hours=1), rules=Watching())
        seen = await house.watch().look_at_processes(once_begun)
        assert {finding.kind for finding in seen.findings} == {"point_silent", "undelivered"}


async def test_a_process_that_nobody_takes_up_is_found(house: House) -> None:
    await house.started("Incident", {}, "incident-W", queue="kantadsek")
    later = LookOrder(at=now() + timedelta(minutes=10), rules=Watching())
    (finding,) = (await house.watch().look_at_processes(later)).findings
    assert (finding.kind, finding.facts["queue"]) == ("not_begun", "kantadsek")


async def test_a_letter_without_an_answer_is_found(house: House) -> None:
    ledger = house.ledger()
    accepted, doubtful = (ledger.next_try(key, None, message_id=key, now=NOON) for key in ("a", "b"))
    ledger.handing_over("b", doubtful, b"mail")
    ledger.handing_over("a", accepted, b"mail")
    ledger.did_not_go("a", accepted)
    (finding,) = (await house.watch().look_at_mail(order())).findings
    assert (finding.kind, finding.facts["number"]) == ("letter_in_doubt", "1")
    assert finding.facts["files"] == hashed("b")


async def test_stale_contacts_and_a_broken_model_are_found(house: House) -> None:
    later = LookOrder(at=now() + timedelta(days=3650), rules=Watching())
    (finding,) = (await house.watch().look_at_contacts(later)).findings
    assert (finding.kind, finding.level) == ("contacts_stale", "warning")
    file = house.model()
    house.model = lambda: file  # type: ignore[method-assign]
    file.path.write_text("[organisation]\nname = 1\n", encoding="utf-8")
    found = (await house.watch().look_at_contacts(order())).findings
    assert [each.kind for each in found] == ["model_broken"]


async def test_the_schedule_brings_a_terminated_watchdog_back_which_finds_the_same_again(house: House) -> None:
    schedule = house.client.get_schedule_handle("kantadesk-standing")
    house.world.mail_stands_still = False
    await house.started("Incident", {}, "incident-W", queue="kantadsek")
    async with house.worker():
        await house.looked(1)
        await house.next_look()
        assert (await house.kinds())["incident-W"] == "not_begun"
        ended = (await house.dog.describe()).run_id
        await house.terminated(house.dog)
        await schedule.trigger()
        await until(lambda: _lives_as_another(house, ended))
        await house.looked(1)
        await house.next_look()
        assert (await house.kinds())["incident-W"] == "not_begun"


async def test_schedules_are_registered_once_updated_in_place_and_stay_paused(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = house.client.get_schedule_handle("kantadesk-standing")
    policy = (await schedule.describe()).schedule.policy
    assert policy.overlap.name == "SKIP"
    await schedule.pause(note="we move house")
    monkeypatch.setattr(schedules, "ALWAYS_RUNNING_EVERY", timedelta(minutes=7))
    await set_up(house.client, load({}, data_dir=tmp_path))
    there = (await schedule.describe()).schedule
    assert there.spec.intervals[0].every == timedelta(minutes=7)
    assert (there.state.paused, there.state.note) == (True, "we move house")
    found = (await house.watch().look_at_workers(order())).findings
    assert "schedule_paused" in {finding.kind for finding in found}
    await schedule.delete()
    found = (await house.watch().look_at_workers(order())).findings
    assert "schedule_missing" in {finding.kind for finding in found}


async def test_however_many_are_open_only_so_much_comes_out(house: House) -> None:
    few = asyncio.Semaphore(50)

    async def start(number: int) -> None:
        async with few:
            await house.client.start_workflow("Incident", {}, id=f"incident-{number}", task_queue="nobody")

    await asyncio.gather(*map(start, range(300)))
    later = LookOrder(at=now() + timedelta(hours=1), rules=Watching())
    await house.lists("WorkflowType = 'Incident'", 300)
    seen = await house.watch().look_at_processes(later)
    assert (seen.looked_at, len(seen.findings)) == (300, 201)
    assert seen.findings[-1].facts["number"] == "100"
    assert len(seen.model_dump_json()) < 150_000


async def _is_reported_stuck(client: Client, workflow_id: str) -> bool:
    query = f"TemporalReportedProblems IS NOT NULL AND WorkflowId = '{workflow_id}'"
    return bool([run async for run in client.list_workflows(query)])


async def _is_well_again(client: Client, workflow_id: str) -> bool:
    return not await _is_reported_stuck(client, workflow_id)


async def _lives_as_another(house: House, run_id: str) -> bool:
    described = await house.dog.describe()
    return described.status is WorkflowExecutionStatus.RUNNING and described.run_id != run_id


async def _was_told(house: House, kind: str) -> bool:
    return kind in house.world.kinds()


def test_the_queue_is_that_of_the_desk() -> None:
    assert schedules.schedules()["kantadesk-standing"].action.task_queue == TASK_QUEUE  # type: ignore[attr-defined]
