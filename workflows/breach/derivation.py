"""From what is known of a breach to its duties: the facts as the rules see them, and what follows from each change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from workflows.breach.messages import Awareness, BreachOpening
from workflows.breach.risk import RiskDecision
from workflows.breach.who_notifies import is_other_to_notify, other_named, says_other
from workflows.procedure.arising import Arising
from workflows.procedure.breach.duties import duties_arising, unanswered, why_not_owed
from workflows.procedure.breach.roles import contradictions
from workflows.procedure.breach.terms import BreachFacts, Risk
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.duties import Duty, DutyKind
from workflows.procedure.local_time import local
from workflows.procedure.names import folded
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.other_laws import ANSWERS, BY_LAW, FOLLOWING, asked_by
from workflows.process.derived_duties import DerivingRecord
from workflows.process.ids import incident_workflow_id
from workflows.process.messages import LawsPassedOn, in_line

AS_BEFORE, AS_NOW = 1, 2
DERIVED: frozenset[DutyKind] = frozenset((
    "notify_supervisory_authority", "notify_controller", "confirm_joint_notification", "notify_kela_of_breach",
    "inform_data_subjects", "document_breach", *(kind for kinds in BY_LAW.values() for kind in kinds),
))  # fmt: skip
"""The kinds of duty that the facts of a breach give rise to."""
GRAVITY: dict[Risk | None, int] = {"unlikely": 0, None: 1, "risk": 1, "high": 2}
"""How grave a risk is; one that nobody has assessed counts as a risk."""


class DerivingBreach(DerivingRecord):
    """The facts of a breach, and the duties that they give rise to."""

    derived: ClassVar = DERIVED

    opening: BreachOpening
    """What is known now: what was said at the opening, with every correction since."""
    awareness: list[Awareness]
    risks: list[RiskDecision] = Field(default_factory=list)
    incident_is_over: bool = False
    derivation: int = AS_BEFORE
    """By which generation of the rules duties are derived; a run of the first releases keeps theirs."""

    @property
    def aware_from(self) -> datetime:
        """The instant from which the legal clock runs."""
        return self.awareness[-1].deadline_from

    def facts(self) -> BreachFacts:
        """The breach as the rules see it."""
        opening, risk = self.opening, self.risks[-1] if self.risks else None
        return BreachFacts(
            aware_from=self.aware_from,
            opened_at=self.opened_at,
            organisation=self.rules.organisation if self.rules else "",
            other_notifier=self.other_notifier(),
            is_notifier_agreed=opening.joint_notifier.casefold() == "us" or bool(self.other_notifier()),
            met_at={d.kind: d.met_at for d in self.duties.values() if d.met_at and d.state != "waived"},
            suppliers=self.rules.suppliers if self.rules else (),
            as_before=self.derivation == AS_BEFORE,
            controllers=tuple(controller.name for controller in opening.controllers),
            risk=risk.risk if risk else None,
            risk_assessed_at=risk.at if risk else None,
            time_zone=self.time_zone,
            **opening.model_dump(include={"detected_at", "role", "registers", "kinds", *ANSWERS} - self.in_incident()),
        )

    def in_incident(self) -> set[str]:
        """What other laws ask and the incident has answered: those duties stand there."""
        return {name for name in self.opening.answered_in_incident if name in ANSWERS}

    def laws_answered(self) -> tuple[str, ...]:
        """What other laws ask and this breach answers itself."""
        return tuple(name for name in ANSWERS if name not in self.in_incident())

    def answers_with(self) -> str:
        """The incident that it was started by, while that runs."""
        incident = "" if self.incident_is_over else self.opening.incident
        return incident_workflow_id(incident) if incident else ""

    def take_stock(self, rules: LocalRules, at: datetime) -> None:
        """Open the duties that have arisen; say what somebody should look at."""
        self.take_on(rules, at)
        self.ask(rules)

    def answer(self, answers: dict[str, Any], by: str, rules: LocalRules, at: datetime) -> dict[str, Any]:  # noqa: ARG002
        """Take answers to what other laws ask, and what follows from them. Answers those that are new."""
        new = {name: value for name, value in answers.items() if value != getattr(self.opening, name)}
        self.opening = self.opening.model_copy(update=new)
        self.take_stock(rules, at)
        return new

    def take_passed_on(self, said: LawsPassedOn, rules: LocalRules, at: datetime) -> None:
        """Take what the incident has answered: the duties of what it kept stand there."""
        self.note(at, "Other laws answered in the incident", said.by, in_line(said.answers()))
        self._keep_in_incident((self.in_incident() - {*said.answers()}) | {*said.duties_there})
        self.answer(said.answers(), said.by, rules, at)

    def stand_here(self, names: Iterable[str], rules: LocalRules, at: datetime) -> None:
        """The duties of these answers stand here from now on: the incident that had them has ended."""
        self._keep_in_incident(self.in_incident() - {*names})
        self.take_stock(rules, at)

    def _keep_in_incident(self, names: Iterable[str]) -> None:
        self.opening = self.opening.model_copy(update={"answered_in_incident": tuple(sorted(names))})

    def other_notifier(self) -> str:
        """The other joint controller where that one notifies the authority; empty where we do, or nobody has said it.

        In the first releases any text was taken as the one who notifies.
        """
        names = (self.rules.organisation, *self.rules.organisation_names) if self.rules else ("",)
        if self.derivation == AS_BEFORE:
            named = self.opening.joint_notifier if self.opening.role == "joint_controller" else ""
        else:
            named = self.opening.joint_notifier_name if is_other_to_notify(self.opening) else ""
        return "" if folded(named) in map(folded, names) else named

    def take_on(self, rules: LocalRules, at: datetime) -> list[Duty]:
        """Open the duties that arise and are not there yet; none is ever closed here. Answers the new ones.

        One that no longer arises is shown as such, with the reason; one whose time has come nearer follows it.
        """
        arising = duties_arising(self.facts(), rules.switches)
        if self.derivation == AS_BEFORE:
            return [self.open_arising(each, rules, at) for each in arising if not self.same(each)]
        self._name_the_unnamed(arising)
        new = self.open_new(arising, rules, at)
        self.look_again(arising, rules, at)
        return new

    def derive_again(self, rules: LocalRules, at: datetime) -> None:
        """A report of another law may count from a notice that was given now."""
        if self.derivation == AS_NOW:
            self.take_stock(rules, at)

    def still_holds(self, duty: Duty) -> bool:
        """Whether what became of a duty stands: a waiver falls, too, where the risk is graver than it was then."""
        if duty.state != "waived" or not super().still_holds(duty):
            return super().still_holds(duty)
        if duty.kind not in ("notify_supervisory_authority", "inform_data_subjects") or not duty.met_at:
            return True
        then = next((each.risk for each in reversed(self.risks) if each.at <= duty.met_at), None)
        now = self.risks[-1].risk if self.risks else None
        return GRAVITY[now] <= GRAVITY[then]

    def _name_the_unnamed(self, arising: tuple[Arising, ...]) -> None:
        """The duty towards a controller whom nobody had named is that of the first who is named now."""
        unnamed = next((d for d in self.open_duties() if d.kind == "notify_controller" and not self.towards(d)), None)
        named = next((a for a in arising if a.kind == "notify_controller" and a.subject and not self.same(a)), None)
        if unnamed and named:
            self.subjects[unnamed.id] = named.subject
            self.duties[unnamed.id] = unnamed.model_copy(update={"recipient": named.recipient})

    def why_not_owed(self, duty: Duty) -> str | None:
        """Why the facts no longer ask for a duty; a report that was opened before its notice waits for it."""
        asked = asked_by(duty.kind, self.towards(duty))
        if asked in self.in_incident():
            return f"{asked} was answered in incident {self.opening.incident}: what it asks stands there"
        if asked and duty.kind in FOLLOWING and getattr(self.opening, asked):
            return None
        return why_not_owed(duty.kind, self.towards(duty), self.facts())

    def _notifier_questions(self) -> tuple[str, ...]:
        """What is unclear about who notifies: until it is clear, we do."""
        opening = self.opening
        if opening.role != "joint_controller" or self.derivation == AS_BEFORE or self.other_notifier():
            return ()
        ours = f"the {hours_in_words(self.aware_from, self.time_zone)} hours are ours".replace("  ", " ")
        if says_other(opening):
            return (f"joint_notifier: other needs a name (not our own) and a reason; until then {ours}",)
        if other_named(opening) and opening.joint_notifier.casefold() != "us":
            return (f"joint_notifier: {other_named(opening)!r} was written, not 'other': {ours}",)
        return ()

    def ask(self, rules: LocalRules) -> None:
        """Put what somebody should look at under ``problems``: roles that don't fit, questions nobody answered."""
        aware_on = local(self.aware_from, self.time_zone).date()
        questions = (
            *contradictions(self.opening.role, self.opening.registers, aware_on, sector=rules.sector),
            *unanswered(self.facts(), rules.switches, self.opening.answered_in_incident),
            *self._notifier_questions(),
        )
        kept = {what: why for what, why in self.problems.items() if not what.startswith("question ")}
        self.problems = kept | {f"question {number}": each for number, each in enumerate(questions, 1)}
