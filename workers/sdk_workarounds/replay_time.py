"""A workflow task runs at its own time, or not at all.

Waits for: no issue is known; found by us on temporalio 1.35 (decision 0055). Near it, but about updates:
temporalio/sdk-python#1591. May go when ``test_the_runner_of_the_sdk_is_still_in_need_of_this`` fails
(``tests/workers/sdk_workarounds/test_replay_time.py``).

A query that waits while no worker is there brings the next worker a history that goes beyond the last workflow task.
The SDK then runs our code at once for what has come since (a timer, a message), at the time of that *last* task: a
reminder of 11:26:50 is noted at 11:26:45. If the right time leads to other commands, the process can't be replayed, and
it stands still.

The runner can see this: events were added, and the server has begun no workflow task since the last one, so the task
still bears that one's time and size of the history. (Time alone would not do: it also stays if a server's clock is set
back.) Then the runner does not run the task. The query fails, the run leaves the worker's memory, and the server's own
workflow task, which comes next, runs everything at its right time. The client asks again (``query_retry.py`` does so
for all of ours). A run that is over gets no further workflow task: asked again after a while, it answers from its last
one.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workers.sdk_workarounds.query_retry import ASK_AGAIN
from workers.sdk_workarounds.steps_first import StepsFirst
from workers.sdk_workarounds.wrapped import WrappedProcess

if TYPE_CHECKING:
    from temporalio.bridge.proto.workflow_activation import WorkflowActivation

OVER_AFTER = 2.0
"""Seconds after which a run that was asked and did not go on is taken for one that is over; clients ask for longer."""
FORGOTTEN_AFTER = 60.0
"""Seconds after which that no longer counts: another worker may have done its workflow tasks since."""
REMEMBERED = 10_000
"""For so many runs it is known when they were first asked too early."""


class ReplayTimeRunner(SandboxedWorkflowRunner):
    """The SDK's sandbox, in which no workflow task runs at the time of another one."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A process behind the guard, which takes the ends of steps first."""
        return _Guarded(StepsFirst(super().create_instance(det)), det.info.run_id)


_asked_too_early: dict[str, float] = {}
"""When a run was first asked while it had events that no workflow task has taken in, by ``time.monotonic``."""
_lock = threading.Lock()


class _Guarded(WrappedProcess):
    """A process, and the time of its last workflow task."""

    def __init__(self, process: WorkflowInstance, run_id: str) -> None:
        super().__init__(process)
        self._run_id = run_id
        self._time, self._events, self._size = 0, 0, 0
        self._is_left_behind = False
        """The SDK believes that it has done a workflow task which it has not: it can answer, and nothing else."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Do a workflow task, unless it comes too early."""
        kinds = {job.WhichOneof("variant") for job in act.jobs}
        if kinds & {"query_workflow", "remove_from_cache"}:
            return self._process.activate(act)
        if self._is_early(act):
            self._is_left_behind = self._is_left_behind or self._is_over()
            return _nothing_done() if self._is_left_behind else _refused()
        if self._is_left_behind:
            return _refused()
        self._time, self._events = act.timestamp.ToNanoseconds(), act.history_length
        self._size = act.history_size_bytes
        if not act.is_replaying:
            with _lock:
                _asked_too_early.pop(self._run_id, None)
        return self._process.activate(act)

    def _is_early(self, act: WorkflowActivation) -> bool:
        """Events were added, and the server has begun no workflow task since the last one: it says the size with each.

        Nothing of the kind was seen on a server that says no sizes: there each task runs as the SDK runs it.
        """
        return (
            not act.is_replaying
            and act.history_length > self._events > 0
            and act.timestamp.ToNanoseconds() == self._time
            and act.history_size_bytes == self._size > 0
        )

    def _is_over(self) -> bool:
        """Whether the run was refused before and has not gone on since."""
        now = time.monotonic()
        with _lock:
            first = _asked_too_early.get(self._run_id, float("-inf"))
            if now - first > FORGOTTEN_AFTER:
                _asked_too_early[self._run_id] = first = now
            if len(_asked_too_early) > REMEMBERED:
                del _asked_too_early[next(iter(_asked_too_early))]
        return now - first > OVER_AFTER


def _refused() -> WorkflowActivationCompletion:
    """A failed workflow task: the run leaves the memory, and its history stays as it is."""
    completion = WorkflowActivationCompletion()
    completion.failed.failure.message = ASK_AGAIN
    return completion


def _nothing_done() -> WorkflowActivationCompletion:
    """A workflow task in which nothing happened."""
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    return completion
