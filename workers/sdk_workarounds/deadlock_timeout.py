"""How long one workflow task may take before the worker thinks that it hangs.

Waits for: an option of the SDK, temporalio/sdk-python#1050 (closed, and 1.35 has none), and for what happens after a
time-out, temporalio/sdk-python#806 (open). May go when ``test_the_sdk_still_has_no_option_for_it`` fails
(``tests/workers/sdk_workarounds/test_deadlock_timeout.py``).

A burst reaches a process in one workflow task: five thousand messages took over 2 s on a machine with a load of 16.
temporalio 1.35 then interrupts the task in the middle, can't remove the run from its memory any more, and the process
stands still until the worker is started again. The 2 s are fixed in a private attribute, so we set that.
"""

from __future__ import annotations

from temporalio.worker import Worker

TIMEOUT_SECONDS = 30
"""Three times the 10 s that the server waits for a workflow task. Nothing in a story can hang: lint keeps I/O out."""


def with_longer_deadlock_timeout(worker: Worker) -> Worker:
    """The worker, which waits ``TIMEOUT_SECONDS`` for a workflow task."""
    processes = worker._workflow_worker  # noqa: SLF001  # the SDK has no option for it
    if processes is not None:
        processes._deadlock_timeout_seconds = TIMEOUT_SECONDS  # noqa: SLF001
    return worker
