"""What an incident owes to Kela: the form by e-mail, and the telephone call."""

from __future__ import annotations

from workflows.incident import messages as m
from workflows.incident import steps as incident_steps
from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import Duty
from workflows.procedure.incident.triage import INSTRUCTION, Verdict, duties_arising
from workflows.process import steps
from workflows.process.messages import Document
from workflows.process.with_duties import ProcessWithDuties


class IncidentWithReports(ProcessWithDuties[IncidentRecord]):
    """An incident, as far as it is told to Kela."""

    def take_on_duties(self, judged: Verdict) -> None:
        """Open the duties that arise and were not taken on since the fault began (or came back)."""
        for kind in duties_arising(judged, severity=self.record.severity, extensive=self.record.extensive):
            if not self.record.has_owed_since(kind, self.record.handling_since):
                self.open_duty(kind, to="Kela technical support", basis=f"{INSTRUCTION} ({judged.why})")
        for owed in self.record.open_of("report_to_kela"):  # after a reopening there may be two
            if not self.is_running(task := f"report for duty '{owed.id}'"):
                self.in_background(self.report_to_kela(owed), task)
        if call := self.record.reached_kela():
            self.phoned(call)

    async def report_to_kela(self, owed: Duty) -> None:
        """Write the form and mail it. Refused for good: the duty stays open, the desk is told to send it by hand."""
        self.record.reports += 1
        form: Document | None = None
        try:
            form = await incident_steps.write_fault_report(incident_steps.fault_report(self.record, self.now))
            self.record.documents.append(form)
            letter = self.letter("fault_report", "kela", duty=owed.id, attachments=(form,))
            sent = await self.cancel_if_closed(owed, self.send(letter))
        except steps.StepFailed as reason:
            self.problem(f"duty {owed.id}", f"{reason}; it stays open")
            self.tell_role("not_sent", "desk", text=str(reason), duty=owed.id, attachments=(form,) if form else ())
            return
        if sent:
            self.solved(f"duty {owed.id}")
            self.record.meet_by_message(owed, sent)

    def phoned(self, call: m.Call) -> None:
        """Somebody was reached: no call is owed any more."""
        for owed in self.record.open_of("phone_kela"):
            self.record.meet(owed, call.called_at, call.by, call.reference)
