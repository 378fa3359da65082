"""Tokens of Entra ID against a local server that checks who asks: given, kept, replaced, refused in words."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from temporalio.exceptions import ApplicationError

from activities.mail.transport import NOT_NOW
from tests.activities.mail.microsoft_double import SECRET, MicrosoftDouble
from tests.activities.mail.smtp_double import free_port
from workflows.process.ports import REFUSED_BY_PROVIDER

RESOURCE = "https://outlook.example"


@pytest.fixture(scope="module")
def entra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MicrosoftDouble]:
    with MicrosoftDouble(tmp_path_factory.mktemp("entra")).running() as double:
        yield double


def problem(entra: MicrosoftDouble, **app: Any) -> ApplicationError:
    """Why there is no token; nothing secret is in it."""
    with pytest.raises(ApplicationError) as raised:
        entra.tokens(RESOURCE, **app).get()
    assert SECRET not in str(raised.value)
    assert "@" not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


def test_a_token_is_for_one_resource_and_kept_until_it_is_not_accepted(entra: MicrosoftDouble) -> None:
    tokens = entra.tokens(RESOURCE)
    first = tokens.get()
    assert entra.accepts(first, RESOURCE)
    assert not entra.accepts(first, entra.host)
    assert tokens.get() == first
    assert tokens.get(fresh=True) != first


def test_a_secret_that_is_replaced_in_its_file_is_used_at_once(entra: MicrosoftDouble) -> None:
    secrets = ["old", SECRET]
    tokens = entra.tokens(RESOURCE, secret=lambda: secrets.pop(0))
    with pytest.raises(ApplicationError):
        tokens.get()
    assert entra.accepts(tokens.get(), RESOURCE)


def test_a_wrong_secret_says_what_to_set_and_no_secret(entra: MicrosoftDouble) -> None:
    error = problem(entra, secret=lambda: "wr0ng")
    assert (error.type, error.non_retryable) == (REFUSED_BY_PROVIDER, True)
    assert "oauth_client_secret_file" in error.message
    assert "wr0ng" not in error.message
    assert "Trace ID" not in error.message


def test_an_unknown_app_and_an_unknown_tenant_are_told_apart(entra: MicrosoftDouble) -> None:
    assert "correct oauth_client_id or oauth_tenant" in problem(entra, client_id="nobody").message
    assert "There is no such tenant" in problem(entra, tenant="elsewhere.example").message


def test_without_a_credential_nothing_is_asked(entra: MicrosoftDouble) -> None:
    heard = len(entra.heard)
    assert "no secret and no certificate" in problem(entra, secret=lambda: None).message
    assert len(entra.heard) == heard


def app_certificate() -> tuple[str, bytes]:
    """A certificate with its key as one PEM text, and the certificate alone, as Entra ID has it."""
    key = rsa.generate_private_key(65537, 2048)
    name, today = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")]), datetime(2026, 11, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(today).not_valid_after(today + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (private + public).decode(), public


def test_a_certificate_instead_of_a_secret(entra: MicrosoftDouble) -> None:
    pem, entra.known_certificate = app_certificate()
    assert entra.accepts(entra.tokens(RESOURCE, certificate=lambda: pem).get(), RESOURCE)
    other, _ = app_certificate()
    assert "upload that of oauth_certificate_file" in problem(entra, certificate=lambda: other).message
    assert "holds no certificate" in problem(entra, certificate=lambda: "no PEM").message


@pytest.mark.parametrize(
    "answer", [(400, {"error": "temporarily_unavailable", "error_description": "AADSTS90033: try later"}), (503, {})]
)
def test_a_token_server_that_is_busy_is_asked_again(answer: Any, entra: MicrosoftDouble) -> None:
    entra.token_answers = [answer] * 2  # msal tries a 5xx once more by itself
    error = problem(entra)
    entra.token_answers.clear()
    assert (error.type, error.non_retryable) == (NOT_NOW, False)


def test_nobody_there_is_tried_again(entra: MicrosoftDouble) -> None:
    assert problem(entra, authority=f"https://127.0.0.1:{free_port()}").type == NOT_NOW


def test_a_certificate_of_an_unknown_authority_names_the_setting(entra: MicrosoftDouble) -> None:
    error = problem(entra, tls=ssl.create_default_context())
    assert error.type == REFUSED_BY_PROVIDER
    assert "set oauth_ca_file" in error.message


def test_nothing_secret_is_logged(entra: MicrosoftDouble, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    del tmp_path
    caplog.set_level(logging.DEBUG)
    token = entra.tokens(RESOURCE).get()
    assert SECRET not in caplog.text
    assert token not in caplog.text
