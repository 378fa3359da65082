"""The codec server: reads for those it may, for nobody else; says who asked, never what."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.workers.codec.codec_talk import PLAIN, as_json, as_payloads, printed_by_temporal
from tests.workers.conftest import Desk
from workers.codec.codec import ENCRYPTED, EncryptionCodec
from workers.door.audit import audit_kept_in
from workers.door.codec_room import MAX_BODY
from workers.door.doors import codec_server
from workers.door.guard import Guard, guard
from workers.keys import ring
from workers.settings import Settings, SettingsError, load

JSON = {"Content-Type": "application/json"}

KEYS = ring.generate()
UID = os.getuid()
WEB = "http://127.0.0.1:8233"


@pytest.fixture
async def codec() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running codec server that one Web may use."""
    async with (
        codec_server(KEYS, Guard(frozenset({WEB})), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        yield client


async def test_what_it_encodes_it_decodes(codec: httpx.AsyncClient) -> None:
    encoded = as_payloads(await codec.post("/encode?preserveStorageRefs=true", json=as_json(PLAIN, PLAIN)))
    decoded = as_payloads(await codec.post("/decode?preserveStorageRefs=true", json=as_json(*encoded)))

    assert [payload.metadata["encoding"] for payload in encoded] == [ENCRYPTED, ENCRYPTED]
    assert decoded == [PLAIN, PLAIN]


async def test_what_can_not_be_decrypted_is_a_sentence(codec: httpx.AsyncClient) -> None:
    theirs = ring.generate()
    sent = await EncryptionCodec(theirs).encode([PLAIN])

    [answered] = as_payloads(await codec.post("/decode", json=as_json(*sent)))

    sentence = f"not readable: it is encrypted with the key {theirs.current}, which is not known here"
    assert json.loads(answered.data) == sentence


async def test_temporal_web_may_read(codec: httpx.AsyncClient) -> None:
    asks = {"Origin": WEB, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-namespace"}
    preflight = await codec.options("/decode", headers=asks)
    answer = await codec.post("/decode", json=as_json(PLAIN), headers={"Origin": WEB, "X-Namespace": "default"})

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == WEB
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert {"content-type", "x-namespace", "authorization"} <= set(
        preflight.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert answer.headers["Access-Control-Allow-Origin"] == WEB
    assert as_payloads(answer) == [PLAIN]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", WEB + ".evil.example", "http://localhost:8233", ""])
@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
async def test_another_page_may_not(codec: httpx.AsyncClient, origin: str, method: str) -> None:
    answer = await codec.request(method, "/decode", json=as_json(PLAIN), headers={"Origin": origin})

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_with_a_token_only_who_shows_it() -> None:
    async with (
        codec_server(KEYS, Guard(frozenset({WEB}), {"s3cret": "web"}), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        assert (await client.post("/decode", json=as_json(PLAIN))).status_code == 401
        for shown in (b"Bearer wrong", b"s3cret", b"Bearer s3cret2", b"\xff"):
            wrong = await client.post("/decode", json=as_json(PLAIN), headers={b"Authorization": shown})
            assert wrong.status_code == 401
        right = await client.post("/decode", json=as_json(PLAIN), headers={"Authorization": "Bearer s3cret"})
        preflight = await client.options("/decode", headers={"Origin": WEB})

    assert as_payloads(right) == [PLAIN]
    assert preflight.status_code == 204


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'"x"', b'{"payloads": 3}', b'{"payloads": [{"data": 7}]}', b'{"x": 1}', b"\xff", b"[" * 30_000],
)
async def test_nonsense_is_refused(codec: httpx.AsyncClient, body: bytes) -> None:
    assert (await codec.post("/decode", content=body, headers=JSON)).status_code == 400


async def test_a_body_has_a_limit(codec: httpx.AsyncClient) -> None:
    assert (await codec.post("/decode", content=b"x" * (MAX_BODY + 1), headers=JSON)).status_code == 413


async def test_nothing_else_is_served(codec: httpx.AsyncClient) -> None:
    assert (await codec.get("/decode")).status_code == 405
    assert (await codec.post("/")).status_code == 404


async def test_the_audit_says_who_and_where_but_not_what(
    codec: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
        await codec.post("/decode", json=as_json(PLAIN), headers={"X-Namespace": "default"})
        await codec.post("/decode", json=as_json(PLAIN), headers={"X-Namespace": "a b; potilas"})
        await codec.post("/decode/potilas", json=as_json(PLAIN), headers={"Origin": "http://potilas"})

    assert [record.message for record in caplog.records] == [
        f"/decode who=- from=127.0.0.1 uid={UID} namespace=default workflow=- payloads=1 status=200",
        f"/decode who=- from=127.0.0.1 uid={UID} namespace=- workflow=- payloads=1 status=200",
        f"other who=- from=127.0.0.1 uid={UID} namespace=- workflow=- payloads=0 status=403",
    ]


async def test_the_audit_can_be_kept_in_a_file_of_its_own(
    codec: httpx.AsyncClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with audit_kept_in(tmp_path / "logs"):
        await codec.post("/decode", json=as_json(PLAIN), headers={"X-Namespace": "default"})
    with caplog.at_level(logging.INFO, logger="kantadesk.codec_server"):
        await codec.post("/encode", json=as_json(PLAIN))

    [line] = (tmp_path / "logs" / "codec-audit.log").read_text(encoding="utf-8").splitlines()
    at, _, said = line.partition(" ")
    assert datetime.strptime(at, "%Y-%m-%dT%H:%M:%S%z").tzinfo
    assert said == f"/decode who=- from=127.0.0.1 uid={UID} namespace=default workflow=- payloads=1 status=200"
    assert [record.message.split()[0] for record in caplog.records] == ["/encode"], "then among the other lines again"


def test_beyond_this_machine_it_wants_a_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret", encoding="utf-8")
    open_host = {"KANTADESK_CODEC_HOST": "0.0.0.0"}

    with pytest.raises(SettingsError, match="set codec_token_file or codec_client_ca, or codec_unguarded"):
        guard(load(open_host))
    assert guard(load({**open_host, "KANTADESK_CODEC_TOKEN_FILE": str(token)})).tokens == {"s3cret": "token"}
    assert guard(load({**open_host, "KANTADESK_CODEC_UNGUARDED": "true"})).tokens == {}


def test_configured_origins_take_the_place_of_those_of_up() -> None:
    assert guard(load({}), [WEB]).origins == {WEB}
    assert guard(load({"KANTADESK_CODEC_ORIGINS": "https://t.example"}), [WEB]).origins == {"https://t.example"}


async def test_the_temporal_command_reads_through_it(desk: Desk, settings: Settings) -> None:
    async with desk() as (server, client):
        await client.start_workflow(
            "Incident", {"title": "Reseptikeskus ei vastaa"}, id="incident-1", task_queue="none"
        )
        keys = ring.load(settings.key_file)
        async with codec_server(keys, Guard(frozenset()), "127.0.0.1", 0) as address:
            show = [
                "workflow",
                "show",
                "--workflow-id",
                "incident-1",
                "--detailed",
                "--address",
                server.addresses.address,
            ]
            without = await printed_by_temporal(*show)
            through = await printed_by_temporal(*show, "--codec-endpoint", address)

    assert "Reseptikeskus" not in without
    assert "Reseptikeskus ei vastaa" in through
