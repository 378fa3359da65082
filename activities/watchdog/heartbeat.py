"""The heartbeat: one request to the operator's own address (a dead-man's switch), which is a secret.

Nothing is sent with it. The address appears in no message, log line or failure: with it, anybody could make a dead
desk look alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

import httpx
from temporalio.exceptions import ApplicationError

WITHIN = 10.0
"""Seconds for the whole request."""
HEARTBEAT_FAILED = "HeartbeatFailed"
Method = Literal["GET", "POST", "HEAD"]


class Heartbeat:
    """Sends it. ``address`` is read at each use: None where nobody listens."""

    def __init__(self, address: Callable[[], str | None], method: Method = "GET") -> None:
        self._address, self._method = address, method

    async def send(self) -> bool:
        """Send it once; False where no address is configured. Raises ``HeartbeatFailed``."""
        address = self._address()
        if not address:
            return False
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each address at INFO
        try:
            async with (
                asyncio.timeout(WITHIN),
                httpx.AsyncClient(follow_redirects=False, timeout=WITHIN) as client,
                client.stream(self._method, address, headers={"User-Agent": "kantadesk"}) as answer,
            ):
                status = answer.status_code
        except (TimeoutError, httpx.TimeoutException):
            raise _failed(f"no answer within {WITHIN:.0f} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            raise _failed(f"the address can't be reached ({type(fault).__name__})") from None
        if not httpx.codes.is_success(status):
            raise _failed(f"the address answers {status}")
        return True


def _failed(reason: str) -> ApplicationError:
    return ApplicationError(reason, type=HEARTBEAT_FAILED)
