"""What a breach process remembers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field
from temporalio import workflow

from workflows.breach.derivation import AS_BEFORE, DerivingBreach
from workflows.breach.messages import (
    Assessed,
    Awareness,
    AwarenessCorrection,
    BreachDeadlines,
    BreachOpening,
    BreachPhase,
    BreachStatus,
    Controller,
    Notified,
)
from workflows.breach.moments import opening_at_fault
from workflows.breach.risk import RiskAssessment, RiskDecision
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.breach.rules import rule_or_oldest
from workflows.procedure.deadlines import authority_deadlines
from workflows.procedure.duties import Duty, DutyKind, DutyState
from workflows.procedure.local_time import local, said_back, written
from workflows.procedure.model import Model, Moment
from workflows.procedure.names import folded
from workflows.procedure.other_laws import FOLLOWING, asked_by
from workflows.procedure.watchdog.book import EarlierLife
from workflows.process.deduplication import CLOCKS_DIFFER_BY
from workflows.process.derived_duties import state_by
from workflows.process.ids import breach_named_by, breach_reference, breach_workflow_id
from workflows.process.reading import Unreadable
from workflows.process.record import BOUNDED_LISTS
from workflows.process.retention import BoundedList
from workflows.process.sealed.seals import arrival_of_value, counts
from workflows.process.sealed.senders import marks_of, marks_of_opening, with_sender
from workflows.process.second_person.record import DECISIONS, KIND
from workflows.process.start import check_id, read_start

OF_A_PROCESSOR = (
    "A processor's own target for telling each controller (GDPR art. 33(2): without undue delay, no hours). The period "
    "for notifying the authority is each controller's own and runs from when that controller learns of the breach."
)
FROM_THE_BOOK = "As the book of processes has it, from before this process was set back or started a second time"


class BreachRecord(DerivingBreach):
    """What a breach remembers. ``awareness`` is only ever added to: the last entry says from when the clock runs."""

    process: ClassVar = "breach"
    bounded_lists: ClassVar = (
        BoundedList("duties", 300, 200_000),  # none leaves; their texts are cut
        *BOUNDED_LISTS,
        BoundedList("awareness", 50, 48_000, least=1),
        BoundedList("risks", 50, 64_000, least=1),
        BoundedList("notifications", 200, 48_000, least=1),
        BoundedList("measures", 100, 49_000, least=1),
        BoundedList("assessments", 50, 12_000, least=1),
        DECISIONS,
    )

    phase: BreachPhase = "assessing"
    notifications: list[Notified] = Field(default_factory=list)
    measures: list[str] = Field(default_factory=list)
    conclusion: str = ""
    delay_paper_for: Moment | None = None
    """The end of the 72 hours for which the paper that asks for the reasons of the delay was ordered."""
    assessments: list[Assessed] = Field(default_factory=list)
    corrected_at: dict[str, Moment] = Field(default_factory=dict)
    """When a fact was last corrected by an assessment that was sent again, by its field."""
    closed_at: Moment | None = None

    @classmethod
    def opened(cls, opening: BreachOpening, at: datetime, name: str = "") -> BreachRecord:
        """The record of a breach whose process begins now; its clock began when the organisation became aware.

        ``name``: by what people name it; its reference, or that with a number where there was an earlier breach.
        """
        at = max(at, opening.clock or at)
        first = Awareness(aware_at=opening.aware_at, recorded_at=at, by=opening.by, deadline_from=opening.aware_at)
        return cls(
            reference=name or opening.reference,
            drill=opening.drill,
            opened_at=at,
            opening=opening,
            services=opening.registers,
            awareness=[first],
            assessments=[Assessed(at=at, by=opening.by, event_id=opening.assessment)],
            phase="notifying" if opening.role == "processor" else "assessing",
        )

    @property
    def headline(self) -> str:
        """What it is about, and the instant from which the legal clock runs."""
        aware = written(self.aware_from, self.time_zone)
        return f"Suspected personal data breach {self.reference}, aware since {aware}"

    def correct_awareness(self, said: AwarenessCorrection, at: datetime, *, only_its_own: bool = True) -> bool:
        """Add an entry about the instant of awareness; whether the deadline moves.

        It follows the earlier instant, unless a reason is given why it may follow a later one. ``only_its_own``: not
        the clocks of other laws, which count from detection; runs of earlier builds moved those that began with it.
        """
        before = self.aware_from
        follows = said.aware_at if said.aware_at < before or said.deadline_follows_later else before
        reason = said.reason + (f" Deadline: {said.deadline_follows_later}" if said.deadline_follows_later else "")
        facts = {"aware_at": said.aware_at, "recorded_at": at, "by": said.by, "reason": reason}
        self.awareness.append(Awareness.model_validate(facts | {"deadline_from": follows} | marks_of(said.by)))
        if follows != before:
            self._move_clocks(before, follows, at, only_its_own=only_its_own)
        return follows != before

    def _move_clocks(self, before: datetime, after: datetime, at: datetime, *, only_its_own: bool) -> None:
        """Move every clock that counts from awareness; a duty met in time may now have been met late."""
        for duty in [d for d in self.duties.values() if d.due_at]:
            is_of_law = only_its_own and asked_by(duty.kind, self.towards(duty)) is not None
            if not (self._is_guess_after(duty, after) if is_of_law else duty.clock_started_at == before):
                continue
            due_at = after + (duty.due_at - duty.clock_started_at) if duty.due_at else None
            moved = duty.model_copy(update={"clock_started_at": after, "due_at": due_at, "alarms_fired": 0})
            self.duties[duty.id] = moved.model_copy(update={"state": state_by(duty, due_at, at)}) if due_at else moved

    def _is_guess_after(self, duty: Duty, aware: datetime) -> bool:
        """Whether a report of another law counts from an awareness later than this one, for want of a detection."""
        return duty.kind not in FOLLOWING and self.opening.detected_at is None and aware < duty.clock_started_at

    def follow_earlier(self, known: EarlierLife, at: datetime) -> None:
        """The clock runs from the earliest instant of which the book of processes knows."""
        if known.counts_from and known.counts_from < self.aware_from:
            said = AwarenessCorrection(by="kantadesk", aware_at=known.counts_from, reason=FROM_THE_BOOK)
            self.correct_awareness(said, at)

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:
        """What may not leave: every duty that facts give rise to, since one that is not here would arise again."""
        return (list_name == "duties" and entry.kind != KIND) or super().stays(list_name, entry, now)

    def soonest(self) -> dict[str, Any]:
        """The duty to name first in a letter: that towards the authority, or the one that is due first."""
        timed = [duty for duty in self.open_duties() if duty.due_at and not duty.no_longer_because]
        first = next((duty for duty in timed if duty.kind == "notify_supervisory_authority"), None)
        owed = first or min(timed, key=lambda duty: duty.due_at or self.opened_at, default=None)
        return {"due_at": owed.due_at, "duty_kind": owed.kind} if owed else {}

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
        self.risks.append(RiskDecision.model_validate({"at": at} | facts | marks_of(said.by)))
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
        wanted = folded(subject)
        found = [d for d in self.open_duties() if d.kind == "notify_controller"]
        named = [d for d in found if folded(self.subjects[d.id]) == wanted]
        return next(iter(named or [d for d in found if not self.subjects[d.id]]), None)

    def last_said(self, name: str) -> Any:
        """What was not known at first, as the last assessment that says it has it, of the risk or of the breach."""
        since = self.corrected_at.get(name)
        said = [getattr(each, name) for each in reversed(self.risks) if since is None or each.at > since]
        return next((value for value in said if value), getattr(self.opening, name))

    def named_by_notice(self, duty: Duty, name: str) -> None:
        """A controller whom nobody had named is known from the notice to it: it is kept with the facts."""
        if self.derivation == AS_BEFORE or self.towards(duty):
            return
        self.subjects[duty.id] = name
        self.duties[duty.id] = self.duties[duty.id].model_copy(update={"recipient": name})
        known = (*self.opening.controllers, Controller(name=name))
        self.opening = self.opening.model_copy(update={"controllers": known})

    def letter_facts(self) -> dict[str, Any]:
        """What every letter of this breach says: no description, since ordinary mail carries it."""
        known = {"title": self.reference, "services": self.services, "noticed_at": self.aware_from}
        return known | {"is_processor": self.opening.role == "processor"}

    def status(self) -> BreachStatus:
        """The answer to the query ``status``."""
        opening = self.opening
        return BreachStatus(
            reference=self.reference,
            phase=self.phase,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
            awareness=tuple(self.awareness),
            deadlines=self.deadlines(),
            risk=self.risks[-1].risk if self.risks else None,
            risks=tuple(self.risks),
            notifications=tuple(self.notifications),
            measures=tuple(self.measures),
            conclusion=self.conclusion,
            duties=tuple(DutyState.model_validate(duty.model_dump()) for duty in self.duties.values()),
            documents=tuple(self.documents),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            problems=(*self.problems.values(), *self.no_longer_owed(), *self.what_waits()),
            assessments=tuple(self.assessments),
            unverified=tuple(self.unverified),
            authority=self.authority(),
            drill=self.drill,
            two_person_decisions=tuple(self.two_person_decisions.values()),
            **{name: self.last_said(name) for name in ("began_at", "cause", "measures_before")},
            **self.tally(),
            **opening.model_dump(
                include={
                    "incident", "role", "registers", "kinds", "description", "place", "data", "aware_at",
                    "first_noticed_at", "detected_at", "controllers", "joint_notifier", "joint_notifier_name",
                    "joint_notifier_reason",
                }
            ),
        )  # fmt: skip

    def deadlines(self) -> BreachDeadlines:
        """The readings of the 72 hours; a processor has none: its own target for telling the controllers."""
        if self.opening.role != "processor":
            readings = authority_deadlines(self.aware_from, self.time_zone)
            return BreachDeadlines.model_validate(readings.model_dump())
        towards_controllers = [d.due_at for d in self.duties.values() if d.kind == "notify_controller" and d.due_at]
        rule = rule_or_oldest("notify_controller", local(self.aware_from, self.time_zone).date(), "processor")
        target = min(towards_controllers, default=self.aware_from + (rule.within or timedelta(0)))
        return BreachDeadlines(target=target, ceiling=target, disputed_3_5=target, note=OF_A_PROCESSOR)

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
    if not counts(arrival_of_value(sent[0])):
        read = read.from_outside()
    name = breach_named_by(workflow.info().workflow_id)
    if read.reference != breach_reference(name):
        check_id(breach_workflow_id(read.reference))
    at = max(now, read.clock or now)
    if read.aware_at > at + CLOCKS_DIFFER_BY:
        raise Unreadable(f"aware_at lies in the future: it is {said_back(at)} here")
    if (why := opening_at_fault(read, at)) and workflow.patched("opening-is-bounded"):
        raise Unreadable(why)  # runs of earlier releases began with it
    once = {"kinds": tuple(dict.fromkeys(read.kinds)), "registers": tuple(dict.fromkeys(read.registers))}
    record = with_sender(BreachRecord.opened(read.model_copy(update=once), now, name), read, sent)
    first = record.awareness[0].model_copy(update=marks_of_opening(record.opened_through))
    record.awareness = [first]
    return record


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
