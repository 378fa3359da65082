"""What every process with duties takes and answers: duties met, waived, reopened by a bounce."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow

from workflows.procedure.duties import (
    Alarm,
    Duty,
    DutyKind,
    DutyState,
    Role,
    SettledDuty,
    handed_over,
    ignored_alarm,
    in_words,
    next_alarm,
)
from workflows.process import messages as m
from workflows.process import ports
from workflows.process.duty_timers import due_now
from workflows.process.inbox import message
from workflows.process.lifecycle import FromNowOn
from workflows.process.process import Process
from workflows.process.reading import Unreadable
from workflows.process.record import A_MINUTE
from workflows.process.sealed.senders import speaking_for, speaks_in_clear
from workflows.process.second_person.decision import Decided, DecisionAnswer, why_not_asked
from workflows.process.second_person.record import KIND, DecidingRecord

DecidingT = TypeVar("DecidingT", bound=DecidingRecord)
ANSWERABLE_FOR_LAW: tuple[Role, ...] = ("data_protection_officer", "management")
"""Who learns at once what is decided about a legal duty, or about another duty of a breach."""

STARTING_BREACH = "starting the breach process"
"""The background task of an incident that finds out which breach there is."""
OF_A_BREACH: frozenset[DutyKind] = frozenset((
    "assess_breach", "notify_supervisory_authority", "confirm_joint_notification", "notify_controller",
    "notify_kela_of_breach", "inform_data_subjects", "document_breach",
))  # fmt: skip


def is_over_law(duty: Duty) -> bool:
    """Whether what is decided about a duty concerns those who are answerable for the law."""
    return duty.legal or duty.kind in OF_A_BREACH


def alarm_of_the_shift(alarm: Alarm, said: m.Handover) -> Alarm | None:
    """What of an alarm concerns a handover: where a rota changed, those roles only, and what they had before it did."""
    if said.changed_at and alarm.at >= said.changed_at:
        return None
    to = tuple(role for role in alarm.to if not said.roles or role in said.roles)
    return alarm.model_copy(update={"to": to}) if to else None


class ProcessWithDuties(Process[DecidingT]):
    """A process with duties."""

    def __init__(self, record: DecidingT) -> None:
        super().__init__(record)
        self._takes_two = FromNowOn("second-person")

    @message
    async def duty_met(self, said: m.DutyMet) -> None:
        """A duty was met by hand; a legal one that is met late needs delay_reason."""
        self.record.meet(self.record.duties[said.duty], said.met_at, said.by, said.reference, said.delay_reason)
        self.solved(f"duty {said.duty}")
        self.record.derive_again(self.rules, self.now)

    def acknowledge_alarm(self, said: m.Acknowledgement) -> None:
        """Keep that somebody has seen the last alarm of a duty. It comes back before the due time: nobody has acted."""
        comes_back = workflow.patched("acknowledged-alarms-come-back")
        self.record.acknowledge(said.what, self.now, said.by, comes_back=comes_back)

    def waiver_is_told(self, waived: Duty, said: m.DutyWaived | m.Cancellation) -> None:
        """Tell those who are answerable at once that such a duty will not be met, and by whose decision."""
        if is_over_law(waived) and workflow.patched("waivers-are-told"):
            self.tell_role(
                "breach_duty_waived",
                *ANSWERABLE_FOR_LAW,
                duty=waived.id,
                text=said.reason,
                said_by=said.by,
                settled=(self.settled_duty(self.record.duties[waived.id]),),
            )

    def cancelling_over_law_is_told(self, said: m.Cancellation) -> None:
        """Tell those who are answerable at once that something is called a mistake that owed something by law."""
        legal = tuple(self.settled_duty(duty) for duty in self.record.duties.values() if duty.legal)
        if legal and workflow.patched("cancelling-over-law-is-told"):
            self.tell_role("incident_cancelled", *ANSWERABLE_FOR_LAW, text=said.reason, said_by=said.by, settled=legal)

    def waive_by_cancelling(self, said: m.Cancellation) -> None:
        """Close every open duty; that nobody asks any more whether it is a breach is told at once, as by a waiver."""
        for owed in self.record.open_duties():
            self.record.waive(owed, self.now, said.by, f"cancelled: {said.reason}")
            if owed.kind == "assess_breach" and workflow.patched("question-left-by-cancelling-is-told"):
                self.waiver_is_told(owed, said)

    def concerns_law(self, duty: Duty) -> bool:
        """Whether what is said about a duty never waits: what a law sets, and the question of a breach."""
        return is_over_law(duty)

    def standing_of(self, letters: Sequence[ports.Letter]) -> tuple[SettledDuty, ...]:
        """How the duties stand now that some letters are about."""
        about = dict.fromkeys(name for each in letters for name in (each.duty, *(one.duty for one in each.settled)))
        return tuple(self.settled_duty(self.record.duties[name]) for name in about if name in self.record.duties)

    def settled_duty(self, duty: Duty) -> SettledDuty:
        """A duty as a letter about a decision tells it."""
        return SettledDuty(
            duty=duty.id,
            kind=duty.kind,
            towards=self.record.towards(duty),
            due_at=duty.due_at,
            state="no_longer" if duty.is_open and duty.no_longer_because else duty.state,
        )

    @message
    async def duty_waived(self, said: m.DutyWaived) -> None:
        """The recorded decision not to do what a duty asks, and why."""
        waived = self.record.duties[said.duty]
        if not (is_over_law(waived) and self.waits_for_another(said, [waived])):
            self.waive_duty(said)

    def waive_duty(self, said: m.DutyWaived) -> None:
        """Waive a duty; those who are answerable learn of it, where it is one that the law sets."""
        waived = self.record.duties[said.duty]
        self.record.waive(waived, self.now, said.by, said.reason)
        self.solved(f"duty {said.duty}")
        self.waiver_is_told(waived, said)

    # --- what takes two persons ---------------------------------------------------------------------------------

    def waits_for_another(self, said: Decided, concerned: Iterable[Duty]) -> bool:
        """Keep the decision until another person has confirmed it; False where it holds at once.

        Nothing of it takes effect: the duties stay open, and their clocks, reminders and alarms go on.
        """
        if not (self.rules.second_person and self._takes_two.holds()):
            return False
        if reason := why_not_asked(said, in_clear=speaks_in_clear()):
            raise Unreadable(reason)
        settled = tuple(self.settled_duty(duty) for duty in concerned if duty.kind != KIND)
        decision = self.record.ask_for(said, self.rules, self.now)
        self.tell_role(
            "decision_waits",
            *ANSWERABLE_FOR_LAW,
            duty=decision.id,
            decision=decision.message,
            text=decision.reason,
            said_by=said.by,
            settled=settled,
        )
        return True

    @message
    async def decision_answer(self, said: DecisionAnswer) -> None:
        """Another person confirms or declines what waits for it, or who asked takes it back."""
        if said.answer == "confirmed" and (reason := why_not_asked(said, in_clear=speaks_in_clear())):
            raise Unreadable(reason)
        answered = self.record.answer_decision(said, self.now)
        if said.answer == "confirmed":
            with speaking_for(answered.asked_by, answered.sender, confirmed_by=said.by):
                self.carry_out(answered.as_said())
            return
        self.tell_role(
            f"decision_{said.answer}",
            *ANSWERABLE_FOR_LAW,
            "desk",
            decision=answered.message,
            text=said.reason,
            said_by=said.by,
            settled=tuple(self.settled_duty(self.record.duties[duty]) for duty in [answered.duty] if duty),
        )

    def carry_out(self, said: m.Message) -> None:
        """Let a decision take effect that another person has confirmed."""
        match said:
            case m.DutyWaived():
                self.waive_duty(said)
            case m.Cancellation():
                self.cancel(said)

    @abstractmethod
    def cancel(self, said: m.Cancellation) -> None:
        """Let the process end as opened by mistake."""

    async def bundle_evidence(self) -> None:
        """Bundle what is known now; what still waited has nothing left to decide."""
        self.record.all_lapse(self.now)
        await super().bundle_evidence()

    # --- what became of a letter --------------------------------------------------------------------------------

    @message
    async def delivery_report(self, said: m.DeliveryReport) -> None:
        """What became of a letter (mostly sent by the mail system); a bounce opens again the duty that it had met.

        A stranger's word is noted, and the desk looks: it moves no duty, and nothing goes to Kela because of it.
        """
        if self.is_a_strangers_report(said):
            return
        opened_again = self.record.take_delivery(said, self.now)
        for reopened in opened_again:
            reason = f"the message came back ({said.event})"
            self.problem(f"duty {reopened.id}", f"{reason}; it is open again")
            self.tell_role("not_sent", "desk", text=f"{reason} {said.detail}", duty=reopened.id, came_back=True)
        self.after_coming_back(opened_again)
        self.tell_otherwise(said)

    def after_coming_back(self, opened_again: list[Duty]) -> None:
        """Called when a letter came back: what is owed besides, where the process knows of something."""

    # --- what nobody answers -------------------------------------------------------------------------------------

    def on_alarm(self, duty: Duty, alarm: Alarm, gap: timedelta) -> None:
        """Remind or alarm; of what nobody has answered for days, one letter tells all."""
        if alarm.is_digest:
            self.tell_unanswered(duty, alarm)
        else:
            super().on_alarm(duty, alarm, gap)

    def tell_unanswered(self, duty: Duty, alarm: Alarm) -> None:
        """One digest of every duty whose turn it is now; it is given up when the next one is due.

        Once a week it goes to management, and to the deputies: a mailbox that nobody reads is no excuse.
        """
        told = due_now(self.record.open_duties(), duty, alarm, self.now)
        roles = tuple(dict.fromkeys(role for _, each in told for role in each.to))
        for owed, each in told:
            self.record.duties[owed.id] = owed.model_copy(update={"is_acknowledged": False})
            detail = f"to {in_words(each.to)}, in one digest"
            self.record.note(self.now, f"Duty '{owed.id}' is overdue", detail=detail)
            self.told_in_digest(owed, each)
        audience = ports.Audience(roles=roles, deputies="management" in roles)
        within = min(next_alarm(owed, self.now).at for owed, _ in told) - self.now
        settled = tuple(self.settled_duty(owed) for owed, _ in told)
        self.tell("unanswered", audience, within=max(within, A_MINUTE), settled=settled)
        self.refresh_web()

    def told_in_digest(self, duty: Duty, alarm: Alarm) -> None:
        """Called for each duty of a digest: who else is asked, where the process knows of somebody."""

    # --- the next shift -----------------------------------------------------------------------------------------

    @message
    async def handover(self, said: m.Handover) -> None:
        """The desk changes hands: what was reminded of and nobody has acknowledged is reminded of again, once."""
        if not workflow.patched("handovers-are-taken"):
            raise Unreadable("there is no message of this name in a run of this age")
        self.record.note(self.said_at(said), f"Handed over to {said.to or 'the next shift'}", said.by)
        for duty in self.record.open_duties():
            alarm = ignored_alarm(duty, self.now, of_a_rota=bool(said.roles))
            if alarm and (repeated := alarm_of_the_shift(alarm, said)):
                self.remind_again(duty, repeated)

    def remind_again(self, duty: Duty, alarm: Alarm) -> None:
        """Repeat the last alarm of a duty, to those whom its ladder named then; its clock goes on as before."""
        self.record.duties[duty.id] = handed_over(duty, self.now)
        what = f"Reminded again of duty '{duty.id}': nobody has acknowledged it"
        self.record.note(self.now, what, detail=f"to {in_words(alarm.to)}")
        gap = next_alarm(duty, self.now).at - self.now
        audience = ports.Audience(roles=alarm.to)
        self.tell(alarm.kind, audience, within=max(gap, A_MINUTE), duty=duty.id, is_after_handover=True)

    # --- other laws ---------------------------------------------------------------------------------------------

    @message
    async def laws_passed_on(self, said: m.LawsPassedOn) -> None:
        """Sent by the system itself: what other laws ask was answered in the incident, or in its breach."""
        await self.take_rules()
        self.record.take_passed_on(said, self.rules, self.now)

    def answer_laws(self, answers: dict[str, Any], by: str) -> None:
        """Take answers to what other laws ask."""
        self.laws_answered(self.record.answer(answers, by, self.rules, self.now), by)

    def laws_answered(self, new: dict[str, Any], by: str) -> None:
        """Let the incident, or its breach, hear of it: a question is answered once, and its duties stand once."""
        if not new:
            return
        if not self.record.answers_with() and not self.is_running(STARTING_BREACH):
            self.record.stand_here({*new}, self.rules, self.now)
        elif workflow.patched("laws-are-passed-on"):
            self.in_background(self.pass_laws_on(new, by), "telling what other laws ask")

    async def pass_laws_on(self, new: dict[str, Any], by: str) -> None:
        """Tell what was answered here, once it is known to whom; where none runs any more, it all stands here."""
        await workflow.wait_condition(lambda: not self.is_running(STARTING_BREACH))
        here = tuple(name for name in self.record.laws_answered() if name in new)
        passed_on = m.LawsPassedOn(by=by, duties_there=here, **new).as_sent()
        there = self.record.answers_with()
        if not there or not await self.tell_process(there, "laws_passed_on", **passed_on):
            self.record.stand_here({*new}, self.rules, self.now)

    @workflow.query(description="What is owed to whom, by when, and what became of it")
    def duties(self) -> list[DutyState]:
        """The duties, as in ``status``."""
        return [DutyState.model_validate(duty.model_dump()) for duty in self.record.duties.values()]
