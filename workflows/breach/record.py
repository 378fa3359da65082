"""What a breach process remembers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from temporalio import workflow

from workflows.breach.messages import (
    Awareness,
    AwarenessCorrection,
    BreachDeadlines,
    BreachOpening,
    BreachPhase,
    BreachStatus,
    Notified,
)
from workflows.breach.risk import RiskAssessment, RiskDecision
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.breach.duties import Arising, duties_arising, ladder_for, unanswered
from workflows.procedure.breach.roles import contradictions
from workflows.procedure.breach.terms import BreachFacts
from workflows.procedure.deadlines import authority_deadlines
from workflows.procedure.duties import Duty, DutyKind, DutyState
from workflows.procedure.local_time import local, written
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.ids import breach_workflow_id
from workflows.process.reading import Unreadable
from workflows.process.record import BOUNDED_LISTS, Record
from workflows.process.retention import BoundedList
from workflows.process.start import check_id, read_start


class BreachRecord(Record):
    """What a breach remembers. ``awareness`` is only ever added to: the last entry says from when the clock runs."""

    process: ClassVar = "breach"
    bounded_lists: ClassVar = (
        BoundedList("duties", 300, 200_000),  # none leaves; their texts are cut
        *BOUNDED_LISTS,
        BoundedList("awareness", 50, 48_000, least=1),
        BoundedList("risks", 50, 64_000, least=1),
        BoundedList("notifications", 200, 48_000, least=1),
        BoundedList("measures", 100, 49_000, least=1),
    )

    opening: BreachOpening
    phase: BreachPhase = "assessing"
    awareness: list[Awareness]
    risks: list[RiskDecision] = Field(default_factory=list)
    notifications: list[Notified] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    conclusion: str = ""
    subjects: dict[str, str] = Field(default_factory=dict)
    """For duties of which there may be several (each controller): what tells them apart, by duty id."""
    unverified: list[str] = Field(default_factory=list)
    incident_is_over: bool = False
    delay_paper_for: Moment | None = None
    """The end of the 72 hours for which the paper that asks for the reasons of the delay was ordered."""
    closed_at: Moment | None = None

    @classmethod
    def opened(cls, opening: BreachOpening, at: datetime) -> BreachRecord:
        """The record of a breach whose process begins now; its clock began when the organisation became aware."""
        at = max(at, opening.clock or at)
        first = Awareness(aware_at=opening.aware_at, recorded_at=at, by=opening.by, deadline_from=opening.aware_at)
        return cls(
            reference=opening.reference,
            drill=opening.drill,
            opened_at=at,
            opening=opening,
            services=opening.registers,
            awareness=[first],
            phase="notifying" if opening.role == "processor" else "assessing",
        )

    @property
    def aware_from(self) -> datetime:
        """The instant from which the legal clock runs."""
        return self.awareness[-1].deadline_from

    @property
    def headline(self) -> str:
        """What it is about, and the instant from which the legal clock runs."""
        aware = written(self.aware_from, self.time_zone)
        return f"Suspected personal data breach {self.reference}, aware since {aware}"

    def facts(self) -> BreachFacts:
        """The breach as the rules see it."""
        opening, risk = self.opening, self.risks[-1] if self.risks else None
        return BreachFacts(
            aware_from=self.aware_from,
            opened_at=self.opened_at,
            organisation=self.rules.organisation if self.rules else "",
            controllers=tuple(controller.name for controller in opening.controllers),
            risk=risk.risk if risk else None,
            risk_assessed_at=risk.at if risk else None,
            time_zone=self.time_zone,
            **opening.model_dump(
                include={
                    "detected_at", "role", "registers", "kinds", "joint_notifier", "significant_deviation",
                    "device_hazard", "nis2_significant",
                }
            ),
        )  # fmt: skip

    def take_on(self, rules: LocalRules, at: datetime) -> list[Duty]:
        """Open the duties that arise and are not there yet; none is ever closed here. Answers the new ones."""
        new = [a for a in duties_arising(self.facts(), rules.switches) if not self._has(a)]
        return [self._open(arising, rules, at) for arising in new]

    def _has(self, arising: Arising) -> bool:
        return any(
            d.kind == arising.kind and self.subjects.get(d.id, "") == arising.subject for d in self.duties.values()
        )

    def _open(self, arising: Arising, rules: LocalRules, at: datetime) -> Duty:
        ladder = ladder_for(arising, rules.ladders)
        duty = self.owe_by(
            arising.kind, ladder, at, to=arising.recipient, basis=arising.basis, legal=arising.legal,
            clock_started_at=arising.counts_from,
        )  # fmt: skip
        self.subjects[duty.id] = arising.subject
        if not arising.verified:
            self.unverified.append(f"{duty.id}: {arising.basis}")
        if arising.note:
            self.note(at, f"About duty '{duty.id}'", detail=arising.note)
        return duty

    def ask(self, rules: LocalRules) -> None:
        """Put what somebody should look at under ``problems``: roles that don't fit, questions nobody answered."""
        aware_on = local(self.aware_from, self.time_zone).date()
        questions = (
            *contradictions(self.opening.role, self.opening.registers, aware_on, sector=rules.sector),
            *unanswered(self.facts(), rules.switches),
        )
        kept = {what: why for what, why in self.problems.items() if not what.startswith("question ")}
        self.problems = kept | {f"question {number}": each for number, each in enumerate(questions, 1)}

    def correct_awareness(self, said: AwarenessCorrection, at: datetime) -> bool:
        """Add an entry about the instant of awareness; whether the deadline moves.

        It follows the earlier instant, unless a reason is given why it may follow a later one.
        """
        before = self.aware_from
        follows = said.aware_at if said.aware_at < before or said.deadline_follows_later else before
        reason = said.reason + (f" Deadline: {said.deadline_follows_later}" if said.deadline_follows_later else "")
        self.awareness.append(
            Awareness(aware_at=said.aware_at, recorded_at=at, by=said.by, reason=reason, deadline_from=follows)
        )
        if follows != before:
            self._move_clocks(before, follows, at)
        return follows != before

    def _move_clocks(self, before: datetime, after: datetime, at: datetime) -> None:
        """Move every clock that counts from awareness; a duty met in time may now have been met late."""
        for duty in [d for d in self.duties.values() if d.clock_started_at == before and d.due_at]:
            due_at = after + (duty.due_at - before) if duty.due_at else None
            moved = duty.model_copy(update={"clock_started_at": after, "due_at": due_at, "alarms_fired": 0})
            if duty.is_open:
                moved = moved.model_copy(update={"state": "overdue" if due_at and due_at < at else "open"})
            elif duty.state in ("met", "met_late") and duty.met_at and due_at:
                moved = moved.model_copy(update={"state": "met_late" if duty.met_at > due_at else "met"})
            self.duties[duty.id] = moved

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:
        """What may not leave: every duty, since one that is not here would arise again."""
        return list_name == "duties" or super().stays(list_name, entry, now)

    def clock_in_words(self, deadline: datetime | None) -> str:
        """The one instant and the one deadline, for a letter."""
        aware = written(self.aware_from, self.time_zone)
        return f"{aware} -> {written(deadline, self.time_zone)}" if deadline else aware

    def give_reasons(self, kind: DutyKind, reason: str) -> None:
        """Add the reasons for a delay to a duty that was met late without them."""
        for duty in [d for d in self.duties.values() if d.kind == kind and d.state == "met_late" and reason]:
            self.duties[duty.id] = duty.model_copy(update={"delay_reason": duty.delay_reason or reason})

    def assess(self, said: RiskAssessment, at: datetime) -> None:
        """Add an assessment of the risk; the last one holds."""
        facts = said.model_dump(exclude={"occurred_at", "event_id", "source", "note"})
        self.risks.append(RiskDecision(at=at, **facts))
        if self.phase == "assessing":
            self.phase = "notifying"

    def notified(self, to: str, at: datetime, by: str, **more: Any) -> None:
        """Keep that somebody was notified."""
        self.notifications.append(Notified(to=to, at=at, by=by, **more))

    @property
    def is_documented(self) -> bool:
        """Whether facts, effects and remedies stand in the record (GDPR 33(5)); a processor weighs no effects."""
        return bool(self.measures) and (bool(self.risks) or self.opening.role == "processor")

    def duty_towards(self, subject: str) -> Duty | None:
        """The open duty towards a controller, by its name; the only one there is, if it has no name."""
        wanted = " ".join(subject.casefold().split())
        found = [d for d in self.open_duties() if d.kind == "notify_controller"]
        named = [d for d in found if " ".join(self.subjects[d.id].casefold().split()) == wanted]
        return next(iter(named or [d for d in found if not self.subjects[d.id]]), None)

    def _last_said(self, name: str) -> Any:
        """What was not known at first, as the last assessment that says it has it; else as the suspicion had it."""
        said = [getattr(decision, name) for decision in reversed(self.risks)]
        return next((value for value in said if value), getattr(self.opening, name))

    def letter_facts(self) -> dict[str, Any]:
        """What every letter of this breach says: no description, since ordinary mail carries it."""
        return {"title": self.reference, "services": self.services, "noticed_at": self.aware_from}

    def status(self) -> BreachStatus:
        """The answer to the query ``status``."""
        opening = self.opening
        deadlines = authority_deadlines(self.aware_from, self.time_zone)
        return BreachStatus(
            phase=self.phase,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
            awareness=tuple(self.awareness),
            deadlines=BreachDeadlines.model_validate(deadlines.model_dump()),
            risk=self.risks[-1].risk if self.risks else None,
            risks=tuple(self.risks),
            notifications=tuple(self.notifications),
            measures=tuple(self.measures),
            conclusion=self.conclusion,
            duties=tuple(DutyState.model_validate(duty.model_dump()) for duty in self.duties.values()),
            documents=tuple(self.documents),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            problems=tuple(self.problems.values()),
            unverified=tuple(self.unverified),
            authority=self.authority(),
            drill=self.drill,
            **{name: self._last_said(name) for name in ("began_at", "cause", "measures_before")},
            **self.tally(),
            **opening.model_dump(
                include={
                    "reference", "incident", "role", "registers", "kinds", "description", "place", "data", "aware_at",
                    "first_noticed_at", "detected_at", "controllers", "joint_notifier",
                }
            ),
        )  # fmt: skip

    def authority(self) -> str:
        """The supervisory authority of the day on which the breach was opened."""
        try:
            return authority("data_protection", local(self.opened_at, self.time_zone).date()).name.fi
        except UnknownAuthority as unknown:
            return str(unknown)


