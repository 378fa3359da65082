"""One connection to the door: how many there may be, how long each may take, and who is at its other end.

uvicorn bounds neither the time that a request may take to arrive nor the number of connections: both are done here.
The account and the certificate of the peer are looked up once, when the connection is made; requests find them in
their state.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from workers.door.peers import account_at, is_own

CONNECTIONS = 256
STRANGERS = 32
"""Besides those of our own account, so many from other accounts and machines: they can't keep the desk out."""
HEAD_WITHIN = 10.0
"""Seconds in which the head of a request must have come, from the connection or the answer before on."""
ANSWERED_WITHIN = 120.0
"""Seconds in which a request must have come whole and its answer have been taken; Temporal answers within some 70."""
IDLE_FOR = 5
LONGEST_HEAD = 256 * 1024
"""Bytes. Temporal Web sends a whole text as an address to have it rendered."""
_UNPRINTABLE = re.compile(r"[^A-Za-z0-9._@-]")


class BoundedConnection(H11Protocol):
    """uvicorn's connection, bounded."""

    strangers: ClassVar[set[BoundedConnection]] = set()

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Look who it is; too many are cut off before anything is read."""
        super().connection_made(transport)
        uid = account_at(transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
        if not is_own(uid):
            self.strangers.add(self)
        too_many = len(self.strangers) - STRANGERS if self in self.strangers else self._of_ours() - CONNECTIONS
        if too_many > 0:
            transport.abort()
            return
        self.app_state = {**self.app_state, "uid": uid, "certificate": _subject(transport)}
        self._within(HEAD_WITHIN)

    def data_received(self, data: bytes) -> None:
        """Take what came; once the head is there, the clock of the answer runs."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._within(ANSWERED_WITHIN)

    def on_response_complete(self) -> None:
        """The clock of the next request runs, which may be there already."""
        super().on_response_complete()
        self._within(HEAD_WITHIN if self.cycle.response_complete else ANSWERED_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self.strangers.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _of_ours(self) -> int:
        """How many of this listener's connections are no strangers'."""
        return sum(connection not in self.strangers for connection in self.connections)

    def _within(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)


def _subject(transport: asyncio.Transport) -> str | None:
    """The common name of the client's certificate, in letters that can't forge a log line."""
    certificate: dict[str, Any] = transport.get_extra_info("peercert") or {}
    names = [value for part in certificate.get("subject", ()) for kind, value in part if kind == "commonName"]
    return _UNPRINTABLE.sub("_", names[0])[:64] if names else None
