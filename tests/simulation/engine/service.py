"""The server's own door: the calls of Temporal's workflow service, so that a real client of the SDK can speak to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from google.protobuf.message import Message
from temporalio.api.common.v1 import GrpcStatus
from temporalio.api.enums.v1 import (
    EventType,
    HistoryEventFilterType,
    UpdateWorkflowExecutionLifecycleStage,
    WorkflowIdConflictPolicy,
    WorkflowIdReusePolicy,
)
from temporalio.api.errordetails.v1 import WorkflowExecutionAlreadyStartedFailure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice import v1
from temporalio.bridge.proto.workflow_activation import QueryWorkflow
from temporalio.client import Client, Interceptor
from temporalio.converter import DataConverter
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode, ServiceClient

from tests.simulation.engine.execution import Run, Update
from tests.simulation.engine.outside import Outside
from tests.simulation.engine.questions import NoAnswer
from tests.simulation.engine.server import POLLED_FOR, Server
from tests.simulation.engine.virtual_time import now_in_utc
from tests.simulation.engine.visibility import described, matching
from tests.simulation.engine.worker import NAMESPACE

R = TypeVar("R", bound=Message)
A = TypeVar("A", v1.UpdateWorkflowExecutionResponse, v1.PollWorkflowExecutionUpdateResponse)
Stage = UpdateWorkflowExecutionLifecycleStage
Conflict, Reuse = WorkflowIdConflictPolicy, WorkflowIdReusePolicy
KEPT_FOR = timedelta(days=2192)
"""How long the namespace keeps closed processes."""


class SimulatedService(ServiceClient):
    """Answers the calls of a client. ``is_reachable``: asked before each call, which fails where it says no."""

    def __init__(self, server: Server, is_reachable: Callable[[], bool] = lambda: True) -> None:
        super().__init__(ConnectConfig(target_host="simulated"))
        self._server, self._is_reachable = server, is_reachable
        self.outside = Outside(server)

    @property
    def worker_service_client(self) -> Any:
        """There is none: workers of a simulation need no connection."""
        raise NotImplementedError

    def update_rpc_metadata(self, metadata: Mapping[str, str | bytes]) -> None:
        """Nobody reads it."""

    def update_api_key(self, api_key: str | None) -> None:
        """Nobody reads it."""

    async def _rpc_call(
        self,
        rpc: str,
        req: Message,
        resp_type: type[R],
        *,
        service: str,  # noqa: ARG002
        retry: bool,  # noqa: ARG002
        metadata: Mapping[str, str | bytes],  # noqa: ARG002
        timeout: timedelta | None,  # noqa: ASYNC109  # the SDK's form
    ) -> R:
        about = _about(req)
        await asyncio.sleep(self._server.takes(rpc, *about))
        if not self._is_reachable():
            raise RPCError("the server can't be reached", RPCStatusCode.UNAVAILABLE, b"")
        answer: Callable[[Any], Awaitable[Any]] | None = getattr(self, f"_{rpc}", None)
        if answer is None:
            raise RPCError(f"the engine does not imitate {rpc}", RPCStatusCode.UNIMPLEMENTED, b"")
        try:
            async with asyncio.timeout(timeout.total_seconds() if timeout else None):
                answered: R = await answer(req)
        except TimeoutError:
            raise RPCError("deadline exceeded", RPCStatusCode.DEADLINE_EXCEEDED, b"") from None
        assert isinstance(answered, resp_type)
        await asyncio.sleep(self._server.takes(f"answer to {rpc}", *about))
        return answered

    # --- starts ---------------------------------------------------------------------------------------------

    async def _start_workflow_execution(
        self, asked: v1.StartWorkflowExecutionRequest
    ) -> v1.StartWorkflowExecutionResponse:
        there = self._last(asked.workflow_id)
        if there is not None and not self._may_start(asked, there):
            if there.is_open and asked.workflow_id_conflict_policy == (
                Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
            ):
                return v1.StartWorkflowExecutionResponse(run_id=there.run_id, started=False)
            raise _already(there)
        run = self._server.start(asked)
        return v1.StartWorkflowExecutionResponse(run_id=run.run_id, started=True, first_execution_run_id=run.run_id)

    def _may_start(self, asked: v1.StartWorkflowExecutionRequest, there: Run) -> bool:
        if there.is_open:
            ends_it = (
                asked.workflow_id_conflict_policy == Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
                or asked.workflow_id_reuse_policy == Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING
            )
            if ends_it:
                self.outside.terminate(there, "TerminateIfRunning WorkflowIdReusePolicy")
            return ends_it
        policy = asked.workflow_id_reuse_policy
        if policy == Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
            return there.status not in {"Completed", "ContinuedAsNew"}
        return policy != Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE

    async def _signal_with_start_workflow_execution(
        self, asked: v1.SignalWithStartWorkflowExecutionRequest
    ) -> v1.SignalWithStartWorkflowExecutionResponse:
        there = self._last(asked.workflow_id)
        started = there is None or not there.is_open
        if there is None or started:
            start = v1.StartWorkflowExecutionRequest(workflow_id=asked.workflow_id)
            start.workflow_type.CopyFrom(asked.workflow_type)
            start.input.CopyFrom(asked.input)
            there = self._server.start(start)
        self._server.happens(there, _signal(asked.signal_name, asked))
        return v1.SignalWithStartWorkflowExecutionResponse(run_id=there.run_id, started=started)

    # --- messages -------------------------------------------------------------------------------------------

    async def _signal_workflow_execution(
        self, asked: v1.SignalWorkflowExecutionRequest
    ) -> v1.SignalWorkflowExecutionResponse:
        self._server.happens(self._open(asked.workflow_execution), _signal(asked.signal_name, asked))
        return v1.SignalWorkflowExecutionResponse()

    async def _request_cancel_workflow_execution(
        self, asked: v1.RequestCancelWorkflowExecutionRequest
    ) -> v1.RequestCancelWorkflowExecutionResponse:
        event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
        event.workflow_execution_cancel_requested_event_attributes.cause = asked.reason
        self._server.happens(self._any(asked.workflow_execution), event)  # one that is over takes no notice
        return v1.RequestCancelWorkflowExecutionResponse()

    async def _update_workflow_execution(
        self, asked: v1.UpdateWorkflowExecutionRequest
    ) -> v1.UpdateWorkflowExecutionResponse:
        name = asked.request.meta.update_id
        run = self._any(asked.workflow_execution)
        update = run.updates.get(name)
        if update is None:
            run = self._open(asked.workflow_execution)
            update = Update(name, asked.request)
            self._server.update(run, update)
        wants_all = asked.wait_policy.lifecycle_stage == (Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED)
        await self._wait_for(update, wants_all=wants_all)
        return self._so_far(v1.UpdateWorkflowExecutionResponse(), run, update)

    async def _poll_workflow_execution_update(
        self, asked: v1.PollWorkflowExecutionUpdateRequest
    ) -> v1.PollWorkflowExecutionUpdateResponse:
        run = self._any(asked.update_ref.workflow_execution)
        update = run.updates.get(asked.update_ref.update_id)
        if update is None:
            raise _not_found("there is no such update")
        await self._wait_for(update, wants_all=True)
        return self._so_far(v1.PollWorkflowExecutionUpdateResponse(), run, update)

    @staticmethod
    async def _wait_for(update: Update, *, wants_all: bool) -> None:
        waiting = asyncio.shield(update.outcome) if wants_all else update.accepted.wait()
        try:
            await asyncio.wait_for(waiting, POLLED_FOR)
        except TimeoutError:
            return
        if update.is_too_late:
            raise _not_found("workflow update was aborted by closing workflow")

    @staticmethod
    def _so_far(answer: A, run: Run, update: Update) -> A:
        answer.update_ref.update_id = update.name
        answer.update_ref.workflow_execution.workflow_id = run.workflow_id
        answer.update_ref.workflow_execution.run_id = run.run_id
        answer.stage = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
        if update.is_accepted:
            answer.stage = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
        if update.outcome.done():
            answer.stage = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
            answer.outcome.CopyFrom(update.outcome.result())
        return answer

    async def _query_workflow(self, asked: v1.QueryWorkflowRequest) -> v1.QueryWorkflowResponse:
        run = self._any(asked.execution)
        question = QueryWorkflow(query_id="asked", query_type=asked.query.query_type)
        question.arguments.extend(asked.query.query_args.payloads)
        try:
            told = await self._server.questions.ask(run, question)
        except NoAnswer as reason:
            status = RPCStatusCode.INVALID_ARGUMENT if reason.is_failed else RPCStatusCode.DEADLINE_EXCEEDED
            raise RPCError(str(reason), status, b"") from None
        if told.HasField("failed"):
            raise RPCError(told.failed.message, RPCStatusCode.INVALID_ARGUMENT, b"")
        answer = v1.QueryWorkflowResponse()
        answer.query_result.payloads.append(told.succeeded.response)
        return answer

    # --- looks ----------------------------------------------------------------------------------------------

    async def _describe_workflow_execution(
        self, asked: v1.DescribeWorkflowExecutionRequest
    ) -> v1.DescribeWorkflowExecutionResponse:
        run = self._any(asked.execution)
        pending = [each.described() for each in run.activities.values()]
        return v1.DescribeWorkflowExecutionResponse(workflow_execution_info=described(run), pending_activities=pending)

    async def _describe_task_queue(self, asked: v1.DescribeTaskQueueRequest) -> v1.DescribeTaskQueueResponse:  # noqa: ARG002
        """Who asks for work: each worker that is there, for both kinds, just now; work waits where none is."""
        answer = v1.DescribeTaskQueueResponse()
        for worker in self._server.workers:
            if worker.is_alive:
                answer.pollers.add(identity=worker.process.name).last_access_time.FromDatetime(now_in_utc())
        return answer

    async def _describe_schedule(self, asked: v1.DescribeScheduleRequest) -> v1.DescribeScheduleResponse:
        if asked.schedule_id not in self._server.schedules:
            raise _not_found("there is no such schedule")
        answer = v1.DescribeScheduleResponse()
        answer.schedule.CopyFrom(self._server.schedules[asked.schedule_id])
        return answer

    async def _list_schedules(self, asked: v1.ListSchedulesRequest) -> v1.ListSchedulesResponse:  # noqa: ARG002
        answer = v1.ListSchedulesResponse()
        for name in self._server.schedules:
            answer.schedules.add(schedule_id=name)
        return answer

    async def _describe_namespace(self, asked: v1.DescribeNamespaceRequest) -> v1.DescribeNamespaceResponse:  # noqa: ARG002
        answer = v1.DescribeNamespaceResponse()
        answer.config.workflow_execution_retention_ttl.FromTimedelta(KEPT_FOR)
        return answer

    async def _list_workflow_executions(
        self, asked: v1.ListWorkflowExecutionsRequest
    ) -> v1.ListWorkflowExecutionsResponse:
        found = matching(self._server.runs.values(), asked.query)
        return v1.ListWorkflowExecutionsResponse(executions=[described(run) for run in found])

    async def _count_workflow_executions(
        self, asked: v1.CountWorkflowExecutionsRequest
    ) -> v1.CountWorkflowExecutionsResponse:
        return v1.CountWorkflowExecutionsResponse(count=len(matching(self._server.runs.values(), asked.query)))

    async def _get_workflow_execution_history(
        self, asked: v1.GetWorkflowExecutionHistoryRequest
    ) -> v1.GetWorkflowExecutionHistoryResponse:
        run = self._any(asked.execution)
        if asked.wait_new_event and run.is_open:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            run.waiters.append(waiter)
            await asyncio.wait([waiter], timeout=self._server.polled_for)
        answer = v1.GetWorkflowExecutionHistoryResponse()
        if asked.history_event_filter_type != HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT:
            answer.history.events.extend(run.history)
        elif not run.is_open:
            answer.history.events.append(run.history[-1])
        else:
            answer.next_page_token = b"open"
        return answer

    # --- done from outside ----------------------------------------------------------------------------------

    async def _terminate_workflow_execution(
        self, asked: v1.TerminateWorkflowExecutionRequest
    ) -> v1.TerminateWorkflowExecutionResponse:
        self.outside.terminate(self._open(asked.workflow_execution), asked.reason or "terminated by user via frontend")
        return v1.TerminateWorkflowExecutionResponse()

    async def _delete_workflow_execution(
        self, asked: v1.DeleteWorkflowExecutionRequest
    ) -> v1.DeleteWorkflowExecutionResponse:
        self.outside.delete(self._any(asked.workflow_execution))
        return v1.DeleteWorkflowExecutionResponse()

    async def _reset_workflow_execution(
        self, asked: v1.ResetWorkflowExecutionRequest
    ) -> v1.ResetWorkflowExecutionResponse:
        run = self.outside.reset(self._any(asked.workflow_execution), asked.workflow_task_finish_event_id)
        return v1.ResetWorkflowExecutionResponse(run_id=run.run_id)

    # --- which run ------------------------------------------------------------------------------------------

    def _last(self, workflow_id: str) -> Run | None:
        return self._server.runs.get(self._server.current.get(workflow_id, ""))

    def _any(self, execution: Any) -> Run:
        run = self._server.runs.get(execution.run_id) if execution.run_id else self._last(execution.workflow_id)
        if run is None:
            raise _not_found(f"workflow not found for ID: {execution.workflow_id}")
        return run

    def _open(self, execution: Any) -> Run:
        run = self._any(execution)
        if not run.is_open:
            raise _not_found("workflow execution already completed")
        return run


def client(
    server: Server,
    converter: DataConverter,
    *interceptors: Interceptor,
    is_reachable: Callable[[], bool] = lambda: True,
) -> Client:
    """A client of the SDK that speaks to a simulated server."""
    service = SimulatedService(server, is_reachable)
    return Client(service, namespace=NAMESPACE, data_converter=converter, interceptors=interceptors)


def _signal(name: str, asked: Any) -> HistoryEvent:
    event = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    told = event.workflow_execution_signaled_event_attributes
    told.signal_name = name
    sent = asked.signal_input if hasattr(asked, "signal_input") else asked.input
    told.input.CopyFrom(sent)
    told.header.CopyFrom(asked.header)
    told.identity = asked.identity
    return event


def _about(asked: Any) -> Sequence[str]:
    """Of which process a call is, and about which message: by these its step is named."""
    of = asked.update_ref if hasattr(asked, "update_ref") else asked
    execution = getattr(of, "workflow_execution", getattr(of, "execution", of))
    workflow_id = getattr(execution, "workflow_id", "")
    message = of.request.meta.update_id if hasattr(of, "request") else getattr(of, "update_id", "")
    message = message or getattr(of, "signal_name", "")
    return [each for each in (workflow_id, message) if each]


def _not_found(words: str) -> RPCError:
    return RPCError(words, RPCStatusCode.NOT_FOUND, b"")


def _already(there: Run) -> RPCError:
    status = GrpcStatus(code=6, message="Workflow execution already started")
    details = WorkflowExecutionAlreadyStartedFailure(run_id=there.run_id, first_execution_run_id=there.first_run_id)
    status.details.add().Pack(details)
    return RPCError(status.message, RPCStatusCode.ALREADY_EXISTS, status.SerializeToString())
