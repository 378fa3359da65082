"""Who may use the codec server: named tokens, certificates, so much a minute; and whose payloads it has shown."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from temporalio.converter import WorkflowSerializationContext

from tests.certificates import Certificates
from tests.workers.codec.codec_talk import PLAIN, as_json, as_payloads, printed_by_temporal
from tests.workers.conftest import Desk
from workers.codec.codec import EncryptionCodec
from workers.door.doors import codec_server
from workers.door.guard import CLIENTS_REMEMBERED, Allowance, Guard, guard
from workers.keys import ring
from workers.keys.live import live_keys
from workers.settings import Settings, SettingsError, load

KEYS = ring.generate()
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Certificates, Certificates]:
    """Ours, and somebody else's."""
    return (
        Certificates(tmp_path_factory.mktemp("ours"), "ours"),
        Certificates(tmp_path_factory.mktemp("theirs"), "theirs"),
    )


@pytest.fixture
async def https(authorities: tuple[Certificates, Certificates]) -> AsyncIterator[str]:
    """A codec server that wants a certificate of ours."""
    ours, _ = authorities
    certificate, key = ours.issued("codec.example")
    settings = load({
        "KANTADESK_CODEC_HOST": "0.0.0.0",
        "KANTADESK_CODEC_TLS_CERTIFICATE": str(certificate),
        "KANTADESK_CODEC_TLS_KEY": str(key),
        "KANTADESK_CODEC_CLIENT_CA": str(ours.file),
    })  # fmt: skip
    async with codec_server(KEYS, guard(settings), "127.0.0.1", 0) as address:
        assert address.startswith("https://")
        yield address


def trusting(ours: Certificates, shows: tuple[Path, Path] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ours.file)
    if shows:
        context.load_cert_chain(*shows)
    return context


async def test_a_client_with_a_certificate_is_named(
    https: str, authorities: tuple[Certificates, Certificates], caplog: pytest.LogCaptureFixture
) -> None:
    ours, _ = authorities
    context = trusting(ours, ours.issued("valvoja 1\nforged"))

    with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            answer = await client.post(https + "/decode", json=as_json(PLAIN))

    assert as_payloads(answer) == [PLAIN]
    assert "who=valvoja_1_forged from=127.0.0.1" in caplog.text


@pytest.mark.parametrize("shown", ["none", "another authority's"])
async def test_a_client_without_one_of_ours_gets_no_answer(
    https: str, authorities: tuple[Certificates, Certificates], shown: str
) -> None:
    ours, theirs = authorities
    context = trusting(ours, None if shown == "none" else theirs.issued("valvoja"))

    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(https + "/decode", json=as_json(PLAIN))
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(https.replace("https", "http") + "/decode", json=as_json(PLAIN))


def test_certificates_that_do_not_fit_are_said(authorities: tuple[Certificates, Certificates], tmp_path: Path) -> None:
    ours, theirs = authorities
    certificate, _ = ours.issued("codec.example")
    _, key = theirs.issued("codec.example")
    one = {"KANTADESK_CODEC_TLS_CERTIFICATE": str(certificate)}

    with pytest.raises(SettingsError, match="belong together"):
        load(one)
    with pytest.raises(SettingsError, match="codec_client_ca is set, which needs codec_tls_certificate"):
        load({"KANTADESK_CODEC_CLIENT_CA": str(ours.file)})
    with pytest.raises(SettingsError, match="can't be used: KEY_VALUES_MISMATCH"):
        guard(load({**one, "KANTADESK_CODEC_TLS_KEY": str(key)}))
    with pytest.raises(SettingsError, match="can't be used: No such file"):
        guard(load({**one, "KANTADESK_CODEC_TLS_KEY": str(tmp_path / "none")}))


async def test_each_token_has_a_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "tokens").write_text("# who may read\nweb s3cret\nvalvoja 0ther\n", encoding="utf-8")
    allowed = guard(load({"KANTADESK_CODEC_TOKEN_FILE": str(tmp_path / "tokens")}))

    with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
        async with (
            codec_server(KEYS, allowed, "127.0.0.1", 0) as address,
            httpx.AsyncClient(base_url=address, trust_env=False) as client,
        ):
            for token in ("s3cret", "0ther", "valvoja"):
                await client.post("/decode", json=as_json(PLAIN), headers={"Authorization": f"Bearer {token}"})

    assert [record.message.split()[1] + " " + record.message.split()[-1] for record in caplog.records] == [
        "who=web status=200", "who=valvoja status=200", "who=- status=401",
    ]  # fmt: skip
    assert "s3cret" not in caplog.text + repr(allowed)


