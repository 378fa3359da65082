"""``kantadesk incident list``: from the search attributes alone, without asking each incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from starter.printing import countdown, json_option, say, say_json, short, show, table

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowExecution

    from starter.speaking import Process

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


@click.command
@click.option("--phase", type=click.Choice(PHASES), help="Only this phase.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only this severity.")
@click.option("--service", metavar="SERVICE", help="Only those that concern this service (id or name).")
@click.option("--overdue", is_flag=True, help="Only those with a duty past its time.")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none.")
@click.option("--all", "also_closed", is_flag=True, help="Also those that are over.")
@json_option
def list_incidents(as_json: bool, **filters: Any) -> None:
    r"""The incidents that are open, the most urgent first.

    \b
      kantadesk incident list
      kantadesk incident list --overdue
      kantadesk incident list --all --service Reseptikeskus --no-drills
    """
    from starter.message_options import service_named
    from starter.speaking import talk, within_reach

    if filters["service"]:
        filters["service"] = service_named(filters["service"])
    query = visibility_query(filters)
    rows = talk(lambda client, _settings: within_reach(found(client, query), "list of incidents"))
    if as_json:
        say_json([row._asdict() for row in rows])
    elif rows:
        _show(rows)
    else:
        say("No incident is open." if query == visibility_query({}) else "No incident matches.")


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


def _show(rows: list[Row]) -> None:
    from starter.moments import now

    at = now()
    headings = ("incident", "phase", "severity", "services", "next due")
    lines = [
        (
            ("DRILL " if row.drill else "") + row.reference,
            (row.phase or "just opened").replace("_", " "),
            row.severity or "",
            ", ".join(row.services),
            "  ".join([short(row.next_due), "" if row.drill else countdown(row.next_due, at)]),  # a drill has its clock
        )
        for row in rows
    ]
    show(table(headings, lines))
    if len(rows) == LISTED_AT_MOST:
        say(f"Only the first {LISTED_AT_MOST} are listed: narrow it down with --phase, --severity or --service.")
