"""A record of a process in which decisions over a legal duty may wait for another person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from workflows.procedure.duties import Duty, DutyKind
from workflows.procedure.local_time import written
from workflows.procedure.operating_model.model import LocalRules
from workflows.process.messages import DutyMet, DutyWaived, Message
from workflows.process.record import Record
from workflows.process.retention import BoundedList, size
from workflows.process.sealed.senders import sender_named
from workflows.process.second_person.decision import (
    NAMES,
    DecisionAnswer,
    DecisionName,
    TwoPersonDecision,
    is_same_name,
    why_not_another,
    why_of,
)

KIND: DutyKind = "confirm_decision"
BASIS = "the organisation's own rule: another person confirms what is decided over a legal duty"
WAITING_BYTES_AT_MOST = 13_000
"""What waits never leaves the record, so there is room for so much."""
DECISIONS = BoundedList("two_person_decisions", 50, 17_000)


class DecidingRecord(Record):
    """A record that keeps who has asked for a decision, and who has confirmed it."""

    two_person_decisions: dict[str, TwoPersonDecision] = Field(
        default_factory=dict, exclude_if=lambda decisions: not decisions
    )

    def waiting_decisions(self) -> list[TwoPersonDecision]:
        """The decisions that nobody has answered yet."""
        return [decision for decision in self.two_person_decisions.values() if decision.is_open]

    def waits_already(self, name: DecisionName, duty: str = "") -> TwoPersonDecision | None:
        """The same decision, where it has been asked for and nobody has answered."""
        return next((each for each in self.waiting_decisions() if (each.message, each.duty) == (name, duty)), None)

    def ask_for(self, said: Any, rules: LocalRules, at: datetime) -> TwoPersonDecision:
        """Keep that a decision was asked for, and open the duty by which others are reminded to answer."""
        owed = self.open_duty(KIND, rules, at, to=f"another person than {said.by}", basis=BASIS)
        decision = TwoPersonDecision(
            id=owed.id,
            message=NAMES[type(said)],
            duty=getattr(said, "duty", ""),
            reason=why_of(said),
            asked_by=said.by,
            asked_at=at,
            asked_through=said.through,
            sender=sender_named(said.by),
        )
        self.two_person_decisions[decision.id] = decision
        what = f"Asked to {decision.in_words}: it waits for another person ({decision.id}), and every clock goes on"
        self.note(at, what, said.by, decision.reason)
        return decision

    def answer_decision(self, said: DecisionAnswer, at: datetime) -> TwoPersonDecision:
        """Take the answer of another person, or that who asked takes it back; the decision as it stands."""
        known = self.two_person_decisions[said.decision]
        self.two_person_decisions[known.id] = answered = known.model_copy(
            update={
                "state": said.answer,
                "answered_by": said.by,
                "answered_at": at,
                "answered_through": said.through,
                "answer_reason": said.reason,
            }
        )
        words = {"confirmed": "Confirmed by another person", "declined": "Declined", "withdrawn": "Withdrawn"}
        self.note(at, f"{words[said.answer]}: to {known.in_words}", said.by, said.reason)
        if said.answer == "withdrawn":
            self.waive(self.duties[known.id], at, said.by, "withdrawn by who had asked for it")
        else:
            self.meet(self.duties[known.id], at, said.by, said.answer)
        return answered

    def meet(self, duty: Duty, at: datetime, by: str, reference: str = "", delay_reason: str = "") -> None:
        """Mark a duty as met: nobody needs to decide any more whether it is waived."""
        super().meet(duty, at, by, reference, delay_reason)
        self._lapse(at)

    def waive(self, duty: Duty, at: datetime, by: str, reason: str) -> None:
        """Record the decision not to meet a duty."""
        super().waive(duty, at, by, reason)
        self._lapse(at)

    def all_lapse(self, at: datetime) -> None:
        """The process is over: there is nothing left to decide."""
        for decision in self.waiting_decisions():
            self._let_lapse(decision, at, f"it is {self.phase}")

    def _lapse(self, at: datetime) -> None:
        for decision in self.waiting_decisions():
            if not self.is_open(decision.id):
                self._let_lapse(decision, at, "nobody is asked for it any more")
            elif decision.duty and not self.is_open(decision.duty):
                state = self.duties[decision.duty].state if decision.duty in self.duties else "closed"
                self._let_lapse(decision, at, f"duty '{decision.duty}' is {state.replace('_', ' ')}")

    def _let_lapse(self, decision: TwoPersonDecision, at: datetime, why: str) -> None:
        update = {"state": "lapsed", "answered_at": at, "answer_reason": why}
        self.two_person_decisions[decision.id] = decision.model_copy(update=update)
        self.note(at, f"Nothing left to confirm: to {decision.in_words}", detail=why)
        if self.is_open(decision.id):
            self.waive(self.duties[decision.id], at, "kantadesk", f"nothing left to confirm: {why}")

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:
        """What waits for an answer never leaves."""
        if list_name == DECISIONS.name:
            return bool(entry.is_open)
        return super().stays(list_name, entry, now)

    def more_to_show(self) -> list[str]:
        """What waits for whom."""
        return [*super().more_to_show(), *self.what_waits()]

    def what_waits(self) -> tuple[str, ...]:
        """The decisions that wait for another person, a line each."""
        return tuple(
            f"waits for another person ({each.id}): to {each.in_words}, asked for by {each.asked_by} at "
            f"{written(each.asked_at, self.time_zone)}; every clock goes on. Confirm it: "
            f"kantadesk duty confirm {self.reference} --decision {each.id}"
            for each in self.waiting_decisions()
        )


def second_person_refusal(record: DecidingRecord, said: Message) -> str | None:
    """Why something is not allowed beside a decision that waits for another person, or as an answer to it."""
    match said:
        case DecisionAnswer():
            return _answer_refusal(record, said)
        case DutyMet() | DutyWaived() if said.duty in record.two_person_decisions:
            return f"duty {said.duty!r} is closed by the answer of another person (decision_answer), not by hand"
    name = NAMES.get(type(said))
    if name and (waiting := record.waits_already(name, getattr(said, "duty", ""))):
        return (
            f"{waiting.asked_by} has asked for it, and it waits for another person ({waiting.id}): confirm it, "
            "decline it or take it back (decision_answer)"
        )
    if name and size(record.waiting_decisions()) + size(said) > WAITING_BYTES_AT_MOST:
        return "too much waits for another person: answer some of it first, or say it in fewer words"
    return None


def _answer_refusal(record: DecidingRecord, said: DecisionAnswer) -> str | None:
    decision = record.two_person_decisions.get(said.decision)
    if decision is None or not decision.is_open:
        waiting = ", ".join(each.id for each in record.waiting_decisions()) or "none"
        how = f"was {decision.state} already" if decision else "is not known here"
        return f"decision {said.decision!r} {how}; waiting for another person: {waiting}"[:450]
    match said.answer:
        case "confirmed":
            return why_not_another(decision, said)
        case "withdrawn" if not is_same_name(decision.asked_by, said.by):
            return f"only {decision.asked_by}, who has asked for it, takes it back; others decline it"
    return None
