"""The body of a request, bounded before anything parses it: length, parts of its JSON, time, and memory of all.

A body of 16 MB of empty payloads is small on the wire and gigabytes once it is parsed: what counts are its parts. They
are counted in the bytes: each object, list and comma of a text counts too, so nothing is counted too low.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request

from workers.door.refusals import NotLetIn

READ_WITHIN = 30.0
"""Seconds in which a body must have come."""
HELD_AT_MOST = 64 * 1024 * 1024
"""Bytes of all bodies that are held at a time."""
CLOSE = {"Connection": "close"}
"""What still comes on this connection is not read."""


class Limits(NamedTuple):
    """How much one body may be. ``objects``: braces and brackets that open; ``items``: commas."""

    length: int
    objects: int
    items: int


class Bodies:
    """All bodies that are being read or answered."""

    def __init__(self) -> None:
        self._held = 0

    @asynccontextmanager
    async def held(self, request: Request, limits: Limits) -> AsyncIterator[bytes]:
        """The body, while it is needed. Raises ``NotLetIn``."""
        length = _length(request)
        if length > limits.length:
            raise NotLetIn(413, f"at most {limits.length} bytes in one request")
        if self._held + length > HELD_AT_MOST:
            raise NotLetIn(503, "too much at a time: send it again", {"Retry-After": "1"})
        self._held += length
        try:
            body = await _whole(request, length)
            _bounded(body, limits)
            yield body
        finally:
            self._held -= length


def _length(request: Request) -> int:
    """The length as it is announced: only then is it known beforehand.

    A transfer coding is refused also beside a length: it would count, and the length would not (RFC 9112, 6.3).
    """
    if "Transfer-Encoding" in request.headers:
        raise NotLetIn(411, "say the length of the body (Content-Length), without Transfer-Encoding", CLOSE)
    return int(request.headers.get("Content-Length", 0))  # h11 has refused what is no number


async def _whole(request: Request, length: int) -> bytes:
    parts = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for part in request.stream():
                parts += part
                if len(parts) > length:
                    raise NotLetIn(413, f"more than the {length} bytes that were announced", CLOSE)
    except TimeoutError:
        raise NotLetIn(408, f"the body did not come within {READ_WITHIN:.0f} s", CLOSE) from None
    except ClientDisconnect:
        raise NotLetIn(400, "the body was cut off") from None
    return bytes(parts)


def _bounded(body: bytes, limits: Limits) -> None:
    if body.count(b"{") + body.count(b"[") > limits.objects or body.count(b",") > limits.items:
        raise NotLetIn(413, f"too many parts in one request: at most {limits.objects} objects and lists")
