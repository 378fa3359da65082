"""Processes that were ended from outside: which of them must be brought back, and what is said about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from workflows.procedure.duties import Role
from workflows.procedure.local_time import written
from workflows.procedure.model import Model, Moment
from workflows.procedure.watchdog.findings import Finding, Level

NEWS_FOR = timedelta(days=2)
How = Literal["terminated", "timed_out", "failed", "canceled"]
HOW_IN_WORDS: dict[How, str] = {
    "terminated": "terminated",
    "timed_out": "ended by a time-out",
    "failed": "ended by a failure",
    "canceled": "cancelled",
}


class Ending(Model):
    """A run that has ended in another way than by its own messages, and is the last one of its process."""

    workflow_id: str
    run_id: str
    workflow_type: str
    how: How
    ended_at: Moment
    drill: bool = False
    next_due: Moment | None = None
    never_began: bool = False
    """Its start input could not be read: nothing was lost but the start itself."""


class Fate(Model):
    """What became of it.

    ``back``: it runs again with its record; ``replaced``: somebody else has started it again; ``drill``: let go;
    ``never_began``: its start could not be read, nothing was lost; ``lost``: no record can be had, a person must act.
    """

    outcome: Literal["back", "replaced", "drill", "never_began", "lost"]
    under_way: int = 0
    """How many things were being done when it ended."""
    command: str = ""
    """What to type, where it is lost."""


_LEVELS: dict[str, Level] = {"back": "fault", "lost": "fault", "never_began": "warning", "drill": "note"}
_KINDS = {"back": "brought_back", "lost": "lost", "never_began": "unreadable_start", "drill": "drill_ended"}


def about_ending(ending: Ending, fate: Fate) -> list[Finding]:
    """What is said about an ending. What is lost stays a finding until it runs; the rest has happened and passes."""
    if fate.outcome == "replaced":
        return []
    is_breach = ending.workflow_type == "DataBreach"
    concerned: tuple[Role, ...] = ("desk", "data_protection_officer") if is_breach else ("desk",)
    facts = {
        "process": ending.workflow_id,
        "how": ending.how,
        "at": written(ending.ended_at),
        "due": written(ending.next_due) if ending.next_due else "-",
        "number": str(fate.under_way),
        "command": fate.command,
    }
    return [
        Finding(
            key=f"{_KINDS[fate.outcome]}/{ending.workflow_id}/{ending.run_id}",
            kind=_KINDS[fate.outcome],
            level=_LEVELS[fate.outcome],
            area="processes",
            subject=ending.workflow_id,
            facts=facts,
            also_to=concerned if fate.outcome in ("back", "lost") else (),
            passes=fate.outcome != "lost",
        )
    ]


def is_news(ending: Ending, at: datetime) -> bool:
    """Whether an ending is still worth showing to somebody who only looks: one that matters always is."""
    return not (ending.drill or ending.never_began) or at - ending.ended_at < NEWS_FOR


def about_dead(ending: Ending) -> Finding:
    """An ending as somebody sees it who only looks: the watchdog brings it back at its next look."""
    facts = {"process": ending.workflow_id, "how": ending.how, "at": written(ending.ended_at)}
    kind = "unreadable_start" if ending.never_began else "drill_ended" if ending.drill else "dead"
    level = _LEVELS["never_began" if ending.never_began else "drill" if ending.drill else "lost"]
    return Finding(
        key=f"{kind}/{ending.workflow_id}", kind=kind, level=level, area="processes", subject=ending.workflow_id,
        facts=facts,
    )  # fmt: skip
