"""Parts of the engine that the desk hardly uses: schedules, reset, delete, continuing as new, signals, ids."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest, StartWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError, TerminatedError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from tests.simulation.engine.chance import Chance
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.outside import Outside
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.virtual_time import beginning, run_virtually
from tests.simulation.engine.worker import Build, Worker

T = TypeVar("T")
DEFAULT = DataConverter.default


@activity.defn
async def bell(number: int) -> int:
    """Rings."""
    return number


@workflow.defn(name="Counter")
class Counter:
    """Counts what it is told, and continues as new where that is suggested."""

    @workflow.init
    def __init__(self, counted: int = 0) -> None:
        self.counted, self.is_over = counted, False

    @workflow.run
    async def run(self, counted: int = 0) -> int:  # noqa: ARG002  # read in __init__
        """Go on until it is told to stop."""
        while not self.is_over:
            before = self.counted
            await workflow.wait_condition(partial(self._has_news, before))
            await workflow.execute_activity(bell, self.counted, start_to_close_timeout=timedelta(seconds=9))
            if workflow.info().is_continue_as_new_suggested() and not self.is_over:
                workflow.continue_as_new(self.counted)
        return self.counted

    def _has_news(self, before: int) -> bool:
        return self.is_over or self.counted != before

    @workflow.signal
    async def more(self, by: int) -> None:
        """Count on."""
        self.counted += by

    @workflow.signal
    async def stop(self) -> None:
        """Enough."""
        self.is_over = True


@workflow.defn(name="Caller")
class Caller:
    """Signals another run, which may not be there."""

    @workflow.run
    async def run(self, whom: str) -> str:
        """Say what came of it."""
        try:
            await workflow.get_external_workflow_handle(whom).signal("more", 5)
        except ApplicationError as error:
            return error.message
        return "told"


@workflow.defn(name="Fails")
class Fails:
    """Fails at once."""

    @workflow.run
    async def run(self) -> None:
        """Fail."""
        raise ApplicationError("no", non_retryable=True)


def simulated(script: Callable[[Client, Server], Awaitable[T]], *, suggest_at: int = 4096) -> T:
    """Play a script against a server with one worker on which nothing goes wrong."""

    async def play() -> T:
        server = Server(Chance("parts"), suggest_at=suggest_at)
        build = Build([Counter, Caller, Fails], [bell], [], DEFAULT)
        server.joins(Worker(build, OsProcess("worker")))
        try:
            result = await script(client(server, DEFAULT), server)
        finally:
            server.close()
        assert server.problems == []
        return result

    return run_virtually(play, beginning())


# --- continue as new -----------------------------------------------------------------------------------------


def test_a_long_history_is_suggested_to_continue_as_new_and_loses_no_count() -> None:
    async def script(desk: Client, server: Server) -> tuple[int, list[int], str]:
        handle = await desk.start_workflow("Counter", id="long", task_queue="simulated", result_type=int)
        for _ in range(12):
            await handle.signal("more", 1)
            await asyncio.sleep(1)
        await handle.signal("stop")
        lengths = [len(run.history) for run in server.runs.values()]
        counted = await handle.result()
        return counted, lengths, (await handle.describe()).task_queue

    counted, lengths, queue = simulated(script, suggest_at=25)
    assert counted == 12
    assert queue == "simulated", "a run that continues another stays on its queue"
    assert len(lengths) >= 3
    assert all(length < 60 for length in lengths)


def test_nothing_continues_as_new_before_it_is_suggested() -> None:
    async def script(desk: Client, server: Server) -> int:
        handle = await desk.start_workflow("Counter", id="short", task_queue="simulated")
        await handle.signal("more", 1)
        await asyncio.sleep(1)
        await handle.signal("stop")
        await handle.result()
        return len(server.runs)

    assert simulated(script) == 1


# --- signals from one run to another -------------------------------------------------------------------------


def test_a_run_signals_another_one() -> None:
    async def script(desk: Client, _: Server) -> tuple[str, int]:
        other = await desk.start_workflow("Counter", id="other", task_queue="simulated", result_type=int)
        told: str = await desk.execute_workflow("Caller", "other", id="caller", task_queue="simulated")
        await asyncio.sleep(1)
        await other.signal("stop")
        return told, await other.result()

    assert simulated(script) == ("told", 5)


def test_a_signal_to_nobody_fails_in_the_run_that_sends_it() -> None:
    async def script(desk: Client, _: Server) -> str:
        told: str = await desk.execute_workflow("Caller", "nobody", id="caller", task_queue="simulated")
        return told

    assert simulated(script) != "told"


# --- ids -----------------------------------------------------------------------------------------------------


def test_an_id_is_used_once_at_a_time() -> None:
    async def script(desk: Client, server: Server) -> int:
        first = await desk.start_workflow("Counter", id="one", task_queue="simulated")
        with pytest.raises(WorkflowAlreadyStartedError):
            await desk.start_workflow("Counter", id="one", task_queue="simulated")
        again = await desk.start_workflow(
            "Counter", id="one", task_queue="simulated", id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
        )
        assert again.result_run_id == first.result_run_id
        await desk.start_workflow(
            "Counter", id="one", task_queue="simulated", id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING
        )
        with pytest.raises(WorkflowFailureError) as ended:
            await first.result(follow_runs=False)
        assert isinstance(ended.value.cause, TerminatedError)
        return len(server.runs)

    assert simulated(script) == 2


@pytest.mark.parametrize(
    ("policy", "after_success", "after_failure"),
    [
        (WorkflowIDReusePolicy.ALLOW_DUPLICATE, True, True),
        (WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY, False, True),
        (WorkflowIDReusePolicy.REJECT_DUPLICATE, False, False),
    ],
)
def test_an_id_is_used_again_as_its_policy_says(
    policy: WorkflowIDReusePolicy, *, after_success: bool, after_failure: bool
) -> None:
    async def may_start(desk: Client, kind: str, of: str) -> bool:
        try:
            await desk.start_workflow(kind, id=of, task_queue="simulated", id_reuse_policy=policy)
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def script(desk: Client, _: Server) -> tuple[bool, bool]:
        good = await desk.start_workflow("Counter", id="good", task_queue="simulated")
        await good.signal("stop")
        await good.signal("more", 1)
        await good.result()
        bad = await desk.start_workflow("Fails", id="bad", task_queue="simulated")
        with pytest.raises(WorkflowFailureError):
            await bad.result()
        return await may_start(desk, "Counter", "good"), await may_start(desk, "Fails", "bad")

    assert simulated(script) == (after_success, after_failure)


# --- from outside --------------------------------------------------------------------------------------------


def test_a_deleted_run_is_as_if_it_had_never_been() -> None:
    async def script(desk: Client, server: Server) -> int:
        handle = await desk.start_workflow("Counter", id="gone", task_queue="simulated")
        await asyncio.sleep(1)
        Outside(server).delete(server.runs[server.current["gone"]])
        with pytest.raises(RPCError) as refused:
            await handle.describe()
        assert refused.value.status == RPCStatusCode.NOT_FOUND
        await desk.start_workflow("Counter", id="gone", task_queue="simulated")
        return len(server.runs)

    assert simulated(script) == 1


def test_a_reset_run_goes_on_from_there_and_hears_later_signals_again() -> None:
    async def script(desk: Client, server: Server) -> tuple[int, str]:
        handle = await desk.start_workflow("Counter", id="back", task_queue="simulated", result_type=int)
        await asyncio.sleep(1)
        for by in (1, 10, 100):
            await handle.signal("more", by)
            await asyncio.sleep(1)
        history = (await handle.fetch_history()).events
        done = [e.event_id for e in history if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
        request = ResetWorkflowExecutionRequest(namespace="default", workflow_task_finish_event_id=done[2])
        request.workflow_execution.workflow_id = "back"
        old = server.current["back"]
        await desk.workflow_service.reset_workflow_execution(request)
        await asyncio.sleep(1)
        again = desk.get_workflow_handle("back", result_type=int)
        await again.signal("stop")
        return await again.result(), server.runs[old].status

    assert simulated(script) == (111, "Terminated")


def test_a_schedule_starts_again_and_again_but_never_two_at_once() -> None:
    async def script(desk: Client, server: Server) -> tuple[int, int]:
        def next_one(_: int) -> StartWorkflowExecutionRequest:
            request = StartWorkflowExecutionRequest(workflow_id="scheduled")
            request.workflow_type.name = "Counter"
            return request

        Outside(server).schedule(timedelta(minutes=15), next_one)
        await asyncio.sleep(3 * 3600)
        while_it_runs = len(server.runs)
        handle = desk.get_workflow_handle("scheduled")
        for _ in range(3):
            await handle.signal("stop")
            await handle.signal("more", 1)
            await asyncio.sleep(16 * 60)
        return while_it_runs, len(server.runs)

    assert simulated(script) == (1, 4)
