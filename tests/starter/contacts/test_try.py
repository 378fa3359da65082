"""``kantadesk contacts test`` on a real desk, with a real mail server: sent, recorded, refused, asked first."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.activities.mail.smtp_double import free_port
from tests.starter.conftest import Desk, started, stopped
from workers.settings import packaged_operating_model

CONTACT, WITH_NUMBER = "pharmacy-centre", "social-welfare"


class Mailbox:
    """A mail server that keeps what it gets, or refuses."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        if self.answer.startswith("250"):
            self.got.append(envelope)
        return self.answer


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    made, port = Mailbox(), free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, port
    controller.stop()


@pytest.fixture(scope="module")
def testing(tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int]) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("testing")
    (folder / "operating-model.toml").write_text(packaged_operating_model().read_text("utf-8"), encoding="utf-8")
    smtp = f'mail_transport = "smtp"\nsmtp_host = "127.0.0.1"\nsmtp_port = {mailbox[1]}\nsmtp_security = "none"\n'
    (folder / "kantadesk.toml").write_text(f'language = "en"\n{smtp}', encoding="utf-8")
    desk = started(folder)
    desk.until(lambda status: status["looked_at"], "contacts", "list")
    yield desk
    assert stopped(desk) == 0


def test_a_test_reaches_the_mailbox_and_stands_with_the_contact(testing: Desk, mailbox: tuple[Mailbox, int]) -> None:
    sent = testing("contacts", "test", WITH_NUMBER)
    assert sent.code == 0, sent.err
    assert "accepted by the provider" in sent.out
    assert "KEPT HERE" in sent.out, "text messages go nowhere here"
    content = mailbox[0].got[-1].content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=default)
    assert "TESTI" in str(message["Subject"])
    assert mailbox[0].got[-1].rcpt_tos == ["sosiaalihuolto@example.org"]
    shown = testing("contacts", "show", WITH_NUMBER)
    assert "tested: " in shown.out
    assert testing("contacts", "show", WITH_NUMBER, "--json").json["tested_at"]


def test_one_that_does_not_go_says_what_to_do(testing: Desk, mailbox: tuple[Mailbox, int]) -> None:
    mailbox[0].answer = "550 no such user"
    sent = testing("contacts", "test", CONTACT)
    mailbox[0].answer = "250 OK"
    assert sent.code == 2
    assert "DID NOT GO" in sent.out
    assert "test again" in sent.out
    assert "1 test did not go" in sent.err
    assert "tested: " not in testing("contacts", "show", CONTACT).out


def test_a_group_is_asked_first_and_what_is_unclear_is_refused(testing: Desk, mailbox: tuple[Mailbox, int]) -> None:
    before = len(mailbox[0].got)
    for wrong, why in (
        (("--group", "pharmacies"), "--yes"),
        ((), "give one contact"),
        (("desk", "--group", "pharmacies"), "give one contact"),
        (("--group", "nobody"), "'nobody' is none of these: "),
    ):
        refused = testing("contacts", "test", *wrong)
        assert refused.code == 2
        assert why in refused.err
    assert testing("contacts", "test", "pharmacy-center").code == 4
    assert len(mailbox[0].got) == before
    sent = testing("contacts", "test", "--group", "pharmacies", "--yes", "--json").json
    assert {each["state"] for each in sent["tests"] if each["channel"] == "email"} == {"accepted"}
    assert sent["recorded"] is True