@pytest.mark.parametrize("text", ["web one two", "w/b one", "a one\nb one"])
def test_a_token_file_that_is_unclear_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokens").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"codec_token_file, line \d: must be NAME TOKEN") as refused:
        guard(load({"KANTADESK_CODEC_TOKEN_FILE": str(tmp_path / "tokens")}))
    assert "one" not in str(refused.value)


async def test_who_asks_for_too_much_waits_and_others_do_not() -> None:
    allowed = Guard(frozenset(), {"a": "one", "b": "two"}, payloads_a_minute=10)
    async with (
        codec_server(KEYS, allowed, "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):

        async def ask(token: str, payloads: int) -> httpx.Response:
            body = as_json(*[PLAIN] * payloads)
            return await client.post("/decode", json=body, headers={"Authorization": f"Bearer {token}"})

        assert (await ask("a", 6)).status_code == 200
        refused = await ask("a", 6)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert (await ask("b", 6)).status_code == 200


def test_an_allowance_fills_up_again() -> None:
    time = [0.0]
    allowance = Allowance(60, lambda: time[0])

    assert allowance.take("a", 50) == 0
    assert allowance.take("a", 20) == 10
    time[0] += 10
    assert allowance.take("a", 20) == 0
    time[0] += 3600
    assert allowance.take("a", 600) == 0, "more than a minute's is given when the whole minute is there"
    assert allowance.take("a", 1) == 541, "and worked off: 600 payloads are those of ten minutes"


def test_the_memory_of_clients_is_bounded() -> None:
    allowance = Allowance(60, lambda: 0.0)
    for number in range(CLIENTS_REMEMBERED * 2):
        allowance.take(str(number), 1)

    assert len(allowance._left) == CLIENTS_REMEMBERED


async def test_the_audit_names_the_workflows_that_were_sealed_inside(caplog: pytest.LogCaptureFixture) -> None:
    sent = []
    for name in ["incident-INC-1", "incident-INC-1", *(f"breach-{number}" for number in range(6))]:
        context = WorkflowSerializationContext("default", name)
        sent += await EncryptionCodec(KEYS).with_context(context).encode([PLAIN])

    with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
        async with (
            codec_server(KEYS, Guard(frozenset()), "127.0.0.1", 0) as address,
            httpx.AsyncClient(base_url=address, trust_env=False) as client,
        ):
            await client.post("/decode", json=as_json(*sent[:2]))
            await client.post("/decode", json=as_json(*sent))
            await client.post("/encode", json=as_json(PLAIN))

    assert [record.message.split()[5] for record in caplog.records] == [
        "workflow=incident-INC-1",
        "workflow=breach-0,breach-1,breach-2,breach-3,breach-4+2",
        "workflow=-",
    ]


async def test_it_reads_with_a_new_key_at_once(tmp_path: Path) -> None:
    settings = load({}, data_dir=tmp_path)
    ring.save(settings.key_file, KEYS)
    async with (
        codec_server(live_keys(settings), Guard(frozenset()), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        new = KEYS.with_next(NOW).promoted(NOW)
        ring.save(settings.key_file, new)
        [sent] = await EncryptionCodec(new).encode([PLAIN])

        assert as_payloads(await client.post("/decode", json=as_json(sent))) == [PLAIN]
        [encoded] = as_payloads(await client.post("/encode", json=as_json(PLAIN)))
        assert encoded.metadata["encryption-key-id"].decode() == new.current


async def test_the_temporal_command_is_audited_with_namespace_and_workflow(
    desk: Desk, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk() as (server, client):
        await client.start_workflow("Incident", {"title": "x"}, id="incident-INC-7", task_queue="none")
        with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
            async with codec_server(
                live_keys(settings), Guard(frozenset(), {"t0ken": "valvoja"}), "127.0.0.1", 0
            ) as codec:
                command = (
                    "workflow",
                    "show",
                    "-w",
                    "incident-INC-7",
                    "--detailed",
                    "--address",
                    server.addresses.address,
                )
                await asyncio.wait_for(
                    printed_by_temporal(*command, "--codec-endpoint", codec, "--codec-auth", "Bearer t0ken"), 60
                )

    seen = {record.message.replace(f" uid={os.getuid()} ", " ") for record in caplog.records}
    assert "/decode who=valvoja from=127.0.0.1 namespace=default workflow=incident-INC-7 payloads=1 status=200" in seen
