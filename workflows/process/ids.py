"""The ids by which everybody names a process (contract, section 1), and the task queue."""

from __future__ import annotations

TASK_QUEUE = "kantadesk"


def incident_workflow_id(reference: str) -> str:
    """The workflow id of an incident."""
    return f"incident-{reference}"


def breach_workflow_id(reference: str) -> str:
    """The workflow id of a breach."""
    return f"breach-{reference}"


def maintenance_workflow_id(reference: str) -> str:
    """The workflow id of a planned break."""
    return f"maintenance-{reference}"


NOTICE_WATCH_ID = "notice-watch"
"""The workflow id: one watch a namespace."""


WATCHDOG_ID = "watchdog"
"""Workflow id of the one watchdog of a namespace."""
