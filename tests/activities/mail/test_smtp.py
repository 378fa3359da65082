"""SMTP against a real server: encrypted, logged in, refused, put off, cut off."""

from __future__ import annotations

import contextlib
import email
from collections.abc import Iterator
from datetime import timedelta
from email.policy import SMTP
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail.smtp import Smtp
from activities.mail.transport import DELIVERY_UNKNOWN, NOT_NOW
from tests.activities.mail.microsoft_double import MicrosoftDouble
from tests.activities.mail.post_office import document, letter, live
from tests.activities.mail.smtp_double import (
    PASSWORD,
    USER,
    Postmaster,
    RudeServer,
    TokenPostmaster,
    certificate,
    free_port,
    login,
    smtp_server,
)
from workflows.process.ports import REFUSED_BY_PROVIDER

WARD = "ward3@organisation.example"


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


async def problem(smtp: Smtp) -> ApplicationError:
    with pytest.raises(ApplicationError) as error:
        await smtp.deliver(live(letter()))
    assert "@" not in str(error.value)
    assert error.value.__cause__ is None
    return error.value


async def test_starttls_and_login(tmp_path: Path, postmaster: Postmaster) -> None:
    server, client = certificate(tmp_path)
    options = {"require_starttls": True, "tls_context": server, "auth_required": True, "authenticator": login}
    mail = live(letter(attachments=[document(tmp_path)]))
    with smtp_server(postmaster, **options) as port:
        assert await Smtp("127.0.0.1", port, user=USER, password=lambda: PASSWORD, tls=client).deliver(mail) == ""

    (envelope,) = postmaster.messages
    assert envelope.rcpt_tos == [WARD]
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=SMTP)
    assert message["Message-ID"] == mail.message_id
    assert [part.get_filename() for part in message.iter_attachments()] == ["häiriöilmoitus.docx"]


async def test_tls_from_the_first_byte(tmp_path: Path, postmaster: Postmaster) -> None:
    server, client = certificate(tmp_path)
    with smtp_server(postmaster, ssl_context=server) as port:
        await Smtp("127.0.0.1", port, security="tls", tls=client).deliver(live(letter()))
    assert len(postmaster.messages) == 1


async def test_plain_on_request(postmaster: Postmaster) -> None:
    with smtp_server(postmaster) as port:
        await Smtp("127.0.0.1", port, security="none").deliver(live(letter()))
    assert len(postmaster.messages) == 1


def test_no_password_without_encryption() -> None:
    with pytest.raises(ValueError, match="SMTP login needs TLS"):
        Smtp("127.0.0.1", security="none", user=USER)


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, postmaster: Postmaster) -> None:
    server, _ = certificate(tmp_path)
    with smtp_server(postmaster, tls_context=server) as port:
        error = await problem(Smtp("127.0.0.1", port))
    assert error.type == REFUSED_BY_PROVIDER
    assert "certificate" in error.message
    assert postmaster.messages == []


async def test_a_server_without_starttls_is_refused(postmaster: Postmaster) -> None:
    with smtp_server(postmaster) as port:
        error = await problem(Smtp("127.0.0.1", port))
    assert error.type == REFUSED_BY_PROVIDER
    assert postmaster.messages == []


async def test_a_wrong_password_is_refused_without_naming_it(tmp_path: Path, postmaster: Postmaster) -> None:
    server, client = certificate(tmp_path)
    options = {"tls_context": server, "auth_required": True, "authenticator": login}
    with smtp_server(postmaster, **options) as port:
        error = await problem(Smtp("127.0.0.1", port, user=USER, password=lambda: "wr0ng", tls=client))
    assert error.type == REFUSED_BY_PROVIDER
    assert "535" in error.message
    assert "wr0ng" not in error.message


