"""Alarms go to whoever is on duty then, also in the hour that comes twice; a change of shift passes on what is open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.operating_model.file import OperatingModelFile
from activities.rota.changes import ShiftChanges
from activities.rota.rotas import Rotas
from activities.rota.source import RotaSources
from tests.activities.rota.calendars import calendar, event
from tests.builders import local_rules, now
from tests.desks.desk import Desk
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker
from tests.replay.recorded import replayer
from workers.settings import packaged_operating_model
from workflows.procedure.local_time import local, zone
from workflows.process import ports

PEOPLE = """
[contacts.anna]
name = "Anna Virtanen"
email = "anna@example.org"
language = "sv"
verified_on = 2026-10-05
[contacts.mikko]
name = "Mikko Laine"
email = "mikko@example.org"
language = "fi"
verified_on = 2026-10-05
"""
HOLDERS = 'contacts = ["duty-officer"]\ndeputies = ["deputy-duty-officer"]'
HELD = 'contacts = ["anna", "mikko"]\nrota = "rota.ics"\ndeputies = ["deputy-duty-officer"]'


class RotaWorld(FakeWorld):
    """A world whose contacts are those of an operating model with a rota."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        text = packaged_operating_model().read_text("utf-8")
        assert HOLDERS in text
        (folder / "operating-model.toml").write_text(text.replace(HOLDERS, HELD) + PEOPLE, encoding="utf-8")
        self.rotas = Rotas(RotaSources(folder / "copies"), folder)
        self.file = OperatingModelFile(folder / "operating-model.toml", rotas=self.rotas)

    __hash__ = FakeWorld.__hash__

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: ports.Audience) -> list[ports.Recipient]:
        return await self.file.who_is_told(audience)

    def shifts(self, *shifts: tuple[str, datetime, datetime]) -> None:
        """Write the rota."""
        events = [
            event(who, start=f":{start:%Y%m%dT%H%M%SZ}", end=f":{end:%Y%m%dT%H%M%SZ}", uid=f"{who}{number}")
            for number, (who, start, end) in enumerate(shifts)
        ]
        (self.folder / "rota.ics").write_bytes(calendar(*events))


@pytest.fixture
def world(tmp_path: Path) -> RotaWorld:
    return RotaWorld(tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def night(server: WorkflowEnvironment, world: RotaWorld) -> AsyncIterator[Desk]:
    async with running_worker(server, world) as worker:
        yield Desk(server, world, worker.task_queue)


def next_change(*, back: bool) -> datetime:
    """The next moment at which Helsinki's clocks go back, or forward."""
    moment = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=48)
    helsinki = zone()
    while True:
        before, after = (local(moment + timedelta(hours=hours)).utcoffset() for hours in (0, 1))
        assert before is not None
        assert after is not None
        if (after < before) if back else (after > before):
            return (moment + timedelta(hours=1)).astimezone(helsinki)
        moment += timedelta(hours=1)


def reminding(*moments: datetime) -> Any:
    """Rules by which a triage is reminded of at some moments, to the duty officer."""
    opened = now()
    ladders = {
        name: ladder.model_dump(mode="json") for name, ladder in local_rules().ladders.items() if name != "triage"
    }
    reminders = [{"after": f"{(each - opened) // timedelta(seconds=1)}s", "to": "duty_officer"} for each in moments]
    due = (moments[-1] - opened) // timedelta(seconds=1) + 24 * 3600
    return local_rules(ladders=ladders | {"triage": {"due_after": f"{due}s", "reminders": reminders}})


def reminded(desk: Desk) -> list[str]:
    return [each.contact for each in desk.world.letters if each.kind == "reminder"]


async def go_to(desk: Desk, moment: datetime, letters: int) -> None:
    """Let time pass until a moment, and until so many reminders have gone."""
    await desk.pass_time(seconds=(moment - await desk.now()).total_seconds() + 10)
    await desk.until(lambda s: len(reminded(desk)) == letters and desk.is_quiet(s))


