"""A worker: builds runs from their histories, remembers them, does activities. It may die, its clock may be wrong."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, WorkflowActivation
from temporalio.common import Priority
from temporalio.converter import DataConverter, decode_search_attributes, decode_typed_search_attributes
from temporalio.testing import ActivityEnvironment
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)

from tests.simulation.engine.core import Core
from tests.simulation.engine.os_process import OsProcess
from tests.simulation.engine.virtual_time import running

NAMESPACE = "default"


@dataclass(frozen=True)
class Build:
    """What a worker is made of; the same as for a real one. ``runner``: makes the SDK's workflow instances."""

    workflows: Sequence[type]
    activities: Sequence[Callable[..., Any]]
    interceptors: Sequence[Interceptor]
    converter: DataConverter
    runner: WorkflowRunner = field(default_factory=UnsandboxedWorkflowRunner)
    task_queue: str = "simulated"

    def __post_init__(self) -> None:
        definitions = {d.name: d for cls in self.workflows if (d := workflow._Definition.from_class(cls))}
        of_activities = [activity._Definition.must_from_callable(fn) for fn in self.activities]
        object.__setattr__(self, "definitions", definitions)
        object.__setattr__(self, "functions", {each.name: each for each in of_activities})

    definitions: Mapping[str | None, Any] = field(init=False, repr=False, default_factory=dict)
    functions: Mapping[str | None, Any] = field(init=False, repr=False, default_factory=dict)

    def core(self, workflow_id: str, run_id: str) -> Core:
        """One run, to be built from its history."""
        return Core(self._instance, workflow_id, run_id)

    def _instance(self, act: WorkflowActivation) -> WorkflowInstance:
        init = next(job.initialize_workflow for job in act.jobs if job.HasField("initialize_workflow"))
        classes = [c for each in self.interceptors if (c := each.workflow_interceptor_class(_NO_EXTERNS))]
        return self.runner.create_instance(
            WorkflowInstanceDetails(
                payload_converter_factory=self.converter._new_payload_converter,
                failure_converter_class=self.converter.failure_converter_class,
                interceptor_classes=classes,
                defn=self.definitions[init.workflow_type],
                info=self._info(act, init),
                randomness_seed=init.randomness_seed,
                extern_functions={},
                disable_eager_activity_execution=True,
                worker_level_failure_exception_types=[],
                patch_activation_callback=None,
                last_completion_result=Payloads(),
                last_failure=None,
            )
        )

    def _info(self, act: WorkflowActivation, init: InitializeWorkflow) -> workflow.Info:
        return workflow.Info(
            attempt=init.attempt,
            continued_run_id=init.continued_from_execution_run_id or None,
            cron_schedule=None,
            execution_timeout=None,
            first_execution_run_id=init.first_execution_run_id,
            headers=dict(init.headers),
            namespace=NAMESPACE,
            original_execution_run_id=init.original_execution_run_id or act.run_id,
            parent=None,
            root=None,
            raw_memo=dict(init.memo.fields),
            retry_policy=None,
            run_id=act.run_id,
            run_timeout=None,
            search_attributes=decode_search_attributes(init.search_attributes),
            start_time=act.timestamp.ToDatetime(tzinfo=UTC),
            workflow_start_time=init.start_time.ToDatetime(tzinfo=UTC),
            task_queue=self.task_queue,
            task_timeout=init.workflow_task_timeout.ToTimedelta(),
            typed_search_attributes=decode_typed_search_attributes(init.search_attributes),
            workflow_id=init.workflow_id,
            workflow_type=init.workflow_type,
            priority=Priority.default,
        )


_NO_EXTERNS = WorkflowInterceptorClassInput(unsafe_extern_functions={})


@dataclass(frozen=True)
class Try:
    """One try of an activity. ``begun``: the event that asked for it."""

    workflow_id: str
    run_id: str
    workflow_type: str
    begun: HistoryEvent
    number: int
    scheduled_at: datetime


@dataclass
class Result:
    """What came of a try: a payload, or a failure. ``cancelled``: it was cancelled, as it was told to be."""

    payload: Payload | None = None
    failure: Failure | None = None
    is_cancelled: bool = False
    next_try_after: timedelta | None = None


