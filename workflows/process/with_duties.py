"""What every process with duties takes and answers: duties met, waived, reopened by a bounce."""

from __future__ import annotations

from temporalio import workflow

from workflows.procedure.duties import DutyState
from workflows.process import messages as m
from workflows.process.inbox import message
from workflows.process.lifecycle import RecordT
from workflows.process.process import Process


class ProcessWithDuties(Process[RecordT]):
    """A process with duties."""

    @message
    async def duty_met(self, said: m.DutyMet) -> None:
        """A duty was met by hand; a legal one that is met late needs delay_reason."""
        self.record.meet(self.record.duties[said.duty], said.met_at, said.by, said.reference, said.delay_reason)
        self.solved(f"duty {said.duty}")

    @message
    async def duty_waived(self, said: m.DutyWaived) -> None:
        """The recorded decision not to do what a duty asks, and why."""
        self.record.waive(self.record.duties[said.duty], self.now, said.by, said.reason)
        self.solved(f"duty {said.duty}")

    @message
    async def delivery_report(self, said: m.DeliveryReport) -> None:
        """What became of a letter (mostly sent by the mail system); a bounce opens again the duty that it had met."""
        if reopened := self.record.take_delivery(said, self.now):
            reason = f"the message came back ({said.event})"
            self.problem(f"duty {reopened.id}", f"{reason}; it is open again")
            self.tell_role("not_sent", "desk", text=f"{reason} {said.detail}", duty=reopened.id)

    @workflow.query(description="What is owed to whom, by when, and what became of it")
    def duties(self) -> list[DutyState]:
        """The duties, as in ``status``."""
        return [DutyState.model_validate(duty.model_dump()) for duty in self.record.duties.values()]
