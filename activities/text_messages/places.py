"""Room for each provider of its own: one that hangs, or answers nothing but errors, holds no other's places.

A message is handed over in a thread that belongs to nobody else. One that finds no place gives its slot at the worker
back at once and is tried again in seconds; Temporal keeps such tries out of the history.
"""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from workflows.process.ports import WAITS_ITS_TURN

AT_ONCE = 12
"""Messages that one provider is given at once: a worker has slots for all that several broken ones can hold."""
OF_MAILINGS = 8
"""Of these, those that go to whole groups: an alarm always finds a place."""


class ProviderPlaces:
    """The messages that are with each provider now. Used from one event loop."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    async def hand_over(self, provider: str, work: Callable[[], None], *, is_mailing: bool, key: str) -> None:
        """Let a provider have a message. Raises what ``work`` raises, or ``ApplicationError`` (``WaitsItsTurn``).

        Whoever gives up waiting leaves the place taken until the provider lets go of it.
        """
        if self._taken[provider] >= (OF_MAILINGS if is_mailing else AT_ONCE):
            raise ApplicationError(
                "this provider has many messages already: this one waits its turn",
                type=WAITS_ITS_TURN,
                category=ApplicationErrorCategory.BENIGN,  # it fills no log
                next_retry_delay=timedelta(seconds=2 + zlib.crc32(key.encode()) % 3000 / 1000),
            )
        self._taken[provider] += 1
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        outcome: list[BaseException | None] = []

        def run() -> None:
            try:
                work()
                outcome.append(None)
            except BaseException as error:  # noqa: BLE001  # it is raised below
                outcome.append(error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._over, provider, done)

        threading.Thread(target=run, name="kantadesk-channel", daemon=True).start()
        await done.wait()
        if outcome[0] is not None:
            raise outcome[0]

    def _over(self, provider: str, done: asyncio.Event) -> None:
        self._taken[provider] -= 1
        if not self._taken[provider]:
            del self._taken[provider]
        done.set()
