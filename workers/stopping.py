"""A worker that stops when it is told to.

In temporalio 1.35 the last step of a worker's shutdown sometimes never returns (seen once in 2,000 workers on a loaded
machine, all polls and activities having ended). SIGTERM must end a worker all the same, or a deployment hangs. Nothing
is lost by leaving it: what it did is recorded, and what it held is given to the next worker by the server.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from temporalio.worker import Worker

LOG = logging.getLogger("kantadesk.worker")
STOPS_WITHIN = timedelta(seconds=30)


class StoppingWorker(Worker):
    """A ``Worker`` whose ``async with`` ends within ``STOPS_WITHIN`` after its body."""

    async def __aexit__(self, exc_type: type[BaseException] | None, *args: object) -> None:
        """Stop; raises what made the worker fail, if anything did."""
        try:
            async with asyncio.timeout(STOPS_WITHIN.total_seconds()):
                await super().__aexit__(exc_type, *args)
        except TimeoutError:
            LOG.warning("the worker did not stop within %d s and is left behind", STOPS_WITHIN.seconds)
