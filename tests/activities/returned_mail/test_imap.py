"""The mailbox of returned mail on a real IMAP server: read from where the last look stopped, changed by nothing."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.transport import NOT_NOW
from activities.returned_mail.imap import ImapMailbox
from activities.returned_mail.mailbox import AT_A_LOOK, OF_A_MAIL
from tests.activities.mail.microsoft_double import MicrosoftDouble
from tests.activities.mail.smtp_double import free_port
from tests.activities.returned_mail.dovecot import DOVECOT, PASSWORD, Dovecot, dovecot
from workflows.process.ports import REFUSED_BY_PROVIDER

pytestmark = pytest.mark.skipif(not DOVECOT, reason="no IMAP server here (Debian: dovecot-imapd)")
EXCHANGE = "https://outlook.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def entra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(tmp_path_factory.mktemp("entra")).running() as double:
        yield double


def mailbox(server: Dovecot, user: str, **other: Any) -> ImapMailbox:
    known: dict[str, Any] = {
        "host": "127.0.0.1", "port": server.port, "user": user, "folder": "INBOX", "security": "tls", "tls": server.tls,
        "password": lambda: PASSWORD,
    }  # fmt: skip
    return ImapMailbox(**known | other)


def mail(number: int) -> bytes:
    return f"From: a@b.example\r\nSubject: {number}\r\n\r\ntext {number}\r\n".encode()


async def problem(box: ImapMailbox) -> ApplicationError:
    with pytest.raises(ApplicationError) as error:
        await box.since("")
    assert PASSWORD not in error.value.message
    assert "@" not in error.value.message
    assert error.value.__cause__ is None
    return error.value


async def test_each_mail_is_read_once_and_left_as_it_is(server: Dovecot) -> None:
    box = mailbox(server, "once")
    assert await box.since("") == []
    server.arrives("once", mail(1))
    server.arrives("once", mail(2))
    first = await box.since("")
    assert [each.content for each in first] == [mail(1), mail(2)]
    assert await box.since(first[-1].mark) == []
    server.arrives("once", mail(3))
    assert [each.content for each in await box.since(first[-1].mark)] == [mail(3)]
    assert [each.content for each in await box.since(first[0].mark)] == [mail(2), mail(3)]
    assert {name.split(" ")[1] for name in server.files("once")} == {""}, "nothing is marked as read"
    assert len(server.files("once")) == 3


async def test_a_folder_whose_numbers_began_again_is_read_from_the_beginning(server: Dovecot) -> None:
    server.arrives("again", mail(1))
    (only,) = await mailbox(server, "again").since("")
    validity, _, uid = only.mark.partition(":")
    for mark in (f"{int(validity) + 1}:{uid}", "nonsense", f"{validity}:x"):
        assert [each.content for each in await mailbox(server, "again").since(mark)] == [mail(1)]


async def test_of_many_mails_a_part_at_a_time_and_of_a_large_one_its_beginning(server: Dovecot) -> None:
    server.arrives("many", mail(0) + b"x" * 3 * OF_A_MAIL)
    for number in range(1, AT_A_LOOK + 5):
        server.arrives("many", mail(number))
    box = mailbox(server, "many")
    first = await box.since("")
    assert (len(first), len(first[0].content)) == (AT_A_LOOK, OF_A_MAIL)
    rest = await box.since(first[-1].mark)
    assert [each.content for each in rest] == [mail(number) for number in range(AT_A_LOOK, AT_A_LOOK + 5)]


async def test_starttls(server: Dovecot) -> None:
    server.arrives("start", mail(1))
    assert len(await mailbox(server, "start", port=server.plain, security="starttls").since("")) == 1


async def test_a_wrong_password_and_a_folder_that_is_not_there_are_said(server: Dovecot) -> None:
    wrong = await problem(mailbox(server, "desk", password=lambda: "wr0ng"))
    assert (wrong.type, "imap_password_file" in wrong.message) == (REFUSED_BY_PROVIDER, True)
    nowhere = await problem(mailbox(server, "desk", folder="Returned mail"))
    assert (nowhere.type, "Correct bounces_folder" in nowhere.message) == (REFUSED_BY_PROVIDER, True)


async def test_nobody_there_and_a_certificate_of_an_unknown_authority(server: Dovecot) -> None:
    assert (await problem(mailbox(server, "desk", port=free_port()))).type == NOT_NOW
    unknown = await problem(mailbox(server, "desk", tls=ssl.create_default_context()))
    assert (unknown.type, "set imap_ca_file" in unknown.message) == (REFUSED_BY_PROVIDER, True)


async def test_a_token_logs_in_and_an_expired_one_is_replaced_once(server: Dovecot, entra: MicrosoftDouble) -> None:
    asked: list[str] = []

    def whose(token: str) -> str | None:
        asked.append(token)
        return "bounces" if entra.accepts(token, EXCHANGE) else None

    server.accepts = whose
    server.arrives("bounces", mail(1))
    box = mailbox(server, "bounces", tokens=entra.tokens(EXCHANGE), password=lambda: "none")
    assert len(await box.since("")) == 1
    entra.expire_all()
    await box.check()
    assert len(dict.fromkeys(asked)) == 2


async def test_a_token_that_opens_no_mailbox_is_refused_with_what_to_look_at(
    server: Dovecot, entra: MicrosoftDouble
) -> None:
    server.accepts = lambda _: None
    refusal = await problem(mailbox(server, "bounces", tokens=entra.tokens(EXCHANGE)))
    assert (refusal.type, "IMAP.AccessAsApp" in refusal.message) == (REFUSED_BY_PROVIDER, True)
    wrong = await problem(mailbox(server, "bounces", tokens=entra.tokens(EXCHANGE, secret=lambda: "wrong")))
    assert "oauth_client_secret_file" in wrong.message


def test_the_name_of_a_mailbox_holds_no_address(server: Dovecot, tmp_path: Path) -> None:
    del tmp_path
    assert "@" not in mailbox(server, "desk@organisation.example").name
