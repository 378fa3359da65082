"""When a fault must be reported to Kela: the criteria, as dated versions of rule data (``data/criteria.toml``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workflows.procedure import rule_data
from workflows.procedure.languages import Trilingual
from workflows.procedure.model import Line, Model

Answer = Literal["yes", "no", "unknown"]
PartAnswers = Annotated[dict[Line, Answer], Field(max_length=20)]
DEFAULT_VERSION = "kanta-en-current"


class Part(Model):
    """One of the conditions that a criterion is made of; all of them must hold."""

    id: str
    question: Trilingual


class Criterion(Model):
    """One criterion of the national instruction."""

    id: str
    number: int
    text: Trilingual
    explanation: Trilingual
    parts: tuple[Part, ...] = ()


class CriteriaVersion(Model):
    """The criteria as published at one time, with the source and whether somebody has checked it."""

    id: str
    valid_from: date | None = None
    source: str
    verified: bool
    note: str = ""
    criteria: tuple[Criterion, ...]

    def ids(self) -> tuple[str, ...]:
        """The ids in the published order."""
        return tuple(criterion.id for criterion in self.criteria)


VERSIONS: dict[str, CriteriaVersion] = {
    version["id"]: CriteriaVersion.model_validate(version) for version in rule_data.read("criteria")["versions"]
}


def conjunction(answers: Mapping[str, Answer]) -> Answer:
    """A criterion with several conditions: one ``no`` is no, all ``yes`` is yes, everything else is unknown."""
    given = set(answers.values())
    return "no" if "no" in given else "yes" if given == {"yes"} else "unknown"


def criteria_met(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The criteria that count as met. ``unknown`` counts: report rather than stay silent."""
    return tuple(criterion for criterion, answer in answers.items() if answer != "no")


def fault_in_answers(answers: Mapping[str, Answer], version: str) -> str | None:
    """What is wrong with a set of answers, in plain words; None where every criterion of the version is answered."""
    if version not in VERSIONS:
        return f"criteria_version {version!r} is not known; known are {', '.join(VERSIONS)}"
    wanted = VERSIONS[version].ids()
    missing = [criterion for criterion in wanted if criterion not in answers]
    unknown = [criterion for criterion in answers if criterion not in wanted]
    if missing:
        return f"criteria: no answer for {', '.join(missing)} (answer yes, no or unknown)"
    if unknown:
        return f"criteria: {', '.join(unknown)} is not a criterion of {version}"
    return None
