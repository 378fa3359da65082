"""A live incident (no drill), told by the command line alone to a real ``kantadesk up``, its mail to a local provider.

It is stopped in the middle and started again on the same folder.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from activities.mail.transport import INCIDENT_HEADER
from tests.activities.mail import sendgrid_description
from tests.activities.mail.sendgrid_description import Prism
from tests.activities.mail.sendgrid_double import KEY
from tests.activities.mail.smtp_double import PASSWORD, USER, Postmaster, certificate, login, smtp_server
from tests.starter.conftest import Desk, kantadesk, started, stopped
from workers.settings import packaged_operating_model

prism = sendgrid_description.prism  # the fixture
REFERENCE = "LIVE-1"
LETTERS = {"desk_opened": 1, "fault_report": 2, "start": 7, "change": 7, "end": 7}
JUDGED = (
    "--severity", "critical", "--extensive", "--criterion", "prevents_or_slows=yes", "--criterion",
    "localised_to_kela=unknown", "--criterion", "safety=no", "--criterion", "privacy=no", "--criterion",
    "locality_unsure_others_affected=no", "--criterion", "outside_kanta_blocks_use=no",
)  # fmt: skip


def installation(folder: Path, **mail: Any) -> Path:
    """A data folder as an organisation has it: its operating model (with a short watch) and its settings."""
    folder.mkdir()
    model = packaged_operating_model().read_text(encoding="utf-8")
    shortened, found = re.subn(r'^length = "24h"', 'length = "1s"', model, flags=re.MULTILINE)
    assert found == 1
    (folder / "operating-model.toml").write_text(shortened, encoding="utf-8")
    settings = "".join(f"{name} = {json.dumps(value)}\n" for name, value in mail.items())
    (folder / "kantadesk.toml").write_text(settings, encoding="utf-8")
    return folder


def secret(folder: Path, text: str) -> str:
    """A file with a secret, and its path."""
    path = folder / "secret"
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(desk: Desk, command: str, *arguments: str) -> Any:
    """Run one command of ``incident`` for the incident; its JSON."""
    answer = desk("incident", command, REFERENCE, *arguments, "--json")
    assert answer.code == 0, answer.err
    return answer.json


def lived_through(data_dir: Path) -> Any:
    """From the opening to the evidence, with a restart in the middle; the status at the end."""
    desk = started(data_dir)
    try:
        opened = desk("incident", "open", "--title", "Reseptit eivät aukea", "--service", "PRESCRIPTION",
                      "--reference", REFERENCE, "--reported-by", "Osasto 3", "--json")  # fmt: skip
        assert (opened.code, opened.json["created"]) == (0, True), opened.err
        told(desk, "triage", *JUDGED)
        told(desk, "call", "--reached", "--person", "Technical support", "--reference", "K-4711")
        told(desk, "update", "--text", "Paperireseptit käyttöön")
    finally:
        assert stopped(desk) == 0
    desk = started(data_dir)
    try:
        told(desk, "resolve", "--cause", "Varmenne oli vanhentunut", "--remedy", "Se uusittiin")
        status = told(desk, "watch")
        exported = desk("evidence", "export", REFERENCE, "--json")
        assert exported.code == 0, exported.err
    finally:
        assert stopped(desk) == 0
    verified = kantadesk(data_dir, "evidence", "verify", exported.json["path"], "--json")
    assert (verified.code, verified.json["unchanged"]) == (0, True), verified.err
    return status


def report_of(status: Any, provider: str) -> Any:
    """The letter that met the duty to report to Kela; checks the whole status on the way."""
    assert (status["phase"], status["drill"], status["problems"], status["rejected"]) == ("closed", False, [], [])
    assert Counter(letter["purpose"] for letter in status["messages"]) == LETTERS
    assert {letter["state"] for letter in status["messages"]} == {"accepted"}
    duties = {duty["id"]: duty for duty in status["duties"]}
    assert {name: duty["state"] for name, duty in duties.items()} == dict.fromkeys(
        ("triage", "report_to_kela", "phone_kela", "end_to_kela"), "met"
    )
    report, end = (letter for letter in status["messages"] if letter["purpose"] == "fault_report")
    assert (end["to"], end["duty"]) == ("kela", "end_to_kela")
    assert (report["to"], report["duty"]) == ("kela", "report_to_kela")
    assert report["detail"].startswith(f"accepted by {provider}")
    assert duties["report_to_kela"]["reference"] == report["id"]
    assert duties["report_to_kela"]["met_at"] == report["sent_at"]
    assert duties["phone_kela"]["reference"] == "K-4711"
    return report


def received(postmaster: Postmaster) -> list[EmailMessage]:
    """The letters that arrived."""
    contents = [envelope.content for envelope in postmaster.messages]
    return [email.message_from_bytes(c, policy=email.policy.default) for c in contents if isinstance(c, bytes)]


def written_by_the_watchdog(data_dir: Path) -> list[str]:
    """The letters of the desk's watchdog as they were sent: it may find something on a machine that is slow."""
    letters = [path.read_text(encoding="utf-8") for path in data_dir.glob("evidence/case-watchdog~letters/**/*.eml")]
    for letter in letters:
        print(letter)  # noqa: T201  # shown where the test fails
    return letters


@pytest.mark.slow
def test_with_mail_by_smtp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, _ = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))  # how an organisation makes its own CA known
    options = {"require_starttls": True, "tls_context": server, "auth_required": True, "authenticator": login}
    postmaster = Postmaster()
    with smtp_server(postmaster, **options) as port:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_user": USER}
        password = secret(tmp_path, PASSWORD)
        status = lived_through(
            installation(tmp_path / "desk", mail_transport="smtp", smtp_password_file=password, **mail)
        )

    report = report_of(status, "the mail server 127.0.0.1")
    received_at_all = received(postmaster)
    letters = [letter for letter in received_at_all if letter[INCIDENT_HEADER] == REFERENCE]
    others = {letter[INCIDENT_HEADER] for letter in received_at_all} - {REFERENCE}
    assert len(received_at_all) == len(letters) + len(written_by_the_watchdog(tmp_path / "desk")), others
    ids = [letter["Message-ID"].strip("<>") for letter in letters]
    assert sorted(ids) == sorted(letter["id"] for letter in status["messages"])
    to_kela = letters[ids.index(report["id"])]
    forms = [document["name"] for document in status["documents"] if document["name"].endswith(".docx")]
    assert [part.get_filename() for part in to_kela.iter_attachments()] == forms[:1]
    assert len(forms) == LETTERS["fault_report"]


@pytest.mark.slow
def test_with_mail_by_sendgrid_as_its_own_description_checks_it(tmp_path: Path, prism: Prism) -> None:
    before = len(prism.said)
    key = secret(tmp_path, KEY)
    status = lived_through(
        installation(tmp_path / "desk", mail_transport="sendgrid", sendgrid_api_key_file=key, sendgrid_host=prism.host)
    )

    report_of(status, "SendGrid")
    heard = prism.said[before:]
    assert sum("Request received" in line for line in heard) == sum(LETTERS.values()) + len(
        written_by_the_watchdog(tmp_path / "desk")
    )
    assert not [line for line in heard if "iolation" in line or "ERROR" in line]
