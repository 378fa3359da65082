"""The story of one incident: a fault in the Kanta Services as one organisation lives through it."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows.breach import messages as b
from workflows.breach.refusals import contradiction
from workflows.incident import messages as m
from workflows.incident import steps as incident_steps
from workflows.incident.corrections import Correction, corrected, judged_otherwise
from workflows.incident.instructions import AuthorityInstruction, InstructionAnswer
from workflows.incident.measures import CHANGED, TOLD_MORE
from workflows.incident.ports import NoticeQuestion
from workflows.incident.record import incident_record, no_incident
from workflows.incident.refusals import further_refusal, refusal
from workflows.incident.with_instructions import IncidentWithInstructions
from workflows.incident.with_links import IncidentWithLinks
from workflows.incident.with_reports import IncidentWithReports
from workflows.procedure.incident.progress import Phase
from workflows.procedure.incident.triage import INSTRUCTION, DeskAnswers, Verdict
from workflows.procedure.notices.published import Notice
from workflows.process import ports
from workflows.process.inbox import message, takes_messages
from workflows.process.messages import Cancellation, Message, OtherLaws
from workflows.process.reading import Unreadable
from workflows.process.sealed.senders import FROM_A_STRANGER, is_said_by_a_stranger, marks_of, marks_of_opening
from workflows.process.with_duties import STARTING_BREACH
from workflows.stories.breaches_of_incident import IncidentWithBreaches

LOOKING_AT_NOTICES = "looking at the published notices"
OUT_OF_REACH = "Out of reach for long: the question of a breach opens at {at}"
WATCHING = "Watching for backlog and relapse until {at}"


@workflow.defn(name="Incident")
@takes_messages
class Incident(IncidentWithLinks, IncidentWithReports, IncidentWithInstructions, IncidentWithBreaches):
    """One fault, from the first report to the archived evidence.

    1. It is opened: the clock of the duty to judge it (triage) starts, and the desk is told.
    2. The published notices are looked at: does Kela know of it already?
    3. The desk judges it: which criteria apply, how severe, how extensive. The decision is kept.
    4. Where it must be reported, the fault report form goes to Kela's technical support by e-mail.
    5. Critical or extensive: somebody phones Kela as well, and is reminded until the call has reached somebody.
    6. Those concerned are told: at the start, at each change, at the end. Authorities' instructions are passed on.
    7. Were personal data breached? The question opens by itself; a suspicion starts a process with a clock of its own.
    8. It is resolved, and the watch phase begins; it may be reopened, with everything kept.
    9. It is closed once the watch phase is over and no duty is open; the evidence is bundled.

    Where another open incident is of the same fault, this one may follow it: it owes and tells nothing twice, and
    goes along with its end (``workflows/incident/with_links.py``).
    """

    @workflow.init
    def __init__(self, *opening: Any) -> None:
        try:
            super().__init__(incident_record(opening, workflow.now()))
        except Unreadable as reason:
            self.unreadable = str(reason)
            super().__init__(no_incident(workflow.now(), self.unreadable))

    @workflow.run
    async def run(self, *opening: Any) -> m.IncidentStatus:  # noqa: ARG002  # read in __init__
        """Live through the incident, in the order of the class's own sentences."""
        self.must_have_begun("incident")
        async with self.clocks_running():
            if not self.has_begun:
                await self.shielded(self.open())
            while not self.record.has_ended:
                match self.record.phase:
                    case "awaiting_triage":
                        await self.until(lambda: self.record.phase != "awaiting_triage" or bool(self.record.follows))
                        await self.while_it_lasts("awaiting_triage")
                    case "handling":
                        await self.while_it_lasts("handling")
                    case "watch":
                        await self.watch()
            await self.until(lambda: not (self.record.open_duties() or self.record.followers_to_tell()))
            await self.all_done()
            await self.shielded(self.tell_breach())
            await self.shielded(self.archive())
        return self.status()

    # --- 1 and 2: opened, and looked up ---------------------------------------------------------------------

    async def open(self) -> None:
        """Start the clock of the triage, tell the desk, and look whether Kela knows of the fault already."""
        self.record.note(self.record.opening.noticed_at, "Fault noticed", sender=self.record.opened_through)
        by_way_of = f"by way of {self.record.opening.source}"
        self.record.note(self.now, "Incident opened", detail=by_way_of, sender=self.record.opened_through)
        await self.take_rules()
        self.open_triage()
        self.record.has_begun = True
        self.tell_role("desk_opened", "desk", duty="triage", **marks_of_opening(self.record.opened_through))
        self.in_background(self.look_for_notice(), LOOKING_AT_NOTICES)

    def open_triage(self) -> None:
        """The fault must be judged: until then nobody outside the desk knows of it."""
        self.open_duty("triage", to="the desk itself", basis=f"{INSTRUCTION}: the helpdesk judges the problem")

    async def look_for_notice(self) -> None:
        """Record Kela's open notice about these services, if there is one; a board that can't be read is said."""
        question = NoticeQuestion(services=self.record.services, drill=self.record.drill)
        found = await incident_steps.open_fault_notices(question)
        self.record.notice_checked_at, self.record.notice_look = found.checked_at, found.look()
        for planned in found.breaks:
            sender = FROM_A_STRANGER if planned in found.strangers_breaks else None
            self.record.touch(
                planned, self.now, f"Planned break {planned} of these services is going on", sender=sender
            )
        if found.problem:
            self.problem(LOOKING_AT_NOTICES, f"{found.problem}; look at kanta.fi by hand")
        elif found.notices:
            known = self.record.known_notice
            if not known or known.is_unverified or not workflow.patched("a-known-notice-is-told-once"):
                self.take_notice(found.notices[0])
        elif found.source:
            self.record.note(self.now, "Published notices looked at: none about these services")

    def take_notice(self, notice: Notice) -> None:
        """Kela knows: the desk is told, and nobody reports it twice unless the triage says so."""
        self.record.know(notice)
        told = "An unverified sender tells of a notice" if notice.is_unverified else "Kela has an open notice"
        self.record.note(self.now, f"{told} about the same services", detail=notice.title)
        self.tell_role("known_notice", "desk", text=notice.title, happened_at=notice.published_at)

    # --- 3: judged ------------------------------------------------------------------------------------------

    @message
    async def triage(self, said: m.Triage) -> None:
        """Judge the fault: criteria, severity, extent. May be sent again: duties are added, never dropped."""
        await self.take_rules()
        await workflow.wait_condition(lambda: not self.is_running(LOOKING_AT_NOTICES))
        judged = self.verdict(said.answers(self.time_zone))
        otherwise = judged_otherwise(self.record, said)
        self.record.judge(said, judged, self.now)
        outcome = "to be reported to Kela" if judged.report else "not reported to Kela"
        why = "; ".join((judged.why, *otherwise))
        self.record.note(self.said_at(said), f"Judged: {said.severity}, {outcome}", said.by, why)
        if owed := self.record.first_open("triage"):
            self.record.meet(owed, self.now, said.by)
        if self.record.phase == "awaiting_triage":
            self.record.go("handling")
        self.take_on_duties(judged)
        self.answer_laws(said.law_answers(), said.by)
        if said.is_privacy_in_doubt:
            self.ask_for_breach("the privacy of a patient or client may be compromised")
        self.tell_start()

    def verdict(self, said: DeskAnswers) -> Verdict:
        """Whether this goes to Kela, by what is known now."""
        is_told_elsewhere = self.record.known_notice or said.by_supplier
        if is_told_elsewhere and workflow.patched("notice-is-asked-about"):
            return self.record.verdict(said, self.rules.notices.same_fault_within, self.now)
        return self.record.verdict_before(said)

    # --- 4 and 5: reported (with_reports.py) and phoned ------------------------------------------------------

    @message
    async def report_supplement(self, said: m.ReportSupplement) -> None:
        """Tell Kela what it does not know yet: a supplement, the end, or that the report is withdrawn."""
        await self.take_rules()
        self.record.note(self.said_at(said), TOLD_MORE, said.by, said.text)
        self.tell_kela_more(said)

    @message
    async def phone_escalation(self, said: m.PhoneEscalation) -> None:
        """Log a call to Kela's technical support; only a call that reached somebody meets the duty."""
        self.record.calls.append(m.Call.model_validate(said.model_dump() | marks_of(said.by)))
        outcome = f"reached {said.person}" if said.reached else "nobody was reached"
        self.record.note(said.called_at, f"Call to {said.number}: {outcome}", said.by, said.summary)
        self.see_to_calls()

    # --- 6: told --------------------------------------------------------------------------------------------

    def tell_start(self) -> None:
        """Those concerned learn of the fault once it has been judged; later judgements reach them as changes."""
        is_over = self.record.phase == "watch"  # judged late, after it had gone along with another one's end
        if not (self.record.told_start or is_over):
            self.record.told_start = True
            self.tell("start", self.groups("start"), text=self.record.decisions[-1].workaround)

    def take_up_again(self) -> None:
        """Owe and tell what was left to another incident of the same fault: this one stands alone again."""
        if self.record.judged_now() and self.record.phase == "handling":
            self.take_on_duties(self.verdict(self.record.answers_now()))
            self.tell_start()

    @message
    async def situation_update(self, said: m.SituationUpdate) -> None:
        """Tell those concerned that the situation has changed; a graver one may bring new duties."""
        await self.take_rules()
        changes = self.record.change(said)
        self.record.note(self.said_at(said), CHANGED, said.by, "; ".join((said.text, *changes)))
        self.tell("change", self.groups("change"), text=said.text, happened_at=self.said_at(said))
        if self.record.phase == "handling":
            self.take_on_duties(self.verdict(self.record.answers_now()))
        else:
            self.keep_kela_informed()

    @message
    async def correction(self, said: Correction) -> None:
        """Correct what was written down wrong at the opening: before and after stay on record, clocks follow."""
        if not workflow.patched("incidents-are-corrected"):
            raise Unreadable("there is no message of this name in a run of this age; a triage corrects texts")
        rules = await self.take_rules()
        changes = corrected(self.record, said)
        what = ", ".join(said.corrected()).replace("_", " ")
        self.record.note(self.said_at(said), f"Corrected: {what}", said.by, "; ".join((*changes, said.reason)))
        self.record.derive_again(rules, self.now)
        self.keep_kela_informed()

    @message
    async def notice(self, said: m.NoticeSeen) -> None:
        """Take a published Kanta notice; at its end the desk is asked whether it is over here too."""
        is_unverified = said.is_unverified or is_said_by_a_stranger()
        notice = Notice.model_validate(said.model_dump() | {"is_unverified": is_unverified})
        self.record.keep_notice(said, notice)
        if said.kind == "end":
            self.tell_role("notice_ended", "desk", text=said.title, happened_at=said.published_at)
        elif said.kind in ("fault", "change", "correction") and self.record.is_news_of_kela(notice):
            self.take_notice(notice)

    @message
    async def authority_instruction(self, said: AuthorityInstruction) -> None:
        """Pass an authority's instruction on to the contact persons; each must acknowledge it."""
        await self.take_rules()
        await self.pass_on(said, self.groups("instruction"))

    @message
    async def acknowledgement(self, said: InstructionAnswer) -> None:
        """A contact has seen an instruction or a reminder, or is waived; passed on once nobody is waited for."""
        self.answered(said)

    # --- 7: personal data? ----------------------------------------------------------------------------------

    async def while_it_lasts(self, phase: Phase) -> None:
        """While the fault lasts: a long outage itself raises the question of a breach (of availability)."""
        if self.record.phase != phase:
            return
        began = self.record.fault_began
        asked_from = self.record.unavailable_too_long_at(self.rules.unavailability_after)

        def is_otherwise() -> bool:
            return self.record.phase != phase or self.record.fault_began != began

        await self.until(is_otherwise, asked_from, OUT_OF_REACH)
        if not is_otherwise():
            self.ask_for_breach("data have been out of reach for long: unavailability is a breach too")
            self.refresh_web_now()
            await self.until(lambda: self.record.phase != phase)

    def ask_for_breach(self, why: str) -> None:
        """Open the question whether personal data were breached, unless it has been asked."""
        if not self.record.has_owed_since("assess_breach", self.record.handling_since):
            self.open_duty("assess_breach", to="the data protection officer", basis=self.record.asked_by_law(why))

    @message
    async def breach_assessment(self, said: b.BreachAssessment) -> None:
        """Judge whether personal data were breached; a suspicion starts a process of its own, with its own clock."""
        self.record.note(self.said_at(said), f"Breach assessed: {said.outcome.replace('_', ' ')}", said.by, said.why())
        if owed := self.record.first_open("assess_breach"):
            self.record.meet(owed, self.now, said.by, said.outcome)
        if said.outcome == "suspected":
            self.in_background(self.suspect_breach(said), STARTING_BREACH)
            return
        if (answers := said.laws().given()) and workflow.patched("laws-are-passed-on"):
            self.answer_laws(answers, said.by)
        if self.record.breach and workflow.patched("breach-hears-of-no"):
            self.in_background(self.tell_breach_assessment(self.record.breach, said), "telling the breach")

    @message
    async def other_laws(self, said: OtherLaws) -> None:
        """Answer what other laws ask of this fault, breach or not; each clock starts at that law's own event."""
        if not workflow.patched("laws-asked-of-incidents"):
            raise Unreadable("there is no message of this name in a run of this age; answer it in the breach")
        await self.take_rules()
        self.answer_laws(said.answers(), said.by)

    # --- 8: resolved, watched, reopened ---------------------------------------------------------------------

    @message
    async def resolution(self, said: m.Resolution) -> None:
        """End the fault: those concerned are told, and the watch phase begins."""
        rules = await self.take_rules()
        self.record.go("watch")
        self.record.resolved_at = said.resolved_at
        self.record.watch_until = self.now + rules.watch_length
        self.record.note(said.resolved_at, "Fault resolved", said.by, f"Cause: {said.cause} Remedy: {said.remedy}")
        self.tell("end", self.groups("end"), text=f"{said.cause}\n{said.remedy}", happened_at=said.resolved_at)
        self.keep_kela_informed()

    async def watch(self) -> None:
        """Watch for backlog and relapse; then close, unless a duty is still open or the fault comes back."""
        await self.until(
            lambda: self.record.phase != "watch" or self.record.is_over_with_other, self.record.watch_until, WATCHING
        )
        if self.record.follows:
            self.in_background(self.look_for_lead(), f"looking for {self.record.follows}")
        await self.until(lambda: self.record.phase != "watch" or self.record.may_close())
        await self.all_taken()
        if self.record.phase == "watch" and self.record.may_close():
            self.record.go("closed")
            self.refresh_web_now()

    @message
    async def reopening(self, said: m.Reopening) -> None:
        """Leave the watch phase: the fault has come back and is judged again."""
        await self.take_rules()
        self.record.go("handling")
        self.record.forget_link()
        self.record.resolved_at, self.record.handling_since = None, self.now
        self.record.note(self.said_at(said), "Reopened: the fault has come back", said.by, said.reason)
        self.open_triage()
        self.drop_untrue(self.record.further_report(), "the fault has come back and is judged again first")
        back = self.record.situation(is_back=True)
        self.tell("change", self.groups("change"), text=said.reason, happened_at=self.said_at(said), situation=back)

    @message
    async def cancellation(self, said: Cancellation) -> None:
        """Cancel an incident opened by mistake; those who were told of it are told so, Kela among them."""
        legal = [duty for duty in self.record.duties.values() if duty.legal]
        if not (legal and self.waits_for_another(said, legal)):
            self.cancel(said)

    def cancel(self, said: Cancellation) -> None:
        """End it, and let everybody know who was told of it."""
        self.record.go("cancelled")
        self.record.note(self.said_at(said), "Cancelled", said.by, said.reason)
        may_know = self.kela_may_know()
        self.waive_by_cancelling(said)
        self.cancelling_over_law_is_told(said)
        is_withdrawn = may_know and self.withdraw(said)
        if not is_withdrawn and any(duty.met_by_message for duty in self.record.duties.values()):
            self.problem("report to Kela", "it was sent before the cancellation: tell Kela's technical support")
        if self.record.told_start:
            self.tell("cancelled", self.groups("end"), text=said.reason, happened_at=self.said_at(said))

    # --- 9: closed, with evidence ---------------------------------------------------------------------------

    async def archive(self) -> None:
        """Bundle the evidence: the last thing that happens in an incident."""
        self.record.closed_at = self.now
        as_what = "" if self.record.phase == "closed" else " as cancelled"
        self.record.note(self.now, f"Incident closed{as_what}")
        await self.bundle_evidence()
        self.show()

    def refusal(self, said: Message) -> str | None:
        """Why a message is not allowed now."""
        return refusal(self.record, said, self.now)

    def further_refusal(self, said: Message) -> str | None:
        """Why a message is not allowed now by rules that came later; the breach judges what it knows."""
        wrong = contradiction(said, self.time_zone, is_other_known=bool(self.record.breach))
        return wrong or further_refusal(self.record, said)

    def groups(self, point: str) -> ports.Audience:
        """The contact groups that the organisation tells at a point of the story."""
        telling = self.rules.telling
        by_text: tuple[str, ...] = getattr(telling, f"{point}_text", ())
        return ports.Audience(groups=getattr(telling, point), text_groups=by_text)

    # --- queries --------------------------------------------------------------------------------------------

    @workflow.query(description="The incident as it stands: phase, duties, documents, messages, what was refused")
    def status(self) -> m.IncidentStatus:
        """The incident as it stands."""
        self.must_be_there("incident")
        return self.record.status()
