"""How long one step of a process may take before the worker thinks that it hangs.

A burst reaches a process in one step: five thousand messages took over 2 s on a machine with a load of 16. temporalio
1.35 then interrupts the step in the middle, can't remove the run from its memory any more, and the process stands still
until the worker is started again. The 2 s are fixed there, so they are lengthened where they are kept; a test holds it.
"""

from __future__ import annotations

from temporalio.worker import Worker

TIMEOUT_SECONDS = 30
"""Three times the 10 s that the server waits for a step. Nothing in our processes can hang: lint keeps I/O out."""


def with_longer_deadlock_timeout(worker: Worker) -> Worker:
    """The worker, which waits ``TIMEOUT_SECONDS`` for one step of a process."""
    processes = worker._workflow_worker  # noqa: SLF001  # the SDK has no option for it
    if processes is not None:
        processes._deadlock_timeout_seconds = TIMEOUT_SECONDS  # noqa: SLF001
    return worker
