"""What every process answers: its timeline, and what it has refused."""

from __future__ import annotations

from temporalio import workflow

from workflows.life import RecordT
from workflows.messages import Happening, Refused
from workflows.process import Process


class Answering(Process[RecordT]):
    """A process that tells its own story."""

    @workflow.query(description="What happened, in order, in plain words")
    def timeline(self) -> list[Happening]:
        """What happened, in order."""
        return self.record.timeline

    @workflow.query(description="Messages that were kept but not applied, with the reason")
    def rejected(self) -> list[Refused]:
        """Messages that were not applied."""
        return self.record.rejected
