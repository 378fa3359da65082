"""Asking again and again, without asking for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.client import RPCTimeoutOrCancelledError, WorkflowQueryFailedError
from temporalio.service import RPCError

T = TypeVar("T")
WITHIN = 480.0
"""Seconds in which anything waited for must come about on a busy machine."""


def unless_cancelled() -> None:
    """Raise ``CancelledError`` where this task is to end. Called wherever a failed call is tried again.

    temporalio answers a cancelled call with an ``RPCError``: whoever takes that for a failure of the connection and
    asks again can be ended neither by a time-out around it nor by the end of the tests (seen: a suite without end).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def while_it_fails(act: Callable[[], Awaitable[T]]) -> T:
    """Do it until it comes about: server and workers may be dead just then."""
    ends = time.monotonic() + WITHIN
    while True:
        try:
            return await act()
        except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError):
            unless_cancelled()
            if time.monotonic() > ends:
                raise
        await asyncio.sleep(0.3)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so, however often asking fails."""
    while not await while_it_fails(holds):  # noqa: ASYNC110  # other processes make it true
        await asyncio.sleep(0.5)
