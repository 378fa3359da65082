"""A planned break that somebody without the key has opened: what tells of it bears the mark, until the desk speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import ActivityEnvironment

from activities.notices.feeds import NoticeFeed
from activities.processes import breaks_under_way
from tests.builders import now
from tests.desks.maintenance import plan
from tests.integrations.house import WITHIN, House
from workers.codec.codec import data_converter
from workers.wiring import build_replayer
from workflows.incident.ports import NoticeQuestion
from workflows.maintenance.messages import MaintenanceStatus
from workflows.process.ids import TASK_QUEUE, maintenance_workflow_id

pytestmark = pytest.mark.attack
pytest_plugins = ["tests.attack.attacked"]

Break = WorkflowHandle[Any, MaintenanceStatus]


class Broken:
    """A break in the attacked house, and what was told of it."""

    def __init__(self, house: House) -> None:
        self.house, self.reference = house, house.reference()
        self.handle: Break = house.client.get_workflow_handle(maintenance_workflow_id(self.reference))

    async def begin(self, client: Client, *, ahead: timedelta = timedelta(minutes=30)) -> None:
        """Start it so shortly ahead that both ways tell of it at once."""
        said = plan(self.reference, now() + ahead)
        await client.start_workflow("Maintenance", said, id=self.handle.id, task_queue=TASK_QUEUE)

    async def until(self, holds: Callable[[MaintenanceStatus], bool]) -> MaintenanceStatus:
        """Wait until its status is as wanted."""
        async with asyncio.timeout(WITHIN):
            while True:
                status: MaintenanceStatus = await self.handle.query("status", result_type=MaintenanceStatus)
                if holds(status):
                    return status
                await asyncio.sleep(0.02)

    async def told(self) -> MaintenanceStatus:
        """Wait until everybody has been told by both ways."""
        return await self.until(
            lambda status: len(self.letters()) >= 2 and len(self.texts()) >= 1 and status.told != ()
        )

    def letters(self, kind: str = "maintenance_planned") -> list[Any]:
        """The letters of a kind about it."""
        return [each for each in self.house.world.letters if (each.reference, each.kind) == (self.reference, kind)]

    def texts(self) -> list[Any]:
        """The text messages about it."""
        return [each for each in self.house.world.texts if each.reference == self.reference]

    def marks_of_papers(self) -> list[bool]:
        """Whether the calendar files and notices bear the mark, in the order in which they were written."""
        return [each.is_unverified for each in self.house.world.sheets if each.reference == self.reference]

    async def replays(self) -> None:
        """Its history replays, on a worker with the key."""
        history = await self.handle.fetch_history()
        await build_replayer(data_converter(self.house.keys)).replay_workflow(history)


@pytest.fixture
def broken(attacked: House) -> Broken:
    """A break that is not there yet."""
    return Broken(attacked)


async def test_letters_texts_and_calendars_are_marked_until_the_desk_speaks(outside: Client, broken: Broken) -> None:
    await broken.begin(outside)
    status = await broken.told()
    assert status.is_a_strangers
    assert {each.is_unverified for each in broken.letters()} == {True}
    assert {each.is_unverified for each in broken.texts()} == {True}
    assert broken.marks_of_papers() == [True]

    await broken.handle.execute_update("change", {"by": "Desk", "audience": ["everyone", "contact-persons"]})
    await broken.until(lambda _: broken.marks_of_papers() == [True, False])
    keys = {each.key for each in broken.house.world.sheets if each.reference == broken.reference}
    assert len(keys) == 2, "the same key would answer the marked papers again"

    await broken.handle.execute_update("change", {"by": "Desk", "effect": "Nothing works"})
    await broken.until(lambda _: bool(broken.letters("maintenance_changed")))
    assert {each.is_unverified for each in broken.letters("maintenance_changed")} == {False}
    assert broken.marks_of_papers() == [True, False, False]
    await broken.replays()


async def test_what_the_desk_has_planned_bears_no_mark(attacked: House, broken: Broken) -> None:
    await broken.begin(attacked.client)
    await broken.told()
    assert {each.is_unverified for each in broken.letters() + broken.texts()} == {False}
    assert broken.marks_of_papers() == [False]


@pytest.mark.parametrize("is_a_strangers", [True, False])
async def test_an_incident_that_it_touches_shows_whose_it_is(
    attacked: House, outside: Client, broken: Broken, is_a_strangers: bool
) -> None:
    incident = await attacked.incident()
    attacked.world.incidents[:] = [incident.reference]

    await broken.begin(outside if is_a_strangers else attacked.client, ahead=-timedelta(hours=1))
    await incident.until(lambda status: broken.handle.id in status.maintenance)

    lines = await incident.handle.query("timeline")
    [line] = [each for each in lines if each["what"].startswith("Planned break")]
    assert (line["by"], line["sender"]["came"]) == (broken.handle.id, "clear" if is_a_strangers else "sealed")
    assert (await incident.status()).known_notice is None


@pytest.mark.parametrize("is_a_strangers", [True, False])
async def test_an_incident_opened_while_it_goes_on_shows_whose_it_is(
    attacked: House, outside: Client, broken: Broken, monkeypatch: pytest.MonkeyPatch, is_a_strangers: bool
) -> None:
    await broken.begin(outside if is_a_strangers else attacked.client, ahead=-timedelta(hours=1))
    asked = NoticeQuestion(services=("PRESCRIPTION",))
    async with asyncio.timeout(WITHIN):  # the lists follow a moment later
        while (await breaks_under_way(attacked.client, asked)).get(broken.handle.id) is not is_a_strangers:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    under_way = {broken.handle.id: is_a_strangers}
    answer = await ActivityEnvironment().run(
        NoticeFeed(None, breaks=partial(_answered, under_way)).open_fault_notices, asked
    )
    monkeypatch.setattr(attacked.world, "found", answer)

    incident = await attacked.incident()
    await incident.until(lambda status: broken.handle.id in status.maintenance)

    lines = await incident.handle.query("timeline")
    [line] = [each for each in lines if each["what"].endswith("of these services is going on")]
    assert ("sender" in line) is is_a_strangers


async def _answered(under_way: dict[str, bool], _: NoticeQuestion) -> dict[str, bool]:
    return under_way


async def test_a_strangers_bounce_is_noted_and_the_letter_stays_accepted(
    attacked: House, outside: Client, broken: Broken
) -> None:
    await broken.begin(attacked.client)
    await broken.told()
    status = await broken.until(lambda status: any(each.channel == "email" for each in status.messages))
    sent = next(each for each in status.messages if each.channel == "email")
    said = {"by": "mail", "message_id": sent.id, "event": "bounced"}

    await outside.get_workflow_handle(broken.handle.id).signal("delivery_report", said)
    status = await broken.until(lambda status: status.unverified_count == 1)
    assert [each.state for each in status.messages if each.id == sent.id] == [sent.state]
    assert any("unverified sender says that it came back" in problem for problem in status.problems)

    await broken.handle.execute_update("delivery_report", said)
    status = await broken.until(lambda status: status.applied_count == 2)
    assert [each.state for each in status.messages if each.id == sent.id] == ["failed"]
    assert any("tell them in another way" in problem for problem in status.problems)
    await broken.replays()
