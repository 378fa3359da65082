"""People who look: they ask all the while how processes stand, also while no worker is there to answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from tests.chaos.patience import unless_cancelled

SEVERAL = 10
PAUSE = (2.0, 5.0)
"""Seconds between two questions of one of them."""
WAITS = 30.0


class Onlookers:
    """Several who each ask about some process of some references, as long as the context lasts."""

    def __init__(self, client: Client, references: Sequence[str], seed: str) -> None:
        self._client, self._references = client, references
        self._chance = random.Random(f"{seed}/onlookers")  # noqa: S311  # to be repeated, not to be secret
        self._looking: list[asyncio.Task[None]] = []
        self.answered = 0

    async def __aenter__(self) -> Self:
        """Begin to look."""
        self._looking = [asyncio.create_task(self._look()) for _ in range(SEVERAL)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look no longer. Raises what made one of them stop before."""
        for each in self._looking:
            each.cancel()
        for ended in await asyncio.gather(*self._looking, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError) and isinstance(ended, BaseException):
                raise ended

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*PAUSE))
            workflow_id = f"{self._chance.choice(('incident', 'breach'))}-{self._chance.choice(self._references)}"
            try:
                async with asyncio.timeout(WAITS):
                    await self._client.get_workflow_handle(workflow_id).query("status")
            except (RPCError, WorkflowQueryFailedError, TimeoutError):  # not there yet, or nobody answers
                unless_cancelled()
            else:
                self.answered += 1