async def test_the_password_is_read_at_each_try(tmp_path: Path, postmaster: Postmaster) -> None:
    server, client = certificate(tmp_path)
    passwords = ["old", PASSWORD]
    with smtp_server(postmaster, tls_context=server, auth_required=True, authenticator=login) as port:
        smtp = Smtp("127.0.0.1", port, user=USER, password=lambda: passwords.pop(0), tls=client)
        await problem(smtp)
        await smtp.deliver(live(letter()))
    assert len(postmaster.messages) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 no such user ward3@organisation.example here", REFUSED_BY_PROVIDER),
        ("451 greylisted, come back", NOT_NOW),
        ("421 shutting down", NOT_NOW),
    ],
)
async def test_a_refused_recipient(answer: str, kind: str, postmaster: Postmaster) -> None:
    postmaster.to[WARD] = answer
    with smtp_server(postmaster) as port:
        error = await problem(Smtp("127.0.0.1", port, security="none"))
    assert error.type == kind
    assert error.non_retryable == (kind == REFUSED_BY_PROVIDER)
    assert answer[:3] in error.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("554 5.7.1 content refused", REFUSED_BY_PROVIDER),
        ("452 disk full", NOT_NOW),
        ("299 nonsense", DELIVERY_UNKNOWN),
    ],
)
async def test_refused_content(answer: str, kind: str, postmaster: Postmaster) -> None:
    postmaster.answer = answer
    with smtp_server(postmaster) as port:
        error = await problem(Smtp("127.0.0.1", port, security="none"))
    assert error.type == kind


async def test_too_large_is_refused_for_good(tmp_path: Path, postmaster: Postmaster) -> None:
    big = live(letter(attachments=[document(tmp_path, content=b"x" * 50_000)]))
    with smtp_server(postmaster, data_size_limit=20_000) as port, pytest.raises(ApplicationError, match="552") as error:
        await Smtp("127.0.0.1", port, security="none").deliver(big)
    assert error.value.type == REFUSED_BY_PROVIDER


async def test_taken_for_some_but_not_for_all_is_said_and_not_tried_again(postmaster: Postmaster) -> None:
    postmaster.to["b@organisation.example"] = "451 busy"
    mail = live(letter())
    mail.message.replace_header("To", "a@organisation.example, b@organisation.example")
    with smtp_server(postmaster) as port, pytest.raises(ApplicationError, match=r"not for 1 recipient") as error:
        await Smtp("127.0.0.1", port, security="none").deliver(mail)
    assert error.value.type == REFUSED_BY_PROVIDER
    assert len(postmaster.messages) == 1


async def test_an_address_that_the_server_cant_write_is_refused(postmaster: Postmaster) -> None:
    mail = live(letter())
    mail.message.replace_header("To", "käyttötuki@organisation.example")
    with smtp_server(postmaster, enable_SMTPUTF8=False) as port, pytest.raises(ApplicationError) as error:
        await Smtp("127.0.0.1", port, security="none").deliver(mail)
    assert "can't do what is needed" in error.value.message
    assert error.value.type == REFUSED_BY_PROVIDER


async def test_a_closed_port_is_tried_again() -> None:
    error = await problem(Smtp("127.0.0.1", free_port(), security="none"))
    assert (error.type, error.non_retryable) == (NOT_NOW, False)


async def test_a_server_that_says_nothing_is_tried_again() -> None:
    with RudeServer(greeting=b"").running() as port:
        error = await problem(Smtp("127.0.0.1", port, security="none", timeout=timedelta(milliseconds=200)))
    assert error.type == NOT_NOW


async def test_a_server_that_is_no_mail_server_is_tried_again() -> None:
    with RudeServer(greeting=b"HTTP/1.1 400 Bad Request").running() as port:
        error = await problem(Smtp("127.0.0.1", port, security="none"))
    assert error.type in {NOT_NOW, DELIVERY_UNKNOWN}


@pytest.mark.parametrize("after_data", [None, b""])
async def test_a_server_that_takes_the_message_and_falls_silent_leaves_a_doubt(after_data: bytes | None) -> None:
    with RudeServer(after_data=after_data).running() as port:
        error = await problem(Smtp("127.0.0.1", port, security="none", timeout=timedelta(milliseconds=200)))
    assert (error.type, error.non_retryable) == (DELIVERY_UNKNOWN, False)


