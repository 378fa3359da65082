"""The body of a request, bounded before anything parses it: length, parts of its JSON, time, and memory of all.

A body of 16 MB of empty payloads is small on the wire and gigabytes once it is parsed: what counts are its parts. They
are counted in the bytes: each object, list and comma of a text counts too, so nothing is counted too low.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request

from workers.door.refusals import NotLetIn

READ_WITHIN = 30.0
"""Seconds in which a body must have come."""
HELD_AT_MOST = 64 * 1024 * 1024
"""Bytes of all bodies that are held at a time."""


class Limits(NamedTuple):
    """How much one body may be. ``objects``: braces and brackets that open; ``items``: commas."""

    length: int
    objects: int
    items: int


class Bodies:
    """All bodies that are being read or answered."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, request: Request, limits: Limits) -> bytes:
        """The body. Give it back with ``release``. Raises ``NotLetIn``."""
        length = _length(request)
        if length > limits.length:
            raise NotLetIn(413, f"at most {limits.length} bytes in one request")
        if self._held + length > HELD_AT_MOST:
            raise NotLetIn(503, "too much at a time: send it again", {"Retry-After": "1"})
        self._held += length
        try:
            body = await _whole(request)
            _bounded(body, limits)
        except BaseException:
            self._held -= length
            raise
        return body

    def release(self, body: bytes) -> None:
        """The body is not held any more."""
        self._held -= len(body)


def _length(request: Request) -> int:
    """The length as it is announced: only then is it known beforehand."""
    announced = request.headers.get("Content-Length")
    if announced is None:
        if "Transfer-Encoding" in request.headers:
            raise NotLetIn(411, "say the length of the body (Content-Length)")
        return 0
    return int(announced)  # h11 has refused what is no number


async def _whole(request: Request) -> bytes:
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await request.body()
    except TimeoutError:
        raise NotLetIn(408, f"the body did not come within {READ_WITHIN:.0f} s", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise NotLetIn(400, "the body was cut off") from None


def _bounded(body: bytes, limits: Limits) -> None:
    if body.count(b"{") + body.count(b"[") > limits.objects or body.count(b",") > limits.items:
        raise NotLetIn(413, f"too many parts in one request: at most {limits.objects} objects and lists")
