"""The heartbeat against real servers: what counts as heard, how long it waits, and that the address stays a secret."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from temporalio.exceptions import ApplicationError

from activities.watchdog import heartbeat
from activities.watchdog.heartbeat import Heartbeat

SECRET = "0c1d-s3cret"


@asynccontextmanager
async def listening(answer: Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]) -> AsyncIterator[str]:
    """A server; its address carries a secret."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/ping/{SECRET}"
    await runner.cleanup()


async def test_one_request_without_anything_in_it(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[tuple[str, str, bytes, str]] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append((request.method, request.path, await request.read(), request.headers["User-Agent"]))
        return web.Response(status=204)

    with caplog.at_level(logging.DEBUG):
        async with listening(answer) as address:
            assert await Heartbeat(lambda: address).send()
            assert await Heartbeat(lambda: address, "POST").send()
    path = f"/ping/{SECRET}"
    assert heard == [("GET", path, b"", "kantadesk"), ("POST", path, b"", "kantadesk")]
    assert not [r for r in caplog.records if SECRET in r.getMessage() and r.name != "aiohttp.access"]


async def test_nobody_listens_where_no_address_is_configured() -> None:
    assert not await Heartbeat(lambda: None).send()
    assert not await Heartbeat(lambda: "").send()


@pytest.mark.parametrize(("status", "words"), [(500, "answers 500"), (302, "answers 302"), (404, "answers 404")])
async def test_what_is_not_heard_is_said_without_the_address(status: int, words: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with listening(answer) as address:
        with pytest.raises(ApplicationError, match=words) as failed:
            await Heartbeat(lambda: address).send()
    assert SECRET not in repr(failed.value)


async def test_an_endless_answer_is_not_read() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65536)

    async with listening(drip) as address:
        assert await asyncio.wait_for(Heartbeat(lambda: address).send(), 20)


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "WITHIN", 0.2)

    arrived = asyncio.Event()

    async def silent(_request: web.Request) -> web.Response:
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
