"""The mail room: accepted once, kept as sent, checked before it goes, and no way out for a drill."""

from __future__ import annotations

import asyncio
import email
import hashlib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.evidence.case_folder import CaseFolders
from activities.mail.envelope import message_id_for
from activities.mail.outbox import Outbox
from activities.mail.sender import MailRoom
from activities.mail.transport import DRILL_HEADER, DrillMail, LiveMail, Transport, not_now, refused
from tests.activities.mail.post_office import CODE, KINDS, RecordingTransport, document, letter, live, operating_model
from tests.store import ledger_in
from workflows.procedure.languages import Language
from workflows.procedure.operating_model.model import OperatingModel
from workflows.process.ports import FORM_UNUSABLE, PERSONAL_DATA_FOUND, REFUSED_BY_PROVIDER, Letter


def room(folder: Path, transport: Transport, model: Callable[[], OperatingModel] = operating_model) -> MailRoom:
    return MailRoom(transport, folder / "outbox", CaseFolders(folder / "cases"), model, ledger_in(folder / "ledger"))


def kept(folder: Path, reference: str = "INC-1") -> list[EmailMessage]:
    shelf = folder / "cases" / f"case-{reference}" / "messages"
    return [email.message_from_bytes(p.read_bytes(), policy=SMTP) for p in sorted(shelf.glob("*.eml"))]


async def test_a_letter_is_accepted_and_kept_as_sent(tmp_path: Path) -> None:
    transport = RecordingTransport()
    form = document(tmp_path / "forms")
    some = letter(kind="fault_report", contact="kela", duty="report_to_kela", attachments=[form])
    sent = await ActivityEnvironment().run(room(tmp_path, transport).send_letter, some)

    (message,) = transport.messages
    assert message["To"] == "tekninentuki@kanta.fi"
    assert message["From"] == "Esimerkin hyvinvointialue <desk@organisation.example>"
    assert message["Message-ID"] == f"<{sent.id}>"
    assert [part.get_filename() for part in message.iter_attachments()] == ["häiriöilmoitus.docx"]
    assert [bytes(each) for each in kept(tmp_path)] == [bytes(message)]
    assert sent.model_dump(exclude={"id", "sent_at"}) == {
        "to": "kela",
        "channel": "email",
        "subject": message["Subject"],
        "state": "accepted",
        "purpose": "fault_report",
        "duty": "report_to_kela",
        "detail": "accepted by the recorder as R-1",
        "sha256": hashlib.sha256(bytes(message)).hexdigest(),
    }


async def test_the_same_key_is_sent_once_and_answered_the_same(tmp_path: Path) -> None:
    transport = RecordingTransport()
    first = await room(tmp_path, transport).send_letter(letter())
    again = await room(tmp_path, transport).send_letter(letter(text="changed meanwhile"))
    other = await room(tmp_path, transport).send_letter(letter(key="another"))

    assert again == first
    assert len(transport.messages) == 2
    assert other.id != first.id


async def test_the_message_id_belongs_to_the_key_and_holds_nothing_else(tmp_path: Path) -> None:
    sent = await room(tmp_path, RecordingTransport()).send_letter(letter())
    local, _, domain = sent.id.partition("@")
    assert sent.id == message_id_for(letter().key, operating_model())
    assert domain == "organisation.example"
    assert len(local) == 32
    assert int(local, 16)


async def test_a_domain_with_letters_of_its_own_still_gives_an_ascii_message_id() -> None:
    assert message_id_for("k", operating_model(email="desk@sähköposti.example")).isascii()


async def test_a_long_domain_does_not_break_the_message_id(tmp_path: Path) -> None:
    model = operating_model(email=f"desk@{'a' * 60}.{'b' * 60}.example")
    sent = await room(tmp_path, RecordingTransport(), lambda: model).send_letter(letter())
    (message,) = kept(tmp_path)
    assert str(message["Message-ID"]) == f"<{sent.id}>"


@pytest.mark.parametrize("length", range(30))
async def test_a_folded_subject_keeps_its_spaces(length: int, tmp_path: Path) -> None:
    title = "x" * length + " häiriö on päättynyt – öitä – äkkiä ylös"
    known = letter(kind="notice_uncertain", title=title)
    sent = await room(tmp_path, transport := RecordingTransport()).send_letter(known)

    (as_sent,) = (email.message_from_bytes(bytes(each), policy=SMTP) for each in transport.messages)
    assert title in sent.subject
    assert as_sent["Subject"] == sent.subject
    assert max(len(line) for line in bytes(as_sent).split(b"\r\n\r\n")[0].split(b"\r\n")) <= 78  # RFC 5322


