"""What the watchdog calls a finding where something was done to a process, or to Temporal, from outside."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from workflows.procedure.duties import Role
from workflows.procedure.local_time import written
from workflows.procedure.watchdog.book import BY_OTHERS, KnownRun
from workflows.procedure.watchdog.findings import NAMED_AT_MOST, Finding, Level, OpenProcess

CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""The time on a process's own clock and ours: more than this, and somebody has moved it."""
HAPPENED: dict[str, Level] = {
    "was_reset": "fault", "replaced": "fault", "restored": "fault", "let_go": "warning",
}  # fmt: skip
"""What has happened once and passes, with its level."""
LAW: tuple[Role, ...] = ("data_protection_officer", "management")


def concerned_by(workflow_id: str) -> tuple[Role, ...]:
    """Who hears of it besides those who run the desk."""
    return ("desk", "data_protection_officer") if workflow_id.startswith("breach-") else ("desk",)


def about_gone(run: KnownRun) -> Finding:
    """A process that Temporal does not know any more, or calls completed, though nothing of ours has ended it.

    A state until it is opened again.
    """
    due = run.soonest()
    facts = {
        "process": run.workflow_id,
        "since": written(run.last_seen),
        "due": written(due) if due else "-",
        "command": open_again(run),
    }
    return Finding(
        key=f"gone/{run.workflow_id}/{run.run_id}",
        kind="ended_by_others" if run.how == BY_OTHERS else "gone",
        level="note" if run.drill else "fault",
        area="processes",
        subject=run.workflow_id,
        facts=facts,
        also_to=concerned_by(run.workflow_id),
        passes=run.drill,
    )


def open_again(run: KnownRun) -> str:
    """What to type so that the clocks go on: the reference is free again, and the book knows what was due."""
    match run.process:
        case "breach":
            aware = run.counts_from.isoformat() if run.counts_from else "..."
            words = ["kantadesk", "breach", "open", "--reference", run.reference, "--aware-at", aware]
            return f'{shlex.join(words)} --description "..."'
        case "incident":
            return f'{shlex.join(["kantadesk", "incident", "open", "--reference", run.reference])} --title "..."'
        case _:
            return f'{shlex.join(["kantadesk", "maintenance", "plan", "--reference", run.reference])} --title "..."'


def about_happened(key: str, kind: str, workflow_id: str, facts: dict[str, str], *, drill: bool = False) -> Finding:
    """Something that was done once: it is told, and passes."""
    told_law = kind == "let_go" or workflow_id.startswith("breach-")
    return Finding(
        key=key,
        kind=kind,
        level="note" if drill else HAPPENED.get(kind, "fault"),
        area="processes",
        subject=workflow_id,
        facts=facts,
        also_to=("desk", *LAW) if told_law else ("desk",),
        passes=True,
    )


def about_paused(seen: OpenProcess | KnownRun, level: Level = "fault") -> Finding:
    """A process that somebody has paused as a whole."""
    facts = {"process": seen.workflow_id}
    return _of(seen.workflow_id, "paused", "note" if seen.drill else level, facts)


def about_paused_steps(seen: OpenProcess, steps: Iterable[str]) -> list[Finding]:
    """Steps that somebody has paused: a letter among them waits for ever."""
    named = sorted({step.replace("_", " ") for step in steps})[:NAMED_AT_MOST]
    if not named:
        return []
    facts = {"process": seen.workflow_id, "step": ", ".join(named)}
    return [_of(seen.workflow_id, "steps_paused", "note" if seen.drill else "fault", facts)]


def about_clock(seen: OpenProcess, its_time: datetime | None, at: datetime, *, may_skip: bool) -> list[Finding]:
    """The clock of a process that is no drill was moved, or its options were changed so that it may run ahead."""
    facts = moved_clock(seen.workflow_id, its_time, at, may_skip=may_skip)
    return [] if seen.drill or not facts else [_of(seen.workflow_id, "clock_moved", "fault", facts)]


def moved_clock(workflow_id: str, its_time: datetime | None, at: datetime, *, may_skip: bool) -> dict[str, str]:
    """What is told of a clock that was moved or may run ahead; nothing of any other."""
    moved = its_time is not None and abs(its_time - at) > CLOCKS_DIFFER_BY
    return {"process": workflow_id, "its": written(its_time or at), "at": written(at)} if moved or may_skip else {}


def about_retention(kept: timedelta, wanted: timedelta) -> list[Finding]:
    """Temporal forgets closed processes sooner than it was set up to."""
    if kept >= wanted:
        return []
    facts = {"days": str(kept.days), "wanted": str(wanted.days)}
    return [Finding(key="retention_short", kind="retention_short", level="warning", area="workers", facts=facts)]


def about_drill_schedules(paused: Sequence[str], foreign: Sequence[str]) -> list[Finding]:
    """Schedules of weekly drills that somebody has paused, or put something else into."""
    found = []
    for kind, names in (("drills_paused", paused), ("drills_foreign", foreign)):
        if names:
            facts = {"names": ", ".join(sorted(names)[:NAMED_AT_MOST])}
            found.append(Finding(key=kind, kind=kind, level="warning", area="workers", facts=facts))
    return found


def _of(workflow_id: str, kind: str, level: Level, facts: dict[str, str]) -> Finding:
    return Finding(
        key=f"{kind}/{workflow_id}", kind=kind, level=level, area="processes", subject=workflow_id, facts=facts,
        also_to=concerned_by(workflow_id),
    )  # fmt: skip
