"""Fetching a feed from a server or a file that may be slow, huge, gone, or not what it says it is."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from activities.notices.addresses import Addresses, addresses_of, host_addresses
from activities.notices.dates import moment_of

MAX_BYTES = 2_000_000
MAX_REDIRECTS = 3
TRIED_ADDRESSES = 3
WAIT = httpx.Timeout(10)
"""For one read; the caller bounds the whole."""
_FEED_TYPES = ("", "text/plain", "text/html", "application/octet-stream", "binary/octet-stream")
"""What servers call a feed besides XML. Whether it is one, its content decides."""


_GZIP = b"\x1f\x8b"
_WORDS: dict[int, str] = {
    httpx.codes.GONE: "the feed is gone for good (410): take its address out of notice_feed, or set the new one",
    httpx.codes.NOT_FOUND: "the server answered 404 Not Found: there is no feed at this address (any more)",
    httpx.codes.UNAUTHORIZED: "the server answered 401 Unauthorized: it asks for a name and a password",
    httpx.codes.FORBIDDEN: "the server answered 403 Forbidden: it refuses us",
}
_ASK_TO_WAIT = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
LONGEST_WAIT = timedelta(hours=1)
"""A server is not believed that wants to be left alone for longer: the watch would be blind."""


class FeedUnreadableError(Exception):
    """The feed can't be used now; the message says why, and becomes the problem that the desk reads.

    ``wait``: how long the server wants not to be asked again.
    """

    def __init__(self, message: str, *, wait: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.wait = wait


class Network(NamedTuple):
    """How a host's addresses are found, and how they are connected to."""

    addresses: Addresses = addresses_of
    transport: Callable[[], httpx.AsyncBaseTransport] = httpx.AsyncHTTPTransport
    contact: str = ""
    """Whom a server's keeper can write to about our questions."""


class Download(NamedTuple):
    """What a server sent. ``body`` is None where nothing has changed since the last time."""

    body: bytes | None
    headers: Mapping[str, str]