async def test_the_address_is_looked_up_at_each_try(tmp_path: Path) -> None:
    models = [operating_model(), operating_model()]
    models[1].contacts["ward-3"] = models[1].contacts["desk"]
    transport = RecordingTransport(not_now("busy"))
    mail_room = room(tmp_path, transport, lambda: models.pop(0))
    with pytest.raises(ApplicationError):
        await mail_room.send_letter(letter())
    await mail_room.send_letter(letter())
    assert transport.messages[0]["To"] == "desk@organisation.example"


# --- A drill can't leave ---


@pytest.mark.parametrize("kind", KINDS)
async def test_a_drill_reaches_the_outbox_and_nothing_else(kind: str, tmp_path: Path) -> None:
    transport = RecordingTransport()
    drill = letter(kind=kind, drill=True, contact="kela" if kind == "fault_report" else "ward-3")
    sent = await room(tmp_path, transport).send_letter(drill)

    assert transport.messages == []
    assert (sent.state, sent.channel) == ("diverted", "outbox")
    assert sent.subject.startswith("HARJOITUS ")
    (path,) = (tmp_path / "outbox").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert message[DRILL_HEADER] == "yes"
    assert message["To"].endswith("@drill.invalid")
    assert b"tekninentuki@kanta.fi" not in path.read_bytes().partition(b"\r\n\r\n")[0]
    assert [str(each["Message-ID"]) for each in kept(tmp_path)] == [f"<{sent.id}>"]


async def test_a_drill_stays_a_drill_when_it_is_repeated(tmp_path: Path) -> None:
    transport = RecordingTransport()
    mail_room = room(tmp_path, transport)
    assert await mail_room.send_letter(letter(drill=True)) == await mail_room.send_letter(letter(drill=True))
    assert transport.messages == []
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_message_marked_as_a_drill_is_no_live_mail() -> None:
    message = live(letter()).message
    message[DRILL_HEADER] = "yes"
    with pytest.raises(ValueError, match="a drill is never sent"):
        LiveMail(message, "x.eml")


def test_live_mail_and_drills_are_different_types() -> None:
    assert not issubclass(DrillMail, LiveMail)
    assert not issubclass(LiveMail, DrillMail)


# --- Refused before it goes ---


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"text": f"Potilas {CODE}"}, PERSONAL_DATA_FOUND),
        ({"contact": "nobody"}, REFUSED_BY_PROVIDER),
        ({"contact": "broken"}, REFUSED_BY_PROVIDER),
    ],
)
async def test_what_may_not_go_does_not_go(changes: dict[str, Any], kind: str, tmp_path: Path) -> None:
    model = operating_model()
    model.contacts["broken"] = model.contacts["desk"].model_copy(update={"email": "a..b@organisation.example"})
    transport = RecordingTransport()
    with pytest.raises(ApplicationError) as refusal:
        await room(tmp_path, transport, lambda: model).send_letter(letter(**changes))

    assert refusal.value.type == kind
    assert refusal.value.non_retryable
    assert CODE not in str(refusal.value)
    assert "a..b" not in str(refusal.value)
    assert transport.messages == []
    assert ledger_in(tmp_path / "ledger").unanswered() == []


@pytest.mark.parametrize("unusable", ["desk@organisation..example", "d..e@a.example", "desk@a.example\u200b"])
async def test_a_sender_that_is_no_address_is_refused(unusable: str, tmp_path: Path) -> None:
    model = operating_model()
    sender = model.organisation.model_copy(update={"email": unusable})  # no file with such an address is loaded
    model = model.model_copy(update={"organisation": sender})
    with pytest.raises(ApplicationError, match="the mail address of the organisation can't be used"):
        await room(tmp_path, RecordingTransport(), lambda: model).send_letter(letter())


async def test_a_domain_with_letters_of_its_own_travels_as_idna(tmp_path: Path) -> None:
    model = operating_model(email="palvelupiste@pohjoinen-väylä.fi")
    ward = model.contacts["ward-3"].model_copy(update={"email": "osasto@sähköposti.example"})
    model = model.model_copy(update={"contacts": {**model.contacts, "ward-3": ward}})
    transport = RecordingTransport()
    await room(tmp_path, transport, lambda: model).send_letter(letter(contact="ward-3"))
    assert transport.messages[0]["To"] == "osasto@xn--shkposti-0za6p.example"
    assert "<palvelupiste@xn--pohjoinen-vyl-lfbc.fi>" in transport.messages[0]["From"]
    assert str(transport.messages[0]["Message-ID"]).endswith("@xn--pohjoinen-vyl-lfbc.fi>")


