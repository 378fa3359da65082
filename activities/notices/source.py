"""One feed: read within a deadline, with what is in the way said in words. Nothing it answers ever raises."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import httpx

from activities.notices.download import FeedUnreadableError, Network, fetch, read_file, without_secrets
from activities.notices.entries import raw_notices
from workflows.procedure.notices.reading import RawNotice

DEADLINE = timedelta(seconds=8)
NOTHING_KNOWN: Mapping[str, str] = {}


class FeedAnswer(NamedTuple):
    """What a feed has answered.

    ``notices``: None where nothing has changed since the answer that had the ``validators`` that were sent along, or
    where there is a ``problem``. ``validators``: by them the server can say the next time that nothing has changed.
    """

    notices: tuple[RawNotice, ...] | None
    validators: Mapping[str, str] = NOTHING_KNOWN
    problem: str = ""


class FeedSource:
    """A feed at an http(s) address, or in a file (path or ``file:`` address). ``name``: what records call it.

    ``deadline`` bounds one whole fetch, however slowly a server drips.
    """

    def __init__(self, address: str, name: str, *, deadline: timedelta = DEADLINE, network: Network) -> None:
        self.name = name
        self._address, self._deadline, self._network = address, deadline, network
        self._clock = time.monotonic
        self._not_before, self._last_problem = 0.0, ""

    async def read(self, known: Mapping[str, str] = NOTHING_KNOWN) -> FeedAnswer:
        """Read it. ``known``: the validators of the last answer, where what it said is still known.

        A server that has asked to be left alone for a while is not asked in that while.
        """
        if self._clock() < self._not_before:
            return FeedAnswer(None, problem=self._last_problem)
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._read(known)
        except FeedUnreadableError as fault:
            problem = str(fault)
            if fault.wait:
                self._not_before = self._clock() + fault.wait.total_seconds()
        except (TimeoutError, httpx.TimeoutException):
            problem = f"no complete answer within {self._deadline.total_seconds():g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            problem = f"can't be reached ({type(fault).__name__})"
        except Exception as fault:  # noqa: BLE001  # no feed, however odd, stops an incident or the watch
            problem = f"can't be read ({type(fault).__name__})"
        self._last_problem = f"The notice feed{' ' if problem.startswith('can') else ': '}{problem}."
        return FeedAnswer(None, problem=self._last_problem)

    async def _read(self, known: Mapping[str, str]) -> FeedAnswer:
        if not self._address.startswith(("http://", "https://")):
            body = await asyncio.to_thread(read_file, self._address)
            return FeedAnswer(await asyncio.to_thread(raw_notices, body, NOTHING_KNOWN))
        download = await fetch(self._address, known=known, network=self._network)
        if download.body is None and not known:
            raise FeedUnreadableError("the server says that nothing has changed, although nothing was known")
        if download.body is None:
            return FeedAnswer(None, known)
        notices = await asyncio.to_thread(raw_notices, download.body, download.headers)
        return FeedAnswer(notices, _validators(download.headers))


def sources(
    addresses: Sequence[str], *, deadline: timedelta = DEADLINE, network: Network | None = None
) -> tuple[FeedSource, ...]:
    """One source for each address, each with a name of its own (the address without secrets, numbered where needed)."""
    named: dict[str, str] = {}
    for address in dict.fromkeys(addresses):
        plain = without_secrets(address)
        same = sum(name == plain or name.startswith(f"{plain} (") for name in named)
        named[f"{plain} ({same + 1})" if same else plain] = address
    network = network or Network()
    return tuple(FeedSource(address, name, deadline=deadline, network=network) for name, address in named.items())


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = {"If-None-Match": headers.get("etag"), "If-Modified-Since": headers.get("last-modified")}
    return {name: value for name, value in pairs.items() if value and len(value) <= LONGEST_VALIDATOR}


LONGEST_VALIDATOR = 500
"""Characters; a server's word that is kept with the process."""
