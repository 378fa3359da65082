"""A step of a process runs at its own time, or not at all.

A query that waits while no worker is there brings the next worker a history that goes beyond the last step. temporalio
1.35 then runs our code for what came meanwhile (a timer, a message) at once, with the time of that *last* step: a
reminder of 11:26:50 is noted at 11:26:45, and where the right time leads to other commands, the process can't be
replayed and stands.

The runner sees it: events were added, and the server has begun no step since the last one, whose time and size of the
history stand there still. (Time alone would not do: where a server's clock is set back, it stands as well.) Then it
does not run the step. The query fails, the run leaves the worker's memory, and the server's own step, which is under
way, runs everything at its right time. Whoever asked asks again (``query_retry.py`` does it for every client of ours).
A run that is over has no further step: asked again after a while, it answers from its last one.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workers.sdk_workarounds.query_retry import ASK_AGAIN

if TYPE_CHECKING:
    from temporalio.bridge.proto.workflow_activation import WorkflowActivation

OVER_AFTER = 2.0
"""Seconds after which a run that was asked and did not go on is taken for one that is over; clients ask for longer."""
FORGOTTEN_AFTER = 60.0
"""Seconds after which that no longer counts: another worker may have taken its steps since."""
REMEMBERED = 10_000
"""Runs of which is known when they were first asked too early."""


class ReplayTimeRunner(SandboxedWorkflowRunner):
    """The SDK's sandbox, whose processes take no step at the time of another one."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A process, watched."""
        return _Guarded(super().create_instance(det), det.info.run_id)


_asked_too_early: dict[str, float] = {}
"""When a run was first asked while it had events that no step has taken in, by ``time.monotonic``."""
_lock = threading.Lock()


class _Guarded(WorkflowInstance):
    """A process and the time of its last step."""

    def __init__(self, process: WorkflowInstance, run_id: str) -> None:
        self._process, self._run_id = process, run_id
        self._time, self._events, self._size = 0, 0, 0
        self._is_left_behind = False
        """The SDK believes that it has taken a step which it has not: it can answer, and nothing else."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Take a step, unless it is not the process's own."""
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
        """Events were added, and the server has begun no step since the last one: it says the size with each.

        A server that says no sizes is not known to do so; there a step runs as the SDK runs it.
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

    def get_serialization_context(self, command_info: Any) -> Any:
        """As the process says."""
        return self._process.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        """As the process says."""
        return self._process.get_external_store_context(command_info)

    def get_info(self) -> Any:
        """As the process says."""
        return self._process.get_info()

    def get_thread_id(self) -> int | None:
        """As the process says."""
        return self._process.get_thread_id()


def _refused() -> WorkflowActivationCompletion:
    """A step that failed: the run leaves the memory, and its history stays as it is."""
    completion = WorkflowActivationCompletion()
    completion.failed.failure.message = ASK_AGAIN
    return completion


def _nothing_done() -> WorkflowActivationCompletion:
    """A step in which nothing happened."""
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    return completion
