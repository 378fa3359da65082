"""What the doctor says of each way that mail takes, against local servers, without sending anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities.operating_model.file import load_operating_model
from activities.returned_mail.addresses import Returned, digest_of
from starter.doctor.mail_checks import check_mail
from tests.activities.mail.microsoft_double import CLIENT, MAILBOX, SECRET, TENANT, MicrosoftDouble, Said
from tests.activities.mail.sendgrid_double import Answer, SendGridDouble
from tests.activities.mail.smtp_double import TokenPostmaster, certificate, free_port, smtp_server
from workers.mail import returned_addresses
from workers.settings import Settings, load


def settings(folder: Path, **more: str | Path | int) -> Settings:
    """The settings of a desk in this folder."""
    given = {f"KANTADESK_{name.upper()}": str(value) for name, value in more.items()}
    return load({"KANTADESK_DATA_DIR": str(folder), "HOME": str(folder), **given})


def said(desk: Settings) -> tuple[str, str, str]:
    """Level, detail and what to do of the check of the way out."""
    return about(desk, "mail")


def about(desk: Settings, what: str) -> tuple[str, str, str]:
    """The same of another check."""
    finding = next(each for each in check_mail(desk) if each.what == what)
    assert bool(finding.to_do) == (finding.level != "ok")
    assert "\n" not in finding.detail + finding.to_do
    return finding.level, finding.detail, finding.to_do


@pytest.fixture(scope="module")
def microsoft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(tmp_path_factory.mktemp("microsoft")).running() as double:
        yield double


def app(microsoft: MicrosoftDouble, folder: Path, secret: str = SECRET) -> dict[str, str | Path | int]:
    """The settings of the app that is registered there."""
    file = folder / "secret"
    file.write_text(secret + "\n", encoding="utf-8")
    return {
        "oauth_tenant": TENANT, "oauth_client_id": CLIENT, "oauth_client_secret_file": file,
        "oauth_authority": microsoft.host, "oauth_ca_file": microsoft.ca_file, "graph_host": microsoft.host,
        "exchange_host": "https://outlook.example",
    }  # fmt: skip


def test_the_outbox_leaves_the_house_never(tmp_path: Path) -> None:
    level, detail, to_do = said(settings(tmp_path))
    assert (level, "nothing leaves the house" in detail, "docs/mail.md" in to_do) == ("warning", True, True)


def test_graph(tmp_path: Path, microsoft: MicrosoftDouble) -> None:
    way = {"mail_transport": "graph", "graph_mailbox": MAILBOX}
    assert said(settings(tmp_path, **way, **app(microsoft, tmp_path)))[0] == "ok"
    level, detail, to_do = said(settings(tmp_path, **way, **app(microsoft, tmp_path, "wr0ng")))
    assert (level, "gives no token" in detail) == ("fault", True)
    assert "oauth_client_secret_file" in to_do
    microsoft.answers["GET /mailFolders/drafts"] = [Said(403, "ErrorAccessDenied", message="Access is denied. Check.")]
    level, detail, to_do = said(settings(tmp_path, **way, **app(microsoft, tmp_path)))
    assert (level, detail) == ("fault", "Microsoft Graph answered 403 (ErrorAccessDenied: Access is denied. Check.)")
    assert to_do.startswith("an administrator must let the app use the mailbox")
    assert microsoft.messages == {}


@contextlib.contextmanager
def exchange(folder: Path, microsoft: MicrosoftDouble) -> Iterator[dict[str, str | Path | int]]:
    server, _ = certificate(folder)
    postmaster = TokenPostmaster(MAILBOX, lambda token: microsoft.accepts(token, "https://outlook.example"))
    with smtp_server(postmaster, tls_context=server, require_starttls=True, auth_required=True) as port:
        yield {
            "mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_user": MAILBOX,
            "smtp_oauth": "true", "smtp_ca_file": folder / "mail.pem",
        }  # fmt: skip
    assert postmaster.messages == []


def test_smtp_with_a_token(tmp_path: Path, microsoft: MicrosoftDouble) -> None:
    with exchange(tmp_path, microsoft) as way:
        level, detail, _ = said(settings(tmp_path, **way, **app(microsoft, tmp_path)))
        assert (level, "takes the login" in detail) == ("ok", True)
        other = way | {"smtp_user": "other@organisation.example"}
        level, detail, to_do = said(settings(tmp_path, **other, **app(microsoft, tmp_path)))
        assert (level, "535" in detail, "SMTP.SendAsApp" in to_do) == ("fault", True, True)
        del other["smtp_ca_file"]
        assert "set smtp_ca_file" in said(settings(tmp_path, **other, **app(microsoft, tmp_path)))[2]


def test_a_server_that_is_not_there_and_a_file_that_holds_no_certificates(tmp_path: Path) -> None:
    way: dict[str, str | Path | int] = {"mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": free_port()}
    level, detail, to_do = said(settings(tmp_path, **way))
    assert (level, detail.endswith("refused)"), "host and port" in to_do) == ("fault", True, True), detail
    nothing = tmp_path / "ca.pem"
    nothing.write_text("nothing", encoding="utf-8")
    assert said(settings(tmp_path, **way, smtp_ca_file=nothing))[1].startswith("smtp_ca_file: ")


def test_sendgrid(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("SG.key", encoding="utf-8")
    with SendGridDouble().running() as double:
        desk = settings(tmp_path, mail_transport="sendgrid", sendgrid_api_key_file=key, sendgrid_host=double.host)
        double.answers = [Answer(200, body='{"scopes": ["mail.send"]}'), Answer(200, body='{"scopes": []}')]
        assert said(desk)[0] == "ok"
        level, _, to_do = said(desk)
        assert (level, "(Mail Send)" in to_do) == ("fault", True)


def test_the_mailbox_of_returned_mail(tmp_path: Path, microsoft: MicrosoftDouble) -> None:
    way: dict[str, str | Path | int] = {"mail_transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": free_port()}
    level, _, to_do = about(settings(tmp_path, **way), "returned mail")
    assert (level, "set bounces to imap or graph" in to_do) == ("warning", True)
    box = {"bounces": "graph", "bounces_mailbox": MAILBOX}
    level, detail, _ = about(settings(tmp_path, **box, **app(microsoft, tmp_path)), "returned mail")
    assert (level, detail.endswith("can be opened (nothing was read)")) == ("ok", True)
    nobody = box | {"bounces_mailbox": "nobody@organisation.example"}
    level, _, to_do = about(settings(tmp_path, **nobody, **app(microsoft, tmp_path)), "returned mail")
    assert (level, "bounces_mailbox" in to_do) == ("fault", True)
    assert not [each for each in check_mail(settings(tmp_path)) if each.what == "returned mail"]


def test_a_secret_that_cant_be_read_names_its_setting(tmp_path: Path, microsoft: MicrosoftDouble) -> None:
    missing = app(microsoft, tmp_path) | {"oauth_client_secret_file": tmp_path / "none"}
    level, detail, to_do = said(settings(tmp_path, mail_transport="graph", graph_mailbox=MAILBOX, **missing))
    assert (level, detail.startswith("oauth_client_secret_file: "), to_do) == ("fault", True, "correct the setting")


def test_each_contact_whose_address_mail_came_back_from_is_named(tmp_path: Path) -> None:
    desk = settings(tmp_path)
    model = load_operating_model(desk.operating_model)
    name, contact = next(iter(model.contacts.items()))
    moment = datetime(2099, 1, 1, tzinfo=UTC)
    back = Returned(what="bounced", at=moment, sent_at=moment, message_id="m@x.example", why="5.1.1 no such user")
    returned_addresses(desk).keep(digest_of(contact.email), back)
    found = [each for each in check_mail(desk) if each.what == "returned mail"]
    same = {other for other, each in model.contacts.items() if each.email == contact.email}
    assert {each.detail.split(":")[0] for each in found} == {f"contact {each}" for each in same}
    assert f"contact {name}: mail to this address came back on 2099-01-01: 5.1.1 no such user" in {
        each.detail for each in found
    }
    assert all("renew verified_on" in each.to_do for each in found)
