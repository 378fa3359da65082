"""Asking again and again, without asking for ever."""

from __future__ import annotations

import asyncio


def unless_cancelled() -> None:
    """Raise ``CancelledError`` where this task is to end. Called wherever a failed call is tried again.

    temporalio answers a cancelled call with an ``RPCError``: whoever takes that for a failure of the connection and
    asks again can be ended neither by a time-out around it nor by the end of the tests (seen: a suite without end).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
