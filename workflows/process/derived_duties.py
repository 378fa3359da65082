"""A record whose duties are derived from facts: they open as the facts ask for them, and follow the facts.

Nothing is closed here. A duty that the facts no longer ask for is shown so, with the reason, until a person closes it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from workflows.procedure.arising import Arising, ladder_for
from workflows.procedure.duties import Duty, DutyKind
from workflows.procedure.local_time import written
from workflows.procedure.names import folded
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.second_person.record import DecidingRecord


class DerivingRecord(DecidingRecord):
    """A record with duties that are derived from facts."""

    derived: ClassVar[frozenset[DutyKind]] = frozenset()
    """The kinds that facts give rise to; no other is touched here."""

    subjects: dict[str, str] = Field(default_factory=dict)
    """For duties of which there may be several (each controller): what tells them apart, by duty id."""
    unverified: list[str] = Field(default_factory=list)

    @abstractmethod
    def why_not_owed(self, duty: Duty) -> str | None:
        """Why the facts no longer ask for a duty; None where it only waits for an earlier one."""

    def towards(self, duty: Duty) -> str:
        """The controller that a duty is owed to, or what else tells several of a kind apart."""
        return self.subjects.get(duty.id, "")

    def same(self, arising: Arising) -> list[Duty]:
        """The duties that were opened for the same thing."""
        found = self.duties.values()
        wanted = folded(arising.subject)
        return [d for d in found if d.kind == arising.kind and folded(self.towards(d)) == wanted]

    def still_holds(self, duty: Duty) -> bool:
        """Whether what became of a duty still stands: a waiver falls where the facts had not asked for the duty."""
        return duty.state != "waived" or not duty.no_longer_because

    def open_new(self, arising: Iterable[Arising], rules: LocalRules, at: datetime) -> list[Duty]:
        """Open the duties that arise and are not there yet. Answers the new ones."""
        return [self.open_arising(a, rules, at) for a in arising if not any(map(self.still_holds, self.same(a)))]

    def open_arising(self, arising: Arising, rules: LocalRules, at: datetime) -> Duty:
        """Open one duty."""
        duty = self.owe_arising(arising, rules, at)
        self.subjects[duty.id] = arising.subject
        if not arising.verified:
            self.unverified.append(f"{duty.id}: {arising.basis}")
        return duty

    def look_again(self, arising: Iterable[Arising], rules: LocalRules, at: datetime) -> None:
        """Compare every derived duty with the facts as they are known now."""
        found = {(each.kind, folded(each.subject)): each for each in arising}
        for duty in list(self.duties.values()):
            if duty.state == "waived" or duty.kind not in self.derived:
                continue
            if each := found.get((duty.kind, folded(self.towards(duty)))):
                self._follow(duty, each, rules, at)
            elif duty.is_open and (why := self.why_not_owed(duty)):
                self._no_longer(duty, why, at)

    def _no_longer(self, duty: Duty, why: str, at: datetime) -> None:
        if duty.no_longer_because != why:
            self.duties[duty.id] = duty.model_copy(update={"no_longer_because": why})
            self.note(at, f"Duty '{duty.id}' no longer applies; it stays open until a person closes it", detail=why)

    def _follow(self, duty: Duty, arising: Arising, rules: LocalRules, at: datetime) -> None:
        """Let a duty follow the facts: whom it is owed to, on what basis, and a time that has come nearer."""
        changes: dict[str, Any] = {}
        if duty.is_open:
            changes = {"recipient": arising.recipient, "legal": duty.legal or arising.legal, "no_longer_because": None}
            if not duty.due_at or arising.due_at <= duty.due_at:  # else the earlier time is kept, and what it rests on
                changes |= {"basis": arising.basis, "task": arising.task}
            if duty.no_longer_because:
                self.note(at, f"Duty '{duty.id}' applies again")
        ladder = ladder_for(arising, rules.ladders) if arising.due_is_law else duty.ladder
        due_at = arising.counts_from + ladder.due_after
        if duty.due_at and due_at < duty.due_at:
            changes |= {"clock_started_at": arising.counts_from, "due_at": due_at, "ladder": ladder, "alarms_fired": 0}
            changes["state"] = state_by(duty, due_at, at)
            self.note(at, f"Duty '{duty.id}' is due {written(due_at, self.time_zone)}, earlier than before")
        if any(getattr(duty, name) != value for name, value in changes.items()):  # else its clock would begin again
            self.duties[duty.id] = duty.model_copy(update=changes)

    def no_longer_owed(self) -> tuple[str, ...]:
        """What people are to decide: the open duties that the facts no longer ask for, each with the reason."""
        return tuple(
            f"duty {duty.id} no longer applies ({duty.no_longer_because}): waive it, or correct what was said"
            for duty in self.open_duties()
            if duty.no_longer_because
        )

    def more_to_show(self) -> list[str]:
        """What Temporal Web shows besides the problems."""
        return [*self.no_longer_owed(), *super().more_to_show()]


def state_by(duty: Duty, due_at: datetime, at: datetime) -> str:
    """The state of a duty whose due time has moved; one that was met in time may now have been met late."""
    if duty.is_open:
        return "overdue" if due_at < at else "open"
    if duty.is_met and duty.met_at:
        return "met_late" if duty.met_at > due_at else "met"
    return duty.state
