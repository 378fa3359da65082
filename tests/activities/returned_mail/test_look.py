"""One look into the mailbox: each report reaches its process once, an address is known as long as it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.transport import not_now
from activities.returned_mail.addresses import ReturnedAddresses
from activities.returned_mail.look import ReturnedMail
from tests.activities.mail.post_office import RecordingTransport, letter, operating_model
from tests.activities.mail.room import room
from tests.activities.returned_mail.letter_box import ARRIVED, BOUNCE, COMPLAINT, DELAY, ID, Box, sample
from tests.store import ledger_in
from workflows.process.messages import DeliveryReport, SentMessage
from workflows.process.ports import OtherProcessMessage

SENT = letter()


class Desk:
    """A mail room that sends, a mailbox into which mail comes back, and what is told to processes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.box, self.told, self.ended = folder, Box(), list[OtherProcessMessage](), False
        self.ledger = ledger_in(folder / "ledger")
        self.addresses = ReturnedAddresses(folder / "returned")
        self.returned = ReturnedMail(folder / "returned", lambda: self.ledger, self.box, self._tell)
        self.dies: Callable[[], None] = lambda: None

    async def _tell(self, told: OtherProcessMessage) -> bool:
        self.dies()
        self.told.append(told)
        return not self.ended

    async def send(self, key: str = SENT.key) -> str:
        """A letter that is accepted; its Message-ID."""
        desk = room(self.folder, RecordingTransport(), self.ledger)
        return (await desk.send_letter(letter(key=key))).id

    def comes_back(self, name: str, message_id: str) -> None:
        self.box.mails.append(sample(name).replace(ID.encode(), message_id.encode()))

    def contacts(self, verified_on: str = "2026-01-01") -> list[str]:
        model = operating_model()
        ward = model.contacts["ward-3"].model_copy(update={"verified_on": date.fromisoformat(verified_on)})
        return [each.contact for each in self.addresses.among(model.model_copy(
            update={"contacts": {**model.contacts, "ward-3": ward}}))]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_bounce_reaches_the_process_whose_letter_it_is_once(desk: Desk) -> None:
    message_id = await desk.send()
    desk.comes_back(BOUNCE, message_id)
    assert [await desk.returned.look(), await desk.returned.look()] == ["", ""]
    (told,) = desk.told
    assert (told.workflow_id, told.message) == ("incident-INC-1", "delivery_report")
    said = DeliveryReport.model_validate(told.payload)
    assert (said.message_id, said.event, said.source) == (message_id, "bounced", "mailbox")
    assert said.detail.startswith("5.1.1 550 5.1.1 <[address]>")
    assert said.event_id == told.key


async def test_a_look_that_dies_between_two_steps_says_the_same_again_under_the_same_id(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send())

    def dies() -> None:
        raise OSError("Temporal is away")

    desk.dies = dies
    with pytest.raises(OSError, match="away"):
        await desk.returned.look()
    desk.dies = lambda: None
    await desk.returned.look()
    another = ReturnedMail(desk.folder / "other marks", lambda: desk.ledger, desk.box, desk._tell)
    await another.look()  # a folder whose numbers began again
    assert len({told.key for told in desk.told}) == 1
    assert len(desk.told) == 2


async def test_mail_about_nothing_of_ours_is_passed_over(desk: Desk) -> None:
    for name in (BOUNCE, "person.fi", "away.fi", "bounce-of-somebody-else.en"):
        desk.box.mails.append(sample(name))  # of a letter that was never sent from here
    desk.box.mails += [b"", b"\xff\x00garbage"]
    assert await desk.returned.look() == ""
    assert (desk.told, desk.contacts()) == ([], [])


async def test_a_letter_of_the_watchdog_only_marks_the_address(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send("watchdog/run/watch_finding/ward-3/1"))
    await desk.returned.look()
    assert (desk.told, desk.contacts()) == ([], ["ward-3"])


async def test_a_mailbox_that_cant_be_read_is_said_and_loses_nothing(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send())
    desk.box.broken = not_now("the folder INBOX at mail.example can't be read (timed out)")
    assert await desk.returned.look() == "the folder INBOX at mail.example can't be read (timed out)"
    desk.box.broken = None
    assert (await desk.returned.look(), len(desk.told)) == ("", 1)


async def test_another_mailbox_is_read_from_its_own_beginning(desk: Desk) -> None:
    desk.comes_back(DELAY, await desk.send())
    await desk.returned.look()
    desk.box.name = "the folder INBOX at other.example"
    desk.comes_back(BOUNCE, await desk.send())
    await desk.returned.look()
    assert [told.payload["event"] for told in desk.told] == ["deferred", "deferred", "bounced"]


