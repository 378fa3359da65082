"""The story of one suspected personal data breach, and of the one legal clock that must not be missed."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows.breach import corrections
from workflows.breach import messages as b
from workflows.breach.derivation import AS_NOW
from workflows.breach.record import breach_record, no_breach
from workflows.breach.refusals import further_refusal, refusal
from workflows.breach.risk import RiskAssessment
from workflows.breach.with_papers import BreachWithPapers
from workflows.procedure.duties import Alarm, Duty, Role
from workflows.procedure.local_time import written
from workflows.process import messages as m
from workflows.process.ids import incident_workflow_id
from workflows.process.inbox import message, takes_messages
from workflows.process.reading import Unreadable
from workflows.process.sealed.senders import is_said_by_a_stranger, marks_of_opening
from workflows.process.with_duties import ANSWERABLE_FOR_LAW

CATCHING_UP = "A drill: catching up with the incident's clock until {at}"
ANSWERABLE: tuple[Role, ...] = ("data_protection_officer", "desk")
EVERYBODY: tuple[Role, ...] = ("data_protection_officer", "desk", "management")
GOES_ON = "no personal data, it was said; the duties stay open until a person waives them and cancels this breach"


@workflow.defn(name="DataBreach")
@takes_messages
class DataBreach(BreachWithPapers):
    """One suspected breach, from awareness to the record that the authority may ask for.

    1. It is opened with the one instant of awareness: every legal clock counts from that, whenever this was opened.
    2. The duties open at once and wait for nobody: the data protection officer and the desk are told, and the papers
       (what the authority's form asks, notices to controllers and to Kela) are written for them to check and send.
    3. The risk to the persons is assessed, perhaps again: a graver one opens duties, a lighter one closes none.
    4. Who must know is notified, in phases if not all is known yet: the authority, each controller, Kela, the persons.
    5. What was done is recorded; facts, effects and remedies together document the breach, even if nobody is told.
    6. It is concluded when no duty is open; the evidence is bundled and its incident hears of it.
    """

    @workflow.init
    def __init__(self, *opening: Any) -> None:
        try:
            super().__init__(breach_record(opening, workflow.now()))
        except Unreadable as reason:
            self.unreadable = str(reason)
            super().__init__(no_breach(workflow.now(), self.unreadable))

    @workflow.run
    async def run(self, *opening: Any) -> b.BreachStatus:  # noqa: ARG002  # read in __init__
        """Live through the breach, in the order of the class's own sentences."""
        self.must_have_begun("breach")
        if workflow.patched("duties-derived-as-now"):
            self.record.derivation = AS_NOW
        async with self.clocks_running():
            if not self.has_begun:
                await self.shielded(self.open())
            await self.until(lambda: self.record.has_ended)
            await self.all_done()
            await self.shielded(self.archive())
        return self.status()

    # --- 1 and 2: opened, and owed --------------------------------------------------------------------------

    async def open(self) -> None:
        """Start the clocks from awareness, tell those who are answerable, and write the papers."""
        opening, sender = self.record.opening, self.record.opened_through
        await self.until(lambda: False, self.record.opened_at, CATCHING_UP)
        if opening.first_noticed_at:
            self.record.note(opening.first_noticed_at, "First noticed", sender=sender)
        self.record.note(opening.aware_at, "Aware of a suspected breach of personal data", opening.by, sender=sender)
        self.record.note(self.now, "Breach opened", opening.by, opening.opened_because, sender=sender)
        await self.take_rules()
        self.record.take_stock(self.rules, self.now)
        self.record.has_begun = True
        facts = self.record.soonest() | marks_of_opening(self.record.opened_through)
        self.tell_role("breach_opened", *ANSWERABLE, text=self.deadline_in_words(), **facts)
        self.papers_follow(before="preliminary")

    # --- the instant of awareness ---------------------------------------------------------------------------

    @message
    async def awareness_correction(self, said: b.AwarenessCorrection) -> None:
        """Correct the instant of awareness: both stay on record, the deadline follows the earlier one."""
        self.correct_awareness(said)

    def correct_awareness(self, said: b.AwarenessCorrection) -> None:
        """Take another instant of awareness; those who are answerable learn at once who moved it, and why."""
        due_before = self.deadline()
        only_its_own = workflow.patched("awareness-moves-its-own-clocks")
        moved = self.record.correct_awareness(said, self.now, only_its_own=only_its_own)
        what = f"Awareness corrected to {written(said.aware_at, self.time_zone)}"
        self.record.note(self.now, what, said.by, said.reason)
        if workflow.patched("moved-awareness-is-told"):
            self.tell_role(
                "breach_deadline_moved",
                *EVERYBODY,
                text=said.reason,
                said_by=said.by,
                happened_at=said.aware_at,
                due_before=due_before,
                **self.record.soonest(),
            )
        elif moved:
            self.tell_role("breach_deadline_moved", *ANSWERABLE, text=self.deadline_in_words(), due_at=self.deadline())
        self.ask_for_missing_reasons()
        self.papers_follow()

    # --- assessed again -------------------------------------------------------------------------------------

    @message
    async def breach_assessment(self, said: b.BreachAssessment) -> None:
        """Correct every fact that is named: duties that arise open, one that no longer does is shown, none closes."""
        if not workflow.patched("assessed-again"):
            raise Unreadable("there is no message of this name in a run of this age; send awareness_correction")
        await self.take_rules()
        if said.outcome == "no_personal_data":
            self.not_a_breach(said)
            return
        self.solved("assessed again")
        changes = corrections.correct(self.record, said, self.now)
        named = [change.field for change in changes]
        if said.aware_at and said.aware_at != self.record.awareness[-1].aware_at:
            named.append("aware_at")
            reason = said.why() or "assessed again"  # at most as long as a reason may be
            self.correct_awareness(b.AwarenessCorrection(by=said.by, aware_at=said.aware_at, reason=reason))
        corrections.remember(self.record, said, named, self.now)
        self.record.note(self.said_at(said), "Assessed again", said.by, ", ".join(named) or "nothing has changed")
        self.laws_answered({name: each for name, each in said.laws().given().items() if name in named}, said.by)
        before = set(self.record.duties)
        self.record.take_stock(self.rules, self.now)
        self.ask_for_missing_reasons()
        self.document()
        if changes or set(self.record.duties) != before:
            concerned = [d for d in self.record.open_duties() if d.id not in before or d.no_longer_because]
            self.tell_decision("breach_corrected", said.by, "", *concerned, changed=tuple(named))
        self.papers_follow()

    def not_a_breach(self, said: b.BreachAssessment) -> None:
        """The incident was judged anew to be no breach: that is kept and told; only people close what is open."""
        corrections.remember(self.record, said, ("outcome",), self.now)
        self.record.note(self.said_at(said), "Assessed again: no personal data are concerned", said.by, said.why())
        if answers := said.laws().given():
            self.answer_laws(answers, said.by)
        self.problem("assessed again", GOES_ON)
        open_now = self.record.open_duties()
        self.tell_decision("breach_corrected", said.by, said.why(), *open_now, changed=("outcome",))

    def tell_decision(self, kind: Any, by: str, why: str, *concerned: Duty, changed: tuple[str, ...] = ()) -> None:
        """Tell those who are answerable for a legal duty at once what was decided: who, what, why, what was due."""
        settled = tuple(self.settled_duty(duty) for duty in concerned)
        self.tell_role(
            kind,
            *ANSWERABLE_FOR_LAW,
            text=why,
            said_by=by,
            settled=settled,
            changed=changed,
            due_at=None if self.record.has_ended else self.deadline(),
        )

    def ask_for_missing_reasons(self) -> None:
        """A legal duty that turns out to have been met late needs the reasons for the delay (GDPR 33(1))."""
        for duty in self.record.duties.values():
            if duty.legal and duty.state == "met_late" and not duty.delay_reason:
                self.problem(f"reasons for the delay of {duty.id}", "it was met after its due time: give delay_reason")

    def on_alarm(self, duty: Duty, alarm: Alarm, gap: Any) -> None:
        """Remind or alarm; once the 72 hours have passed unmet, the paper that holds the reasons for it is written."""
        super().on_alarm(duty, alarm, gap)
        has_passed = alarm.kind == "overdue" and duty.kind == "notify_supervisory_authority"
        if has_passed and self.record.delay_paper_for != duty.due_at:
            self.record.delay_paper_for = duty.due_at
            self.papers_follow()

    def deadline(self) -> Any:
        """When the authority must have been notified, or the first other duty is due."""
        return self.record.soonest().get("due_at")

    def deadline_in_words(self) -> str:
        """What the clock says."""
        return self.record.clock_in_words(self.deadline())

    @message
    async def other_laws(self, said: m.OtherLaws) -> None:
        """Answer what other laws ask; their clocks count from detection, each its own duty."""
        await self.take_rules()
        self.record.note(self.said_at(said), "Other laws answered", said.by, m.in_line(said.answers()))
        self.answer_laws(said.answers(), said.by)

    # --- 3: assessed ----------------------------------------------------------------------------------------

    @message
    async def risk_assessment(self, said: RiskAssessment) -> None:
        """Assess the risk to the persons: a graver one opens duties, a lighter one closes none."""
        await self.take_rules()
        self.record.assess(said, self.now)
        self.record.note(self.said_at(said), f"Risk assessed: {said.risk}", said.by, said.reasons)
        self.record.take_stock(self.rules, self.now)
        self.document()
        self.papers_follow(before="supplementary")

    # --- 4: notified ----------------------------------------------------------------------------------------

    @message
    async def authority_notified(self, said: b.AuthorityNotified) -> None:
        """The authority was notified: the first time meets the duty, later ones supplement; late, give delay_reason."""
        name = self.record.authority()
        detail = f"on behalf of {said.on_behalf_of}" if said.on_behalf_of else ""
        self.keep_notified(
            name,
            said.notified_at,
            said.by,
            detail=detail,
            **said.model_dump(include={"phase", "reference", "delay_reason"}),
        )
        if detail and self.record.opening.role == "processor":
            self.tell_incident(f"The supervisory authority was notified ({said.phase}) {detail}.")
            return
        if owed := self.record.first_open("notify_supervisory_authority"):
            self.record.meet(owed, said.notified_at, said.by, said.reference, said.delay_reason)
        self.record.give_reasons("notify_supervisory_authority", said.delay_reason)
        self.solved("reasons for the delay of notify_supervisory_authority")
        if said.phase != "final":
            self.papers_follow(before="supplementary")
        self.tell_incident(f"The supervisory authority was notified ({said.phase}).")

    @message
    async def controller_notified(self, said: b.ControllerNotified) -> None:
        """A controller was told (we process its data); by its name."""
        self.keep_notified(said.controller, said.notified_at, said.by)
        if owed := self.record.duty_towards(said.controller):
            self.record.meet(owed, said.notified_at, said.by)
            self.record.named_by_notice(owed, said.controller)

    @message
    async def kela_notified(self, said: b.KelaNotified) -> None:
        """Kela was told of the breach."""
        self.keep_notified("Kela", said.notified_at, said.by, reference=said.reference)
        if owed := self.record.first_open("notify_kela_of_breach"):
            self.record.meet(owed, said.notified_at, said.by, said.reference)

    @message
    async def subjects_informed(self, said: b.SubjectsInformed) -> None:
        """The persons concerned were told: how, and how many."""
        self.keep_notified(b.DATA_SUBJECTS, said.informed_at, said.by, detail=f"{said.channel}: {said.count}")
        if owed := self.record.first_open("inform_data_subjects"):
            self.record.meet(owed, said.informed_at, said.by)
        self.papers_follow()

    def keep_notified(self, to: str, at: Any, by: str, **more: Any) -> None:
        """Keep a notification, and say it in the timeline."""
        self.record.notified(to, at, by, **more)
        self.record.note(at, f"Notified: {to}", by, more.get("delay_reason") or more.get("detail") or "")

    # --- 5: documented --------------------------------------------------------------------------------------

    @message
    async def measures_taken(self, said: b.MeasuresTaken) -> None:
        """Record what was done against the breach and its effects."""
        self.record.measures.append(said.text)
        self.record.note(self.said_at(said), "Measures taken", said.by, said.text)
        self.document()
        self.papers_follow()

    def document(self) -> None:
        """The breach is documented once facts, effects and remedies stand in the record."""
        if self.record.is_documented and (owed := self.record.first_open("document_breach")):
            self.record.meet(owed, self.now, "kantadesk", "this record")

    @message
    async def acknowledgement(self, said: m.Acknowledgement) -> None:
        """Somebody has seen a reminder; the deputies are left alone until the next. A stranger's word is noted only."""
        if not is_said_by_a_stranger():
            self.acknowledge_alarm(said)
        self.record.note(self.said_at(said), f"{said.contact} acknowledged {said.what}", said.by)

    @message
    async def incident_ended(self, said: b.IncidentEnded) -> None:
        """Sent by the system itself: the incident has ended, the breach goes on."""
        self.record.incident_is_over = True
        self.record.note(self.now, f"The incident is {said.phase}; this breach goes on", said.by)
        self.tell_role("breach_incident_ended", *ANSWERABLE, text=said.phase, **self.record.soonest())

    # --- 6: concluded, with evidence ------------------------------------------------------------------------

    @message
    async def conclusion(self, said: m.Conclusion) -> None:
        """Conclude the breach; refused while a duty is open."""
        if not self.waits_for_another(said, self.record.duties.values()):
            self.conclude(said)

    def conclude(self, said: m.Conclusion) -> None:
        """End it; those who are answerable hear what became of each duty."""
        self.record.conclusion = said.text
        self.record.phase = "closed"
        self.record.note(self.said_at(said), "Concluded", said.by, said.text)
        self.papers_follow()
        if workflow.patched("ends-are-told"):
            self.tell_decision("breach_concluded", said.by, said.text, *self.record.duties.values())

    @message
    async def cancellation(self, said: m.Cancellation) -> None:
        """Cancel a breach opened by mistake; refused while a legal duty is open."""
        if not self.waits_for_another(said, self.record.duties.values()):
            self.cancel(said)

    def cancel(self, said: m.Cancellation) -> None:
        """End it; those who are answerable hear what became of each duty."""
        self.record.phase = "cancelled"
        self.record.note(self.said_at(said), "Cancelled", said.by, said.reason)
        self.waive_by_cancelling(said)
        if workflow.patched("ends-are-told"):
            self.tell_decision("breach_cancelled", said.by, said.reason, *self.record.duties.values())

    def carry_out(self, said: m.Message) -> None:
        """Let a decision take effect that another person has confirmed."""
        if isinstance(said, m.Conclusion):
            self.conclude(said)
        else:
            super().carry_out(said)

    async def archive(self) -> None:
        """Bundle the evidence, and let the incident know."""
        self.record.closed_at = self.now
        await self.bundle_evidence()
        self.tell_incident(f"The breach process is {self.record.phase}.")
        await self.all_done()
        self.show()

    def tell_incident(self, text: str) -> None:
        """Tell the incident what matters to it."""
        if (incident := self.record.opening.incident) and not self.record.incident_is_over:
            telling = self.tell_process(incident_workflow_id(incident), "breach_progress", text=text)
            self.in_background(telling, "telling the incident")

    def refusal(self, said: m.Message) -> str | None:
        """Why a message is not allowed now."""
        return refusal(self.record, said, self.now)

    def further_refusal(self, said: m.Message) -> str | None:
        """Why a message is not allowed now by rules that came after the first releases."""
        return further_refusal(self.record, said)

    @workflow.query(description="The breach as it stands: clock, duties, risk, notifications, papers")
    def status(self) -> b.BreachStatus:
        """The breach as it stands."""
        self.must_be_there("breach")
        return self.record.status()