async def test_a_server_that_is_rude_after_accepting_has_accepted_all_the_same() -> None:
    server = RudeServer(bye=b"500 go away")
    with server.running() as port:
        assert await Smtp("127.0.0.1", port, security="none").deliver(live(letter())) == ""
    assert server.accepted == 1


# --- login by token (Exchange Online) -----------------------------------------------------------------------

EXCHANGE, SENDER = "https://outlook.example", "desk@organisation.example"


@pytest.fixture(scope="module")
def entra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(tmp_path_factory.mktemp("entra")).running() as double:
        yield double


@contextlib.contextmanager
def exchange(folder: Path, entra: MicrosoftDouble) -> Iterator[tuple[TokenPostmaster, Smtp]]:
    """A server that takes tokens of Entra ID for Exchange, and a way to it."""
    server, client = certificate(folder)
    postmaster = TokenPostmaster(SENDER, lambda token: entra.accepts(token, EXCHANGE))
    options = {"require_starttls": True, "tls_context": server, "auth_required": True}
    with smtp_server(postmaster, **options, auth_exclude_mechanism=["LOGIN", "PLAIN"]) as port:
        yield postmaster, Smtp("127.0.0.1", port, user=SENDER, tokens=entra.tokens(EXCHANGE), tls=client)


async def test_a_token_logs_in_and_an_expired_one_is_replaced_once(tmp_path: Path, entra: MicrosoftDouble) -> None:
    with exchange(tmp_path, entra) as (postmaster, smtp):
        await smtp.deliver(live(letter()))
        smtp.check()
        entra.expire_all()
        await smtp.deliver(live(letter()))
    assert (len(postmaster.messages), postmaster.refusals) == (2, 1)


async def test_a_token_that_opens_no_mailbox_is_refused_with_what_to_look_at(
    tmp_path: Path, entra: MicrosoftDouble
) -> None:
    with exchange(tmp_path, entra) as (postmaster, smtp):
        smtp._user = "other@organisation.example"
        error = await problem(smtp)
    assert (error.type, postmaster.refusals, postmaster.messages) == (REFUSED_BY_PROVIDER, 2, [])
    assert "answered 535" in error.message
    assert "SMTP.SendAsApp" in error.message
    assert not any(token in error.message for token in entra.issued)


async def test_without_a_token_no_connection_is_used(tmp_path: Path, entra: MicrosoftDouble) -> None:
    with exchange(tmp_path, entra) as (postmaster, smtp):
        smtp._tokens = entra.tokens(EXCHANGE, secret=lambda: "wrong")
        error = await problem(smtp)
    assert (error.type, postmaster.messages) == (REFUSED_BY_PROVIDER, [])
    assert "oauth_client_secret_file" in error.message


async def test_a_server_that_takes_no_tokens_is_said(tmp_path: Path, entra: MicrosoftDouble) -> None:
    server, client = certificate(tmp_path)
    with smtp_server(Postmaster(), tls_context=server, auth_required=True, authenticator=login) as port:
        error = await problem(Smtp("127.0.0.1", port, user=SENDER, tokens=entra.tokens(EXCHANGE), tls=client))
    assert (error.type, "leave smtp_oauth out" in error.message) == (REFUSED_BY_PROVIDER, True)


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
            "switch it on",
        ),
        ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", "give Send As"),
        ("554 5.2.252 SendAsDenied; desk@organisation.example not allowed to send as other@x.example", "give Send As"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission", "set smtp_oauth"),
    ],
)
async def test_the_advice_follows_what_exchange_says(answer: str, advice: str, postmaster: Postmaster) -> None:
    postmaster.answer = answer
    with smtp_server(postmaster) as port:
        error = await problem(Smtp("127.0.0.1", port, security="none"))
    assert (error.type, advice in error.message) == (REFUSED_BY_PROVIDER, True), error.message


async def test_a_certificate_of_an_unknown_authority_names_the_setting(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    with smtp_server(Postmaster(), tls_context=server) as port:
        error = await problem(Smtp("127.0.0.1", port))
    assert (error.type, "set smtp_ca_file" in error.message) == (REFUSED_BY_PROVIDER, True)
