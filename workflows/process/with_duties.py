"""What every process with duties takes and answers: duties met, waived, reopened by a bounce."""

from __future__ import annotations

from temporalio import workflow

from workflows.procedure.duties import Duty, DutyKind, DutyState, Role
from workflows.process import messages as m
from workflows.process.inbox import message
from workflows.process.lifecycle import RecordT
from workflows.process.ports import SettledDuty
from workflows.process.process import Process

ANSWERABLE_FOR_LAW: tuple[Role, ...] = ("data_protection_officer", "management")
"""Who learns at once what is decided about a legal duty, or about another duty of a breach."""
OF_A_BREACH: frozenset[DutyKind] = frozenset((
    "assess_breach", "notify_supervisory_authority", "confirm_joint_notification", "notify_controller",
    "notify_kela_of_breach", "inform_data_subjects", "document_breach",
))  # fmt: skip


class ProcessWithDuties(Process[RecordT]):
    """A process with duties."""

    @message
    async def duty_met(self, said: m.DutyMet) -> None:
        """A duty was met by hand; a legal one that is met late needs delay_reason."""
        self.record.meet(self.record.duties[said.duty], said.met_at, said.by, said.reference, said.delay_reason)
        self.solved(f"duty {said.duty}")
        self.record.derive_again(self.rules, self.now)

    def waiver_is_told(self, waived: Duty, said: m.DutyWaived) -> None:
        """Tell those who are answerable at once that a legal duty will not be met, and by whose decision."""
        if (waived.legal or waived.kind in OF_A_BREACH) and workflow.patched("waivers-are-told"):
            self.tell_role(
                "breach_duty_waived",
                *ANSWERABLE_FOR_LAW,
                duty=waived.id,
                text=said.reason,
                said_by=said.by,
                settled=(self.settled_duty(self.record.duties[waived.id]),),
            )

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
        self.record.waive(waived, self.now, said.by, said.reason)
        self.solved(f"duty {said.duty}")
        self.waiver_is_told(waived, said)

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
