"""Reads the calendar of a rota, and keeps the last good copy: for when a server is down, or a file broken."""

from __future__ import annotations

import asyncio
import hashlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import httpx

from activities.evidence.case_folder import private_folder, write_whole
from activities.rota.calendar import MAX_BYTES, RotaCalendar, RotaUnreadable
from workflows.procedure.operating_model.rota_source import is_address, web_address
from workflows.procedure.operating_model.text_addresses import filled

ANSWER_WITHIN = 4.0
"""Seconds for the whole of it: an alarm waits for it."""
FRESH_FOR = timedelta(minutes=1)
"""So long what was read by address holds, and so long a server that failed is not asked again."""
REDIRECTS_AT_MOST = 3


class ReadRota(NamedTuple):
    """A calendar with when it was read; ``problem``: why it can't be read now, where this is the last good copy."""

    calendar: RotaCalendar | None
    read_at: datetime | None
    problem: str = ""


class _Understood(NamedTuple):
    digest: str
    calendar: RotaCalendar
    read_at: datetime


class RotaSources:
    """The calendars, by where they are read from. ``folder``: of the copies; ``secrets``: the folder of secrets.

    ``keeps``: False for somebody who only looks and leaves the copies to the workers.
    """

    def __init__(self, folder: Path, secrets: Path | None = None, *, keeps: bool = True) -> None:
        self._folder, self._secrets, self._keeps = folder, secrets, keeps
        self._known: dict[tuple[str, str], _Understood] = {}
        """What was understood last of each source and zone."""
        self._asked: dict[str, tuple[float, str]] = {}
        """When each address was asked last, by a clock that only goes on, and why it failed."""
        self._turns: dict[str, asyncio.Lock] = {}

    async def read(self, source: str, beside: Path, zone: str) -> ReadRota:
        """The calendar as it stands now, or its last good copy. Raises nothing: what is wrong is said.

        ``beside``: the folder that a file is relative to; ``zone``: that of times without one.
        """
        try:
            content = await self._content(source, beside)
            if content is None:
                return await asyncio.to_thread(self._last_good, source, zone, self._asked[source][1])
            known = await asyncio.to_thread(self._understood, source, content, zone)
        except RotaUnreadable as fault:
            return await asyncio.to_thread(self._last_good, source, zone, str(fault))
        return ReadRota(known.calendar, known.read_at)

    async def _content(self, source: str, beside: Path) -> bytes | None:
        """What the source says now; None where it need not be asked again yet. Raises ``RotaUnreadable``."""
        if not is_address(source):
            return await asyncio.to_thread(_of_file, beside / source)
        async with self._turns.setdefault(source, asyncio.Lock()):
            asked, why = self._asked.get(source, (None, ""))
            if asked is not None and time.monotonic() - asked < FRESH_FOR.total_seconds():  # no process
                return None
            try:
                content, why = await fetched(self._with_secrets(source)), ""
            except RotaUnreadable as fault:
                content, why = None, str(fault)
            self._asked[source] = time.monotonic(), why  # likewise
        return content

    def _with_secrets(self, source: str) -> str:
        return web_address(filled(source, number="", secret=lambda name: quote(self._secret(name), safe="")))

    def _secret(self, name: str) -> str:
        try:
            return ((self._secrets or Path()) / name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise RotaUnreadable(f"needs the secret {name!r}, which can't be read from its file") from fault

    def _understood(self, source: str, content: bytes, zone: str) -> _Understood:
        digest, before = hashlib.sha256(content).hexdigest(), self._known.get((source, zone))
        calendar = before.calendar if before and before.digest == digest else RotaCalendar(content, zone)
        now = datetime.now(UTC)  # noqa: TID251  # an activity: when a calendar was read
        known = self._known[(source, zone)] = _Understood(digest, calendar, now)
        if self._keeps:
            self._keep(source, content)
        return known

    def _keep(self, source: str, content: bytes) -> None:
        """Keep the copy. A disk that is full must not stop an alarm: the copy before stays."""
        try:
            private_folder(self._folder)
            write_whole(self._copy(source), content)
        except OSError:
            return

    def _last_good(self, source: str, zone: str, why: str) -> ReadRota:
        if known := self._known.get((source, zone)):
            return ReadRota(known.calendar, known.read_at, why)
        try:
            calendar = RotaCalendar(self._copy(source).read_bytes(), zone)
            read_at = datetime.fromtimestamp(self._copy(source).stat().st_mtime, UTC)
        except (OSError, RotaUnreadable):
            return ReadRota(None, None, why or "could not be read yet")
        return ReadRota(calendar, read_at, why)

    def _copy(self, source: str) -> Path:
        return self._folder / f"{hashlib.sha256(source.encode()).hexdigest()[:24]}.ics"


def _of_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise RotaUnreadable(f"can't be read: {fault.strerror or type(fault).__name__}") from fault


async def fetched(address: str) -> bytes:
    """What a server answers. Raises ``RotaUnreadable``, in whose words no address stands: it may hold a secret."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN), httpx.AsyncClient(timeout=ANSWER_WITHIN) as client:
            return await _followed(client, httpx.URL(address))
    except TimeoutError:
        raise RotaUnreadable(f"its server does not answer within {ANSWER_WITHIN:.0f} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
        if isinstance(fault, RotaUnreadable):
            raise
        raise RotaUnreadable(f"its server can't be reached ({type(fault).__name__})") from None


async def _followed(client: httpx.AsyncClient, url: httpx.URL) -> bytes:
    for _ in range(REDIRECTS_AT_MOST + 1):
        async with client.stream("GET", url, headers={"Accept": "text/calendar, */*;q=0.1"}) as answer:
            if not answer.has_redirect_location:
                return await _body(answer)
            before, url = url, url.join(answer.headers["location"])
        if url.scheme not in (before.scheme, "https"):
            raise RotaUnreadable("its server redirects away from https")
    raise RotaUnreadable(f"its server redirects more than {REDIRECTS_AT_MOST} times")


async def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != httpx.codes.OK:
        raise RotaUnreadable(f"its server answered {answer.status_code}")
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MAX_BYTES:
            raise RotaUnreadable(f"is larger than {MAX_BYTES // 1_000_000} MB")
    return bytes(body)
