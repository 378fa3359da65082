"""What is asked again and again ends all the same: by the time-out around it, and when the tests end."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.service import RPCError, RPCStatusCode

from tests.chaos.patience import unless_cancelled

pytestmark = pytest.mark.chaos


async def call() -> None:
    """A call that is never answered; it takes a cancellation as temporalio does."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise RPCError("cancelled", RPCStatusCode.CANCELLED, b"") from None


async def never_answered() -> None:
    """Ask again and again."""
    while True:
        try:
            await call()
        except RPCError:
            unless_cancelled()


async def within_a_moment() -> None:
    """One call, with a time-out of its own."""
    async with asyncio.timeout(0.05):
        await call()


async def test_a_timeout_around_it_ends_it() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await never_answered()


async def test_a_cancelled_task_ends() -> None:
    asking = asyncio.create_task(never_answered())
    await asyncio.sleep(0.05)
    asking.cancel()
    done, _ = await asyncio.wait({asking}, timeout=30)
    assert done == {asking}
    assert asking.cancelled()


async def test_a_timeout_of_one_try_only_is_no_end() -> None:
    with pytest.raises(RPCError):
        await within_a_moment()
    unless_cancelled()  # the try is over, the task goes on