class CarriedBreach(Model):
    """What a breach hands to its next run."""

    carried: BreachRecord


def breach_record(sent: tuple[Any, ...], now: datetime) -> BreachRecord:
    """The record to go on from. Raises ``Unreadable`` where none can be made of what was sent."""
    read = read_start(sent, BreachOpening, CarriedBreach)
    if isinstance(read, CarriedBreach):
        check_id(breach_workflow_id(read.carried.reference))
        return read.carried
    check_id(breach_workflow_id(read.reference))
    if read.aware_at > max(now, read.clock or now) + CLOCKS_DIFFER_BY:
        raise Unreadable(f"aware_at lies in the future: it is {now:%Y-%m-%d %H:%M} UTC here")
    once = {"kinds": tuple(dict.fromkeys(read.kinds)), "registers": tuple(dict.fromkeys(read.registers))}
    return BreachRecord.opened(read.model_copy(update=once), now)


def no_breach(now: datetime, reason: str = "") -> BreachRecord:
    """The record of a breach whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No breach was opened: {reason}")
    opening = BreachOpening(
        reference="unreadable",
        aware_at=now,
        kinds=("loss",),
        role="controller",
        registers=("OTHER",),
        description="-",
        by="-",
    )
    return BreachRecord.opened(opening, now)
