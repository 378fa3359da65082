"""The heartbeat against real servers: what counts as heard, how long it waits, and that the address stays a secret."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from temporalio.exceptions import ApplicationError

from activities.watchdog import heartbeat
from activities.watchdog.heartbeat import Heartbeat
from tests.heard import answering

SECRET = "0c1d-s3cret"


@asynccontextmanager
async def listening(answer: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[str]:
    """A server; its address carries a secret."""
    async with answering(answer) as address:
        yield f"{address}/ping/{SECRET}"


async def test_one_request_without_anything_in_it(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[tuple[str, str, bytes, str]] = []

    async def answer(request: Request) -> Response:
        heard.append((request.method, request.url.path, await request.body(), request.headers["User-Agent"]))
        return Response(status_code=204)

    with caplog.at_level(logging.DEBUG):
        async with listening(answer) as address:
            assert await Heartbeat(lambda: address).send()
            assert await Heartbeat(lambda: address, "POST").send()
    path = f"/ping/{SECRET}"
    assert heard == [("GET", path, b"", "kantadesk"), ("POST", path, b"", "kantadesk")]
    assert not [r for r in caplog.records if SECRET in r.getMessage()]


async def test_nobody_listens_where_no_address_is_configured() -> None:
    assert not await Heartbeat(lambda: None).send()
    assert not await Heartbeat(lambda: "").send()


@pytest.mark.parametrize(("status", "words"), [(500, "answers 500"), (302, "answers 302"), (404, "answers 404")])
async def test_what_is_not_heard_is_said_without_the_address(status: int, words: str) -> None:
    async def answer(_request: Request) -> Response:
        return Response(status_code=status, headers={"Location": "/elsewhere"})

    async with listening(answer) as address:
        with pytest.raises(ApplicationError, match=words) as failed:
            await Heartbeat(lambda: address).send()
    assert SECRET not in repr(failed.value)


async def test_an_endless_answer_is_not_read() -> None:
    async def drip(request: Request) -> Response:
        async def endless() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():
                yield b"x" * 65536

        return StreamingResponse(endless())

    async with listening(drip) as address:
        assert await asyncio.wait_for(Heartbeat(lambda: address).send(), 20)


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "WITHIN", 0.2)

    arrived = asyncio.Event()

    async def silent(_request: Request) -> Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with listening(silent) as address:
        while not arrived.is_set():  # on a loaded machine a try may be given up before it is heard
            with pytest.raises(ApplicationError, match="no answer within"):
                await Heartbeat(lambda: address).send()


@pytest.mark.parametrize("address", [f"http://127.0.0.1:1/{SECRET}", f"nonsense/{SECRET}", f"http://[{SECRET}"])
async def test_an_address_that_leads_nowhere(address: str) -> None:
    with pytest.raises(ApplicationError, match="can't be reached") as failed:
        await Heartbeat(lambda: address).send()
    assert SECRET not in repr(failed.value)
