"""How an authority's instruction is passed on: who has not acknowledged it is known by name, and reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from temporalio import workflow

from workflows.incident.instructions import AuthorityInstruction, ContactAnswer, Instruction, InstructionAnswer
from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import Alarm, Duty
from workflows.procedure.incident.triage import INSTRUCTION
from workflows.procedure.operating_model.unanswered import A_DAY
from workflows.process import ports, steps
from workflows.process.sealed.senders import is_said_by_a_stranger
from workflows.process.with_duties import ProcessWithDuties

KEPT_OF_TEXT = 1000


class IncidentWithInstructions(ProcessWithDuties[IncidentRecord]):
    """An incident, as far as it passes authorities' instructions on, and waits until each contact has acknowledged."""

    async def pass_on(self, said: AuthorityInstruction, audience: ports.Audience) -> None:
        """Tell each contact person of an instruction; the duty to do so ends once nobody is waited for."""
        received = said.received_at or self.said_at(said)
        number = self.record.next_instruction()
        self.record.note(received, f"Instruction from {said.authority} received ({number})", said.by, said.text)
        owed = self.open_duty("distribute_instruction", to="the contact persons", basis=f"{INSTRUCTION}: {number}")
        recipients = await steps.who_is_told(audience)
        self.record.instructions[number] = Instruction(
            id=number,
            authority=said.authority,
            text=said.text if len(said.text) <= KEPT_OF_TEXT else said.text[:KEPT_OF_TEXT] + ports.CUT_HERE,
            duty=owed.id,
            received_at=received,
            awaiting=tuple(each.contact for each in recipients),
        )
        if not recipients:
            self.problem(f"passing {number} on", "no contact is in these groups: nobody was told; pass it on by hand")
        words = f"{said.authority}: {said.text}"
        self.tell("instruction", audience, duty=owed.id, to_acknowledge=number, text=words)

    def answered(self, said: InstructionAnswer) -> None:
        """A contact has acknowledged something, or is waived by name; an instruction is passed on once all are.

        What a stranger says of it is noted: nobody knows who has, so whoever is waited for still is.
        """
        words = "Nobody waits any more for {} to acknowledge {}" if said.waive else "{} acknowledged {}"
        detail = said.reason or (f"passed on to {said.passed_on_to}" if said.passed_on_to else "")
        self.record.note(self.said_at(said), words.format(said.contact, said.what), said.by, detail)
        if is_said_by_a_stranger():
            return
        if said.what in self.record.duties:
            self.acknowledge_alarm(said)
        if said.what in self.record.instructions:
            answer = ContactAnswer(at=self.now, by=said.by, passed_on_to=said.passed_on_to)
            instruction = self.record.no_longer_await(said.what, said.contact, said.reason, answer)
            if not instruction.awaiting and self.record.is_open(instruction.duty):
                self.record.meet(self.record.duties[instruction.duty], self.now, said.by)
                self.solved(f"reminding of {instruction.id}")

    def on_alarm(self, duty: Duty, alarm: Alarm, gap: timedelta) -> None:
        """Remind also each contact who has not acknowledged it; from the second time on, their deputies as well."""
        super().on_alarm(duty, alarm, gap)
        if not alarm.is_digest:
            self._ask_again(duty, alarm, max(gap, timedelta(minutes=1)))

    def told_in_digest(self, duty: Duty, alarm: Alarm) -> None:
        """Once a week those are asked again who have not acknowledged it for days."""
        if "management" in alarm.to:
            self._ask_again(duty, alarm, A_DAY)

    def _ask_again(self, duty: Duty, alarm: Alarm, within: timedelta) -> None:
        instruction = self.record.instruction_of(duty)
        if instruction and instruction.awaiting and workflow.patched("the-missing-are-reminded"):
            reminding = self._remind_missing(instruction, duty, alarm, within)
            self.in_background(reminding, f"reminding of {instruction.id}")

    async def _remind_missing(self, instruction: Instruction, duty: Duty, alarm: Alarm, within: timedelta) -> None:
        """A letter to each of them. The desk hears of those who are not among the contacts any more."""
        audience = ports.Audience(contacts=instruction.awaiting, deputies=alarm.number > 0)
        found = await steps.who_is_told(audience)
        self._say_who_is_gone(instruction, found)
        for each in found:
            about = each.stands_in_for or (each.contact,)
            letter = self.letter(
                "instruction_reminder",
                each.contact,
                language=each.language,
                is_mailing=True,
                duty=duty.id,
                to_acknowledge=instruction.id,
                stands_in_for=each.stands_in_for,
                text=f"{instruction.authority}: {instruction.text}",
                happened_at=instruction.received_at,
            )
            unless = partial(self._have_all_answered, instruction.id, about)
            sending = self._tell_one(letter, within, cancel_if=unless, manner=each.manner)
            self.in_background(sending, f"instruction reminder to {each.contact}")

    def _say_who_is_gone(self, instruction: Instruction, found: Sequence[ports.Recipient]) -> None:
        there = {each.contact for each in found if not each.stands_in_for}
        if gone := [contact for contact in instruction.awaiting if contact not in there]:
            names = ", ".join(gone)
            self.problem(
                f"reminding of {instruction.id}",
                f"{names}: not among the contacts any more; ask in another way, or waive by name (ack --waive)",
            )

    def _have_all_answered(self, name: str, contacts: Sequence[str]) -> bool:
        instruction = self.record.instructions.get(name)
        return instruction is None or not set(contacts) & set(instruction.awaiting)