async def test_an_alarm_at_half_past_three_goes_to_whoever_is_on_duty_in_that_one_of_the_two_hours(
    night: Desk, world: RotaWorld
) -> None:
    change = next_change(back=True).astimezone(UTC)
    first, second = change - timedelta(minutes=30), change + timedelta(minutes=30)
    assert [local(each).strftime("%H:%M") for each in (first, second)] == ["03:30", "03:30"]
    day = timedelta(days=1)
    world.shifts(("Anna Virtanen", change - day, change), ("Mikko Laine", change, change + day))
    world.rules = reminding(first, second)
    await night.open()
    await go_to(night, first, 1)
    assert reminded(night) == ["anna"]
    await go_to(night, second, 3)
    assert reminded(night)[1:] == ["mikko", "deputy-duty-officer"], "nobody has acknowledged the first one"


async def test_in_the_night_of_spring_the_hour_that_is_left_out_moves_nobody(night: Desk, world: RotaWorld) -> None:
    change = next_change(back=False).astimezone(UTC)
    before, after = change - timedelta(minutes=10), change + timedelta(minutes=10)
    assert [local(each).strftime("%H:%M") for each in (before, after)] == ["02:50", "04:10"]
    hours = timedelta(hours=8)
    world.shifts(("Anna Virtanen", change - hours, change), ("Mikko Laine", change, change + hours))
    world.rules = reminding(before, after)
    await night.open()
    await go_to(night, before, 1)
    await go_to(night, after, 3)
    assert reminded(night) == ["anna", "mikko", "deputy-duty-officer"]


async def test_at_the_change_of_shift_what_nobody_acknowledged_goes_to_who_comes_once(
    night: Desk, world: RotaWorld
) -> None:
    start = now() + timedelta(days=3)
    change = start + timedelta(hours=8)
    world.shifts(("anna", start - timedelta(hours=1), change), ("mikko", change, change + timedelta(hours=8)))
    world.rules = reminding(start)
    told: list[ports.OtherProcessMessage] = []

    async def tell(said: ports.OtherProcessMessage) -> bool:
        told.append(said)
        if said.workflow_id == night.incident.id:
            await night.incident.signal(said.message, said.payload)
        return True

    changes = ShiftChanges(night.server.client, world.folder / "data", tell)

    async def look(at: datetime) -> None:
        model = world.file.current()
        await changes.look(model, await world.rotas.of(model, at))

    await night.open()
    await go_to(night, start, 1)
    await look(start)
    assert told == [], "what is seen first is no change"
    await night.pass_time(hours=8)
    await look(change + timedelta(minutes=3))
    await night.timeline_until("Handed over to Mikko Laine")
    await night.until(lambda s: len(reminded(night)) == 2 and night.is_quiet(s))
    assert reminded(night) == ["anna", "mikko"]
    await look(change + timedelta(minutes=8))
    changes = ShiftChanges(night.server.client, world.folder / "data", tell)
    await look(change + timedelta(minutes=13))
    assert [each.workflow_id for each in told].count(night.incident.id) == 1, "once a change, also after a new start"
    lines = await night.timeline()
    assert lines.count("Handed over to Mikko Laine") == 1
    replayed = await replayer().replay_workflow(await night.incident.fetch_history(), raise_on_replay_failure=False)
    assert replayed.replay_failure is None


async def test_a_change_in_another_role_or_an_alarm_after_the_change_repeats_nothing(
    night: Desk, world: RotaWorld
) -> None:
    start = now() + timedelta(days=3)
    world.shifts(("anna", start - timedelta(hours=1), start + timedelta(hours=8)))
    world.rules = reminding(start)
    await night.open()
    await go_to(night, start, 1)
    change = {"by": "the rota", "to": "Mikko Laine", "source": "kantadesk"}
    await night.say("handover", change | {"roles": ["desk"], "event_id": "rota-1"})
    before = (start - timedelta(minutes=1)).isoformat()
    await night.say("handover", change | {"roles": ["duty_officer"], "changed_at": before, "event_id": "rota-2"})
    assert reminded(night) == ["anna"]
    after = (start + timedelta(minutes=1)).isoformat()
    for number in (3, 4):
        said = {"roles": ["duty_officer", "desk"], "changed_at": after, "event_id": f"rota-{number}"}
        await night.say("handover", change | said)
    await night.until(lambda s: len(reminded(night)) == 3 and night.is_quiet(s))
    assert await night.timeline_until("Reminded again of duty 'triage': nobody has acknowledged it")
