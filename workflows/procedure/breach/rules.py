"""The duties of a breach as dated rules (``data/breach_duties.toml``): basis, addressee, time, and whether checked."""

from __future__ import annotations

from datetime import date
from typing import Literal

from workflows.procedure import rule_data
from workflows.procedure.authorities import Task
from workflows.procedure.dated import Dated, holding
from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Duration

Case = Literal["", "processor", "joint", "serious", "near_miss"]


class DutyRule(Dated):
    """One duty as it stood for a time.

    ``due``: "law" where the period stands in the law, "own" where it is a target that the organisation may replace.
    """

    kind: DutyKind
    case: Case = ""
    basis: str
    legal: bool
    due: Literal["law", "own"]
    within: Duration | None = None
    months: int = 0
    authority: Task | None = None
    recipient: str = ""


RULES: tuple[DutyRule, ...] = tuple(
    DutyRule.model_validate(entry) for entry in rule_data.read("breach_duties")["duties"]
)


def rule_in_force(kind: DutyKind, on: date, case: Case = "") -> DutyRule | None:
    """The rule of a duty on a day; None where there was no such duty then."""
    return holding(_rules_of(kind, case), on)


def rule_or_oldest(kind: DutyKind, on: date, case: Case = "") -> DutyRule:
    """The rule on a day, or the oldest known one: a mistyped year must not make a duty disappear."""
    rules = _rules_of(kind, case)
    return holding(rules, on) or rules[0]


def _rules_of(kind: DutyKind, case: Case) -> list[DutyRule]:
    return [rule for rule in RULES if (rule.kind, rule.case) == (kind, case)]
