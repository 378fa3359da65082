"""What follows from a triage: whether Kela is told, and how.

Source: kanta.fi, Instructions for fault situations: a fault is reported whenever one or more criteria are met; critical
or extensive faults are also reported by telephone. A fault that Kela has published already is not reported a second
time, unless the desk says so (the first step of the procedure is to look at the published notices).
"""

from __future__ import annotations

from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Model

INSTRUCTION = "Kanta instructions for fault situations"


class Verdict(Model):
    """Whether a fault is reported to Kela, with the reason in words."""

    report: bool
    why: str


def verdict(criteria_met: tuple[str, ...], *, published: str | None, report_anyway: bool) -> Verdict:
    """Whether the fault is reported. ``published``: the title of Kela's open notice about it, if there is one."""
    if not criteria_met:
        return Verdict(report=False, why="no criterion applies")
    applies = f"criteria met or not ruled out: {', '.join(criteria_met)}"
    if published and not report_anyway:
        return Verdict(report=False, why=f"Kela has published it already ('{published}'); {applies}")
    return Verdict(report=True, why=applies)


def duties_arising(judged: Verdict, *, severity: str | None, extensive: bool | None) -> tuple[DutyKind, ...]:
    """The duties towards Kela: the form; for a critical or extensive fault the telephone call as well."""
    if not judged.report:
        return ()
    return ("report_to_kela", "phone_kela") if severity == "critical" or extensive else ("report_to_kela",)
