"""The duties of a breach as dated rules (``data/breach_duties.toml``): basis, addressee, time, and whether checked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from workflows.procedure import local_time, rule_data
from workflows.procedure.authorities import Task
from workflows.procedure.dated import Dated, holding
from workflows.procedure.duties import DutyKind
from workflows.procedure.model import Duration

Case = Literal["", "processor", "joint", "serious", "near_miss", "deviation"]
Start = Literal["awareness", "risk_assessment", "detection", "nis2_notification", "cer_first_notice"]
"""The law's own event from which a clock runs; a kind of duty: from the moment at which that duty was met."""


class DutyRule(Dated):
    """One duty as it stood for a time.

    ``due``: "law" where the period stands in the law, "own" where it is a target that the organisation may replace;
    with ``shorter_only`` by a shorter one only.
    """

    kind: DutyKind
    case: Case = ""
    basis: str
    legal: bool
    trigger: str
    """What gives rise to it, in words."""
    starts: Start
    due: Literal["law", "own"]
    shorter_only: bool = False
    within: Duration | None = None
    months: int = 0
    authority: Task | None = None
    form: Task | None = None
    """Whose form is filled in, where that is not the recipient's own."""
    recipient: str = ""


RULES: tuple[DutyRule, ...] = tuple(
    DutyRule.model_validate(entry) for entry in rule_data.read("breach_duties")["duties"]
)


TIMED_BY_LAW: frozenset[DutyKind] = frozenset(rule.kind for rule in RULES if rule.due == "law")
"""Kinds whose due time stands in a law: that of every other kind is the organisation's own target."""


def assessed_by(began_at: datetime, zone: str) -> str:
    """The basis of asking whether a fault is a breach, before the reason; empty before there was such a law."""
    on = local_time.local(began_at, zone).date()
    return "GDPR art. 33, EDPB 9/2022: " if rule_in_force("notify_supervisory_authority", on) else ""


def rule_in_force(kind: DutyKind, on: date, case: Case = "") -> DutyRule | None:
    """The rule of a duty on a day; None where there was no such duty then."""
    return holding(_rules_of(kind, case), on)


def rule_or_oldest(kind: DutyKind, on: date, case: Case = "") -> DutyRule:
    """The rule on a day, or the oldest known one: a mistyped year must not make a duty disappear."""
    rules = _rules_of(kind, case)
    return holding(rules, on) or rules[0]


def _rules_of(kind: DutyKind, case: Case) -> list[DutyRule]:
    return [rule for rule in RULES if (rule.kind, rule.case) == (kind, case)]
