"""What other laws ask of a fault, breach or not: the answers, and the duties that they give rise to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from workflows.incident.messages import Decision, IncidentOpening
from workflows.procedure.duties import Duty
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.other_laws import (
    ANSWERS,
    BY_LAW,
    LawAnswers,
    LawFacts,
    law_duties,
    unanswered,
    why_no_longer,
)
from workflows.process.derived_duties import DerivingRecord


class AskedByLaws(DerivingRecord):
    """An incident as other laws see it."""

    derived: ClassVar = frozenset(kind for kinds in BY_LAW.values() for kind in kinds)

    opening: IncidentOpening
    decisions: list[Decision] = Field(default_factory=list)
    laws: LawAnswers = LawAnswers()
    laws_in_breach: list[str] = Field(default_factory=list)
    """What other laws ask and was answered with the suspicion of a breach: the duties stand in the breach."""

    def laws_answered(self) -> tuple[str, ...]:
        """What other laws ask and this incident has answered: its duties stand here, not in a breach."""
        return tuple(name for name in ANSWERS if getattr(self.laws, name) is not None)

    def answer(self, answers: dict[str, Any], by: str, rules: LocalRules, at: datetime) -> dict[str, Any]:
        """Take answers to what other laws ask, and what follows from them.

        Answers those that belong to a breach, as JSON has them, since their duties stand there.
        """
        there = {name: value for name, value in answers.items() if name in self.laws_in_breach}
        for name, value in answers.items():
            if name in there or value == (before := getattr(self.laws, name)):
                continue
            self.laws = LawAnswers.model_validate(self.laws.model_dump() | {name: value})
            self.note(at, f"Answered: {name.replace('_', ' ')}", by, f"before: {before}; now: {value}")
        self.take_on_laws(rules, at)
        if there and (detected_at := answers.get("detected_at")):
            there["detected_at"] = detected_at.isoformat()
        return there

    def answered_with(self, suspicion: Any) -> None:
        """Keep what was answered with the suspicion of a breach: those duties stand in the breach."""
        new = [name for name in ANSWERS if name not in (*self.laws_answered(), *self.laws_in_breach)]
        self.laws_in_breach += [name for name in new if getattr(suspicion, name) is not None]

    def law_facts(self) -> LawFacts:
        """The fault as the other laws see it: without a time of detection they count from when it was noticed."""
        met = {d.kind: d.met_at for d in self.duties.values() if d.met_at and d.state != "waived"}
        return LawFacts(
            opened_at=self.opened_at,
            otherwise_from=min(self.opening.noticed_at, self.opened_at),
            counted="the time at which the fault was noticed",
            met_at=met,
            suppliers=self.rules.suppliers if self.rules else (),
            time_zone=self.time_zone,
            **self.laws.model_dump(),
        )

    def derive_again(self, rules: LocalRules, at: datetime) -> None:
        """A report of another law may count from a notice that was given now."""
        self.take_on_laws(rules, at)

    def take_on_laws(self, rules: LocalRules, at: datetime) -> None:
        """Open the duties of other laws that arise; show those that no longer do."""
        arising = tuple(law_duties(self.law_facts(), rules.switches))
        self.open_new(arising, rules, at)
        self.look_again(arising, rules, at)

    def why_not_owed(self, duty: Duty) -> str | None:
        """Why the facts no longer ask for a duty of another law."""
        return why_no_longer(duty.kind)

    def law_questions(self) -> tuple[str, ...]:
        """What the judgement makes somebody answer: a danger asks for deviation and device, a major outage for NIS2."""
        if not self.decisions or self.rules is None or self.has_ended:
            return ()
        last, asked = self.decisions[-1], list[str]()
        if last.answers.get("safety", "no") != "no":
            asked += ["significant_deviation", "device_hazard"]
        if last.severity == "critical" or last.extensive:
            asked += ["nis2_significant", "cer_significant"]
        but = {*ANSWERS} - {*asked} | {*self.laws_in_breach}
        return unanswered(self.law_facts(), self.rules.switches, tuple(but))
