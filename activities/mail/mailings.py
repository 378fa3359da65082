"""How much of a worker the letters of mailings may take: the rest stays free, so that an alarm never waits behind them.

A worker does a bounded number of activities at once. Hundreds of letters to a provider that hangs would hold them all,
and the reminder of a legal duty would wait behind them. So a letter of a mailing that finds no place gives its slot
back at once and is tried again; Temporal keeps such tries out of the history.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from workflows.process.ports import WAITS_ITS_TURN

MAILING_LETTERS_AT_ONCE = 100
SHORTEST_WAIT, SPREAD = 5.0, 5
"""Seconds until the next try: by the letter's key, so that they do not all come back together."""


class Mailings:
    """The letters and text messages of mailings that one worker sends now. Used from one event loop."""

    def __init__(self, at_once: int = MAILING_LETTERS_AT_ONCE) -> None:
        self._at_once, self._taken = at_once, 0

    @contextmanager
    def place(self, key: str, *, is_mailing: bool) -> Iterator[None]:
        """Hold a place while a letter goes. Raises ``ApplicationError`` (``WaitsItsTurn``) where none is free.

        What belongs to no mailing needs none.
        """
        if not is_mailing:
            yield
            return
        if self._taken >= self._at_once:
            raise ApplicationError(
                "many letters of mailings are on their way: this one waits its turn",
                type=WAITS_ITS_TURN,
                category=ApplicationErrorCategory.BENIGN,  # it fills no log
                next_retry_delay=timedelta(seconds=SHORTEST_WAIT + zlib.crc32(key.encode()) % (SPREAD * 1000) / 1000),
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
