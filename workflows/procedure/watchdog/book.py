"""What the book of processes knows of a run: who it is, its key moments, when it was last seen. No personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from workflows.procedure.duties import DutyState, DutyStateName
from workflows.procedure.model import Model, Moment

DUTIES_AT_MOST = 120
"""Of one run; those of the law first."""
OVER = ("closed", "cancelled", "completed")
"""The phases of a process that has ended by its own messages."""
BY_OTHERS = "ended by others"
"""How a process has ended that something else than our worker has completed."""
State = Literal["open", "ended", "over", "gone", "followed", "let_go"]
"""``ended``: stopped from outside, its history is there; ``gone``: Temporal knows it no more; ``followed``: another run
of the process has taken its place; ``let_go``: a person has decided that it is missed no longer."""


class KnownDuty(Model):
    """The moments of one duty."""

    id: str
    kind: str
    legal: bool = False
    opened_at: Moment
    due_at: Moment | None = None
    state: DutyStateName = "open"
    met_at: Moment | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still had to do something."""
        return self.state in ("open", "overdue")


class KeyMoments(Model):
    """The key moments of a process as it has told them. ``counts_from``: the instant from which its legal clock counts.

    ``next_due``: a due time that a letter named; it counts until the lists show one.
    """

    phase: str = ""
    drill: bool | None = None
    counts_from: Moment | None = None
    next_due: Moment | None = None
    duties: tuple[KnownDuty, ...] = ()


class KnownRun(Model):
    """One run of one process, as the book has it."""

    workflow_id: str
    run_id: str
    kind: str
    """The workflow type."""
    first_run: str = ""
    """The run with which its chain began, once it is known; empty before."""
    keys_by: str = ""
    """The run that stands in the keys of its letters."""
    first_seen: Moment
    last_seen: Moment
    drill: bool = False
    phase: str = ""
    next_due: Moment | None = None
    overdue: int = 0
    events: int = 0
    """The length of its history when it was last described."""
    counts_from: Moment | None = None
    duties: tuple[KnownDuty, ...] = ()
    state: State = "open"
    how: str = ""
    """How it ended, where it was stopped from outside."""
    is_judged: bool = False
    """Whether it is known how it came to follow the run before it."""

    @property
    def process(self) -> str:
        """Its noun: incident, breach, maintenance."""
        return self.workflow_id.partition("-")[0]

    @property
    def reference(self) -> str:
        """Its reference, as people say it."""
        return self.workflow_id.partition("-")[2]

    @property
    def key_run(self) -> str:
        """The run in the keys of its letters, as far as anybody can know it."""
        return self.keys_by or self.first_run or self.run_id

    def soonest(self) -> datetime | None:
        """When it is due next: the earliest of the open duties that it has told, or what the lists showed last."""
        known = [duty.due_at for duty in self.duties if duty.is_open and duty.due_at]
        return min((at for at in (*known, self.next_due) if at), default=None)


class EarlierLife(Model):
    """What the book knows of the life that a process had before it was reset, or started a second time."""

    how: Literal["reset", "second_start"]
    run: str
    """The run that it had then."""
    key_run: str
    """The run in the keys of its letters: what was said then is not said again."""
    counts_from: Moment | None = None
    duties: tuple[KnownDuty, ...] = Field(default=(), max_length=DUTIES_AT_MOST)

    def known(self, duty_id: str) -> KnownDuty | None:
        """A duty that it had."""
        return next((duty for duty in self.duties if duty.id == duty_id), None)


def earlier_life(how: Literal["reset", "second_start"], runs: Iterable[KnownRun]) -> EarlierLife:
    """The life that these runs have lived, the oldest first: of each duty the earliest due time and its last state."""
    lived = list(runs)
    duties: dict[str, KnownDuty] = {}
    for duty in (duty for run in lived for duty in run.duties):
        before = duties.get(duty.id)
        dues = [each.due_at for each in (before, duty) if each and each.due_at]
        is_settled = before is not None and not before.is_open and duty.is_open
        last = before if is_settled and before else duty
        duties[duty.id] = last.model_copy(update={"due_at": min(dues, default=None)})
    counts = [run.counts_from for run in lived if run.counts_from]
    kept = sorted(duties.values(), key=lambda duty: (not duty.legal, duty.opened_at))[:DUTIES_AT_MOST]
    return EarlierLife(
        how=how,
        run=lived[-1].run_id,
        key_run=lived[0].key_run,
        counts_from=min(counts, default=None),
        duties=tuple(kept),
    )


def known_duties(duties: Iterable[DutyState]) -> tuple[KnownDuty, ...]:
    """The moments of a process's duties, the legal ones first where there are very many."""
    ordered = sorted(duties, key=lambda duty: not duty.legal)[:DUTIES_AT_MOST]
    return tuple(KnownDuty.model_validate(duty.model_dump(include=set(KnownDuty.model_fields))) for duty in ordered)


def moments_of(status: dict[str, Any]) -> KeyMoments:
    """The key moments that a status says (its JSON)."""
    awareness = status.get("awareness") or ()
    return KeyMoments(
        phase=str(status.get("phase") or ""),
        drill=status.get("drill"),
        counts_from=awareness[-1]["deadline_from"] if awareness else None,
        duties=known_duties(DutyState.model_validate(duty) for duty in status.get("duties") or ()),
    )
