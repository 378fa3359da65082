"""A worker that stops when it is told to.

In temporalio 1.35 the last step of a worker's shutdown sometimes never returns (seen once in 2,000 workers on a loaded
machine, all polls and activities having ended). SIGTERM must end a worker all the same, or a deployment hangs. Nothing
is lost by leaving it: what it did is recorded, and what it held is given to the next worker by the server.

Before that it ends what it is at: a letter that is with the provider when its worker lets go of it is sent again by the
next worker, since nobody can know whether it went. That holds for letters that no process waits for any more, too.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from temporalio.worker import Worker

from activities.mail.transport import all_handed_over

LOG = logging.getLogger("kantadesk.worker")
GRACEFUL_SHUTDOWN = timedelta(seconds=40)
"""Longer than a mail provider is waited for (SendGrid 30 s); takes no new work meanwhile."""
SHUTDOWN_AT_MOST = timedelta(seconds=55)
"""Less than the 60 s that ``docker-compose.yml`` gives."""


class BoundedShutdownWorker(Worker):
    """A ``Worker`` whose ``async with`` ends within ``SHUTDOWN_AT_MOST`` after its body."""

    async def __aexit__(self, exc_type: type[BaseException] | None, *args: object) -> None:
        """Stop; raises what made the worker fail, if anything did."""
        try:
            async with asyncio.timeout(SHUTDOWN_AT_MOST.total_seconds()):
                await super().__aexit__(exc_type, *args)
                await all_handed_over()
        except TimeoutError:
            LOG.warning("the worker did not stop within %d s and is left behind", SHUTDOWN_AT_MOST.seconds)
