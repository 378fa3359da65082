"""The register of personal data breaches for a period: what GDPR 33(5) lets the supervisory authority ask for.

Pure: statuses in, bytes out; the same statuses give the same bytes. A breach belongs to the period in which the
organisation became aware of it. Drills are exported if they are given, and marked; a register made for an authority
leaves them out. Personal identity codes are masked: the register is shown to outsiders.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from activities.breach.facts import aware_at, breach_facts, sayer
from activities.documents.as_docx import Frame, as_docx
from activities.documents.blocks import Block, blocks
from activities.documents.text import cleaned, one_line, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus, Notified, RiskDecision
from workflows.procedure.duties import DutyState
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.report_form import FORM
from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI, written

_When = Callable[[datetime | None], str]
_FORMULA = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}")
COLUMNS = (
    "reference", "incident", "drill", "phase", "aware_at", "first_noticed_at", "detected_at", "opened_at", "closed_at",
    "deadline", "role", "controllers", "joint_notifier", "kinds", "registers", "place", "facts", "data", "risk",
    "risk_reasons", "categories", "subjects_estimate", "records_estimate", "effects", "remedies", "notifications",
    "delay_reasons", "not_done_because", "open_duties", "conclusion",
)  # fmt: skip
"""The columns of the CSV; names and enumerations as in the public contract, times in ISO 8601 (UTC)."""


def register_docx(
    statuses: Iterable[BreachStatus],
    start: datetime,
    end: datetime,
    made_at: datetime,
    *,
    organisation: str = "",
    language: Language = "fi",
    time_zone: str = HELSINKI,
) -> bytes:
    """A table of all breaches of [start, end) and a section for each: facts, effects, remedies, decisions."""

    def when(moment: datetime | None) -> str:
        return written(moment, time_zone) if moment else ""

    found = of_period(statuses, start, end)
    facts = {
        "organisation": one_line(organisation),
        "start": when(start),
        "end": when(end),
        "made": when(made_at),
        "unknown": word("breach_unknown", "for_good", language),
        "breaches": [_section(status, language, when) for status in found],
    }
    frame = Frame(
        left=one_line(organisation),
        right=f"{facts['start']} – {facts['end']}",
        language=language,
        drill_mark=FORM.drill if found and all(status.drill for status in found) else "",
        is_landscape=True,
    )
    parts = blocks("paper_breach_register", language, facts)
    return as_docx([Block(block.kind, tuple(map(masked, block.parts))) for block in parts], frame)


def register_csv(statuses: Iterable[BreachStatus], start: datetime, end: datetime) -> bytes:
    """One row a breach: UTF-8 with BOM and semicolons, as a Finnish Excel opens it; RFC 4180 otherwise.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for status in of_period(statuses, start, end):
        row = _row(status)
        writer.writerow([_no_formula(masked(cleaned(row[column]))) for column in COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def register_json(statuses: Iterable[BreachStatus], start: datetime, end: datetime, made_at: datetime) -> bytes:
    """Every breach of the period with all that its status holds, under the names of the public contract."""
    found = [_masked(status.model_dump(mode="json")) for status in of_period(statuses, start, end)]
    register = {
        "basis": "GDPR 33(5)",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "made_at": made_at.isoformat(),
        "breaches": found,
    }
    return f"{json.dumps(register, ensure_ascii=False, indent=2)}\n".encode()


def of_period(statuses: Iterable[BreachStatus], start: datetime, end: datetime) -> list[BreachStatus]:
    """The breaches of which the organisation became aware in [start, end), in that order."""
    inside = [status for status in statuses if start <= aware_at(status) < end]
    return sorted(inside, key=lambda status: (aware_at(status), status.reference))


def _masked(value: Any) -> Any:
    """The value with every text in it cleaned and its identity codes masked."""
    if isinstance(value, str):
        return masked(cleaned(value))
    if isinstance(value, dict):
        return {key: _masked(part) for key, part in value.items()}
    return [_masked(part) for part in value] if isinstance(value, list) else value


def _row(status: BreachStatus) -> dict[str, str]:
    """A breach as texts by column; several values of one column on lines of their own."""
    risk = status.risks[-1] if status.risks else None
    plain = status.model_dump(mode="json")
    single = {column: plain.get(column) for column in COLUMNS} | {
        "drill": "yes" if status.drill else "no",
        "aware_at": aware_at(status).isoformat(),
        "deadline": status.deadlines.target.isoformat(),
        "facts": status.description,
        "risk": status.risk,
        "risk_reasons": risk.reasons if risk else "",
        "categories": risk.categories if risk else "",
        "subjects_estimate": risk.subjects_estimate if risk else None,
        "records_estimate": risk.records_estimate if risk else None,
        "effects": risk.consequences if risk else "",
    }
    several: dict[str, Sequence[str]] = {
        "controllers": [controller.name for controller in status.controllers],
        "kinds": status.kinds,
        "registers": status.registers,
        "remedies": _remedies(status),
        "notifications": [_notified(one, _iso, "en") for one in status.notifications],
        "delay_reasons": _delays(status),
        "not_done_because": [f"{duty.id}: {duty.waived_reason}" for duty in status.duties if duty.state == "waived"],
        "open_duties": [duty.id for duty in _open(status)],
    }
    row = {column: "" if value is None else str(value) for column, value in single.items()}
    return row | {column: "\n".join(values) for column, values in several.items()}


def _no_formula(text: str) -> str:
    """The text so that no spreadsheet runs it (also behind blanks, and in the full-width forms)."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n") else text


def _section(status: BreachStatus, language: Language, when: _When) -> dict[str, Any]:
    """A breach as the register's template needs it."""
    say = sayer(language)
    return breach_facts(status, language, when) | {
        "reference": status.reference,
        "drill": FORM.drill if status.drill else "",
        "phase": word("breach_progress", status.phase, language),
        "opened": when(status.opened_at),
        "closed": when(status.closed_at),
        "controllers": "\n".join(one_line(controller.name) for controller in status.controllers),
        "risks": [_risk_decision(decision, language, when) for decision in status.risks],
        "notifications": [say(_notified(one, when, language)) for one in status.notifications],
        "delays": [say(reason) for reason in _delays(status)],
        "duties": [_duty(duty, language, when) for duty in status.duties],
        "unverified": [say(rule) for rule in status.unverified],
    }


def _risk_decision(decision: RiskDecision, language: Language, when: _When) -> str:
    """One assessment as decided: when, who, what, why."""
    head = f"{when(decision.at)}, {one_line(decision.by)}: {word('breach_risk', decision.risk, language)}"
    return f"{head}\n{sayer(language)(decision.reasons)}"


def _duty(duty: DutyState, language: Language, when: _When) -> dict[str, str]:
    """A duty in words: its name, how it stands, and the reason where it was not done or was late."""
    state = word("breach_duty_state", duty.state, language)
    said = [state, when(duty.met_at or duty.due_at), one_line(duty.by or ""), one_line(duty.reference or "")]
    because = sayer(language)(duty.waived_reason or duty.delay_reason or "")
    return {
        "name": word("duty", duty.kind, language),
        "said": ", ".join(part for part in said if part) + (f"\n{because}" if because else ""),
    }


def _notified(one: Notified, when: _When, language: Language) -> str:
    to = word("breach_recipient", "data_subjects", language) if one.to == DATA_SUBJECTS else one.to
    phase = word("breach_phase", one.phase, language).lower() if one.phase else ""
    parts = (when(one.at), to, phase, one.reference, one.detail)
    return ", ".join(one_line(part) for part in parts if part)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _remedies(status: BreachStatus) -> list[str]:
    risks = [risk.measures for risk in status.risks if risk.measures]
    return list(dict.fromkeys([*risks, *status.measures]))


def _delays(status: BreachStatus) -> list[str]:
    reasons = [one.delay_reason for one in status.notifications] + [d.delay_reason or "" for d in status.duties]
    return list(dict.fromkeys(reason for reason in reasons if reason))


def _open(status: BreachStatus) -> list[DutyState]:
    return [duty for duty in status.duties if duty.state in ("open", "overdue")]
