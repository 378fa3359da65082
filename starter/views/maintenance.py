"""A planned break as text for people: its times on top, then what comes next and who was told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from starter.terminal.output import Table, TextLine, countdown, say, short, show
from starter.views.incident import documents_table, messages_table, refused_table
from workflows.maintenance.messages import MaintenanceStatus
from workflows.procedure.local_time import written
from workflows.procedure.maintenance.plan import parts_of
from workflows.procedure.services import named

if TYPE_CHECKING:
    from rich.console import RenderableType

DONE = {
    "change": "Change recorded; those who were told of the break now hear what changes for them.",
    "cancellation": "Cancelled; those who were told of the break now hear that, and nobody else.",
    "completion": "Recorded: the break is over. Those concerned are being told.",
    "acknowledgement": "Acknowledgement recorded.",
    "delivery_report": "Delivery report recorded.",
}
MESSAGES_SHOWN = 8


def show_maintenance_change(message: str, status: MaintenanceStatus) -> None:
    """Print what a message has done and what comes next, shortly."""
    say(f"{DONE[message]} {headline(status)}")
    if message == "change":
        say(f"Time: {written(status.starts_at)} - {written(status.ends_at)}")
    for problem in status.problems:
        say(f"  look at this: {problem}")
    say(f"Next: {expected_next(status)}")


def headline(status: MaintenanceStatus) -> str:
    """Reference and phase in a few words."""
    marks = [*(["short notice"] if status.short_notice else []), *(["NOT OVER IN TIME"] if status.overlong else [])]
    drill = "DRILL " if status.drill else ""
    return f"{drill}Break {status.reference}: {', '.join([status.phase.replace('_', ' '), *marks])}."


def expected_next(status: MaintenanceStatus) -> str:
    """One sentence: what comes next."""
    if not status.next:
        return "nothing more; the evidence is bundled."
    soonest = status.next[0]
    if status.overlong:
        return (
            f"say that it is over: kantadesk maintenance complete {status.reference}; or open an incident: "
            f"kantadesk incident open --from-maintenance {status.reference}"
        )
    return f"{soonest.what}, {written(soonest.at)}"


def show_maintenance_status(status: MaintenanceStatus, at: datetime) -> None:
    """Print all about a break. ``at``: the time on its own clock."""
    head = TextLine(headline(status), strong=True)
    show(head, *(TextLine(line) for line in _lines(status, at)), *_tables(status, at))


def _lines(status: MaintenanceStatus, at: datetime) -> list[str]:
    parts = parts_of(status.starts_at, status.ends_at, status.windows)
    whose = "Kela's" if status.source == "kela" else "our own"
    lines = [
        f"{status.title} ({whose})",
        f"Next:         {expected_next(status)}",
        f"Time:         {written(status.starts_at)} - {written(status.ends_at)}",
        *(f"Window {n}:     {written(w.starts_at)} - {written(w.ends_at)}" for n, w in enumerate(parts, 1)),
        f"Services:     {named(status.services, 'en')}",
    ]
    if status.not_affected:
        lines.append(f"Not affected: {named(status.not_affected, 'en')}")
    if status.drill:
        lines.append(f"Drill time:   {written(at)}")
    if status.completed_at:
        lines.append(f"Completed:    {written(status.completed_at)}")
    lines += [f"Incident:     kantadesk incident show {incident}" for incident in status.incidents]
    if status.unverified and status.next:
        points = ", ".join(rule.partition(":")[0] for rule in status.unverified)
        lines.append(f"Not verified: nobody has checked the rules of {points} (--json says what they rest on)")
    return lines + [f"LOOK AT:      {problem}" for problem in status.problems]


def _tables(status: MaintenanceStatus, at: datetime) -> list[RenderableType]:
    made: list[RenderableType] = []
    if status.next:
        coming = [(short(line.at), countdown(line.at, at), line.what) for line in status.next]
        made.append(Table(("when", "", "what"), coming, "What comes next"))
    if status.told:
        told = [
            (t.contact, ", ".join(way.replace("_", " ") for way in t.channels), t.points[-1], short(t.told_at),
             short(t.acknowledged_at))
            for t in status.told
        ]  # fmt: skip
        made.append(Table(("told", "by", "last of", "at", "acknowledged"), told, "Who was told"))
    return [*made, *messages_table(status, MESSAGES_SHOWN), *documents_table(status), *refused_table(status)]
