"""A gap in a rota is told once, to whoever keeps the rota and to operations, and never called over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from tests.desks.fake_watch import FakeWatch
from tests.desks.fakes import GROUPS, FakeWorld
from tests.desks.watchdog import watchdog_at_work
from workflows.procedure.contacts.rota import OnDuty, Shift, at, stretches
from workflows.procedure.watchdog.findings import Finding, Watching
from workflows.procedure.watchdog.rotas import about_rota

START = datetime(2026, 11, 28, 6, tzinfo=UTC)
OWNER = next(contact for members in GROUPS.values() for contact, _ in members)


def findings(owner: str) -> tuple[Finding, ...]:
    """What is found in a rota with a hole, a day before its end."""
    span = START - timedelta(days=35), START + timedelta(days=7)
    early = Shift(start=span[0], end=START + timedelta(days=2), contacts=("anna",))
    late = Shift(start=START + timedelta(days=3), end=span[1], contacts=("mikko",))
    coming = [each for each in stretches([early, late], *span) if each.end > START]
    here = at(coming, START)
    assert here is not None
    duty = OnDuty(role="duty_officer", contacts=here.contacts, told=here.contacts, read_at=START)
    return tuple(about_rota(duty, coming, span, owner=owner, zone="Europe/Helsinki"))


SELDOM = Watching(every=timedelta(hours=10), timer_late=timedelta(hours=1))
NEXT = timedelta(hours=10, seconds=2)


async def test_a_gap_is_told_once_and_by_name_of_the_role(server: WorkflowEnvironment, world: FakeWorld) -> None:
    sees = FakeWatch(rules=SELDOM, sights={"contacts": findings(OWNER)})
    async with watchdog_at_work(server, world, sees) as dog:
        status = await dog.looks(4, every=NEXT)
        assert status.is_well, "it stops no heartbeat"
        assert len(status.known) == 1
        sees.sights.clear()
        status = await dog.looks(4, every=NEXT)
        assert not status.known
    assert sorted(dog.told()) == sorted([("watch_finding", "operations"), ("watch_finding", OWNER)])
    [letter, *_] = [each for each in world.letters if each.language == "fi"]
    assert "rooli päivystäjä" in letter.title
    assert "30.11.2026 08:00 (+02:00) – 1.12.2026 08:00 (+02:00)" in letter.text


async def test_without_an_owner_the_desk_hears_of_it(server: WorkflowEnvironment, world: FakeWorld) -> None:
    sees = FakeWatch(rules=SELDOM, sights={"contacts": findings("")})
    async with watchdog_at_work(server, world, sees) as dog:
        await dog.looks(every=NEXT)
    assert sorted(dog.told()) == [("watch_finding", "desk"), ("watch_finding", "operations")]
