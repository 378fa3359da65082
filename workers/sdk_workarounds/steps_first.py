"""An update is taken after the ends of steps that came with it, so that a process answers the same on any worker.

Waits for: no issue is known; found by our simulation on temporalio 1.35 (decision 0090). Near it:
temporalio/sdk-rust#1606. May go when ``test_the_runner_of_the_sdk_is_still_in_need_of_this`` fails
(``tests/workers/sdk_workarounds/test_steps_first.py``).

Two workflow tasks in which a process asks for nothing, then an update: a worker that remembers the process takes in
each by itself. One that does not is given the second task and the update as one, and the SDK lets the update run first:
before the end of a step that was over when somebody sent it. What the process then does stands in the history, and the
next reading of it, which knows where the update came in, does the other thing: the process stands still.

So the ends of steps are taken in before it. Timers are not: what somebody has said while no worker was there comes
before the alarm that it makes needless, as the SDK has it. The histories of earlier releases were written otherwise:
that this rule held for a workflow task stands in the history beside it, as the SDK notes such flags of its own.

A process that would end, or go on in a new run, before the update that came with it: there the task fails once, and is
done again in the SDK's own order, in which nothing ends under a message.
"""

from __future__ import annotations

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance

FLAG = 89_001
"""Our number among the SDK's own (1, 2, ...), in ``lang_used_flags`` of a completed workflow task."""
ENDS_OF_STEPS = frozenset({"resolve_activity", "resolve_signal_external_workflow"})
AFTER_STEPS = frozenset({"do_update", "fire_timer"})
REMEMBERED = 10_000
ENDS = frozenset({
    "complete_workflow_execution", "fail_workflow_execution", "cancel_workflow_execution",
    "continue_as_new_workflow_execution",
})  # fmt: skip


class StepsFirst(WorkflowInstance):
    """A process that takes in the ends of its steps before the updates that come with them."""

    def __init__(self, process: WorkflowInstance, run_id: str) -> None:
        self._process, self._run_id = process, run_id

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Take in the ends of steps, then updates and timers; as one where it was so before there was the rule."""
        first, then = _apart(act)
        if not (ENDS_OF_STEPS & _kinds(first) and "do_update" in _kinds(then) and self._is_rule(act)):
            return self._process.activate(act)
        done = self._process.activate(first)
        if done.HasField("failed"):
            return done
        if any(_ends(command) for command in done.successful.commands):
            _remember(self._run_id)
            return _again()
        answered = self._process.activate(then)
        if answered.HasField("successful"):
            done.successful.commands.extend(answered.successful.commands)
            done.successful.used_internal_flags.extend((*answered.successful.used_internal_flags, FLAG))
            return done
        return answered

    def _is_rule(self, act: WorkflowActivation) -> bool:
        return FLAG in act.available_internal_flags if act.is_replaying else self._run_id not in _would_end

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


_would_end: set[str] = set()
"""Runs that would have ended before an update: of each the rest is done in the SDK's order by this worker."""


def _remember(run_id: str) -> None:
    if len(_would_end) >= REMEMBERED:
        _would_end.clear()  # one that is forgotten too early fails once more
    _would_end.add(run_id)


def _ends(command: WorkflowCommand) -> bool:
    return command.WhichOneof("variant") in ENDS


def _again() -> WorkflowActivationCompletion:
    """A failed workflow task: the run leaves the memory, and its history stays as it is."""
    completion = WorkflowActivationCompletion()
    completion.failed.failure.message = "it would end before an update that came with the end: taken again"
    return completion


def _apart(act: WorkflowActivation) -> tuple[WorkflowActivation, WorkflowActivation]:
    """The same workflow task in two: with its updates and timers, and before them with all else."""
    first, then = WorkflowActivation(), WorkflowActivation()
    for part in (first, then):
        part.CopyFrom(act)
        del part.jobs[:]
    for job in act.jobs:
        (then if job.WhichOneof("variant") in AFTER_STEPS else first).jobs.append(job)
    return first, then


def _kinds(act: WorkflowActivation) -> set[str | None]:
    return {job.WhichOneof("variant") for job in act.jobs}
