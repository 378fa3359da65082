"""An alarm never waits behind a mailing: not in its own incident, and not on a worker that a mailing has filled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.evidence.case_folder import CaseFolders
from activities.mail.mailings import Mailings
from activities.mail.sender import MailRoom
from activities.mail.transport import LiveMail, Transport
from tests.activities.mail.post_office import operating_model
from tests.builders import local_rules, triage
from tests.desks.desk import PATIENCE, Desk
from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import neighbours_of
from tests.store import ledger_in
from workers.wiring import build_worker
from workflows.incident.messages import IncidentStatus
from workflows.procedure.duties import Ladder
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process import ports
from workflows.process.messages import SentMessage

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = 300
SLOTS = 8
LEFT_FREE = 2
WARDS = [f"ward-{number}" for number in range(MANY)]


def crowded() -> OperatingModel:
    """An organisation with hundreds of wards."""
    model = operating_model()
    ward, desk = model.contacts["ward-3"], model.contacts["desk"]
    contacts = {"desk": desk, "duty_officer": desk, "management": desk} | dict.fromkeys(WARDS, ward)
    return model.model_copy(update={"contacts": contacts})


class HangingForGroups(Transport):
    """Takes what is for the desk at once; what is for a ward hangs until it is let go."""

    provider = "the hanging one"

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.hanging = 0
        self.taken: list[str] = []

    async def deliver(self, mail: LiveMail) -> str:
        if "ward" in str(mail.message["To"]):
            self.hanging += 1
            await self.let_go.wait()
        self.taken.append(mail.file_name)
        return ""


class Crowded(FakeWorld):
    """Fakes with a real mail room, and a group of hundreds."""

    room: MailRoom

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: ports.Audience) -> list[ports.Recipient]:
        if audience.groups:
            return [ports.Recipient(contact=ward, language="fi") for ward in WARDS]
        return await super().who_is_told(audience)

    @activity.defn(name="send_letter")
    async def send_letter(self, letter: ports.Letter) -> SentMessage:
        self.letters.append(letter)
        return await self.room.send_letter(letter)


@pytest.fixture
def mail() -> HangingForGroups:
    return HangingForGroups()


@pytest_asyncio.fixture(loop_scope="session")
async def crowded_desk(server: WorkflowEnvironment, mail: HangingForGroups, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose worker has few slots, one of them left free by mailings."""
    world = Crowded()
    folders, ledger = CaseFolders(tmp_path / "cases"), ledger_in(tmp_path / "ledger")
    mailings = Mailings(at_once=SLOTS - LEFT_FREE)
    world.room = MailRoom(mail, tmp_path / "outbox", folders, crowded, ledger, mailings=mailings)
    queue = f"crowded-{tmp_path.name}"
    neighbours = neighbours_of(server.client, world, None, queue)
    async with build_worker(server.client, neighbours, task_queue=queue, max_concurrent_activities=SLOTS):
        yield Desk(server, world, queue)
        mail.let_go.set()


def reminders(status: IncidentStatus) -> int:
    return sum(m.purpose == "reminder" and m.duty == "phone_kela" for m in status.messages)


async def test_an_alarm_goes_while_hundreds_of_letters_hang(crowded_desk: Desk, mail: HangingForGroups) -> None:
    every_few_seconds = [{"after": f"{3 * number}s", "to": "desk"} for number in range(1, 21)]
    ladders = crowded_desk.world.rules.ladders
    ladders = ladders | {"phone_kela": Ladder.model_validate({"due_after": "1h", "reminders": every_few_seconds})}
    crowded_desk.world.rules = local_rules(ladders=ladders)
    desk = await crowded_desk.open()
    await desk.say("triage", triage())
    async with asyncio.timeout(PATIENCE):
        while mail.hanging < SLOTS - LEFT_FREE:  # noqa: ASYNC110  # the worker is at it
            await asyncio.sleep(0.02)
    before = reminders(await desk.status())
    status = await desk.until(lambda s: reminders(s) > before)  # one that came while the mailing filled the worker
    assert not mail.let_go.is_set()
    assert [m for m in status.messages if m.purpose == "start"] == [], "the whole mailing hangs, and the alarm has gone"
    assert mail.hanging == SLOTS - LEFT_FREE, "mailings take no more of the worker than they may"
    await desk.incident.terminate()
