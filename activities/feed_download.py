"""Fetching a feed from a server or a file that may be slow, huge, gone, or not what it says it is."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import httpx

MAX_BYTES = 2_000_000
MAX_REDIRECTS = 3
Addresses = Callable[[str], Awaitable[tuple[str, ...]]]
"""From the name of a host to its IP addresses."""


class FeedUnreadableError(Exception):
    """The feed can't be used now; the message says why, and becomes the problem that the desk reads."""


class Download(NamedTuple):
    """What a server sent. ``body`` is None where nothing has changed since the last time."""

    body: bytes | None
    headers: Mapping[str, str]


async def addresses_of(host: str) -> tuple[str, ...]:
    """The IP addresses of a host, by the machine's resolver. Raises ``OSError`` where it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(str(address[4][0]) for address in found)


async def fetch(url: str, *, known: Mapping[str, str], addresses: Addresses = addresses_of) -> Download:
    """The feed at an http(s) address. ``known``: the validators of the last answer, for a conditional request.

    Raises ``FeedUnreadableError``, ``httpx.HTTPError``, ``OSError``. The caller sets the deadline for the whole of it.
    """
    inside = await _is_inside(_host(url), addresses)
    headers = {"Accept-Encoding": "gzip", **known}
    async with httpx.AsyncClient(follow_redirects=False, timeout=httpx.Timeout(10)) as client:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.stream("GET", url, headers=headers) as answer:
                if answer.next_request is None:
                    return await _received(answer)
                before, url = url, str(answer.next_request.url)
            await _check_redirect(before, url, inside=inside, addresses=addresses)
    raise FeedUnreadableError(f"the server redirects more than {MAX_REDIRECTS} times")


def read_file(address: str) -> bytes:
    """The feed in a file, by its path or ``file:`` address. Raises ``FeedUnreadableError``, ``OSError``."""
    path = Path(unquote(urlsplit(address).path) if address.startswith("file:") else address)
    if not path.is_file():
        raise FeedUnreadableError("there is no such file")
    with path.open("rb") as file:
        return _bounded(file.read(MAX_BYTES + 1))


def without_secrets(address: str) -> str:
    """The address for records: without a user's name, password or query."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


async def _received(answer: httpx.Response) -> Download:
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Download(None, answer.headers)
    if answer.status_code != httpx.codes.OK:
        raise FeedUnreadableError(f"the server answered {answer.status_code} {answer.reason_phrase}".rstrip())
    body = b""
    async for part in answer.aiter_raw():
        body = _bounded(body + part)
    return Download(_unpacked(body, answer.headers.get("content-encoding", "identity")), answer.headers)


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BYTES:
        raise FeedUnreadableError(f"the feed is larger than {MAX_BYTES // 1_000_000} MB")
    return body


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its compression, unpacked no further than the bound: it may be a bomb."""
    if encoding.lower() == "identity":
        return body
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise FeedUnreadableError(f"the server compresses in a way that was not asked for ({encoding[:20]!r})")
    try:
        return _bounded(zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, MAX_BYTES + 1))
    except zlib.error:
        raise FeedUnreadableError("the feed is compressed, and damaged") from None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def _check_redirect(before: str, after: str, *, inside: bool, addresses: Addresses) -> None:
    """Refuse to be led from outside into our own network, away from encryption, or to another kind of address."""
    if urlsplit(after).scheme not in ("http", "https"):
        raise FeedUnreadableError("the server redirects to something that is not a web address")
    if urlsplit(before).scheme == "https" and urlsplit(after).scheme != "https":
        raise FeedUnreadableError("the server redirects from https to unencrypted http")
    if not inside and await _is_inside(_host(after), addresses):
        raise FeedUnreadableError("the server redirects to an address inside our own network")


async def _is_inside(host: str, addresses: Addresses) -> bool:
    """Whether any address of the host is not a public one."""
    return any(not _is_public(address) for address in await addresses(host))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (inner or found).is_global
