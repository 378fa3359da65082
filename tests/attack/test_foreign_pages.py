"""A page of another origin asks the codec server to decrypt; Temporal Web still may."""

from __future__ import annotations

import httpx
import pytest

from tests.workers.codec.codec_talk import PLAIN, as_json, as_payloads
from workers.door.doors import codec_server
from workers.door.guard import Guard
from workers.keys import ring

WEB = "http://127.0.0.1:8233"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
async def test_a_foreign_page_decrypts_nothing(kind: str) -> None:
    """Also by a simple request, for which a browser asks nobody's leave."""
    async with (
        codec_server(ring.generate(), Guard(frozenset({WEB})), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        said = as_json(PLAIN)
        foreign = await client.post(
            "/decode", json=said, headers={"Origin": "http://evil.example", "Content-Type": kind}
        )
        honest = await client.post("/decode", json=said, headers={"Origin": WEB})

    assert (foreign.status_code, "Access-Control-Allow-Origin" in foreign.headers) == (403, False)
    assert as_payloads(honest) == [PLAIN]
