"""The published disruption notices, read from an RSS or Atom feed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
from temporalio import activity

from activities.feed_download import Addresses, FeedUnreadableError, addresses_of, fetch, read_file, without_secrets
from activities.feed_reading import read_notices
from workflows.ports import NoticeBoard, NoticeQuestion, NoticesFound
from workflows.procedure.notices import Notice, concerning, open_faults

DEADLINE = timedelta(seconds=8)
_NOTHING_KNOWN: Mapping[str, str] = {}


class _Reading(NamedTuple):
    """The notices as last read, with the headers by which the server can say that nothing has changed."""

    notices: tuple[Notice, ...]
    validators: Mapping[str, str]


class NoticeFeed(NoticeBoard):
    """A feed at an http(s) address, or in a file (path or ``file:`` address); None where none is configured.

    ``deadline`` bounds the whole of one reading, however slowly a server drips. A redirect from a public address into
    our own network is refused; ``addresses`` is how the addresses of a host are found.
    """

    def __init__(self, url: str | None, *, deadline: timedelta = DEADLINE, addresses: Addresses = addresses_of) -> None:
        self._url = url or ""
        self._deadline = deadline
        self._addresses = addresses
        self._last: _Reading | None = None

    @activity.defn(name="open_fault_notices")
    async def open_fault_notices(self, question: NoticeQuestion) -> NoticesFound:
        """Fault notices, not ended, that name one of the services. Never raises: a problem is part of the answer."""
        checked_at = datetime.now(UTC)  # noqa: TID251  # an activity: when the world was looked at
        if not self._url:
            return NoticesFound(checked_at=checked_at)
        notices, problem = await self._read_within_deadline()
        return NoticesFound(
            notices=concerning(open_faults(notices), question.services),
            problem=problem,
            checked_at=checked_at,
            source=without_secrets(self._url),
        )

    async def _read_within_deadline(self) -> tuple[tuple[Notice, ...], str]:
        """The notices, and what was in the way in words for the desk (empty where nothing was)."""
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._read(), ""
        except FeedUnreadableError as fault:
            problem = str(fault)
        except (TimeoutError, httpx.TimeoutException):
            problem = f"no complete answer within {self._deadline.total_seconds():g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            problem = f"can't be reached ({type(fault).__name__})"
        except Exception as fault:  # noqa: BLE001  # the port's promise: no feed, however odd, stops an incident
            problem = f"can't be read ({type(fault).__name__})"
        return (), f"The notice feed {problem}." if problem.startswith("can't") else f"The notice feed: {problem}."

    async def _read(self) -> tuple[Notice, ...]:
        if not self._url.startswith(("http://", "https://")):
            body = await asyncio.to_thread(read_file, self._url)
            return await asyncio.to_thread(read_notices, body, _NOTHING_KNOWN)
        last = self._last
        known = last.validators if last else _NOTHING_KNOWN
        download = await fetch(self._url, known=known, addresses=self._addresses)
        if download.body is None:
            if not last:
                raise FeedUnreadableError("the server says that nothing has changed, although nothing was known")
            return last.notices
        notices = await asyncio.to_thread(read_notices, download.body, download.headers)
        self._last = _Reading(notices, _validators(download.headers))
        return notices


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
    return {name: value for name, value in pairs.items() if value}
