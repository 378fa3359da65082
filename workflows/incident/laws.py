"""What other laws ask of a fault, breach or not: the answers, and the duties that they give rise to."""

from __future__ import annotations

from collections.abc import Iterable
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
from workflows.process.ids import breach_workflow_id
from workflows.process.messages import LawsPassedOn


class AskedByLaws(DerivingRecord):
    """An incident as other laws see it."""

    derived: ClassVar = frozenset(kind for kinds in BY_LAW.values() for kind in kinds)

    opening: IncidentOpening
    decisions: list[Decision] = Field(default_factory=list)
    breach: str | None = None
    breaches: list[str] = Field(default_factory=list)
    laws: LawAnswers = LawAnswers()
    laws_in_breach: list[str] = Field(default_factory=list)
    """What other laws ask and was answered with the suspicion of a breach: the duties stand in the breach."""

    def keep_breach(self, name: str) -> None:
        """Keep which breach runs now; the earlier ones stay named."""
        self.breach, self.breaches = name, list(dict.fromkeys([*self.all_breaches(), name]))

    def all_breaches(self) -> tuple[str, ...]:
        """All breaches of this incident; the first releases kept the one that there was."""
        return tuple(self.breaches or [name for name in (self.breach,) if name])

    def laws_answered(self) -> tuple[str, ...]:
        """What other laws ask and this incident has answered: its duties stand here, not in a breach."""
        return tuple(name for name in ANSWERS if self.laws_here()[name] is not None)

    def answers_with(self) -> str:
        """The breach that was started last."""
        return breach_workflow_id(self.breach) if self.breach else ""

    def laws_here(self) -> dict[str, Any]:
        """The answers whose duties stand here; None for those that a breach has answered."""
        return self.laws.model_dump() | dict.fromkeys(self.laws_in_breach)

    def answer(self, answers: dict[str, Any], by: str, rules: LocalRules, at: datetime) -> dict[str, Any]:
        """Take answers to what other laws ask, and what follows from them. Answers those that are new."""
        new = {name: value for name, value in answers.items() if value != getattr(self.laws, name)}
        for name, value in new.items():
            before, where = getattr(self.laws, name), "; its duties stand in the breach"
            self.laws = LawAnswers.model_validate(self.laws.model_dump() | {name: value})
            detail = f"before: {before}; now: {value}" + (where if name in self.laws_in_breach else "")
            self.note(at, f"Answered: {name.replace('_', ' ')}", by, detail)
        self.take_on_laws(rules, at)
        return new

    def answered_with(self, suspicion: LawAnswers, by: str, rules: LocalRules, at: datetime) -> dict[str, Any]:
        """Take what was answered with the suspicion of a breach: the duties of what was open stand in the breach.

        Answers what is new of what this incident had answered itself.
        """
        own = (*self.laws_answered(), "detected_at")
        changed = self.answer({name: each for name, each in suspicion.given().items() if name in own}, by, rules, at)
        new = {name: value for name, value in suspicion.given().items() if name in ANSWERS}
        new = {name: value for name, value in new.items() if name not in self.laws_answered()}
        self.laws_in_breach = list(dict.fromkeys([*self.laws_in_breach, *new]))
        self.laws = LawAnswers.model_validate(self.laws.model_dump() | new)
        return changed

    def take_passed_on(self, said: LawsPassedOn, rules: LocalRules, at: datetime) -> None:
        """Take what the breach has answered: those duties stand there, unless both answered at once."""
        kept = [name for name in self.laws_in_breach if name not in said.answers()]
        self.laws_in_breach = [*kept, *(name for name in said.duties_there if name not in self.laws_answered())]
        self.answer(said.answers(), said.by, rules, at)

    def stand_here(self, names: Iterable[str], rules: LocalRules, at: datetime) -> None:
        """The duties of these answers stand here from now on: the breach that had them has ended."""
        self.laws_in_breach = [name for name in self.laws_in_breach if name not in names]
        self.take_on_laws(rules, at)

    def forget_ended_breach(self, suspicion: LawAnswers) -> None:
        """A further breach has begun: what only an earlier one had answered is asked there once more."""
        gone = {name: None for name in self.laws_in_breach if name not in suspicion.given()}
        self.laws = LawAnswers.model_validate(self.laws.model_dump() | gone)

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
            **self.laws_here(),
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
        return why_no_longer(duty.kind, self.towards(duty))

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
