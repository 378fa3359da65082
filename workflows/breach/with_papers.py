"""A breach whose papers follow what is known of it."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows.breach import papers, ports
from workflows.breach import steps as breach_steps
from workflows.breach.messages import BreachStatus, NotificationPhase
from workflows.breach.record import BreachRecord
from workflows.process import steps
from workflows.process.messages import Tally
from workflows.process.second_person.decision import Decisions
from workflows.process.with_duties import ProcessWithDuties

NOT_IN_A_PAPER = {"documents", "messages", "rejected", "problems", *Tally.model_fields, *Decisions.model_fields}


class BreachWithPapers(ProcessWithDuties[BreachRecord]):
    """A breach with the papers that somebody may have to send: written again whenever they say something else."""

    papers_are_old = False
    """Whether something has changed that the papers don't say yet."""

    def status(self) -> BreachStatus:
        """The breach as it stands."""
        return self.record.status()

    def papers_follow(self, before: NotificationPhase | None = None) -> None:
        """Something has changed that the papers say: they are written again before anybody asks, once for all of it.

        ``before``: the phase of what runs of the first releases wrote here; None where they wrote nothing.
        """
        if workflow.patched("papers-follow-the-case"):
            self.papers_are_old = True
            if not self.is_running(papers.WRITING):
                self.in_background(self.write_what_is_due(), papers.WRITING)
        elif before:
            self.in_background(self.write_papers(before), papers.WRITING)

    async def write_what_is_due(self) -> None:
        """Write every paper that somebody may have to send now; again where something has changed meanwhile."""
        while self.papers_are_old:
            self.papers_are_old = False
            for due in papers.due(self.record):
                await self.write_paper(due.paper, due.phase, due.controller, due.number)

    async def write_papers(self, phase: NotificationPhase) -> None:
        """What runs of the first releases wrote: what was owed, by the number of the version."""
        owed = {duty.kind for duty in self.record.open_duties()}
        if "notify_supervisory_authority" in owed or phase != "preliminary":
            await self.write_paper("authority_notification", phase)
        for duty in self.record.open_duties():
            if duty.kind == "notify_controller":
                await self.write_paper("controller_notice", phase, self.record.subjects[duty.id])
        if "notify_kela_of_breach" in owed:
            await self.write_paper("kela_notice", phase)
        if "inform_data_subjects" in owed:
            await self.write_paper("letter_to_subjects", phase)

    async def write_paper(self, paper: Any, phase: NotificationPhase, controller: str = "", number: int = 1) -> None:
        """Write one paper and keep it. What stops it is said; it never stops a clock."""
        status = self.status()
        said = status.model_dump(exclude=NOT_IN_A_PAPER) | {"phase": phase, "controller": controller, "number": number}
        wanted = ports.BreachPaper(
            key=self.key(self.record.saying(paper, said)),
            reference=self.record.case,
            paper=paper,
            phase=phase,
            controller=controller,
            number=number,
            languages=self.rules.letter_languages if paper == "letter_to_subjects" else self.rules.languages,
            drill=self.record.drill,
            made_at=self.now,
            status=status,
        )
        what = f"writing {paper.replace('_', ' ')}"
        try:
            self.record.documents.extend(await breach_steps.write_breach_paper(wanted))
            self.solved(what)
        except steps.StepFailed as reason:
            self.problem(what, str(reason))
