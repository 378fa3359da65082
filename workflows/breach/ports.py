"""What a breach asks of the world."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from temporalio import activity

from workflows.breach.messages import BreachOpening, BreachStatus
from workflows.procedure.languages import Language
from workflows.procedure.model import Model, Moment
from workflows.process.messages import Document


class BreachStarter(ABC):
    """Starts the process of a breach, which lives on its own: nothing that ends another process touches its clock."""

    @activity.defn(name="start_breach")
    @abstractmethod
    async def start_breach(self, opening: BreachOpening) -> bool:
        """Start ``breach-{reference}``. Key: the workflow id. False where another step has started it."""


class BreachPaper(Model):
    """A paper about a breach: what the authority's form asks, a letter, a notice. Facts only; wording by ``paper``."""

    key: str
    reference: str
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
