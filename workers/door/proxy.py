"""What the door passes on to the Temporal server behind it, and back: as it came, without what is meant for one hop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from workers.door.refusals import NotLetIn

_ONE_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "host", "authorization", "content-length", "date", "server",
})  # fmt: skip
ANSWERS_WITHIN = 110.0
"""Seconds. The longest that Temporal keeps a caller waiting is some 70."""
AT_A_TIME = 64


class BrokenOff(Exception):
    """The server behind stopped in the middle of an answer. The message is one line, without what was asked."""


class Behind:
    """A server behind the door. ``host``: the name by which alone it answers, where it has one."""

    def __init__(self, address: str, host: str | None = None) -> None:
        self._host = host
        limits = httpx.Limits(max_connections=AT_A_TIME, max_keepalive_connections=AT_A_TIME // 4)
        timeout = httpx.Timeout(ANSWERS_WITHIN, connect=5.0)
        self._client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=timeout, limits=limits)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()

    async def passed_on(
        self, request: Request, body: bytes, changed: Mapping[str, str | None] = MappingProxyType({})
    ) -> Response:
        """The answer of the server behind. ``changed``: headers that go on otherwise, or (None) not at all."""
        headers = [(n, v) for n, v in request.headers.items() if n not in _ONE_HOP and n not in changed]
        headers += [(name, value) for name, value in changed.items() if value is not None]
        headers.append(("host", self._host or request.headers["host"]))
        target = request.scope["raw_path"] + (b"?" + query if (query := request.scope["query_string"]) else b"")
        url = self._client.base_url.copy_with(raw_path=target)
        sent = self._client.build_request(request.method, url, headers=headers, content=body or None)
        try:
            answer = await self._client.send(sent, stream=True)
        except httpx.HTTPError:
            raise NotLetIn(502, "Temporal does not answer behind the door") from None
        response = StreamingResponse(_content(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode() not in _ONE_HOP - {"content-length", "date"}
        ]
        return response


async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_raw():
            yield part
    except httpx.HTTPError as fault:
        raise BrokenOff(f"Temporal broke off its answer behind the door ({type(fault).__name__})") from None
