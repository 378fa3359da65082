"""Why Temporal lets nobody in, and what to set: against real TLS, each cause its own sentence."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.certificates import Certificates
from workers.connection import TemporalUnreachable, connect
from workers.keys import ring
from workers.settings import Settings

NAME = "temporal.test"


@pytest.fixture
def authority(tmp_path: Path) -> Certificates:
    """Who issues certificates."""
    return Certificates(tmp_path, "ours")


@asynccontextmanager
async def listening(context: ssl.SSLContext | None) -> AsyncIterator[str]:
    """A server that takes a connection, and with a context a handshake of TLS, and ends it; its address."""

    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not context:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(end, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def spoken_by(authority: Certificates, *, until: timedelta = timedelta(hours=1), asks: bool = False) -> ssl.SSLContext:
    """TLS as a Temporal server speaks it; ``asks``: only with a certificate of the same authority."""
    certificate, key = authority.issued("server", dns=NAME, until=until)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority.file)
    return context


async def refused(settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, **temporals: object) -> str:
    """What is said of a connection there, with these of Temporal's settings."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    for name, value in temporals.items():
        monkeypatch.setenv(f"TEMPORAL_{name}", str(value))
    with pytest.raises(TemporalUnreachable) as raised:
        await connect(settings, keys=ring.generate())
    said = str(raised.value)
    assert said.startswith(f"Temporal does not answer at {address} (")
    assert "\n" not in said
    return said.removeprefix(f"Temporal does not answer at {address} ")


async def test_an_authority_that_is_not_known(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, authority: Certificates
) -> None:
    async with listening(spoken_by(authority)) as address:
        said = await refused(settings, monkeypatch, address, TLS="true", TLS_SERVER_NAME=NAME)
    assert said == (
        "(the authority of its certificate is not known here): "
        "set TEMPORAL_TLS_SERVER_CA_CERT_PATH to that authority's certificate"
    )


async def test_a_certificate_for_another_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, authority: Certificates
) -> None:
    async with listening(spoken_by(authority)) as address:
        said = await refused(settings, monkeypatch, address, TLS_SERVER_CA_CERT_PATH=authority.file)
    assert said == (
        "(its certificate is for another name): set TEMPORAL_TLS_SERVER_NAME to the name in that certificate"
    )


async def test_a_certificate_out_of_date(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, authority: Certificates
) -> None:
    async with listening(spoken_by(authority, until=timedelta(hours=-1))) as address:
        known = {"TLS_SERVER_CA_CERT_PATH": authority.file, "TLS_SERVER_NAME": NAME}
        said = await refused(settings, monkeypatch, address, **known)
    assert said == (
        "(its certificate is not valid at this time): have it renewed, and look at the clock of this machine"
    )


async def test_a_client_certificate_that_is_missing_or_of_another_authority(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, authority: Certificates, tmp_path: Path
) -> None:
    known = {"TLS_SERVER_CA_CERT_PATH": authority.file, "TLS_SERVER_NAME": NAME}
    async with listening(spoken_by(authority, asks=True)) as address:
        wanted = await refused(settings, monkeypatch, address, **known)
        assert wanted.endswith("set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH")
        assert "client certificate" in wanted
        certificate, key = Certificates(tmp_path, "theirs").issued("worker")
        ours = {"TLS_CLIENT_CERT_PATH": certificate, "TLS_CLIENT_KEY_PATH": key}
        other = await refused(settings, monkeypatch, address, **known, **ours)
        assert "client certificate" in other
        assert "TEMPORAL_TLS_CLIENT_CERT_PATH" in other


async def test_tls_where_none_is_spoken_and_none_where_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, authority: Certificates
) -> None:
    async with listening(None) as address:
        assert await refused(settings, monkeypatch, address, TLS="true") == (
            "(it does not speak TLS): set TEMPORAL_TLS=false and take out the TEMPORAL_TLS_ paths"
        )
    async with listening(spoken_by(authority)) as address:
        assert await refused(settings, monkeypatch, address, TLS="false") == (
            "(it ends the connection at once, as one does that wants TLS): set TEMPORAL_TLS=true, or start it again"
        )


async def test_a_name_that_nobody_has(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await refused(settings, monkeypatch, "temporal.invalid:7233")
    assert said == "(its name is not known here): correct TEMPORAL_ADDRESS"


async def test_what_is_not_known_is_shown_as_it_came() -> None:
    from workers.refused_connection import unreachable

    said = unreachable("a:1", 'Failed: Error(Transport, Custom { error: "the moon is\n full" })')
    assert (
        said == "Temporal does not answer at a:1 (the moon is full): start it (`kantadesk up`) or set TEMPORAL_ADDRESS"
    )
