"""One activity as the server sees it: tries, time-outs, backing off, cancellation, results that come twice or never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import EventType, RetryState, TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo

from tests.simulation.engine.execution import Run
from tests.simulation.engine.virtual_time import running
from tests.simulation.engine.worker import Result, Try, Worker

if TYPE_CHECKING:
    from tests.simulation.engine.server import Server

NOTHING = timedelta(0)
TIMED_OUT = {
    TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE: "StartToClose",
    TimeoutType.TIMEOUT_TYPE_HEARTBEAT: "Heartbeat",
}


class Activity:
    """An activity that was asked for and is not over."""

    def __init__(self, server: Server, run: Run, begun: HistoryEvent) -> None:
        self._server, self._run, self._begun = server, run, begun
        asked = begun.activity_task_scheduled_event_attributes
        self.name = asked.activity_type.name
        run.begun[self.name] += 1
        self._of = f"{self.name} {run.begun[self.name]} of {run.workflow_id}"
        self._policy = asked.retry_policy
        self._once = asked.start_to_close_timeout.ToTimedelta()
        self._heartbeat = asked.heartbeat_timeout.ToTimedelta()
        whole = asked.schedule_to_close_timeout.ToTimedelta()
        self._ends_at = self._begun_at + whole if whole else None
        self._number, self._scheduled_at = 1, self._begun_at
        self._worker: Worker | None = None
        self._last_failure: Failure | None = None
        self._is_over = self._is_given_up = False
        self._started_at = self._begun_at
        self._clocks: dict[str, asyncio.TimerHandle] = {}
        if self._ends_at:
            self._clock("whole", whole, self._whole_time_is_over)
        self._dispatch()

    @property
    def _begun_at(self) -> datetime:
        return self._begun.event_time.ToDatetime(tzinfo=UTC)

    @property
    def _step(self) -> str:
        """The name of a try among the steps of a simulation."""
        return f"{self._of} try {self._number}"

    # --- tries ----------------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        self._clock("dispatch", self._server.takes("activity", self._step), self._offer)

    def _offer(self) -> None:
        """A worker takes it; where none is there it waits."""
        worker = self._server.a_worker(self._step)
        if worker is None:
            self._server.waiting.append((self._step, self._offer))
            return
        if self._is_over or self._worker is not None:
            return
        self._worker, self._started_at = worker, running().now()
        self._clock("once", self._once, self._try_timed_out, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)
        self._beats()
        chance, number, step = self._server.chance, self._number, self._step
        if chance.strikes(chance.rates.activity_lost_before, "it is never begun", step):
            return
        if chance.strikes(chance.rates.worker_dies_in_activity, "its worker dies", step):
            worker.process.dies_after = chance.whole(0, 7, "dies after", step)
        attempt = Try(
            self._run.workflow_id, self._run.run_id, self._run.workflow_type, self._begun, number, self._scheduled_at
        )
        self._server.log("begins", self._run, f"{self.name} try {number} on {worker.process.name}")
        worker.begin(attempt, lambda: self._beat(number), lambda result: self._answered(number, result))

    def _answered(self, number: int, result: Result) -> None:
        """The worker has a result; it is on its way to the server."""
        chance, step = self._server.chance, f"{self._of} try {number}"
        if chance.strikes(chance.rates.activity_lost_after, "its result is lost", step):
            return
        times = 2 if chance.strikes(chance.rates.result_twice, "its result comes twice", step) else 1
        for _ in range(times):
            self._server.later(self._server.takes("result", step), lambda: self._take(number, result))

    def _take(self, number: int, result: Result) -> None:
        if self._is_over or number != self._number or self._worker is None:
            return  # of a try that was given up
        if result.failure is None:
            self._end(self._completed(result))
        elif result.is_cancelled and self._is_given_up:
            self._end(self._cancelled(result.failure))
        else:
            self._failed(result.failure, result.next_try_after)

    def _failed(self, failure: Failure, after: timedelta | None = None) -> None:
        """Try again, or tell the process."""
        before, self._last_failure = self._last_failure, failure
        state = self._why_not_again(failure, pause := after if after is not None else self._pause())
        if state is not None:
            if before is not None and failure.HasField("timeout_failure_info"):
                failure.cause.CopyFrom(before)
            self._last_failure = before
            self._end(self._failure(failure, state))
            return
        self._stop("once", "beat")
        self._worker, self._number = None, self._number + 1
        self._scheduled_at = running().now() + pause
        self._clock("dispatch", pause.total_seconds(), self._offer)

    def _why_not_again(self, failure: Failure, pause: timedelta) -> RetryState.ValueType | None:
        kind = failure.application_failure_info
        if failure.HasField("application_failure_info") and (
            kind.non_retryable or kind.type in self._policy.non_retryable_error_types
        ):
            return RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
        if self._is_given_up:
            return RetryState.RETRY_STATE_CANCEL_REQUESTED
        if self._policy.maximum_attempts and self._number >= self._policy.maximum_attempts:
            return RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
        if self._ends_at and running().now() + pause > self._ends_at:
            return RetryState.RETRY_STATE_TIMEOUT
        return None

    def _pause(self) -> timedelta:
        first, most = self._policy.initial_interval.ToTimedelta(), self._policy.maximum_interval.ToTimedelta()
        grown = first.total_seconds() * self._policy.backoff_coefficient ** min(self._number - 1, 60)
        return timedelta(seconds=min(grown, most.total_seconds()))

    # --- time-outs ------------------------------------------------------------------------------------------

    def _try_timed_out(self, kind: TimeoutType.ValueType) -> None:
        failure = Failure(message=f"activity {TIMED_OUT[kind]} timeout")
        failure.timeout_failure_info.timeout_type = kind
        self._server.log("times out", self._run, f"{self.name} try {self._number}: {TimeoutType.Name(kind)}")
        self._failed(failure)

    def _whole_time_is_over(self) -> None:
        words = "activity ScheduleToClose timeout"
        if self._worker is not None:
            words = f"Not enough time to schedule next retry before {words}, giving up retrying"
        failure = Failure(message=words)
        failure.timeout_failure_info.timeout_type = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
        if self._last_failure is not None:
            failure.cause.CopyFrom(self._last_failure)
        self._end(self._failure(failure, RetryState.RETRY_STATE_TIMEOUT))

    def _beats(self) -> None:
        if self._heartbeat:
            self._clock("beat", self._heartbeat, self._try_timed_out, TimeoutType.TIMEOUT_TYPE_HEARTBEAT)

    def _beat(self, number: int) -> bool:
        """A heartbeat of a try; whether it is to be cancelled."""
        if self._is_over or number != self._number:
            return True
        self._beats()
        return self._is_given_up

    # --- given up -------------------------------------------------------------------------------------------

    def give_up(self) -> None:
        """The process wants it no more: at once where nobody is at it, else with its next heartbeat."""
        self._is_given_up = True
        if self._worker is None:
            failure = Failure(message="")
            self._end(self._cancelled(failure))

    def forget(self) -> None:
        """Its run is over."""
        self._is_over = True
        self._stop(*self._clocks)

    def described(self) -> PendingActivityInfo:
        """As a description of its run shows it."""
        info = PendingActivityInfo(activity_id=str(self._begun.event_id), attempt=self._number)
        info.activity_type.name = self.name
        if self._worker is not None:
            info.last_started_time.FromDatetime(self._started_at.astimezone(UTC))
        return info

    # --- events ---------------------------------------------------------------------------------------------

    def _end(self, event: HistoryEvent) -> None:
        started = self._worker is not None
        self.forget()
        self._run.activities.pop(self._begun.event_id, None)
        if started:
            begin = HistoryEvent(event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED)
            begin.activity_task_started_event_attributes.scheduled_event_id = self._begun.event_id
            begin.activity_task_started_event_attributes.attempt = self._number
            if self._last_failure is not None:
                begin.activity_task_started_event_attributes.last_failure.CopyFrom(self._last_failure)
            self._run.add(begin)
        self._server.happens(self._run, event)

    def _completed(self, result: Result) -> HistoryEvent:
        event = HistoryEvent(event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
        event.activity_task_completed_event_attributes.scheduled_event_id = self._begun.event_id
        if result.payload is not None:
            event.activity_task_completed_event_attributes.result.payloads.append(result.payload)
        return event

    def _failure(self, failure: Failure, state: RetryState.ValueType) -> HistoryEvent:
        event = HistoryEvent()
        if failure.HasField("timeout_failure_info"):
            event.event_type = EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT
            timed_out = event.activity_task_timed_out_event_attributes
            timed_out.scheduled_event_id, timed_out.retry_state = self._begun.event_id, state
            timed_out.failure.CopyFrom(failure)
        else:
            event.event_type = EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED
            failed = event.activity_task_failed_event_attributes
            failed.scheduled_event_id, failed.retry_state = self._begun.event_id, state
            failed.failure.CopyFrom(failure)
        return event

    def _cancelled(self, _: Failure) -> HistoryEvent:
        event = HistoryEvent(event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED)
        event.activity_task_canceled_event_attributes.scheduled_event_id = self._begun.event_id
        return event

    # --- clocks ---------------------------------------------------------------------------------------------

    def _clock(self, name: str, after: timedelta | float, act: Callable[..., None], *about: object) -> None:
        self._stop(name)
        seconds = after.total_seconds() if isinstance(after, timedelta) else after
        if isinstance(after, timedelta) and after <= NOTHING:
            return
        self._clocks[name] = self._server.later(seconds, act, *about)

    def _stop(self, *names: str) -> None:
        for name in names:
            if handle := self._clocks.get(name):
                handle.cancel()
