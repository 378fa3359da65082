"""The list filters of Temporal Web that a supervisor needs, in Temporal's own filter language, and their addresses.

Everything is found by the search attributes of the contract. A kind of process that is added later is found without a
change here, unless it is one that never ends (``STANDING``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from starter.language.words import N_

STANDING = ("NoticeWatch", "ContactReview", "Watchdog", "StandingProcesses", "ScheduledDrill")
"""Workflow types of the desk's own housekeeping, always or every few minutes: no case of anybody's."""
OPEN = "ExecutionStatus = 'Running'"
A_CASE = " AND ".join(f"WorkflowType != '{name}'" for name in STANDING)
REAL = "KantaDrill = false"
PERHAPS_REAL = f"({REAL} OR KantaDrill IS NULL)"
"""Also what another system has started and no worker has seen yet: it shows nothing of itself, and must not hide."""
SOON = timedelta(hours=24)
COLUMNS = (
    "Workflow ID", "KantaOverdue", "KantaNextDue", "KantaPhase", "KantaSeverity", "KantaService", "KantaRejected",
    "Start", "Status",
)  # fmt: skip
"""The columns that tell a supervisor most, in this order."""
COLUMNS_KEPT_UNDER = "namespace-workflow-table-columns"
"""Where the browser keeps the columns (local storage), for those who manage browsers centrally."""


@dataclass(frozen=True)
class Filter:
    """One list. ``is_lasting``: whether its query stays true, so that a browser may keep it as a saved view."""

    name: str
    title: str
    what: str
    query: str
    is_lasting: bool = True


def filters(now: datetime, service: str | None = None) -> list[Filter]:
    """Every list, as of a moment; of one service (its id) where named."""
    of = f" AND KantaService = '{service}'" if service else ""
    case = f"{OPEN} AND {REAL}{of}"
    every = f"{A_CASE} AND {PERHAPS_REAL}{of}"
    soon = f"KantaNextDue <= '{rfc3339(now + SOON)}'"
    forced = "ExecutionStatus IN ('Terminated', 'Failed', 'Canceled', 'TimedOut')"
    suffix = f" ({service})" if service else ""
    return [
        Filter("open", f"Open{suffix}", N_("Everything that is not over."), f"{OPEN} AND {every}"),
        Filter("overdue", f"Overdue{suffix}", N_("A duty is past its time."), f"{case} AND KantaOverdue > 0"),
        Filter("soon", f"Due soon{suffix}", N_("A duty is due within 24 hours of now, or late."), f"{case} AND {soon}",
               is_lasting=False),
        Filter("critical", f"Critical{suffix}", N_("Judged critical."), f"{case} AND KantaSeverity = 'critical'"),
        Filter("untriaged", f"Not judged yet{suffix}", N_("Nobody has judged the fault yet."),
               f"{case} AND KantaPhase = 'awaiting_triage'"),
        Filter("breaches", f"Breaches{suffix}", N_("Suspected breaches of personal data, with their legal clock."),
               f"{case} AND WorkflowType = 'DataBreach'"),
        Filter("rejected", f"Messages refused{suffix}", N_("A message came that could not be read or was not allowed."),
               f"{case} AND KantaRejected > 0"),
        Filter("stuck", f"Stuck{suffix}", N_("The worker can't go on with it (drills too): tell who runs kantadesk."),
               f"{OPEN} AND TemporalReportedProblems IS NOT NULL{of}"),
        Filter("forced", f"Ended by force{suffix}",
               N_("Terminated or failed, not ended by its own messages: its clocks are dead."),
               f"{forced} AND {every}"),
        Filter("over", f"Over{suffix}", N_("Closed or cancelled, as they should be."),
               f"ExecutionStatus = 'Completed' AND {REAL}{of}"),
        Filter("drills", f"Drills{suffix}", N_("Open drills, which all other lists but Stuck leave out."),
               f"{OPEN} AND KantaDrill = true{of}"),
    ]  # fmt: skip


def rfc3339(moment: datetime) -> str:
    """A moment as the filter language wants it; a bare date is refused there."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def list_address(base: str, namespace: str, wanted: Filter, *, saved: bool = False) -> str:
    """Where Temporal Web shows a list; ``saved``: opened once, that browser keeps it among its saved views."""
    parameters: Mapping[str, str] = {"query": wanted.query} | ({"savedQuery": wanted.title} if saved else {})
    return f"{workflows_address(base, namespace)}?{urlencode(parameters, quote_via=quote)}"


def process_address(base: str, namespace: str, workflow_id: str) -> str:
    """Where Temporal Web shows one process."""
    return f"{workflows_address(base, namespace)}/{quote(workflow_id, safe='')}"


def workflows_address(base: str, namespace: str) -> str:
    """Where Temporal Web shows the list of all."""
    return f"{base.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows"


def columns_in_local_storage(namespace: str) -> str:
    """The value under ``COLUMNS_KEPT_UNDER`` that shows ``COLUMNS``."""
    return json.dumps({namespace: [{"label": column} for column in COLUMNS]}, separators=(",", ":"))
