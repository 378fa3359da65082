"""The ends of steps come before updates and timers in every workflow task: a process answers the same on any worker.

Waits for: no issue is known; found by our simulation on temporalio 1.35 (decision 0090). Near it:
temporalio/sdk-rust#1606. May go when ``test_the_runner_of_the_sdk_is_still_in_need_of_this`` fails
(``tests/workers/sdk_workarounds/test_steps_first.py``).

Two workflow tasks in which a process asks for nothing, then an update: a worker that remembers the process takes in
each by itself. One that does not is given the second task and the update as one, and the SDK lets the update run first:
before the end of a step that was over when somebody sent it. What the process then does stands in the history, and the
next reading of it, which knows where the update came in, does the other thing: the process stands still.

So each task is handed to the SDK in two parts: signals and the ends of steps, then updates and timers. In that order
timers stay where the SDK has them: what somebody has said while no worker was there comes before the alarm that it
makes needless. The order must not go by what the task has: an update that is turned away leaves no event, and the next
reading would have the task without it.

The histories of earlier releases were written otherwise. That a task went by this rule stands in the history beside it,
as the SDK notes flags of its own; from the first such task of a run on it holds for all. The first task of a run stays
as the SDK has it.

Where the first part ends the run, an update that came with it is not taken in: the server tells its sender so, as it
does a moment later.
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workers.sdk_workarounds.wrapped import WrappedProcess

FLAG = 89_001
"""Our number among the SDK's own (1, 2, ...), in ``lang_used_flags`` of a completed workflow task."""
AFTER_STEPS = frozenset({"do_update", "fire_timer"})
WHOLE = frozenset({"initialize_workflow", "query_workflow", "remove_from_cache"})
"""What is in a task that is not taken apart."""
ENDS = frozenset({
    "complete_workflow_execution", "fail_workflow_execution", "cancel_workflow_execution",
    "continue_as_new_workflow_execution",
})  # fmt: skip


class StepsFirst(WrappedProcess):
    """A process that takes in the ends of its steps before the updates and timers that come with them."""

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Take in the ends of steps, then updates and timers; all at once where it was so before there was the rule."""
        if not _is_taken_apart(act):
            return self._process.activate(act)
        done = WorkflowActivationCompletion()
        done.successful.SetInParent()
        for part in _apart(act):
            if any(_ends(command) for command in done.successful.commands):
                continue
            answer = self._process.activate(part)
            if answer.HasField("failed"):
                return answer
            done.MergeFrom(answer)
        if not act.is_replaying:
            done.successful.used_internal_flags.append(FLAG)
        return done


def _is_taken_apart(act: WorkflowActivation) -> bool:
    if any(job.WhichOneof("variant") in WHOLE for job in act.jobs):
        return False
    return not act.is_replaying or FLAG in act.available_internal_flags


def _apart(act: WorkflowActivation) -> Sequence[WorkflowActivation]:
    """The same workflow task in two, updates and timers behind all else; as it is where it has one of these only."""
    waits = [job.WhichOneof("variant") in AFTER_STEPS for job in act.jobs]
    if all(waits) or not any(waits):
        return (act,)
    parts = WorkflowActivation(), WorkflowActivation()
    for part in parts:
        part.CopyFrom(act)
        del part.jobs[:]
    for job, is_later in zip(act.jobs, waits, strict=True):
        parts[is_later].jobs.append(job)
    return parts


def _ends(command: WorkflowCommand) -> bool:
    return command.WhichOneof("variant") in ENDS
