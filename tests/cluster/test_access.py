"""Temporal's own login, as docs/security.md describes it: client certificates on the front end, roles by tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from temporalio.service import TLSConfig

from starter.client.failures import NOT_ALLOWED
from tests.certificates import Certificates
from tests.cluster.desk import desk_elsewhere, namespaces_made
from tests.cluster.nodes import Cluster, cluster
from tests.starter.conftest import TRIAGE, Answer, Desk, kantadesk

NAME = "temporal.test"
SETUP = "temporal-system:admin"
WORKER = ("default:write", "default:worker")


class Guarded:
    """A cluster whose front end wants a certificate and a token, and what opens it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.authority, self.key = Certificates(folder, "ours"), rsa.generate_private_key(65537, 2048)
        keys = {"keys": [{**json.loads(RSAAlgorithm.to_jwk(self.key.public_key())), "kid": "one", "alg": "RS256"}]}
        (folder / "jwks.json").write_text(json.dumps(keys), encoding="utf-8")
        certificate, private = self.authority.issued("front", dns=NAME)
        self.client = self.authority.issued("client")
        here = {"certFile": str(certificate), "keyFile": str(private)}
        known = {"serverName": NAME, "rootCaFiles": [str(self.authority.file)]}
        trusted = {"requireClientAuth": True, "clientCaFiles": [str(self.authority.file)]}
        self.of_global = {
            "tls": {"frontend": {"server": {**here, **trusted}, "client": known}},
            "authorization": {
                "jwtKeyProvider": {"keySourceURIs": [f"file://{folder / 'jwks.json'}"]},
                "permissionsClaimName": "permissions", "authorizer": "default", "claimMapper": "default",
            },
        }  # fmt: skip

    def token(self, *permissions: str, until: timedelta = timedelta(hours=1)) -> str:
        """A token with these permissions."""
        at = datetime.now(UTC)  # noqa: TID251  # the server takes the machine's clock
        claims = {"sub": "tester", "permissions": list(permissions), "iat": at - timedelta(hours=2), "exp": at + until}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})

    def around(self, address: str, *permissions: str, **changed: str) -> dict[str, str]:
        """What a command with these permissions finds in its environment; ``changed``: otherwise; empty: not set."""
        certificate, private = self.client
        settings = {
            "TEMPORAL_ADDRESS": address,
            "TEMPORAL_API_KEY": self.token(*permissions),
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.authority.file),
            "TEMPORAL_TLS_SERVER_NAME": NAME,
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(certificate),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(private),
            **changed,
        }
        return {name: value for name, value in settings.items() if value}

    def how(self) -> dict[str, Any]:
        """The same for the SDK, as the administrator."""
        certificate, private = self.client
        tls = TLSConfig(
            server_root_ca_cert=self.authority.file.read_bytes(), domain=NAME,
            client_cert=certificate.read_bytes(), client_private_key=private.read_bytes(),
        )  # fmt: skip
        return {"tls": tls, "api_key": self.token(SETUP)}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """What opens the door."""
    return Guarded(tmp_path_factory.mktemp("guarded") / "keys")


@pytest.fixture(scope="module")
def guarded_nodes(guarded: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster behind it."""
    with cluster(tmp_path_factory.mktemp("cluster"), **guarded.of_global) as running:
        namespaces_made(running, **guarded.how())
        yield running


@pytest.fixture(scope="module")
def guarded_desk(guarded: Guarded, guarded_nodes: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk behind it: set up by the administrator, with a worker that may what a worker must."""
    folder = tmp_path_factory.mktemp("desk")
    setup = guarded.around(guarded_nodes.address, SETUP)
    with desk_elsewhere(folder, setup=setup, **guarded.around(guarded_nodes.address, *WORKER)) as running:
        yield running


@pytest.mark.parametrize("permissions", [("default:write",), ("default:read",)])
def test_who_may_write_or_read_can_set_nothing_up(
    guarded: Guarded, guarded_nodes: Cluster, tmp_path: Path, permissions: tuple[str, ...]
) -> None:
    """Tried first: where all is set up already there is nothing to refuse."""
    refused = kantadesk(tmp_path, "setup", **guarded.around(guarded_nodes.address, *permissions))
    assert refused.code == 5
    assert refused.err.endswith(
        "set TEMPORAL_API_KEY to a token whose role is temporal-system:admin (docs/security.md)\n"
    )


def test_the_desk_writes_and_a_reader_reads(guarded: Guarded, guarded_nodes: Cluster, guarded_desk: Desk) -> None:
    reference = guarded_desk.incident()
    reader = guarded.around(guarded_nodes.address, "default:read")
    shown = guarded_desk("incident", "show", reference, "--json", **reader)
    assert (shown.code, shown.json["reference"]) == (0, reference), shown.err
    refused = guarded_desk("incident", "triage", reference, *TRIAGE, **reader)
    assert _last_line(refused) == (5, NOT_ALLOWED)
    assert guarded_desk("incident", "show", reference, "--json").json["triaged_at"] is None
    writer = guarded.around(guarded_nodes.address, "default:write")
    assert guarded_desk("incident", "triage", reference, *TRIAGE, **writer).code == 0


def test_a_token_that_is_out_of_date_or_missing_opens_nothing(
    guarded: Guarded, guarded_nodes: Cluster, guarded_desk: Desk
) -> None:
    old = guarded.token("default:write", until=timedelta(minutes=-5))
    for shown in (old, "", "nonsense"):
        refused = kantadesk(
            guarded_desk.data_dir, "incident", "list", **guarded.around(guarded_nodes.address, TEMPORAL_API_KEY=shown)
        )
        assert refused.code == 5, refused
        assert "TEMPORAL_API_KEY" in refused.err


def test_without_a_certificate_nobody_comes_in(guarded: Guarded, guarded_nodes: Cluster, guarded_desk: Desk) -> None:
    none = {"TEMPORAL_TLS_CLIENT_CERT_PATH": "", "TEMPORAL_TLS_CLIENT_KEY_PATH": ""}
    refused = kantadesk(
        guarded_desk.data_dir, "incident", "list", **guarded.around(guarded_nodes.address, "default:write", **none)
    )
    assert refused.code == 5
    assert "client certificate" in refused.err
    assert "TEMPORAL_TLS_CLIENT_CERT_PATH" in refused.err


def test_another_name_or_an_unknown_authority(guarded: Guarded, guarded_nodes: Cluster, guarded_desk: Desk) -> None:
    for changed, said in (
        ({"TEMPORAL_TLS_SERVER_NAME": "other.test"}, "set TEMPORAL_TLS_SERVER_NAME to the name in that certificate"),
        ({"TEMPORAL_TLS_SERVER_CA_CERT_PATH": ""}, "set TEMPORAL_TLS_SERVER_CA_CERT_PATH to that authority's"),
    ):
        refused = kantadesk(
            guarded_desk.data_dir,
            "incident",
            "list",
            **guarded.around(guarded_nodes.address, "default:write", **changed),
        )
        assert refused.code == 5
        assert said in refused.err


def _last_line(answer: Answer) -> tuple[int, str]:
    return answer.code, answer.err.splitlines()[-1].removeprefix("kantadesk: ")
