"""What every process counts, as ``status`` answers it."""

from __future__ import annotations

from pydantic import Field

from workflows.procedure.model import Model


class Tally(Model):
    """Messages applied, repeated and refused, and how much of each list only the evidence holds any more."""

    applied_count: int = 0
    repeated_count: int = 0
    """Messages whose ``event_id`` had been taken before: they changed nothing."""
    rejected_count: int = 0
    """Signals that were refused and kept; ``rejected`` lists the latest of them."""
    only_in_evidence: dict[str, int] = Field(default_factory=dict)
    """Older entries of a list (``calls``, ``messages``, ...) that only the evidence holds any more, by its name."""