# --- addresses ----------------------------------------------------------------------------------------------


async def test_an_address_is_known_until_a_later_letter_arrives(desk: Desk) -> None:
    first, second = await desk.send(), await desk.send("incident-INC-1/run/change/ward-3/9")
    desk.comes_back(BOUNCE, second)
    desk.comes_back(ARRIVED, first)  # an earlier letter says nothing of now
    await desk.returned.look()
    assert desk.contacts() == ["ward-3"]
    desk.comes_back(DELAY, await desk.send("incident-INC-1/run/change/ward-3/10"))
    desk.comes_back(ARRIVED, await desk.send("incident-INC-1/run/change/ward-3/11"))
    await desk.returned.look()
    assert desk.contacts() == []


async def test_a_person_who_verifies_the_contact_later_clears_it(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send())
    await desk.returned.look()
    today = datetime.now(UTC)  # noqa: TID251  # when it was read
    assert desk.contacts(today.date().isoformat()) == ["ward-3"]
    assert desk.contacts((today + timedelta(days=2)).date().isoformat()) == []


async def test_another_address_of_the_contact_is_another_address(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send())
    await desk.returned.look()
    assert desk.addresses.of("Ward3@Organisation.example", zone="Europe/Helsinki")
    assert desk.addresses.of("ward-3@organisation.example", zone="Europe/Helsinki") is None
    assert not [path for path in (desk.folder / "returned").iterdir() if b"ward3@" in path.read_bytes()]


async def test_a_complaint_marks_the_address_though_the_letter_arrived(desk: Desk) -> None:
    desk.comes_back(COMPLAINT, await desk.send())
    await desk.returned.look()
    assert ([told.payload["event"] for told in desk.told], desk.contacts()) == (["delivered"], ["ward-3"])


async def test_what_a_gateway_told_the_process_marks_the_address_too(desk: Desk) -> None:
    first = await desk.send()
    later = await desk.send("incident-INC-1/run/change/ward-3/9")

    def known(message_id: str, state: str) -> SentMessage:
        return SentMessage.model_validate(
            {"id": message_id, "to": "ward-3", "state": state, "sent_at": datetime.now(UTC), "detail": "no such user"}  # noqa: TID251  # when it went
        )

    desk.returned.learn([known(first, "accepted"), known("f" * 32 + "@x.example", "failed")])
    assert desk.contacts() == []
    desk.returned.learn([known(first, "failed")])
    assert desk.contacts() == ["ward-3"]
    desk.returned.learn([known(later, "delivered")])
    desk.returned.learn([known(first, "failed")])  # the process still says so of the earlier one
    assert desk.contacts() == []


async def test_the_record_of_the_next_letter_says_it(desk: Desk) -> None:
    desk.comes_back(BOUNCE, await desk.send())
    await desk.returned.look()
    knowing = room(desk.folder, RecordingTransport(), desk.ledger, desk.addresses)
    sent = await knowing.send_letter(letter(key="incident-INC-1/run/end/ward-3/12"))
    assert sent.state == "accepted"
    assert "; mail to this address came back on " in sent.detail
    drill = await knowing.send_letter(letter(key="incident-INC-2/run/end/ward-3/12", drill=True))
    assert "came back" not in drill.detail


async def test_a_letter_of_an_earlier_release_marks_nothing(desk: Desk) -> None:
    message_id = await desk.send()
    note = desk.ledger.look_up(SENT.key)
    assert note
    earlier = note.model_copy(update={"process": "", "address": ""})
    assert note.sent
    desk.ledger.accepted(SENT.key, earlier, note.sent)
    desk.comes_back(BOUNCE, message_id)
    assert await desk.returned.look() == ""
    assert (desk.told, desk.contacts()) == ([], [])


def test_a_message_id_that_is_none_is_looked_for_nowhere(desk: Desk) -> None:
    for name in (
        "*@x.example",
        "../secrets@x.example",
        "@x.example",
        "\0@x.example",
        "\ud800@x.example",
        "",
        "f" * 32 + "@x.example",
    ):
        assert desk.ledger.by_message_id(name) is None


async def test_who_runs_it_hears_of_a_refused_login_in_words(desk: Desk) -> None:
    desk.box.broken = ApplicationError("the folder: the login is refused (no). Look at it", type="RefusedByProvider")
    assert "the login is refused" in await desk.returned.look()
