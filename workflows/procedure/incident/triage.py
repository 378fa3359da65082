"""What follows from a triage: whether Kela is told, and how.

Source: kanta.fi, Instructions for fault situations: the helpdesk looks at the published notices first, and reports a
fault whenever one or more criteria are met; critical or extensive faults are also reported by telephone. A published
notice silences nobody by itself: only the desk can say that it is about this fault, only a fresh one counts, and what
is grave is reported all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Model

INSTRUCTION = "Kanta instructions for fault situations"
GRAVE_CRITERIA = ("safety", "privacy")
"""Criteria that are reported whatever has been published: somebody may be in danger, or a privacy broken."""

A_DAY = timedelta(hours=24)
SameFault = Literal["yes", "no", "unknown"]
"""Whether a published notice is about this fault. Unknown is reported: a report too many does no harm."""


class Verdict(Model):
    """Whether a fault is reported to Kela, with the reason in words."""

    report: bool
    why: str
    call: bool = False
    """Whether a critical or extensive fault is phoned although the form is left out."""


class DeskAnswers(Model):
    """What the desk says of a fault, as far as it decides what Kela is told."""

    criteria_met: tuple[str, ...]
    severity: str | None = None
    extensive: bool | None = None
    same_as_notice: SameFault = "unknown"
    by_supplier: str = ""
    """The supplier's own report to Kela, in words, where it made one."""
    report_anyway: bool = False

    def grave(self) -> str:
        """What makes the fault grave, in words; empty where nothing does."""
        return ", ".join(gravity(self.criteria_met, self.severity, extensive=self.extensive))


def gravity(criteria_met: Collection[str], severity: str | None, *, extensive: bool | None) -> tuple[str, ...]:
    """What makes a fault grave, each by its name."""
    criteria = tuple(criterion for criterion in GRAVE_CRITERIA if criterion in criteria_met)
    critical, wide = ("critical",) if severity == "critical" else (), ("extensive",) if extensive else ()
    return (*criteria, *critical, *wide)


class Published(Model):
    """Kela's open notice."""

    title: str
    age: timedelta | None
    """Since its last change; None where the notice bears no date."""


def verdict(said: DeskAnswers, published: Published | None = None, fresh_for: timedelta = A_DAY) -> Verdict:
    """Whether the fault is reported. ``fresh_for``: how long after its last change a notice counts."""
    if not said.criteria_met:
        return Verdict(report=False, why="no criterion applies")
    applies = f"criteria met or not ruled out: {', '.join(said.criteria_met)}"
    if said.report_anyway:
        return Verdict(report=True, why=applies)
    if said.by_supplier:
        return Verdict(report=False, call=True, why=f"{said.by_supplier}; {applies}")
    if published is None:
        return Verdict(report=True, why=applies)
    if in_spite := _reported_in_spite_of(published, said, fresh_for):
        return Verdict(report=True, why=f"{applies}; {in_spite}")
    return Verdict(report=False, why=f"this fault, says the desk: Kela has published '{published.title}'; {applies}")


def _reported_in_spite_of(published: Published, said: DeskAnswers, fresh_for: timedelta) -> str:
    """Why a fault is reported in spite of a notice; empty where the notice leaves the report out."""
    notice = f"the notice '{published.title}'"
    if said.same_as_notice != "yes":
        return f"{notice} is {'about another' if said.same_as_notice == 'no' else 'not known to be about this'} fault"
    if grave := said.grave():
        return f"{grave}: reported in spite of {notice}"
    if published.age is None:
        return f"{notice} bears no date: it may be an old one"
    if published.age > fresh_for:
        return f"{notice} is {_length(published.age)} old; one counts for {_length(fresh_for)}"
    return ""


def verdict_before(said: DeskAnswers, published: str | None) -> Verdict:
    """As runs of the first releases judged: any open notice about the same service left the report out."""
    judged = verdict(said.model_copy(update={"by_supplier": ""}))
    if judged.report and published and not said.report_anyway:
        return Verdict(report=False, why=f"Kela has published it already ('{published}'); {judged.why}")
    return judged


def duties_arising(judged: Verdict, *, severity: str | None, extensive: bool | None) -> tuple[DutyKind, ...]:
    """The duties towards Kela: the form; for a critical or extensive fault the telephone call as well."""
    form: tuple[DutyKind, ...] = ("report_to_kela",) if judged.report else ()
    is_called = (judged.report or judged.call) and (severity == "critical" or extensive)
    return (*form, "phone_kela") if is_called else form


def _length(length: timedelta) -> str:
    return f"{length.days} days" if length.days > 1 else f"{length / timedelta(hours=1):.0f} h"
