"""A server of feeds that does what servers do, and an internet of names that leads to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from activities.notices.download import Network

Answer = Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]

RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Häiriötiedotteet</title>
<item><title>Kelan Reseptikeskuksessa häiriö</title><link>https://kanta.example.org/1</link><guid>1</guid>
<pubDate>Tue, 15 Mar 2016 14:14:00 EET</pubDate>
<description>&lt;p&gt;Alkoi klo 13. &lt;b&gt;Ei vaikuta Kelaimeen.&lt;/b&gt;&lt;/p&gt;</description></item>
<item><title>Häiriö Omakannassa</title><guid>2</guid><pubDate>Mon, 14 Mar 2016 10:00:00 +0200</pubDate></item>
<item><title>Häiriö Omakannassa korjattu</title><guid>3</guid><pubDate>Mon, 14 Mar 2016 12:00:00 +0200</pubDate></item>
<item><title>Huoltokatko Reseptikeskuksessa</title><guid>4</guid></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="ISO-8859-1"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Störningar</title>
<entry><title type="html">&lt;b&gt;Störning&lt;/b&gt; i Receptcentret</title>
<updated>2026-11-21T18:00:00+02:00</updated>
<summary>Långsam förbindelse</summary></entry></feed>"""


class Server:
    """An HTTP server on 127.0.0.1 that writes bytes as told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []
        self.port = 0

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            request = {"path": head[0].split(" ")[1]}
            request |= {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
            self.asked.append(request)
            await self.pages[request["path"]](request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the reader had enough
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


class Internet(httpx.AsyncHTTPTransport):
    """Names with the addresses that they have one after the other; all of them lead to the server on this machine."""

    def __init__(self, names: dict[str, list[tuple[str, ...]]]) -> None:
        super().__init__()
        self.names, self.reached = names, list[str]()

    def as_seen(self) -> Network:
        return Network(self.addresses, lambda: self)

    async def addresses(self, host: str) -> tuple[str, ...]:
        left = self.names[host]
        return left.pop(0) if len(left) > 1 else left[0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.reached.append(request.url.host)
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


def says(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else body.encode()

    async def answer(_: dict[str, str], writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
        writer.write("\r\n".join([*lines, f"Content-Length: {len(content)}", "Connection: close", "", ""]).encode())
        writer.write(content)

    return answer
