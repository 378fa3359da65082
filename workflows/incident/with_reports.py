"""What an incident owes to Kela: the form by e-mail, the telephone call, and later what the form no longer says."""

from __future__ import annotations

from temporalio import workflow

from workflows.incident import messages as m
from workflows.incident import steps as incident_steps
from workflows.incident.ports import FaultReport
from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import Duty, DutyKind, waived
from workflows.procedure.incident.further_reports import FURTHER, WHY
from workflows.procedure.incident.report_form import ReportType
from workflows.procedure.incident.triage import INSTRUCTION, Verdict, duties_arising
from workflows.process import steps
from workflows.process.messages import Cancellation, Document
from workflows.process.ports import KELA, Letter
from workflows.process.with_duties import ProcessWithDuties

TECHNICAL_SUPPORT = "Kela technical support"
RETURNED = "the report came back: Kela has not heard of the fault by mail"
SENT: dict[ReportType, str] = {
    "new": "Fault report",
    "supplement": "Supplement to the report",
    "resolved": "End of the fault",
    "withdrawn": "Withdrawal of the report",
}


class IncidentWithReports(ProcessWithDuties[IncidentRecord]):
    """An incident, as far as it is told to Kela."""

    def take_on_duties(self, judged: Verdict) -> None:
        """Open the duties that arise and were not taken on since the fault began (or came back)."""
        for kind in duties_arising(judged, severity=self.record.severity, extensive=self.record.extensive):
            if not self.record.has_owed_since(kind, self.record.handling_since):
                self.open_duty(kind, to=TECHNICAL_SUPPORT, basis=f"{INSTRUCTION} ({judged.why})")
        self.leave_to_other()
        self.see_to_duties()
        self.keep_kela_informed()

    def leave_to_other(self) -> None:
        """Called before anything is done for new duties: another incident of the same fault may owe them."""

    def see_to_duties(self) -> None:
        """Report for every open duty, unless that is being done; a call that was made meets the duty to phone."""
        for owed in self.record.open_of("report_to_kela"):  # after a reopening there may be two
            self.report_now(owed)
        self.see_to_calls()

    # --- the form -------------------------------------------------------------------------------------------

    def report_now(self, owed: Duty) -> None:
        """Report in the background, unless that is being done."""
        if not self.is_reporting(owed):
            self.in_background(self.report_to_kela(owed), _task(owed))

    def is_reporting(self, owed: Duty) -> bool:
        """Whether a form for this duty is on its way."""
        return self.is_running(_task(owed))

    async def report_to_kela(self, owed: Duty) -> None:
        """Write the form and mail it. Refused for good: the duty stays open, the desk is told to send it by hand."""
        self.record.reports += 1
        of_type = FURTHER.get(owed.kind, "supplement" if self.record.has_reported else "new")
        saying, form = self.record.saying_now(), None
        covered = [other.id for other in self.record.open_further() if not self.is_reporting(other)]
        report = incident_steps.fault_report(self.record, self.now, of_type)
        try:
            form = await incident_steps.write_fault_report(report)
            self.record.documents.append(form)
            sent = await self.cancel_if_closed(owed, self.send(self.letter_to_kela(owed, report, form)))
        except steps.StepFailed as reason:
            self.not_reported(owed, str(reason), form)
            return
        if sent:
            detail = f"{form.name}; {sent.state}, {sent.id}"
            self.record.note(
                sent.sent_at or self.now, f"{SENT[of_type]} sent to Kela's technical support", detail=detail
            )
            self.solved(f"duty {owed.id}")
            self.record.meet_by_message(owed, sent)
            for other in self.record.open_further():  # a form says all that was known when it was written
                if other.id in covered:
                    self.record.meet_by_message(other, sent)
            self.record.keep_said(saying.model_copy(update={"letter": sent.id}), report.more)
            self.keep_kela_informed()

    def letter_to_kela(self, owed: Duty, report: FaultReport, form: Document) -> Letter:
        """The letter that brings a form to Kela."""
        return self.letter(
            "fault_report",
            KELA,
            duty=owed.id,
            attachments=(form,),
            report_type=report.type,
            number=report.number,
            text=report.more,
            changed=tuple(change.field for change in report.changes),
        )

    def not_reported(self, owed: Duty, reason: str, form: Document | None) -> None:
        """Let the desk know that a form could not be written, or was refused for good."""
        self.problem(f"duty {owed.id}", f"{reason}; it stays open")
        self.tell_role("not_sent", "desk", text=reason, duty=owed.id, attachments=(form,) if form else ())

    # --- what comes after the first report ------------------------------------------------------------------

    def keep_kela_informed(self) -> bool:
        """Tell Kela what its report no longer says; where the organisation wants to be asked first, ask the desk.

        False where nothing is seen to: nothing has changed, or a run of the first releases left it to the desk. The
        patch has a name for each occasion: one name for all would be answered for good by the first, in a replay.
        """
        due = self.record.further_report()
        self.drop_untrue(due, "the last report is true again")
        if due is None or not workflow.patched(f"kela-hears-{due}-{self.record.reports}"):
            return False
        owed = self.record.first_open(due) or self.owe_more(due)
        if self.rules.further_reports.way(due) == "send":
            self.report_now(owed)
        return True

    def drop_untrue(self, due: DutyKind | None, why_else: str) -> None:
        """Close what need not be told any more: a change taken back; an end that was none, even if it is on its way."""
        for owed in self.record.open_further():
            is_no_end = owed.kind == "end_to_kela" and self.record.resolved_at is None
            if is_no_end or (due is None and not self.is_reporting(owed)):
                why = "the fault has come back" if is_no_end else why_else
                self.record.duties[owed.id] = waived(owed, at=self.now, by="kantadesk", reason=why)
                self.record.note(self.now, f"Duty '{owed.id}' no longer owed", detail=why)

    def owe_more(self, kind: DutyKind) -> Duty:
        """Open the duty to tell Kela more; the desk hears of it where it is asked, and of every withdrawal."""
        owed = self.open_duty(kind, to=TECHNICAL_SUPPORT, basis=f"{INSTRUCTION}: {WHY[kind]}")
        is_asked = self.rules.further_reports.way(kind) == "ask"
        if is_asked or kind == "withdrawal_to_kela":
            changed = tuple(change.field for change in self.record.changed_for_kela())
            self.tell_role("kela_to_be_told", "desk", duty=owed.id, changed=changed, is_asked=is_asked)
        return owed

    def tell_kela_more(self, said: m.ReportSupplement) -> None:
        """Send what Kela does not know yet, whatever the operating model says of asking."""
        self.record.add_for_kela(said.text)
        if due := self.record.further_report():
            self.report_now(self.record.first_open(due) or self.owe_more(due))

    def kela_may_know(self) -> bool:
        """Whether a report has reached Kela, or may while it is being given up."""
        is_sending = any(self.is_reporting(owed) for owed in self.record.open_of("report_to_kela"))
        return self.record.has_reported or is_sending

    def withdraw(self, said: Cancellation) -> bool:
        """Let Kela know that what was reported is cancelled, and why. False in runs that left it to the desk."""
        self.record.has_reported, self.record.more_for_kela = True, said.reason
        return self.keep_kela_informed()

    def after_coming_back(self, opened_again: list[Duty]) -> None:
        """The report did not reach Kela's mailbox: somebody phones, unless that was asked for or has been done."""
        record = self.record
        is_seen_to = record.follows or record.first_open("phone_kela") or record.reached_kela()
        is_untold = record.phase == "handling" and any(duty.kind == "report_to_kela" for duty in opened_again)
        if is_untold and not is_seen_to and workflow.patched("a-returned-report-asks-for-the-phone"):
            self.open_duty("phone_kela", to=TECHNICAL_SUPPORT, basis=RETURNED)

    # --- the call -------------------------------------------------------------------------------------------

    def see_to_calls(self) -> None:
        """Somebody was reached: no call is owed any more. One made before a relapse meets what was owed by then."""
        record = self.record
        for owed, earlier in record.reached_before_relapse():
            if workflow.patched("a-call-of-before-meets-what-was-owed-then"):
                record.meet(owed, earlier.called_at, earlier.by, earlier.reference)
        if call := record.reached_kela():
            for owed in record.open_of("phone_kela"):
                record.meet(owed, call.called_at, call.by, call.reference)


def _task(owed: Duty) -> str:
    return f"report for duty '{owed.id}'"
