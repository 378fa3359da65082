"""The question that every incident asks: were personal data breached? A suspicion lives in a process of its own."""

from __future__ import annotations

from workflows.breach import messages as b
from workflows.incident.record import IncidentRecord
from workflows.process import steps
from workflows.process.inbox import message
from workflows.process.with_duties import Obliged


class Suspecting(Obliged[IncidentRecord]):
    """An incident that asks whether personal data were breached, and hears from the breach's process."""

    def ask_for_breach(self, why: str) -> None:
        """Open the question whether personal data were breached, unless it has been asked."""
        if not self.record.has_owed_since("assess_breach", self.record.handling_since):
            self.owe("assess_breach", to="the data protection officer", basis=f"GDPR art. 33, EDPB 9/2022: {why}")

    @message
    async def breach_assessment(self, said: b.BreachAssessment) -> None:
        """Judge whether personal data were breached; a suspicion starts a process of its own, with its own clock."""
        self.record.note(self.said_at(said), f"Breach assessed: {said.outcome.replace('_', ' ')}", said.by, said.why())
        if owed := self.record.open_duty("assess_breach"):
            self.record.meet(owed, self.now, said.by, said.outcome)
        if said.outcome == "suspected":
            self.meanwhile(self.suspect_breach(said), "starting the breach process")

    async def suspect_breach(self, said: b.BreachAssessment) -> None:
        """Start the breach's process; where it lives already, it hears of another instant of awareness."""
        opening = said.opening(self.record.reference, drill_at=self.now if self.record.drill else None)
        self.record.breach = opening.reference
        if await steps.start_breach(opening):
            self.record.note(self.now, f"Breach process started: {opening.reference}")
        else:
            correction = {"aware_at": opening.aware_at.isoformat(), "reason": f"assessed again: {said.why()}"}
            await self.tell_process(b.breach_workflow_id(opening.reference), "awareness_correction", **correction)

    @message
    async def breach_progress(self, said: b.BreachProgress) -> None:
        """Sent by the system itself: what the breach's own process tells its incident."""
        self.record.note(self.said_at(said), "From the breach process", said.by, said.text)

    async def tell_breach(self) -> None:
        """Let the breach know that the incident has ended; its clock goes on."""
        if self.record.breach:
            await self.tell_process(b.breach_workflow_id(self.record.breach), "incident_ended", phase=self.record.phase)
