"""A worker that stops when it is told to.

Waits for: no issue is known that names it; found by us on temporalio 1.35. Near it: temporalio/sdk-rust#1297 (a poll
that hangs; open) and temporalio/sdk-rust#519. No test can say when it may go, since it was seen once in 2,000 workers;
``tests/workers/sdk_workarounds/test_shutdown.py`` shows only that such a worker is left behind. Look for the fix in the
SDK's releases.

The end of a worker's shutdown sometimes never returns, on a loaded machine, although all polls and activities have
ended. SIGTERM must end a worker all the same, or a deployment hangs. Nothing is lost by leaving it: what it did is
recorded, and the server gives what it held to the next worker.

Before that, a stopping worker finishes its current activities. A letter that is with the provider when its worker gives
it up is sent again by the next worker, since nobody can know whether it went. This holds, too, for letters that no
process waits for any more.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from temporalio.worker import Worker

from activities.mail.transport import all_handed_over

LOG = logging.getLogger("kantadesk.worker")
GRACEFUL_SHUTDOWN = timedelta(seconds=40)
"""Longer than a mail provider is waited for (SendGrid 30 s). It takes no new work in that time."""
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
