"""What the server's list shows of runs, and the part of its filters that is imitated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflow.v1 import WorkflowExecutionInfo

from tests.simulation.engine.execution import Run

STATUS = {
    "Running": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
    "Completed": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
    "Failed": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
    "Canceled": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
    "Terminated": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
    "ContinuedAsNew": WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
}
_CLAUSE = re.compile(r"^(\w+)\s*(=|!=|<|>|IN)\s*(.+)$", re.DOTALL)
_VALUE = re.compile(r"'([^']*)'|(true|false)|(-?\d+)")


def described(run: Run) -> WorkflowExecutionInfo:
    """A run as the list and a description show it."""
    begun = run.history[0].workflow_execution_started_event_attributes
    info = WorkflowExecutionInfo(
        status=STATUS[run.status], history_length=len(run.history), task_queue=begun.task_queue.name
    )
    info.execution.workflow_id, info.execution.run_id = run.workflow_id, run.run_id
    info.type.name = run.workflow_type
    info.start_time.FromDatetime(run.started_at)
    info.execution_time.FromDatetime(run.started_at)
    if run.closed_at:
        info.close_time.FromDatetime(run.closed_at)
    info.memo.CopyFrom(run.memo)
    for name, value in run.attributes.items():
        info.search_attributes.indexed_fields[name].CopyFrom(value)
    info.first_run_id = run.first_run_id
    return info


def matching(runs: Iterable[Run], query: str) -> list[Run]:
    """The runs that a filter finds, the latest first: clauses with AND between them, nothing else."""
    clauses = [_holds(clause.strip(" ()")) for clause in re.split(r"\s+AND\s+", query) if clause.strip()]
    return [run for run in reversed(list(runs)) if all(holds(run) for holds in clauses)]


def _holds(clause: str) -> Callable[[Run], bool]:
    found = _CLAUSE.match(clause)
    if found is None:
        raise NotImplementedError(f"the engine does not imitate the filter {clause!r}")
    name, operator, written = found.groups()
    wanted = [next(part for part in each if part) for each in _VALUE.findall(written)]

    def holds(run: Run) -> bool:
        value = _value(run, name)
        if isinstance(value, str) and operator in ("=", "IN"):
            return value in wanted
        values = [str(each) for each in value] if isinstance(value, list) else [_written(value)]
        match operator:
            case "<" | ">":
                return value is not None and _later(value, wanted[0], operator)
            case "!=":
                return not set(values) & set(wanted)
            case _:
                return bool(set(values) & set(wanted))

    return holds


def _later(value: Any, wanted: str, operator: str) -> bool:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    other = datetime.fromisoformat(wanted)
    return moment < other if operator == "<" else moment > other


_OWN: Mapping[str, Callable[[Run], Any]] = {
    "WorkflowType": lambda run: run.workflow_type,
    "WorkflowId": lambda run: run.workflow_id,
    "RunId": lambda run: run.run_id,
    "ExecutionStatus": lambda run: run.status,
    "StartTime": lambda run: run.started_at,
    "CloseTime": lambda run: run.closed_at,
}


def _value(run: Run, name: str) -> Any:
    if own := _OWN.get(name):
        return own(run)
    payload = run.attributes.get(name)
    return json.loads(payload.data) if payload is not None and payload.data else None


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
