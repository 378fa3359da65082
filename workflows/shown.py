"""What Temporal Web shows of a process: search attributes to find it by, current details to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.procedure.local_time import written
from workflows.record import Record

PHASE = SearchAttributeKey.for_keyword("KantaPhase")
SEVERITY = SearchAttributeKey.for_keyword("KantaSeverity")
SERVICE = SearchAttributeKey.for_keyword_list("KantaService")
NEXT_DUE = SearchAttributeKey.for_datetime("KantaNextDue")
OVERDUE = SearchAttributeKey.for_int("KantaOverdue")
REJECTED = SearchAttributeKey.for_int("KantaRejected")
DRILL = SearchAttributeKey.for_bool("KantaDrill")
ALL_KEYS: tuple[SearchAttributeKey[Any], ...] = (PHASE, SEVERITY, SERVICE, NEXT_DUE, OVERDUE, REJECTED, DRILL)

Attributes = tuple[str, str | None, tuple[str, ...], datetime | None, int, int, bool]


def attributes(record: Record) -> Attributes:
    """The values of the search attributes, in the order of ``ALL_KEYS``."""
    return (
        record.phase,
        record.severity,
        tuple(record.services),
        record.next_due(),
        record.overdue(),
        record.rejected_count,
        record.drill,
    )


def changes(before: Attributes | None, after: Attributes) -> Sequence[SearchAttributeUpdate[Any]]:
    """The updates that lead from what is shown to what should be; nothing where it is the same."""
    updates: list[SearchAttributeUpdate[Any]] = []
    for position, search_key in enumerate(ALL_KEYS):
        value = after[position]
        if before is None and value is None:
            continue
        if before is None or before[position] != value:
            updates.append(_update(search_key, value))
    return updates


def _update(search_key: SearchAttributeKey[Any], value: Any) -> SearchAttributeUpdate[Any]:
    if value is None:
        return search_key.value_unset()
    return search_key.value_set(list(value) if isinstance(value, tuple) else value)


LISTED = 20
"""Of each list: Temporal Web sends the whole text through an address."""
EXPECTED = {
    "awaiting_triage": "The desk judges the fault (message `triage`).",
    "handling": "The desk reports, tells and follows the fault; `resolution` ends it.",
    "watch": "The fault is over and watched for backlog and relapse; `reopening` takes it back.",
    "assessing": "The risk to the persons is assessed (message `risk_assessment`); the clock does not wait for it.",
    "notifying": "Those who must know are notified; `conclusion` ends it when no duty is open.",
    "planned": "Those concerned are told at the points below; `change` and `cancellation` tell them anew.",
    "under_way": "`completion` ends it; where it lasts too long, the desk is asked.",
    "completed": "Nothing more: the evidence is bundled.",
    "closed": "Nothing more: the evidence is bundled.",
    "cancelled": "Nothing more: it was opened by mistake.",
}


def details(record: Record, time_zone: str, letters_waiting: int) -> str:
    """The current details as Markdown: phase, what is expected, open duties, problems, last events."""
    lines = [
        *(["**DRILL**: nothing leaves the house", ""] if record.drill else []),
        f"Phase **{record.phase.replace('_', ' ')}**. {EXPECTED[record.phase]}",
        "",
        *record.outlook(),
        *_duty_list(record, time_zone),
        *(f"- Look at this: {_plain(problem)}" for problem in [*record.problems.values()][-LISTED:]),
        *([f"- Letters not yet accepted by the mail provider: {letters_waiting}"] if letters_waiting else []),
        *([f"- Messages refused: {record.rejected_count} (query `rejected`)"] if record.rejected_count else []),
        "",
        "Last events:",
        "",
        *(f"- {written(line.at, time_zone)} {_plain(line.what)}" for line in record.timeline[-5:]),
    ]
    return "\n".join(lines)


def _duty_list(record: Record, time_zone: str) -> list[str]:
    duties = sorted(record.open_duties(), key=lambda duty: duty.due_at or duty.opened_at)
    if not duties:
        return [] if record.process == "maintenance" else ["No duty is open.", ""]
    return [
        "Open duties:",
        "",
        *(
            f"- **{duty.id}** to {_plain(duty.recipient)}: {duty.state}"
            + (f", due {written(duty.due_at, time_zone)}" if duty.due_at else "")
            for duty in duties[:LISTED]
        ),
        *([f"- and {len(duties) - LISTED} more (query `duties`)"] if len(duties) > LISTED else []),
        "",
    ]


def _plain(text: str) -> str:
    """A reporter's text, so that it can't make a link or a heading of its own; short."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|!" else char for char in text.replace("\n", " ")[:200])


def show(before: Attributes | None, record: Record, time_zone: str, letters_waiting: int) -> Attributes:
    """Bring what Temporal Web shows up to date with as few events as possible; what is shown now."""
    after = attributes(record)
    if updates := changes(before, after):
        workflow.upsert_search_attributes(updates)
    workflow.set_current_details(details(record, time_zone, letters_waiting))
    return after
