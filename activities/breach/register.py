"""The register of personal data breaches for a period: what GDPR 33(5) lets the supervisory authority ask for.

Pure: statuses in, bytes out; the same statuses give the same bytes. A breach belongs to the period in which the
organisation became aware of it; one of which only its folder is left belongs to every period, since nobody knows.
Drills are exported if they are given, and marked; a register made for an authority leaves them out.
Personal identity codes are masked: the register is shown to outsiders.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from activities.breach.facts import breach_facts
from activities.breach.outside import Done, Missed, in_json, in_words, is_in, missed_row
from activities.breach.saying import aware_at, marks_of, named_in, sayer, unverified_rule
from activities.breach.told import how_told
from activities.documents.as_docx import Frame, as_docx
from activities.documents.blocks import Block, blocks
from activities.documents.moments import days_between, moment_in
from activities.documents.text import cleaned, decided_by, one_line, word
from workflows.breach.messages import DATA_SUBJECTS, BreachStatus, Notified
from workflows.breach.risk import RiskDecision
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.duties import DutyState
from workflows.procedure.identity_codes import masked
from workflows.procedure.incident.report_form import FORM
from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI

_When = Callable[[datetime | None], str]
_FORMULA = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}")
COLUMNS = (
    "reference", "incident", "drill", "phase", "aware_at", "first_noticed_at", "detected_at", "opened_at", "closed_at",
    "deadline", "role", "controllers", "joint_notifier", "kinds", "registers", "place", "facts", "data", "risk",
    "risk_reasons", "categories", "subjects_estimate", "records_estimate", "effects", "remedies", "notifications",
    "delay_reasons", "not_done_because", "open_duties", "conclusion", "began_at", "cause", "measures_before",
    "no_longer_listed", "joint_notifier_name", "joint_notifier_reason", "from_outside", "unverified_sender",
)  # fmt: skip
"""The columns of the CSV; names and enumerations as in the public contract, times in ISO 8601 (UTC)."""


class Gone(NamedTuple):
    """From where a breach is known that Temporal no longer lists, and how old what is known of it is."""

    known_from: Literal["evidence", "earlier_register"]
    as_of: datetime


class Kept(NamedTuple):
    """What is known besides the processes that Temporal lists.

    ``gone``: breaches among the statuses whose process is not there any more, by reference. ``folder_only``: references
    of which nothing but a folder with evidence is left, with the time of its newest file. ``missed``: those of which
    only the book of processes knows more. ``done``: what was done to a breach from outside, by reference.
    """

    gone: Mapping[str, Gone] = {}
    folder_only: Mapping[str, datetime] = {}
    missed: Mapping[str, Missed] = {}
    done: Mapping[str, Sequence[Done]] = {}


class LastKnown(NamedTuple):
    """A breach as it was known at a moment."""

    status: BreachStatus
    as_of: datetime


NOTHING_ELSE = Kept()


def register_docx(
    statuses: Iterable[BreachStatus],
    start: datetime,
    end: datetime,
    made_at: datetime,
    *,
    organisation: str = "",
    language: Language = "fi",
    time_zone: str = HELSINKI,
    kept: Kept = NOTHING_ELSE,
) -> bytes:
    """A table of all breaches of [start, end) and a section for each: facts, effects, remedies, decisions."""

    def when(moment: datetime | None) -> str:
        return moment_in(language, moment, time_zone)

    found = of_period(statuses, start, end)
    missed = [name for name, one in sorted(kept.missed.items()) if is_in(one, start, end)]
    facts = {
        "organisation": one_line(organisation),
        "period": days_between(start, end, time_zone),
        "made": when(made_at),
        "unknown": word("breach_unknown", "for_good", language),
        "breaches": [_section(status, language, when) | _gone(status, kept, language, when) for status in found],
        "is_law": not found or any(hours_in_words(aware_at(status)) for status in found),
        "folder_only": [{"reference": one_line(name), "at": when(at)} for name, at in sorted(kept.folder_only.items())],
        "missed": [_missed(name, kept, language, when) for name in missed],
    }
    frame = Frame(
        left=one_line(organisation),
        right=str(facts["period"]),
        language=language,
        drill_mark=FORM.drill if found and all(status.drill for status in found) else "",
        is_landscape=True,
    )
    parts = blocks("paper_breach_register", language, facts)
    return as_docx([Block(block.kind, tuple(map(masked, block.parts))) for block in parts], frame)


def register_csv(statuses: Iterable[BreachStatus], start: datetime, end: datetime, kept: Kept = NOTHING_ELSE) -> bytes:
    """One row a breach: UTF-8 with BOM and semicolons, as a Finnish Excel opens it; RFC 4180 otherwise.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    rows = [_row(status, kept.gone.get(status.reference)) for status in of_period(statuses, start, end)]
    rows += [_folder_row(name, at) for name, at in sorted(kept.folder_only.items())]
    missed = [(name, one) for name, one in sorted(kept.missed.items()) if is_in(one, start, end)]
    rows += [dict.fromkeys(COLUMNS, "") | missed_row(name, one) for name, one in missed]
    for row in rows:
        row["from_outside"] = "\n".join(f"{each.kind} {_iso(each.at)}" for each in kept.done.get(row["reference"], ()))
    for row in rows:
        writer.writerow([_no_formula(masked(cleaned(row[column]))) for column in COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def register_json(
    statuses: Iterable[BreachStatus], start: datetime, end: datetime, made_at: datetime, kept: Kept = NOTHING_ELSE
) -> bytes:
    """Every breach of the period with all that its status holds, under the names of the public contract."""
    inside = of_period(statuses, start, end)
    found = [_masked(status.model_dump(mode="json")) for status in inside]
    gone = {status.reference: kept.gone[status.reference] for status in inside if status.reference in kept.gone}
    register = {
        "basis": "GDPR 33(5)",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "made_at": made_at.isoformat(),
        "breaches": found,
        "no_longer_listed": {name: one._asdict() | {"as_of": one.as_of.isoformat()} for name, one in gone.items()},
        "folder_only": {name: at.isoformat() for name, at in sorted(kept.folder_only.items())},
        **in_json({name: one for name, one in kept.missed.items() if is_in(one, start, end)}, kept.done),
    }
    return f"{json.dumps(register, ensure_ascii=False, indent=2)}\n".encode()


def known_json(known: Mapping[str, LastKnown], folder_only: Mapping[str, datetime]) -> bytes:
    """Every breach that exports into one folder have known, of any period: what the next one goes on from.

    No part of the register. Each keeps the moment at which it was last looked at.
    """
    breaches = [
        {"as_of": one.as_of.isoformat(), "status": _masked(one.status.model_dump(mode="json"))}
        for _, one in sorted(known.items())
    ]
    kept = {"breaches": breaches, "folder_only": {name: at.isoformat() for name, at in sorted(folder_only.items())}}
    return f"{json.dumps(kept, ensure_ascii=False, indent=2)}\n".encode()


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


def _folder_row(reference: str, at: datetime) -> dict[str, str]:
    """A breach of which only its folder is left."""
    return dict.fromkeys(COLUMNS, "") | {"reference": reference, "no_longer_listed": f"folder only, {at.isoformat()}"}


def _row(status: BreachStatus, gone: Gone | None) -> dict[str, str]:
    """A breach as texts by column; several values of one column on lines of their own."""
    risk = status.risks[-1] if status.risks else None
    plain = status.model_dump(mode="json")
    single = {column: plain.get(column) for column in COLUMNS} | {
        "drill": "yes" if status.drill else "no",
        "unverified_sender": "yes" if status.is_a_strangers else "no",
        "aware_at": aware_at(status).isoformat(),
        "deadline": status.deadlines.target.isoformat(),
        "facts": status.description,
        "risk": status.risk,
        "risk_reasons": risk.reasons if risk else "",
        "categories": risk.categories if risk else "",
        "subjects_estimate": risk.subjects_estimate if risk else None,
        "records_estimate": risk.records_estimate if risk else None,
        "effects": risk.consequences if risk else "",
        "no_longer_listed": f"{gone.known_from}, {gone.as_of.isoformat()}" if gone else "",
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
        "marks": "; ".join(marks_of(status, language)),
        "phase": word("breach_progress", status.phase, language),
        "opened": when(status.opened_at),
        "closed": when(status.closed_at),
        "controllers": "\n".join(named_in(language, controller.name) for controller in status.controllers),
        "risks": [_risk_decision(decision, language, when) for decision in status.risks],
        "notifications": [say(_notified(one, when, language)) for one in status.notifications],
        "delays": [say(reason) for reason in _delays(status)],
        "duties": [_duty(duty, language, when) for duty in status.duties],
        "unverified": [unverified_rule(rule, status, language) for rule in status.unverified],
    }


def _gone(status: BreachStatus, kept: Kept, language: Language, when: _When) -> dict[str, Any]:
    """What is said of a breach whose process is not there any more; empty of any other."""
    gone = kept.gone.get(status.reference)
    said = word("breach_gone", gone.known_from, language).format(at=when(gone.as_of)) if gone else ""
    return {"gone": said, "outside": in_words(kept.done.get(status.reference, ()), language, when)}


def _missed(reference: str, kept: Kept, language: Language, when: _When) -> dict[str, Any]:
    """A breach of which only the book of processes knows."""
    one = kept.missed[reference]
    return {
        "reference": one_line(reference),
        "aware": when(one.aware_at),
        "due": when(one.deadline),
        "seen": when(one.last_seen),
        "outside": in_words(kept.done.get(reference, ()), language, when),
    }


def _risk_decision(decision: RiskDecision, language: Language, when: _When) -> str:
    """One assessment as decided: when, who, what, why."""
    head = (
        f"{when(decision.at)}, {one_line(decision.said_by(language))}: {word('breach_risk', decision.risk, language)}"
    )
    return f"{head}\n{sayer(language)(decision.reasons)}"


def _duty(duty: DutyState, language: Language, when: _When) -> dict[str, str]:
    """A duty in words: its name, how it stands, and the reason where it was not done or was late."""
    state = word("breach_duty_state", duty.state, language)
    own = duty.reference == "this record"
    reference = word("breach_register_word", "this_record", language) if own else one_line(duty.reference or "")
    said = [
        state,
        when(duty.met_at or duty.due_at),
        decided_by(duty.by or "", language, is_unverified=duty.is_unverified, confirmed_by=duty.confirmed_by),
        reference,
    ]
    because = sayer(language)(duty.waived_reason or duty.delay_reason or "")
    whose = f" ({named_in(language, duty.recipient)})" if duty.kind == "notify_controller" and duty.recipient else ""
    return {
        "name": word("duty", duty.kind, language) + whose,
        "said": ", ".join(part for part in said if part) + (f"\n{because}" if because else ""),
    }


def _notified(one: Notified, when: _When, language: Language) -> str:
    to = named_in(language, one.to)
    phase = word("breach_phase", one.phase, language).lower() if one.phase else ""
    detail = how_told(one.detail, language) if one.to == DATA_SUBJECTS else one.detail
    parts = (when(one.at), to, phase, one.reference, detail)
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
