"""Which processes there are, from the visibility store alone: no process is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from starter.client.displaced import is_ours
from starter.client.names import ANSWER_WITHIN
from starter.language import names
from starter.language.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

    from starter.client.names import Process
    from starter.client.outside import Missing

PHASES = ("awaiting_triage", "handling", "watch", "closed", "cancelled")
SEVERITIES = ("critical", "high", "medium", "low")
LISTED_AT_MOST = 1000
TITLED_AT_MOST = 100
"""Of so many processes the title is looked up."""
NAMED_AT_MOST = 5
"""So many of what is not ours are named in one line."""
ASKED_AT_ONCE = 10
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
    ended_from_outside: str = ""
    """How somebody has ended it (terminated, deleted); empty of one that runs, or has ended by its own messages."""
    is_a_strangers: bool = False
    """Whether it was opened without the desk's key, and nobody who has it has said anything to it yet."""

    @property
    def shown_reference(self) -> str:
        """Its reference with the marks that belong to it."""
        return names.drill(self.drill) + self.reference + names.stranger(self.is_a_strangers)

    @property
    def shown_phase(self) -> str:
        """Its phase in words; one that was ended from outside is in none, whatever it showed last."""
        if self.ended_from_outside:
            return _("ENDED FROM OUTSIDE ({how})", how=names.name(names.ENDINGS, self.ended_from_outside))
        return names.name(names.PHASES, self.phase) if self.phase else _("just opened")

    @property
    def process(self) -> Process:
        """Which of the processes of the reference it is."""
        kinds: dict[str, Process] = {"breach": "breach", "maintenance": "maintenance"}
        return kinds.get(self.workflow_id.partition("-")[0], "incident")


class SomeoneElses(NamedTuple):
    """Something of a type of ours that no worker of ours runs: anybody who may at Temporal can start it."""

    workflow_id: str
    workflow_type: str
    queue: str

    @property
    def named(self) -> str:
        """Its id, with what it is."""
        return _("{id} (type {type}, queue {queue})", id=self.workflow_id, type=self.workflow_type, queue=self.queue)


class Listed(NamedTuple):
    """What Temporal lists: our processes, and what is none of ours."""

    rows: list[Row]
    not_ours: list[SomeoneElses]

    @property
    def said(self) -> str:
        """One line about what is not ours, with what to do; empty where there is nothing."""
        if not self.not_ours:
            return ""
        named = ", ".join(one.named for one in self.not_ours[:NAMED_AT_MOST])
        return _(
            "Not ours ({number}), so in no list and no register: {named}; somebody else has started it: let whoever "
            "looks after Temporal find out who, and end what still runs",
            number=len(self.not_ours),
            named=named + " …" * (len(self.not_ours) > NAMED_AT_MOST),
        ).replace("\n", " ")


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


def left(row: Row, at: datetime) -> str:
    """The time left until a row's next duty; nothing where no clock runs, or it is a drill's own."""
    from starter.language.moments import countdown

    return "" if row.drill or row.ended_from_outside else countdown(row.next_due, at)


async def found(client: Client, query: str, limit: int | None = LISTED_AT_MOST) -> list[Row]:
    """Our processes that match, soonest due first, then the newest. Each once, also after a new run."""
    return (await listed(client, query, limit)).rows


async def listed(client: Client, query: str, limit: int | None = LISTED_AT_MOST) -> Listed:
    """The same, at most ``limit`` of ours, with what matches and is not ours."""
    from activities.sealed_memo import is_a_strangers

    rows: dict[str, Row] = {}
    others: dict[str, SomeoneElses] = {}
    async for execution in client.list_workflows(query):
        if not is_ours(execution):
            others.setdefault(execution.id, SomeoneElses(execution.id, execution.workflow_type, execution.task_queue))
        elif execution.id not in rows:
            rows[execution.id] = _row(execution, is_a_strangers=await is_a_strangers(client, execution))
        if len(rows) == limit:
            break
    ordered = sorted(rows.values(), key=lambda row: (row.next_due or FAR, -row.opened_at.timestamp()))
    return Listed(ordered, list(others.values()))


def _row(execution: WorkflowExecution, *, is_a_strangers: bool) -> Row:
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
        ended_from_outside=_ended(execution.status, shown.get("KantaPhase")),
        is_a_strangers=is_a_strangers,
    )


def _ended(status: WorkflowExecutionStatus | None, phase: str | None) -> str:
    from starter.client.outside import ENDED

    has_begun = phase and phase not in ("closed", "completed", "cancelled")  # else its start could not be read
    return ENDED.get(status, "") if status and has_begun else ""


async def titles(client: Client, rows: Iterable[Row], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the first of some processes are called, by workflow id; no worker is asked. Empty where it is not known.

    A breach is called as its incident is. ``known``: those that were asked before; what a process is called stays.
    """
    from temporalio.service import RPCError

    from workflows.process.ids import CONTACT_REVIEW_ID

    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def one(row: Row) -> str:
        if known and row.workflow_id in known:
            return known[row.workflow_id]
        named_by = f"incident-{row.reference}" if row.process == "breach" else row.workflow_id
        try:
            async with few:
                described = await client.get_workflow_handle(named_by).describe(rpc_timeout=ANSWER_WITHIN)
            summary: object = await described.static_summary()
        except RPCError:  # it is gone meanwhile, or the breach has no incident
            return ""
        return _title(summary, is_drill=row.drill) if isinstance(summary, str) else ""

    named = [row for row in rows if row.workflow_id != CONTACT_REVIEW_ID][:TITLED_AT_MOST]
    return dict(zip((row.workflow_id for row in named), await asyncio.gather(*map(one, named)), strict=True))


def _title(summary: str, *, is_drill: bool) -> str:
    """The title in how a process is introduced in Temporal Web."""
    from workflows.procedure.markdown import as_written

    return as_written(summary.removeprefix("Drill: " if is_drill else "")).removeprefix("Planned break: ")


async def with_missing(
    client: Client, data_dir: Path, rows: list[Row], process: Process, *, drills: bool | None = None
) -> list[Row]:
    """The rows, before them those that should be there and that Temporal does not run any more."""
    from starter.client.outside import missing

    lost = await missing(client, data_dir, {process}, (row.workflow_id for row in rows), drills=drills)
    return [*(_missing(each) for each in lost), *rows]


def _missing(lost: Missing) -> Row:
    run = lost.run
    return Row(
        reference=run.reference, phase=run.phase or None, severity=None, services=(), next_due=run.soonest(),
        overdue=run.overdue, rejected=0, drill=run.drill, opened_at=run.first_seen, workflow_id=run.workflow_id,
        run_id=run.run_id, ended_from_outside=lost.how,
    )  # fmt: skip
