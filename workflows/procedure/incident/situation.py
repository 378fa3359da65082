"""How a fault stands when somebody is told of it: what every letter and text message about it must agree with.

An update after the end must not say that the fault goes on, and a fault of our own systems is not announced as one of
the Kanta Services. Where what the desk said contradicts itself, no place is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from workflows.procedure.incident.criteria import Answer
from workflows.procedure.incident.progress import Phase
from workflows.procedure.model import Model, Moment

FaultPlace = Literal["kanta", "own", "outside", "test", "unsaid"]
"""As what a fault is announced: of the Kanta Services, of our own systems, of something outside both, of the client
test environment; ``unsaid``: only that the use of the Kanta Services is disturbed."""


class FaultSituation(Model):
    """How a fault stands at the moment of which a letter tells."""

    phase: Phase
    place: FaultPlace = "unsaid"
    is_back: bool = False
    """Whether the letter tells that the fault has come back after its end."""
    kela_notice: str = ""
    """The title of Kela's notice, where the desk says that it is about this fault."""
    resolved_at: Moment | None = None
    watch_until: Moment | None = None

    @property
    def is_over(self) -> bool:
        """Whether the fault counts as over."""
        return self.phase in ("watch", "closed")

    @property
    def awaits_triage(self) -> bool:
        """Whether nobody has judged the fault yet."""
        return self.phase == "awaiting_triage"


def fault_place(locality: str, answers: Mapping[str, Answer], *, is_test: bool = False) -> FaultPlace:
    """As what a fault is announced, by where the desk says that it lies and what it answered about the criteria."""
    said = {criterion for criterion, answer in answers.items() if answer == "yes"}
    localised, outside = "localised_to_kela" in said, "outside_kanta_blocks_use" in said
    contradicted: dict[str, tuple[FaultPlace, bool]] = {
        "own": ("own", localised),
        "kela": ("kanta", outside or answers.get("localised_to_kela") == "no"),
        "other": ("outside", localised),
    }
    place: FaultPlace = "unsaid"
    if locality in contradicted:
        place, is_contradicted = contradicted[locality]
        place = "unsaid" if is_contradicted else place
    elif localised != outside:
        place = "kanta" if localised else "outside"
    if is_test:
        return "test"
    return "unsaid" if "locality_unsure_others_affected" in said else place