def headers_of(contact: str) -> dict[str, str]:
    """What we say of ourselves: some servers refuse a library's name, and their keepers want somebody to write to."""
    try:
        version = metadata.version("kantadesk")
    except metadata.PackageNotFoundError:
        version = "0"
    who = contact if contact.isascii() and contact.isprintable() else ""
    headers = {
        "User-Agent": f"kantadesk/{version} (notice watch{'; contact: ' + who if who else ''})",
        "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }
    return headers | ({"From": who} if "@" in who else {})


async def fetch(url: str, *, known: Mapping[str, str], network: Network) -> Download:
    """The feed at an http(s) address. ``known``: the validators of the last answer, for a conditional request.

    Raises ``FeedUnreadableError``, ``httpx.HTTPError``, ``httpx.InvalidURL``, ``OSError``. The caller sets the deadline
    for the whole of it.
    """
    here = httpx.URL(url)
    known = headers_of(network.contact) | dict(known)
    if _is_proxied(here):
        return await _fetch_by_proxy(here, known)
    place = await host_addresses(here.host, network.addresses)
    is_public = bool(place.public)
    async with httpx.AsyncClient(transport=network.transport(), trust_env=False, timeout=WAIT) as client:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await _answer(client, here, place.public if is_public else (*place.inside, *place.public), known)
            if isinstance(answer, Download):
                return answer
            here = _followed(here, answer)
            place = await host_addresses(here.host, network.addresses)
            if is_public and (place.inside or place.never):
                raise FeedUnreadableError("the server redirects to an address inside our own network")
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


async def _answer(
    client: httpx.AsyncClient, url: httpx.URL, addresses: tuple[str, ...], known: Mapping[str, str]
) -> Download | str:
    """What the server sends, or where it redirects to; asked at the addresses that were checked, one by one."""
    host = url.netloc.decode("ascii")
    headers = {**known, "Host": host}
    for number, address in enumerate(addresses[:TRIED_ADDRESSES], start=1):
        there = url.copy_with(host=address.partition("%")[0])
        request = client.build_request("GET", there, headers=headers, extensions={"sni_hostname": url.host})
        try:
            answer = await client.send(request, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == min(len(addresses), TRIED_ADDRESSES):
                raise
            continue
        try:
            return answer.headers["location"] if answer.has_redirect_location else await _received(answer)
        finally:
            await answer.aclose()
    raise FeedUnreadableError("the server's name leads to no address that may be reached")


def _followed(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads: never away from encryption, or to another kind of address."""
    after = url.join(location)
    if after.scheme not in ("http", "https"):
        raise FeedUnreadableError("the server redirects to something that is not a web address")
    if url.scheme == "https" and after.scheme != "https":
        raise FeedUnreadableError("the server redirects from https to unencrypted http")
    return after


def _is_proxied(url: httpx.URL) -> bool:
    """Whether the environment names a proxy for this address (``HTTPS_PROXY``, ``NO_PROXY``)."""
    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(url.host)


async def _fetch_by_proxy(url: httpx.URL, known: Mapping[str, str]) -> Download:
    """By the organisation's proxy, which looks names up itself: so no redirect may lead to another host."""
    async with httpx.AsyncClient(follow_redirects=False, timeout=WAIT) as client:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.stream("GET", url, headers=dict(known)) as answer:
                if not answer.has_redirect_location:
                    return await _received(answer)
                before, url = url, _followed(url, answer.headers["location"])
            if url.host != before.host:
                raise FeedUnreadableError("the server redirects to another host, which is not followed by a proxy")
    raise FeedUnreadableError(f"the server redirects more than {MAX_REDIRECTS} times")


async def _received(answer: httpx.Response) -> Download:
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Download(None, answer.headers)
    if answer.status_code != httpx.codes.OK:
        raise _refused(answer)
    _check_type(answer.headers.get("content-type", ""))
    if answer.headers.get("content-length", "0").isdigit():
        _check_size(int(answer.headers.get("content-length", "0")))
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        _check_size(len(body))
    return Download(_unpacked(bytes(body), answer.headers.get("content-encoding", "identity")), answer.headers)


def _refused(answer: httpx.Response) -> FeedUnreadableError:
    words = f"the server answered {answer.status_code} {answer.reason_phrase}".rstrip()
    wait = _asked_wait(answer.headers.get("retry-after", "")) if answer.status_code in _ASK_TO_WAIT else timedelta(0)
    if wait:
        words += f" and asks to wait {max(1, round(wait.total_seconds() / 60))} min"
    return FeedUnreadableError(_WORDS.get(answer.status_code, words) if not wait else words, wait=wait)


def _asked_wait(written: str) -> timedelta:
    """What ``Retry-After`` asks for, in seconds or as a date; nothing where it can't be read."""
    seconds = 0.0
    if written.strip().isdigit():
        seconds = float(written.strip()[:9])
    elif moment := moment_of(written):
        seconds = (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251  # an activity: the server's wish is a date
    return min(max(timedelta(seconds=seconds), timedelta(0)), LONGEST_WAIT)


def _check_type(written: str) -> None:
    kind = written.partition(";")[0].strip().lower()
    if kind not in _FEED_TYPES and not kind.endswith(("/xml", "+xml", "/rss", "/atom")):
        raise FeedUnreadableError(f"the address answers with something of type {kind[:40]!r}, which is not a feed")


def _check_size(length: int) -> None:
    if length > MAX_BYTES:
        raise FeedUnreadableError(f"the feed is larger than {MAX_BYTES // 1_000_000} MB")


def _bounded(body: bytes) -> bytes:
    _check_size(len(body))
    return body


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its compression, unpacked no further than the bound: it may be a bomb."""
    if encoding.lower() == "identity":
        return unpacked_gzip(body) if body.startswith(_GZIP) else body
    if encoding.lower() not in ("gzip", "x-gzip"):
        raise FeedUnreadableError(f"the server compresses in a way that was not asked for ({encoding[:20]!r})")
    if not body.startswith(_GZIP):
        raise FeedUnreadableError("the feed is said to be compressed, and is not, or it is damaged")
    return unpacked_gzip(body)


def unpacked_gzip(body: bytes) -> bytes:
    """What some gzip holds, all its members together; what stands behind the last is left out."""
    whole = bytearray()
    while body.startswith(_GZIP):
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            whole += member.decompress(body, MAX_BYTES + 1 - len(whole))
        except zlib.error:
            raise FeedUnreadableError("the feed is compressed, and damaged") from None
        _check_size(len(whole))
        if not member.eof:
            raise FeedUnreadableError("the feed is cut off")
        body = member.unused_data
    return bytes(whole)
