"""How long a connection may take and how many there may be: who dawdles is cut off, and the next one is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from tests.workers.codec.codec_talk import PLAIN, as_json
from workers.door import bodies, connections
from workers.door.connections import BoundedConnection
from workers.door.doors import codec_server
from workers.door.guard import Guard
from workers.keys import ring

KEYS = ring.generate()
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def codec() -> AsyncIterator[httpx.URL]:
    """A running codec server."""
    async with codec_server(KEYS, Guard(frozenset()), "127.0.0.1", 0) as address:
        yield httpx.URL(address)


async def connected(codec: httpx.URL) -> Pair:
    return await asyncio.open_connection(codec.host, codec.port)


async def rest_of(pair: Pair) -> bytes:
    """What still comes until the other side ends it."""
    try:
        return await asyncio.wait_for(pair[0].read(), 60)
    except ConnectionError:
        return b""
    finally:
        await let_go(pair)


async def let_go(pair: Pair) -> None:
    """Close our side."""
    pair[1].close()
    with suppress(ConnectionError):
        await pair[1].wait_closed()


async def honest(codec: httpx.URL) -> int:
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        return (await client.post("/decode", json=as_json(PLAIN))).status_code


@pytest.mark.parametrize(
    "sent", [b"", b"POST /decode HTTP/1.1\r\nHost: x\r\n", b"POST /decode HTTP/1.1\r\nX: " + b"a" * 99]
)
async def test_a_head_that_does_not_come_is_not_waited_for(
    codec: httpx.URL, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.2)
    slow = await connected(codec)
    slow[1].write(sent)

    assert await rest_of(slow) == b""
    assert await honest(codec) == 200


async def test_a_body_that_does_not_come_is_not_waited_for(codec: httpx.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "READ_WITHIN", 0.2)
    slow = await connected(codec)
    head = f"POST /decode HTTP/1.1\r\nHost: 127.0.0.1:{codec.port}\r\nContent-Length: 9\r\n\r\n"
    slow[1].write(head.encode() + b"{")

    assert (await rest_of(slow)).startswith(b"HTTP/1.1 408")
    assert await honest(codec) == 200


async def test_a_request_that_takes_too_long_altogether_is_cut_off(
    codec: httpx.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWERED_WITHIN", 0.2)
    slow = await connected(codec)
    slow[1].write(f"POST /decode HTTP/1.1\r\nHost: 127.0.0.1:{codec.port}\r\nContent-Length: 9\r\n\r\n".encode())

    assert await rest_of(slow) == b""
    monkeypatch.undo()
    assert await honest(codec) == 200


async def test_connections_are_bounded_and_room_comes_back(codec: httpx.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS", 4)
    held = [await connected(codec) for _ in range(4)]
    one_more = await connected(codec)

    assert await rest_of(one_more) == b""
    for pair in held:
        await let_go(pair)
    while True:  # the other side hears of the ends a moment later
        try:
            assert await honest(codec) == 200
            break
        except httpx.TransportError:
            await asyncio.sleep(0.01)


async def test_strangers_can_not_keep_the_desk_out(codec: httpx.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STRANGERS", 2)
    monkeypatch.setattr(connections, "is_own", lambda _uid: False)
    held = [await connected(codec) for _ in range(2)]
    assert await rest_of(await connected(codec)) == b""
    monkeypatch.undo()

    assert await honest(codec) == 200
    for pair in held:
        await let_go(pair)
    async with asyncio.timeout(60):
        while BoundedConnection.strangers:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("length", ["16777217", "-1", "x", "1, 2"])
async def test_a_length_that_is_too_much_or_none_is_refused_before_the_body(codec: httpx.URL, length: str) -> None:
    pair = await connected(codec)
    pair[1].write(f"POST /decode HTTP/1.1\r\nHost: 127.0.0.1:{codec.port}\r\nContent-Length: {length}\r\n\r\n".encode())

    assert (await asyncio.wait_for(pair[0].readline(), 60)).split()[1] in {b"400", b"413"}
    await let_go(pair)


async def test_a_body_without_length_is_refused(codec: httpx.URL) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        assert (await client.post("/decode", content=parts())).status_code == 411


@pytest.mark.parametrize("part", [b"{},", b"[],", b"0,", b'"":0,'])
async def test_a_body_of_too_many_parts_is_refused_unparsed(codec: httpx.URL, part: bytes) -> None:
    body = b'{"payloads":[' + part * 100_000 + b"{}]}"
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        assert (await client.post("/decode", content=body)).status_code == 413
        assert (await client.post("/decode", json={"payloads": [{}] * 10_000})).status_code in {200, 429}


async def test_all_bodies_together_are_bounded(codec: httpx.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "HELD_AT_MOST", 1000)
    held = await connected(codec)
    held[1].write(f"POST /decode HTTP/1.1\r\nHost: 127.0.0.1:{codec.port}\r\nContent-Length: 900\r\n\r\n".encode())
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        async with asyncio.timeout(60):
            while (answer := await client.post("/decode", content=b" " * 200)).status_code == 400:  # noqa: ASYNC110  # not there yet
                await asyncio.sleep(0.01)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        await let_go(held)
        async with asyncio.timeout(60):
            while (answer := await client.post("/decode", content=b" " * 200)).status_code == 503:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert answer.status_code == 400
