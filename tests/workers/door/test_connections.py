"""How long a connection may take and how many there may be: who dawdles is cut off, and the next one is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from tests.workers.codec.codec_talk import PLAIN, as_json
from workers.door import bodies, connections
from workers.door.bodies import Bodies
from workers.door.codec_room import LIMITS, MAX_PAYLOADS
from workers.door.connections import BoundedConnection
from workers.door.doors import codec_server
from workers.door.guard import Guard
from workers.door.proxy import Behind
from workers.door.refusals import NotLetIn
from workers.door.rooms import Door
from workers.door.secrets_file import DoorFile
from workers.door.serving import serving
from workers.door.temporal_rooms import ApiRoom
from workers.embedded.ports import bound_socket
from workers.keys import ring

KEYS = ring.generate()
JSON = {"Content-Type": "application/json"}
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


def head_of(codec: httpx.URL, *lines: str) -> bytes:
    """The head of a request to decode, with these lines besides."""
    first = ("POST /decode HTTP/1.1", f"Host: 127.0.0.1:{codec.port}", "Content-Type: application/json")
    return "\r\n".join((*first, *lines, "", "")).encode()


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
    slow[1].write(head_of(codec, "Content-Length: 9") + b"{")

    assert (await rest_of(slow)).startswith(b"HTTP/1.1 408")
    assert await honest(codec) == 200


async def test_a_request_that_takes_too_long_altogether_is_cut_off(
    codec: httpx.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWERED_WITHIN", 0.2)
    slow = await connected(codec)
    slow[1].write(head_of(codec, "Content-Length: 9"))

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
    pair[1].write(head_of(codec, f"Content-Length: {length}"))

    assert (await asyncio.wait_for(pair[0].readline(), 60)).split()[1] in {b"400", b"413"}
    await let_go(pair)


async def test_a_body_without_length_is_refused(codec: httpx.URL) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        assert (await client.post("/decode", content=parts(), headers=JSON)).status_code == 411


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "identity", "gzip, chunked", ""])
@pytest.mark.parametrize("length", [(), ("Content-Length: 2",)])
async def test_beside_a_transfer_coding_no_length_is_believed(
    codec: httpx.URL, coding: str, length: tuple[str, ...]
) -> None:
    pair = await connected(codec)
    pair[1].write(head_of(codec, *length, f"Transfer-Encoding: {coding}"))
    with suppress(ConnectionError):  # it may be refused before everything has been sent
        for _ in range(8):
            pair[1].write(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
            await pair[1].drain()

    answered = await rest_of(pair)
    assert not answered or answered.split()[1] in {b"400", b"411", b"501"}
    assert await honest(codec) == 200


async def test_what_was_reserved_for_a_body_is_released_whatever_came() -> None:
    bound = Bodies()

    async def more() -> Message:
        return {"type": "http.request", "body": b" " * 300, "more_body": True}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"200")]}
    with pytest.raises(NotLetIn, match="more than the 200 bytes that were announced"):
        async with bound.held(Request(scope, more), LIMITS):
            pytest.fail("it was let in")
    assert bound._held == 0


@pytest.mark.parametrize("kind", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}])
async def test_only_json_is_converted(codec: httpx.URL, kind: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        assert (await client.post("/decode", content=b'{"payloads": []}', headers=kind)).status_code == 415


async def test_more_payloads_than_fit_a_request_are_refused_also_where_many_are_allowed() -> None:
    body = '{"payloads":[' + ",".join(["{}"] * (MAX_PAYLOADS + 1)) + "]}"
    async with (
        codec_server(KEYS, Guard(frozenset(), payloads_a_minute=10**6), "127.0.0.1", 0) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
    ):
        assert (await client.post("/decode", content=body, headers=JSON)).status_code == 413


async def test_an_answer_that_breaks_off_behind_the_door_is_said_in_one_line_and_not_taken_for_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await writer.drain()
        writer.close()

    file = DoorFile(tmp_path / "door.toml")
    file.make_where_missing()
    shown = {"Authorization": f"Bearer {file.secrets().tokens['integrations']}"}
    async with await asyncio.start_server(half, "127.0.0.1", 0) as temporal:
        behind = Behind(f"http://127.0.0.1:{temporal.sockets[0].getsockname()[1]}")
        with bound_socket("127.0.0.1", 0) as place:
            port = place.getsockname()[1]
            async with (
                serving(Door({port: ApiRoom(file, behind)}), {place: None}),
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
            ):
                with pytest.raises(httpx.RemoteProtocolError):
                    await client.get("/api/v1/namespaces", headers=shown)
        await behind.close()

    told = [record for record in caplog.records if record.name == "kantadesk.door" and record.levelname == "WARNING"]
    assert [record.getMessage() for record in told] == [
        "Temporal broke off its answer behind the door (RemoteProtocolError)"
    ]
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("part", [b"{},", b"[],", b"0,", b'"":0,'])
async def test_a_body_of_too_many_parts_is_refused_unparsed(codec: httpx.URL, part: bytes) -> None:
    body = b'{"payloads":[' + part * 100_000 + b"{}]}"
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        assert (await client.post("/decode", content=body, headers=JSON)).status_code == 413
        assert (await client.post("/decode", json={"payloads": [{}] * 10_000})).status_code in {200, 429}


async def test_all_bodies_together_are_bounded(codec: httpx.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "HELD_AT_MOST", 1000)
    held = await connected(codec)
    held[1].write(head_of(codec, "Content-Length: 900"))
    async with httpx.AsyncClient(base_url=codec, trust_env=False, timeout=60) as client:
        async with asyncio.timeout(60):
            while (answer := await client.post("/decode", content=b" " * 200, headers=JSON)).status_code == 400:  # noqa: ASYNC110  # not there yet
                await asyncio.sleep(0.01)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        await let_go(held)
        async with asyncio.timeout(60):
            while (answer := await client.post("/decode", content=b" " * 200, headers=JSON)).status_code == 503:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert answer.status_code == 400
