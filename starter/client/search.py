"""Which processes there are, from the visibility store alone: no process is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowExecution

    from starter.client.names import Process

PHASES = ("awaiting_triage", "handling", "watch", "closed", "cancelled")
SEVERITIES = ("critical", "high", "medium", "low")
LISTED_AT_MOST = 1000
FAR = datetime.max.replace(tzinfo=UTC)


class Row(NamedTuple):
    """One incident or breach in the list. ``next_due``: earliest open duty; ``overdue``: how many are late."""

    reference: str
    phase: str | None
    severity: str | None
    services: tuple[str, ...]
    next_due: datetime | None
    overdue: int
    rejected: int
    drill: bool
    opened_at: datetime
    workflow_id: str
    run_id: str

    @property
    def process(self) -> Process:
        """Which of the processes of the reference it is."""
        kinds: dict[str, Process] = {"breach": "breach", "maintenance": "maintenance"}
        return kinds.get(self.workflow_id.partition("-")[0], "incident")


def visibility_query(filters: Mapping[str, Any], *types: str) -> str:
    """The list filter in Temporal's own language. Values come from closed lists, never from free text."""
    over = filters.get("also_closed") or filters.get("phase") in ("closed", "completed", "cancelled")
    wanted = " OR ".join(f"WorkflowType = '{name}'" for name in types or ("Incident",))
    conditions = [f"({wanted})" if len(types) > 1 else wanted, *([] if over else ["ExecutionStatus = 'Running'"])]
    named = {"phase": "KantaPhase", "severity": "KantaSeverity", "service": "KantaService"}
    conditions += [f"{attribute} = '{filters[name]}'" for name, attribute in named.items() if filters.get(name)]
    if filters.get("overdue"):
        conditions.append("KantaOverdue > 0")
    if filters.get("drills") is not None:
        conditions.append(f"KantaDrill = {str(filters['drills']).lower()}")
    return " AND ".join(conditions)


async def found(client: Client, query: str, limit: int | None = LISTED_AT_MOST) -> list[Row]:
    """The processes that match, soonest due first, then the newest. Each once, also after a new run."""
    rows: dict[str, Row] = {}
    async for execution in client.list_workflows(query, limit=limit):
        rows.setdefault(execution.id, _row(execution))
    return sorted(rows.values(), key=lambda row: (row.next_due or FAR, -row.opened_at.timestamp()))


def _row(execution: WorkflowExecution) -> Row:
    shown = {pair.key.name: pair.value for pair in execution.typed_search_attributes}
    return Row(
        reference=execution.id.partition("-")[2],
        phase=shown.get("KantaPhase"),
        severity=shown.get("KantaSeverity"),
        services=tuple(shown.get("KantaService", ())),
        next_due=shown.get("KantaNextDue"),
        overdue=shown.get("KantaOverdue", 0),
        rejected=shown.get("KantaRejected", 0),
        drill=shown.get("KantaDrill", False),
        opened_at=execution.start_time,
        workflow_id=execution.id,
        run_id=execution.run_id,
    )
