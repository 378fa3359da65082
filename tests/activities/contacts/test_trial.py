"""A test message to one contact: it really goes, says that it is a test, and stands in the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.contacts.trial import ContactTrials, Tried
from activities.mail.outbox import Outbox
from activities.mail.transport import LiveMail, Transport, not_now, refused, unknown
from activities.operating_model.file import load_operating_model
from activities.returned_mail.addresses import digest_of
from activities.text_messages.length import length_of
from activities.text_messages.transport import THIS_RECIPIENT, LiveText, TextOutbox, TextTransport
from tests.store import ledger_in
from workers.settings import packaged_operating_model
from workflows.procedure.operating_model.model import OperatingModel


@dataclass
class Post(Transport):
    """A provider that accepts, or answers as it is told."""

    answer: ApplicationError | None = None
    sent: list[LiveMail] = field(default_factory=list)
    provider = "the post"

    async def deliver(self, mail: LiveMail) -> str:
        if self.answer:
            raise self.answer
        self.sent.append(mail)
        return "1"


@dataclass
class Texts(TextTransport):
    """Likewise, of text messages."""

    answer: ApplicationError | None = None
    sent: list[LiveText] = field(default_factory=list)
    provider = "the texts"

    async def deliver(self, message: LiveText, *, is_mailing: bool = False) -> None:  # noqa: ARG002  # as the port has it
        if self.answer:
            raise self.answer
        self.sent.append(message)


@pytest.fixture(scope="module")
def model() -> OperatingModel:
    return load_operating_model(packaged_operating_model())


WITH_NUMBER = "social-welfare"
SAID = {"fi": "TESTI", "sv": "TEST", "en": "TEST"}


async def test_each_language_says_that_it_is_a_test_and_that_nothing_has_happened(
    model: OperatingModel, tmp_path: Path
) -> None:
    post, texts = Post(), Texts()
    trials = ContactTrials(post, texts, ledger_in(tmp_path / "sent"))
    for contact, entry in model.contacts.items():
        assert {each.state for each in await trials.try_all(contact, model)} == {"accepted"}
        message = message_from_bytes(bytes(post.sent[-1].message), policy=default)
        assert SAID[entry.language] in str(message["Subject"])
        assert post.sent[-1].address == entry.email
        body = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert model.organisation.email in body
        if entry.text_message:
            assert texts.sent[-1].text.startswith(SAID[entry.language])
            assert length_of(texts.sent[-1].text).parts <= 2
    assert {entry.language for entry in model.contacts.values()} == {*SAID}
    assert len(texts.sent) == sum(bool(entry.text_message) for entry in model.contacts.values())


async def test_one_that_comes_back_is_known_by_its_message_id_and_nobody_waits_for_an_answer(
    model: OperatingModel, tmp_path: Path
) -> None:
    post, ledger = Post(), ledger_in(tmp_path / "sent")
    await ContactTrials(post, Texts(), ledger).try_all("desk", model)
    note = ledger.by_message_id(post.sent[0].message_id.strip("<>"))
    assert note is not None
    assert note.sent is not None
    assert (note.sent.to, note.address) == ("desk", digest_of(model.contacts["desk"].email))
    assert ledger.unanswered() == []
    assert "@" not in "".join(path.name for path in (tmp_path / "sent").iterdir())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refused("no such number", THIS_RECIPIENT, act="Correct it"), ("failed", "no such number. Correct it", True)),
        (refused("the key is wrong", act="Look"), ("failed", "the key is wrong. Look", False)),
        (not_now("it is down"), ("failed", "it is down", False)),
        (unknown("it did not answer"), ("unknown", "it did not answer", False)),
    ],
)
async def test_what_did_not_go_says_why_and_the_other_way_is_tried_all_the_same(
    model: OperatingModel, tmp_path: Path, answer: ApplicationError, expected: tuple[str, str, bool]
) -> None:
    ledger = ledger_in(tmp_path / "sent")
    by_mail, by_text = await ContactTrials(Post(answer), Texts(), ledger).try_all(WITH_NUMBER, model)
    assert (by_mail[2:], by_text.state) == (expected, "accepted")
    by_mail, by_text = await ContactTrials(Post(), Texts(answer), ledger).try_all(WITH_NUMBER, model)
    assert (by_mail.state, by_text[2:]) == ("accepted", expected)
    assert ledger.unanswered() == []


async def test_where_nothing_leaves_the_house_it_is_said(model: OperatingModel, tmp_path: Path) -> None:
    trials = ContactTrials(Outbox(tmp_path / "outbox"), TextOutbox(tmp_path / "outbox"), ledger_in(tmp_path / "sent"))
    assert await trials.try_all(WITH_NUMBER, model) == [
        Tried(WITH_NUMBER, "email", "kept"), Tried(WITH_NUMBER, "text_message", "kept")
    ]  # fmt: skip
    assert sorted(path.suffix for path in (tmp_path / "outbox").iterdir()) == [".eml", ".txt"]
