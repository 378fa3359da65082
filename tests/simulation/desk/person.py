"""The people of a simulated desk: those of the storm, who look again less and less often while nothing comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.client import RPCTimeoutOrCancelledError, WorkflowQueryFailedError
from temporalio.service import RPCError

from tests.chaos import crowd
from tests.chaos.crowd import Life
from tests.chaos.patience import unless_cancelled

T = TypeVar("T")
LOOKS_AGAIN_AFTER = (0.5, 600.0)
"""Seconds: at first, and at most. It doubles from one look to the next."""
TRIES_FOR = (30.0, 86400.0)
"""Seconds that one try may take, likewise."""


class Person(Life):
    """A life of which days pass: a process that ends in a week is not asked twice a second whether it has ended."""

    async def _is_asked(self) -> None:
        """Whether the process asks for the assessment of a breach, as anybody sees it in its status."""
        status = await self._status("incident")
        if not any(duty.kind == "assess_breach" and duty.state in ("open", "overdue") for duty in status.duties):
            raise crowd._NotYet

    async def _answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        pause, try_for = LOOKS_AGAIN_AFTER[0], TRIES_FOR[0]
        async with asyncio.timeout(crowd.PATIENCE.total_seconds()):
            while True:
                try:
                    async with asyncio.timeout(try_for):
                        return await ask()
                except (RPCError, RPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError, crowd._NotYet):
                    unless_cancelled()
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LOOKS_AGAIN_AFTER[1])
                    try_for = min(2 * try_for, TRIES_FOR[1])
