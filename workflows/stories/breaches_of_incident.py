"""How an incident starts the process of a suspected breach, and what the two tell each other."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.breach import messages as b
from workflows.breach import steps as breach_steps
from workflows.incident.record import IncidentRecord
from workflows.process.ids import breach_workflow_id
from workflows.process.inbox import message
from workflows.process.with_duties import ProcessWithDuties


class IncidentWithBreaches(ProcessWithDuties[IncidentRecord]):
    """An incident, as far as personal data may have been breached in it."""

    def __init__(self, record: IncidentRecord) -> None:
        super().__init__(record)
        self.suspecting = asyncio.Lock()

    async def suspect_breach(self, said: b.BreachAssessment) -> None:
        """Start a process for the suspicion; the one that keeps its clock already is corrected; one after the other."""
        drill_at = self.now if self.record.drill else None
        if not workflow.patched("breach-found-by-id"):
            await self.suspect_breach_as_before(said, said.opening(self.record.reference, drill_at=drill_at))
            return
        async with self.suspecting:
            new = self.record.answered_with(said.laws(), said.by, self.rules, self.now)
            known, answered = self.record.laws, self.record.laws_answered()
            opening = said.opening(self.record.reference, drill_at=drill_at, answered=answered, known=known)
            kept = await breach_steps.start_breach(opening)
            while not kept.started and not await self.tell_breach_assessment(kept.named(opening), said):
                kept = await breach_steps.start_breach(opening)  # the one that kept the clock has just ended
            self.record.keep_breach(name := kept.named(opening))
            self.record.note(self.now, f"Breach process {'started' if kept.started else 'corrected'}: {name}")
            if kept.started:
                self.record.forget_ended_breach(said.laws())
            else:
                self.laws_answered(new, said.by)

    async def tell_breach_assessment(self, name: str, said: b.BreachAssessment) -> bool:
        """Send an assessment on to a breach as it was said; False where that has ended."""
        facts = said.model_dump(mode="json", exclude_unset=True, exclude={*self.record.laws_answered()})
        return await self.tell_process(breach_workflow_id(name), "breach_assessment", **facts)

    async def suspect_breach_as_before(self, said: b.BreachAssessment, opening: b.BreachOpening) -> None:
        """As runs of the first releases did: there was one breach, and it heard of the instant of awareness only."""
        self.record.breach = opening.reference
        if (await breach_steps.start_breach(opening)).started:
            self.record.note(self.now, f"Breach process started: {opening.reference}")
        else:
            correction = {"aware_at": opening.aware_at.isoformat(), "reason": said.why() or "assessed again"}
            await self.tell_process(breach_workflow_id(opening.reference), "awareness_correction", **correction)

    @message
    async def breach_progress(self, said: b.BreachProgress) -> None:
        """Sent by the system itself: what the breach's own process tells its incident."""
        self.record.note(self.said_at(said), "From the breach process", said.by, said.text)

    async def tell_breach(self) -> None:
        """Let the breach know that the incident has ended; its clock goes on."""
        if self.record.breach:
            await self.tell_process(breach_workflow_id(self.record.breach), "incident_ended", phase=self.record.phase)
