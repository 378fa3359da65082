"""The watchdog's story, sentence by sentence, with fakes of its neighbours and a clock that is moved."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.builders import NOON
from tests.desks.desk import PATIENCE, current_details
from tests.desks.fake_watch import FakeWatch
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker
from tests.desks.watchdog import ENDED, STUCK, Dog, _waits, watchdog_at_work
from workflows.procedure.local_time import written
from workflows.procedure.watchdog.endings import Fate
from workflows.procedure.watchdog.findings import Finding, Watching
from workflows.process.ids import TASK_QUEUE
from workflows.watchdog.record import WatchdogRecord, WatchStatus

STALE = Finding(key="contacts_stale", kind="contacts_stale", level="warning", area="contacts", facts={"number": "1"})
DRILL = STUCK.model_copy(update={"level": "note", "key": "stuck/incident-2"})


@pytest.fixture
def sees() -> FakeWatch:
    """What there is to see."""
    return FakeWatch()


@pytest_asyncio.fixture(loop_scope="session")
async def dog(server: WorkflowEnvironment, world: FakeWorld, sees: FakeWatch) -> AsyncIterator[Dog]:
    """A watchdog that has looked once."""
    async with watchdog_at_work(server, world, sees) as made:
        yield made


async def test_when_all_is_well_only_the_heartbeat_is_heard(dog: Dog) -> None:
    status = await dog.looks(2)
    assert (status.is_well, status.looked_at, dog.sees.heartbeats) == (True, 7, 3)
    assert dog.told() == []


async def test_a_fault_is_told_once_stops_the_heartbeat_and_is_told_when_it_is_over(dog: Dog) -> None:
    dog.sees.sights["processes"] = (STUCK,)
    status = await dog.looks(3)
    assert (status.is_well, dog.sees.heartbeats) == (False, 1)
    assert dog.told() == [("watch_finding", "operations")]
    assert "incident-1 on jumissa" in dog.world.letters[0].title
    dog.sees.sights.clear()
    status = await dog.looks()
    assert (status.is_well, dog.sees.heartbeats) == (True, 2)
    assert dog.told() == [("watch_finding", "operations")], "what comes and goes is not called over at once"
    await dog.looks(2)
    assert dog.told() == [("watch_finding", "operations"), ("watch_over", "operations")]
    assert (await dog.status()).known == {}


async def test_what_lasts_is_told_again_after_long(dog: Dog) -> None:
    dog.sees.sights["processes"] = (STUCK,)
    dog.sees.rules = Watching(told_again_after=timedelta(minutes=14))
    await dog.looks(3)
    assert len(dog.told()) == 1
    await dog.looks()
    assert dog.told() == [("watch_finding", "operations")] * 2


async def test_a_warning_is_told_and_the_heartbeat_goes_on(dog: Dog) -> None:
    dog.sees.sights["contacts"] = (STALE,)
    status = await dog.looks()
    assert (status.is_well, dog.sees.heartbeats) == (True, 2)
    assert dog.told() == [("watch_finding", "operations")]


async def test_what_is_found_of_a_drill_is_shown_only(dog: Dog) -> None:
    dog.sees.sights["processes"] = (DRILL,)
    status = await dog.looks()
    assert status.is_well
    assert list(status.known) == [DRILL.key]
    assert dog.told() == []


@pytest.mark.parametrize("part", ["processes", "workers", "mail", "contacts"])
async def test_what_cannot_be_looked_at_is_a_finding_and_nothing_there_is_over(dog: Dog, part: str) -> None:
    there = STUCK.model_copy(update={"area": part})
    dog.sees.sights[part] = (there,)
    await dog.looks()
    dog.sees.blind.add(part)
    status = await dog.looks(4)
    assert set(status.known) == {STUCK.key, f"unseen/{part}"}
    assert not status.known[STUCK.key].is_over
    assert dog.sees.heartbeats == 1
    dog.sees.blind.clear()
    dog.sees.sights.clear()
    await dog.looks(3)
    assert (await dog.status()).known == {}
    assert dog.sees.heartbeats > 1


async def test_what_could_not_be_told_is_told_at_a_later_look(dog: Dog) -> None:
    dog.world.refuse = lambda _letter: "the API key is not valid"
    dog.sees.sights["processes"] = (STUCK,)
    status = await dog.looks(2)
    assert status.known[STUCK.key].told_at is None
    dog.world.refuse = lambda _letter: None
    status = await dog.looks()
    assert status.known[STUCK.key].told_at
    assert dog.told() == [("watch_finding", "operations")]


async def test_a_mail_provider_that_stands_still_does_not_stop_the_looks(dog: Dog) -> None:
    dog.world.mail_stands_still = True
    dog.sees.sights["processes"] = (STUCK,)
    turn = (await dog.status()).turn
    for _ in range(3):
        await asyncio.wait_for(dog.server.fast_forward(dog.handle, timedelta(minutes=8)), 60)
    await dog.until(lambda status: status.turn >= turn + 2)
    dog.world.mail_stands_still = False


async def test_a_timer_that_fires_late_is_told(server: WorkflowEnvironment, world: FakeWorld, sees: FakeWatch) -> None:
    sees.rules = Watching(tell=("duty_officer",), timer_late=timedelta(seconds=1))
    async with running_worker(server, world, sees) as worker:
        queue = worker.task_queue
        handle = await server.client.start_workflow("Watchdog", id=f"watchdog-{uuid.uuid4().hex}", task_queue=queue)
        dog = Dog(server, world, sees, handle)
        planned = (await dog.until(_waits)).next_look
    assert planned
    await asyncio.wait_for(server.fast_forward(handle, timedelta(minutes=5, seconds=1)), PATIENCE)
    async with asyncio.timeout(PATIENCE):  # nobody takes it up meanwhile
        while await server.get_current_time(handle) < planned + timedelta(seconds=1.5):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    async with running_worker(server, world, sees, queue):
        status = await dog.until(lambda status: status.turn == 2 and _waits(status))
        assert [known.finding.kind for known in status.known.values()] == ["timer_late"]
        assert dog.told() == [("watch_finding", "duty_officer")]
        assert "kaikki seisoi" in world.letters[0].title
        assert sees.heartbeats == 1
    await handle.terminate()


async def test_an_ending_is_brought_back_and_told_to_those_concerned(dog: Dog) -> None:
    dog.sees.endings = [ENDED]
    status = await dog.looks()
    assert not status.is_well
    assert {contact for _, contact in dog.told()} == {"operations", "desk", "data_protection_officer"}
    dog.sees.endings = []
    assert (await dog.looks()).is_well
    assert dog.sees.orders[-1].settled == ("r1",)


async def test_what_is_lost_is_tried_again_at_each_look(dog: Dog) -> None:
    dog.sees.endings, dog.sees.fate = [ENDED], lambda _e: Fate(outcome="lost", command="kantadesk breach open")
    await dog.looks()
    dog.sees.endings = []
    status = await dog.looks(2)
    assert [ending.run_id for ending in status.lost] == ["r1"]
    assert any("kantadesk breach open" in letter.text for letter in dog.world.letters)
    dog.sees.fate = lambda _e: Fate(outcome="back")
    assert (await dog.looks()).lost == ()
    await dog.looks(3)
    assert "watch_over" in dog.world.kinds("desk")


async def test_the_rules_of_today_hold(dog: Dog) -> None:
    dog.sees.rules = Watching(every=timedelta(minutes=30))
    status = await dog.looks()
    assert status.next_look
    assert status.last_look
    assert status.next_look - status.last_look == timedelta(minutes=30)
    assert dog.sees.orders[-1].rules.every == timedelta(minutes=30)


async def test_nothing_sent_to_it_stops_it_and_a_cancelled_one_ends_so_that_the_schedule_starts_another(
    dog: Dog,
) -> None:
    await dog.handle.signal("anything", {"x": 1})
    await dog.looks()
    await dog.handle.cancel()
    async with asyncio.timeout(PATIENCE):
        while (await dog.handle.describe()).status is WorkflowExecutionStatus.RUNNING:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await dog.handle.describe()).status is WorkflowExecutionStatus.CANCELED
    replacement = await dog.server.client.start_workflow(
        "Watchdog", id=dog.handle.id, task_queue=(await dog.handle.describe()).task_queue
    )
    await dog.until(lambda status: status.turn == 1)
    dog.handle = dog.server.client.get_workflow_handle(replacement.id)


def test_the_record_stays_bounded_keeps_the_gravest_and_is_carried_whole() -> None:
    record = WatchdogRecord.taken_up(())
    many = [STUCK.model_copy(update={"key": f"stuck/{n}"}) for n in range(250)]
    light = [STALE.model_copy(update={"key": f"stale/{n}"}) for n in range(250)]
    record.found([*light, *many], frozenset({"processes", "contacts"}), NOON)
    assert len(record.status.known) == 300
    assert sum(known.finding.level == "fault" for known in record.status.known.values()) == 250
    assert WatchdogRecord.taken_up((record.carried(),)).status == record.status
    assert WatchdogRecord.taken_up(("nonsense",)).status == WatchStatus()


async def test_it_takes_no_messages_and_keeps_what_was_sent(dog: Dog) -> None:
    await dog.handle.signal("tirage", {"by": "desk"})
    status = await dog.until(lambda s: s.rejected_count == 1)
    assert (status.rejected[0].message, status.rejected[0].reason) == (
        "tirage", "there is no message of this name; known are none"
    )  # fmt: skip
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await dog.handle.execute_update("tirage", {"by": "desk"})
    assert "there is no message of this name" in str(refused.value.cause)
    assert [kept["message"] for kept in await dog.handle.query("rejected")] == ["tirage"]


async def test_temporal_web_shows_the_next_look_and_what_was_found_and_refused(dog: Dog) -> None:
    dog.sees.sights = {"processes": (STUCK,), "contacts": (STALE,)}
    await dog.handle.signal("tirage", {"by": "desk"})
    status = await dog.looks()
    assert status.next_look
    shown = await current_details(dog.handle)
    assert f"7 open processes. Next look, by itself: {written(status.next_look)}." in shown
    assert "**Not well.** Last heartbeat" in shown
    listed = shown.replace("\\", "").partition("**Look at this**")[2].split("\n- ")[1:]
    assert [line.split(",")[0].split(";")[0] for line in listed] == ["Messages refused: 1", "fault", "warning"]
    assert "incident-1 is stuck" in listed[1]


def test_what_temporal_web_shows_of_it_stays_short_and_counts_what_it_leaves_out() -> None:
    record = WatchdogRecord.taken_up(())
    assert "- nothing" in record.details()
    facts = {"process": "incident-" + "[" * 300, "why": "x"}
    many = [STUCK.model_copy(update={"key": f"stuck/{n}", "facts": facts}) for n in range(250)]
    record.found(many, frozenset({"processes"}), NOON)
    shown = record.details()
    assert len(shown.encode()) < 4000
    [left] = re.findall(r"- and (\d+) more \(query `status`\)", shown)
    assert shown.count("- fault, since 22.11.2026 12:00 (+02:00)") + int(left) == 250


async def test_a_second_one_on_the_desks_queue_ends_at_once(server: WorkflowEnvironment, world: FakeWorld) -> None:
    async with running_worker(server, world, queue=TASK_QUEUE):
        second = await server.client.start_workflow("Watchdog", id="watchdog-2", task_queue=TASK_QUEUE)
        with pytest.raises(WorkflowFailureError) as failed:
            await asyncio.wait_for(second.result(), PATIENCE)
        assert "the workflow id must be watchdog" in str(failed.value.cause)
