"""A long incident continues as new at a quiet point, with everything carried over."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from tests.builders import answers, call, local_rules, now, resolution, triage
from tests.desks.desk import BreachDesk, Desk, Refused
from tests.desks.fakes import FakeWorld
from tests.desks.notice_watch import WatchDesk
from tests.desks.temporal_fixtures import running_worker, skipping_server
from tests.replay.recorded import replayer
from workflows.incident.messages import IncidentStatus
from workflows.incident.record import IncidentRecord
from workflows.process import deduplication, ports, retention
from workflows.process.messages import Document


@pytest_asyncio.fixture(loop_scope="session")
async def brief_server() -> AsyncIterator[WorkflowEnvironment]:
    """A server that suggests to continue as new after 40 events."""
    async with skipping_server("limit.historyCount.suggestContinueAsNew=40") as environment:
        yield environment


@pytest_asyncio.fixture(loop_scope="session")
async def long_desk(brief_server: WorkflowEnvironment, world: FakeWorld) -> AsyncIterator[Desk]:
    async with running_worker(brief_server, world) as worker:
        yield Desk(brief_server, world, worker.task_queue)


@pytest_asyncio.fixture(loop_scope="session")
async def long_breach(brief_server: WorkflowEnvironment, world: FakeWorld) -> AsyncIterator[BreachDesk]:
    async with running_worker(brief_server, world) as worker:
        yield BreachDesk(brief_server, world, worker.task_queue)


@pytest.mark.slow
async def test_a_breach_keeps_its_one_instant_across_runs(long_breach: BreachDesk) -> None:
    first = await long_breach.open()
    runs = {(await long_breach.breach.describe()).run_id}
    for hours in range(1, 25):
        await long_breach.say("measures_taken", text=f"Measure {hours}")
        runs.add((await long_breach.breach.describe()).run_id)
    assert len(runs) > 1
    status = await long_breach.status()
    assert status.aware_at == first.aware_at
    assert status.deadlines == first.deadlines
    assert len(status.measures) == 24
    await long_breach.pass_time(hours=73)
    assert (await long_breach.duties())["notify_supervisory_authority"] == "overdue"


@pytest.mark.slow
async def test_everything_is_carried_over(long_desk: Desk) -> None:
    desk = await long_desk.open()
    first = await desk.run_id()
    await desk.say("phone_escalation", call(event_id="first", reached=False, person=""))
    for _ in range(30):
        await desk.say("phone_escalation", call(reached=False, person=""))
    await desk.incident.signal("nonsense", "x")
    await desk.until(lambda s: bool(s.rejected))
    assert await desk.run_id() != first
    status = await desk.say("phone_escalation", call(event_id="first", reached=False, person=""))
    assert len(status.calls) == 31
    assert status.rejected[0].message == "nonsense"
    status = await desk.pass_time(minutes=12)
    assert status.duties[0].reminders_sent == 1
    await desk.say("triage", triage(severity="high", extensive=False))
    for _ in range(20):
        await desk.say("phone_escalation", call(reached=False, person=""))
    await desk.until(lambda s: all(duty.state == "met" for duty in s.duties))
    await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
    await desk.pass_time(hours=25)
    ended = await desk.ended()
    assert ended.phase == "closed"
    assert [letter.report_type for letter in desk.world.letters if letter.contact == "kela"] == ["new", "resolved"]
    assert len({letter.key for letter in desk.world.letters}) == len(desk.world.letters)


async def test_the_watch_of_the_notices_lives_on_in_new_runs(
    brief_server: WorkflowEnvironment, world: FakeWorld
) -> None:
    async with running_worker(brief_server, world) as worker:
        watch = WatchDesk(brief_server, world, worker.task_queue)
        for number in range(250):
            watch.feed.publish(f"n{number}", f"Tiedote {number}", at=now(), kind="other")
        watch.feed.publish("odd", "Outo", at=now() + timedelta(seconds=1), certain=False)
        world.rules = local_rules(notices={"every": "30min"})
        await watch.begin()
        first = (await watch.watch.describe()).run_id
        await watch.pass_time(minutes=2)
        watch.feed.problem = "down"
        await watch.pass_time(hours=5)
        watch.feed.problem = ""
        status = await watch.pass_time(minutes=40)
        await watch.told("feed_back")
        assert (await watch.watch.describe()).run_id != first
        assert len(status.notices) == 200, "no more are kept"
        assert (await watch.notice("odd")).outcome == "uncertain"
        assert len(world.looks[-1].memories[0].known) == 251
        assert [letter.kind for letter in world.letters] == ["notice_uncertain", "feed_down", "feed_back"]
        await watch.watch.terminate()


@dataclass
class WorldWithEvidence(FakeWorld):
    """Neighbours of whom the evidence is real: it lies in a folder."""

    store: EvidenceFolder | None = None

    def __hash__(self) -> int:
        return id(self)

    @property
    def evidence(self) -> EvidenceFolder:
        assert self.store
        return self.store

    @activity.defn(name="bundle_evidence")
    async def bundle_evidence(self, order: ports.EvidenceOrder) -> Document:
        return await self.evidence.bundle_evidence(order)

    @activity.defn(name="keep_journal")
    async def keep_journal(self, order: ports.EvidenceOrder) -> Document:
        self.journals.append(order)
        return await self.evidence.keep_journal(order)


def has_all(messages: int, world: FakeWorld, status: IncidentStatus) -> bool:
    """Whether so many messages were taken, and every letter that went out is recorded or with the evidence."""
    letters = len(status.messages) + status.only_in_evidence.get("messages", 0)
    return status.applied_count + status.rejected_count == messages and letters == len(world.letters)


@pytest.mark.slow
async def test_thousands_of_messages_leave_a_small_record_and_whole_evidence(
    brief_server: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [
        bounded._replace(at_most=40) if bounded.name == "messages" else bounded
        for bounded in IncidentRecord.bounded_lists
    ]
    decisions = [bounded._replace(at_most=10) if bounded.name == "decisions" else bounded for bounded in letters]
    monkeypatch.setattr(IncidentRecord, "bounded_lists", decisions)
    world = WorldWithEvidence(store=EvidenceFolder(CaseFolders(tmp_path)))
    async with running_worker(brief_server, world) as worker:
        desk = await Desk(brief_server, world, worker.task_queue).open()
        runs = {await desk.run_id()}
        for batch in range(30):
            sent: list[tuple[str, Any]] = [
                (
                    "phone_escalation",
                    call(reached=False, person="", event_id=f"pbx-{batch}-{n}", summary=f"{batch}-{n}"),
                )
                for n in range(90)
            ]
            judged = triage(criteria=answers(), severity="low", extensive=False, event_id=f"triage-{batch}")
            sent += [("situation_update", {"by": "desk", "text": f"Change {batch}"}), ("nonsense", {})]
            await desk.incident.signal("triage", judged)  # first: before it, a change of the situation is refused
            await asyncio.gather(*(desk.incident.signal(name, said) for name, said in sent))
            taken = (batch + 1) * (1 + len(sent))
            async with asyncio.timeout(120):  # many letters, on a machine that may be busy
                while not has_all(taken, world, status := await desk.status()):  # noqa: ASYNC110  # a process is asked
                    await asyncio.sleep(0.05)
            runs.add(await desk.run_id())
        assert len(runs) > 1  # how often it continues as new depends on how many messages one task takes together
        assert len(status.model_dump_json()) < 200_000
        assert len(status.calls) <= 100
        assert len(status.decisions) <= 10
        for batch in range(0, 30, 7):
            await desk.incident.signal("phone_escalation", call(event_id=f"pbx-{batch}-0", summary="again"))
            status = await desk.say("triage", triage(event_id=f"triage-{batch}"))
        status = await desk.until(lambda s: s.repeated_count == 10)
        assert status.severity == "low"
        assert status.applied_count == taken - status.rejected_count
        await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
        await desk.pass_time(hours=25)
        ended = await desk.ended()
        for run_id in runs - {await desk.run_id()}:
            run = brief_server.client.get_workflow_handle(desk.incident.id, run_id=run_id)
            replayed = await replayer().replay_workflow(await run.fetch_history(), raise_on_replay_failure=False)
            assert replayed.replay_failure is None
    assert ended.phase == "closed"
    with zipfile.ZipFile(tmp_path / f"case-{desk.reference}" / f"evidence-{desk.reference}.zip") as bundle:
        record = json.loads(bundle.read("record.json"))
        timeline = json.loads(bundle.read("timeline.json"))
    assert sorted(one["summary"] for one in record["calls"]) == sorted(f"{b}-{n}" for b in range(30) for n in range(90))
    assert len(record["decisions"]) == 30
    assert len(record["rejected"]) == 30
    assert {one["id"] for one in record["messages"]} == {f"<{n + 1}@kantadesk>" for n in range(len(world.letters))}
    assert sum(line["what"].startswith("Call to") for line in timeline) == 2700
    assert len({letter.key for letter in world.letters}) == len(world.letters)


@pytest.mark.slow
async def test_a_report_as_long_as_temporal_takes_is_kept_whole_and_stops_nothing(
    brief_server: WorkflowEnvironment, tmp_path: Path
) -> None:
    world = WorldWithEvidence(store=EvidenceFolder(CaseFolders(tmp_path)))
    long = {name: f"{name} " + "ä" * 300_000 + " the end" for name in ("description", "symptoms", "error_message")}
    async with running_worker(brief_server, world) as worker:
        desk = await Desk(brief_server, world, worker.task_queue).open(**long)
        first = await desk.run_id()
        for _ in range(20):
            status = await desk.say("phone_escalation", call(reached=False, person=""))
        await desk.in_a_run_after(first)
        assert len(status.model_dump_json()) < 100_000
        assert status.description.startswith("description ää")
        assert status.description.endswith("stands with the evidence]")
        await desk.say("triage", triage(severity="high", extensive=False))
        await desk.until(lambda s: all(duty.state == "met" for duty in s.duties))
        await desk.say("resolution", resolution(resolved_at=(await desk.now()).isoformat()))
        await desk.pass_time(hours=25)
        await desk.ended()
    record = json.loads((tmp_path / f"case-{desk.reference}" / "record.json").read_text(encoding="utf-8"))
    for name, text in long.items():
        assert "".join(piece["text"] for piece in record["texts"] if piece["of"] == name) == text


async def test_what_would_open_too_much_is_refused_in_words_and_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "OPEN_DUTIES_AT_MOST", 4)
    await desk.open()
    await desk.say("triage", triage(criteria=answers(), severity="low", extensive=False))
    instruction = {"by": "desk", "authority": "Valvira", "text": "Use paper."}
    for _ in range(4):
        await desk.say("authority_instruction", instruction)
    with pytest.raises(Refused, match="4 duties are open, more than can be followed: meet or waive some first"):
        await desk.say("authority_instruction", instruction)
    await desk.incident.signal("authority_instruction", instruction)
    status = await desk.until(lambda s: bool(s.rejected))
    assert "meet or waive some first" in status.rejected[0].reason
    await desk.say("duty_waived", {"by": "desk", "duty": "distribute_instruction-2", "reason": "Withdrawn."})
    status = await desk.say("authority_instruction", instruction)
    assert status.duties[-1].id == "distribute_instruction-5"


async def test_a_message_as_old_as_forgotten_ids_is_refused_and_a_newer_one_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deduplication, "EVENT_IDS_AT_MOST", 4)
    monkeypatch.setattr(deduplication, "EVENT_IDS_AT_ONCE", 2)
    await desk.open()
    old = (await desk.now()).isoformat()
    for n in range(6):
        await desk.say("phone_escalation", call(event_id=f"pbx-{n}"))
    await desk.pass_time(hours=1)
    with pytest.raises(Refused, match="are not told apart any more"):
        await desk.say("phone_escalation", call(event_id="pbx-0", occurred_at=old))
    status = await desk.say("phone_escalation", call(event_id="pbx-5", occurred_at=old))
    assert (status.applied_count, status.repeated_count, len(status.calls)) == (6, 1, 6)
    status = await desk.say("phone_escalation", call(event_id="pbx-9", occurred_at=(await desk.now()).isoformat()))
    assert len(status.calls) == 7