class Worker:
    """One worker, in a process of its own."""

    def __init__(self, build: Build, process: OsProcess) -> None:
        self.build, self.process = build, process
        self.memory: dict[str, Core] = {}
        self._tries: set[asyncio.Task[None]] = set()
        process.at_death.append(self._dies)

    @property
    def is_alive(self) -> bool:
        """Whether it is there."""
        return not self.process.is_dead

    def _dies(self) -> None:
        self.memory.clear()

    def core_of(self, workflow_id: str, run_id: str) -> Core:
        """What it remembers of a run; a new one where it remembers nothing."""
        if run_id not in self.memory:
            self.memory[run_id] = self.build.core(workflow_id, run_id)
        return self.memory[run_id]

    def evict(self, run_id: str) -> None:
        """Forget a run."""
        if core := self.memory.pop(run_id, None):
            core.forget()

    # --- activities -----------------------------------------------------------------------------------------

    def begin(self, attempt: Try, heartbeat: Callable[[], bool], done: Callable[[Result], None]) -> Callable[[], None]:
        """Begin to do an activity. ``heartbeat``: whether it is to be cancelled. Returns what cancels it."""
        environment = ActivityEnvironment()
        environment.payload_converter = self.build.converter.payload_converter
        environment.info = self._info(attempt)

        def beat(*_: Any) -> None:
            if heartbeat():
                environment.cancel()

        environment.on_heartbeat = beat

        async def run() -> None:
            result = await self._do(environment, attempt)
            done(result)

        with self.process.inside():
            task = asyncio.get_running_loop().create_task(run())
        self._tries.add(task)
        task.add_done_callback(self._tries.discard)
        return environment.cancel

    async def _do(self, environment: ActivityEnvironment, attempt: Try) -> Result:
        asked = attempt.begun.activity_task_scheduled_event_attributes
        function = self.build.functions.get(asked.activity_type.name)
        try:
            if function is None:
                raise _not_known(asked.activity_type.name)  # noqa: TRY301
            value = await environment.run(self._call, function, list(asked.input.payloads))
            payloads = self.build.converter.payload_converter.to_payloads([value])
            return Result(payload=payloads[0])
        except asyncio.CancelledError:
            failure = Failure(message="Activity cancelled")
            failure.canceled_failure_info.SetInParent()
            return Result(failure=failure, is_cancelled=True)
        except Exception as error:  # noqa: BLE001  # whatever it is, the server hears of it
            failure = Failure()
            self.build.converter.failure_converter.to_failure(error, self.build.converter.payload_converter, failure)
            return Result(failure=failure, next_try_after=getattr(error, "next_retry_delay", None))

    async def _call(self, definition: Any, payloads: Sequence[Payload]) -> Any:
        hints = definition.arg_types[: len(payloads)] if definition.arg_types else None
        arguments = self.build.converter.payload_converter.from_payloads(payloads, hints) if payloads else []
        inbound: ActivityInboundInterceptor = _Calls()
        for interceptor in reversed(list(self.build.interceptors)):
            inbound = interceptor.intercept_activity(inbound)
        return await inbound.execute_activity(ExecuteActivityInput(definition.fn, arguments, None, {}))

    def _info(self, attempt: Try) -> activity.Info:
        asked = attempt.begun.activity_task_scheduled_event_attributes
        heartbeat = asked.heartbeat_timeout.ToTimedelta()
        return dataclasses.replace(
            _ANY_TRY,
            activity_id=asked.activity_id,
            activity_type=asked.activity_type.name,
            attempt=attempt.number,
            heartbeat_timeout=heartbeat or None,
            schedule_to_close_timeout=asked.schedule_to_close_timeout.ToTimedelta() or None,
            start_to_close_timeout=asked.start_to_close_timeout.ToTimedelta() or None,
            scheduled_time=attempt.begun.event_time.ToDatetime(tzinfo=UTC),
            current_attempt_scheduled_time=attempt.scheduled_at,
            started_time=running().now(),
            task_queue=self.build.task_queue,
            workflow_id=attempt.workflow_id,
            workflow_run_id=attempt.run_id,
            workflow_type=attempt.workflow_type,
        )


_ANY_TRY = ActivityEnvironment.default_info()


class _Calls(ActivityInboundInterceptor):
    """The last of the interceptors: calls the activity."""

    def __init__(self) -> None:
        """There is none after it."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  # the SDK's name for it
        """Call it."""
        return await input.fn(*input.args)


def _not_known(name: str) -> Exception:
    from temporalio.exceptions import ApplicationError

    return ApplicationError(f"Activity function {name} is not registered on this worker", type="NotFoundError")