async def test_a_controller_s_address_of_an_earlier_release_is_told_with_what_to_do(tmp_path: Path) -> None:
    sent = letter(contact="controller:County A", address="desk@example.org\u200b")
    with pytest.raises(ApplicationError, match=r"U\+200B.*Assess the breach again") as refusal:
        await room(tmp_path, RecordingTransport()).send_letter(sent)
    assert "desk@" not in refusal.value.message


async def test_an_attachment_that_was_changed_is_not_sent(tmp_path: Path) -> None:
    form = document(tmp_path / "forms")
    (tmp_path / "forms" / form.name).write_bytes(b"another form")
    with pytest.raises(ApplicationError, match="SHA-256 differs") as refusal:
        await room(tmp_path, RecordingTransport()).send_letter(letter(attachments=[form]))
    assert refusal.value.type == FORM_UNUSABLE


async def test_an_attachment_that_is_away_is_waited_for(tmp_path: Path) -> None:
    form = document(tmp_path / "forms")
    (tmp_path / "forms" / form.name).rename(tmp_path / "elsewhere")
    with pytest.raises(ApplicationError, match="is not where it was kept") as error:
        await room(tmp_path, RecordingTransport()).send_letter(letter(attachments=[form]))
    assert not error.value.non_retryable


async def test_the_letter_about_a_refused_report_does_not_carry_the_report(tmp_path: Path) -> None:
    transport = RecordingTransport()
    some = letter(kind="not_sent", duty_kind="report_to_kela", attachments=[document(tmp_path / "forms")])
    await room(tmp_path, transport).send_letter(some)
    assert list(transport.messages[0].iter_attachments()) == []


async def test_a_refusal_goes_through_to_the_incident(tmp_path: Path) -> None:
    transport = RecordingTransport(refused("bad key", act="Set a new one"))
    with pytest.raises(ApplicationError, match=r"bad key. Set a new one") as refusal:
        await room(tmp_path, transport).send_letter(letter())
    assert refusal.value.type == REFUSED_BY_PROVIDER
    assert kept(tmp_path) == []


# --- The outbox as the way of sending ---


async def test_the_outbox_keeps_live_mail_once_and_privately(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert await outbox.deliver(live(letter())) == await outbox.deliver(live(letter()))
    (path,) = (tmp_path / "outbox").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.name.startswith("INC-1-start-")
    assert "ward-3" not in path.name
    sent = await room(tmp_path, outbox).send_letter(letter())
    assert (sent.state, sent.channel) == ("accepted", "outbox")


async def test_an_outbox_that_cant_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(ApplicationError, match="can't be written") as error:
        await Outbox(tmp_path / "outbox").deliver(live(letter()))
    assert not error.value.non_retryable


async def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    some: Letter = letter(attachments=[document(tmp_path)])
    assert bytes(live(some).message) == bytes(live(some).message)


class HeldUp(RecordingTransport):
    """Has the message, and answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.has_it, self.may_answer = asyncio.Event(), asyncio.Event()

    async def deliver(self, mail: LiveMail) -> str:
        self.has_it.set()
        await self.may_answer.wait()
        return await super().deliver(mail)


async def test_what_the_provider_has_is_noted_though_nobody_waits_for_it(tmp_path: Path) -> None:
    provider = HeldUp()
    sending = asyncio.create_task(room(tmp_path, provider).send_letter(letter()))
    await provider.has_it.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    provider.may_answer.set()
    async with asyncio.timeout(30):
        while not kept(tmp_path):  # noqa: ASYNC110  # it is kept by what nobody waits for
            await asyncio.sleep(0.01)
    again = await room(tmp_path, provider).send_letter(letter())
    assert (len(provider.messages), again.state) == (1, "accepted")
    assert "unknown" not in again.detail


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Todistusaineiston merkintöjä tähän asti: 1. Viimeisen SHA-256: "),
        ("sv", "Poster i bevismaterialet hittills: 1. SHA-256 för den sista: "),
        ("en", "Evidence entries so far: 1. SHA-256 of the last one: "),
    ],
)
async def test_a_letter_that_tells_the_end_carries_the_head_of_the_evidence(
    tmp_path: Path, language: Language, words: str
) -> None:
    transport = RecordingTransport()
    await room(tmp_path, transport).send_letter(letter(key="k/1", language=language))
    head = CaseFolders(tmp_path / "cases").head(letter().reference)
    await room(tmp_path, transport).send_letter(letter(key="k/2", kind="end", language=language))
    start, end = (message.get_content() for message in transport.messages)
    assert head is not None
    assert words + head.sha256 in " ".join(end.split())
    assert head.sha256 not in start
