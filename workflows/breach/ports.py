"""What a breach asks of the world."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

from pydantic import model_validator
from temporalio import activity

from workflows.breach.messages import BreachOpening, BreachStatus
from workflows.procedure.languages import Language
from workflows.procedure.model import Model, Moment
from workflows.process.ids import breach_named_by, breach_workflow_id
from workflows.process.messages import Document
from workflows.process.sealed.checked_names import CaseName


class BreachStarted(Model):
    """Which process has the clock of a suspicion, and whether this step started it."""

    workflow_id: str = ""
    """Empty where a worker of a release before 0.3.0 answered: it knew ``breach-{reference}`` only."""
    started: bool

    def named(self, opening: BreachOpening) -> str:
        """By what people name it; ``opening``: what it was asked for."""
        return breach_named_by(self.workflow_id or breach_workflow_id(opening.reference))

    @model_validator(mode="before")
    @classmethod
    def _of_old(cls, answer: Any) -> Any:
        """Histories of earlier releases hold a bare true or false."""
        return {"started": answer} if isinstance(answer, bool) else answer


class BreachStarter(ABC):
    """Starts the process of a breach, which lives on its own: nothing that ends another process touches its clock."""

    @activity.defn(name="start_breach")
    @abstractmethod
    async def start_breach(self, opening: BreachOpening) -> BreachStarted:
        """Find the process that keeps the clock of this suspicion, or start it. Key: the step that asks.

        That is the breach of this reference that still runs, that this incident has started and that is a drill where
        this is one. Where there is none, ``breach-{reference}`` is started, or ``-2``, ``-3``, … where that is taken.
        """


class BreachPaper(Model):
    """A paper about a breach: what the authority's form asks, a letter, a notice. Facts only; wording by ``paper``."""

    key: str
    reference: CaseName
    paper: Literal["authority_notification", "letter_to_subjects", "controller_notice", "kela_notice"]
    phase: Literal["preliminary", "supplementary", "final"] = "preliminary"
    controller: str = ""
    """For a controller's notice: which controller."""
    number: int = 1
    """For a controller's notice: the number of its duty, which tells the files of several controllers apart."""
    languages: tuple[Language, ...] = ("fi",)
    drill: bool = False
    made_at: Moment
    status: BreachStatus


class BreachWriter(ABC):
    """Writes the papers of a breach."""

    @activity.defn(name="write_breach_paper")
    @abstractmethod
    async def write_breach_paper(self, paper: BreachPaper) -> list[Document]:
        """Write the paper as docx and as plain text to paste, in each language, and keep them with the evidence.

        Key: the same key answers the same documents again. Raises ``PersonalDataFound`` where any text holds a personal
        identity code (nothing is written).
        """
