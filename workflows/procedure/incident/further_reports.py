"""What Kela is told after the first report: supplements, the end, a withdrawal.

Source: kanta.fi, Instructions for fault situations: the start, the changes and the end of a fault are told apart. That
Kela is told again where a report is no longer true is this project's own reading of it; no national text sets hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from workflows.procedure.duties import DutyKind
from workflows.procedure.incident.report_form import ReportType
from workflows.procedure.model import Model

FURTHER: Mapping[DutyKind, ReportType] = {
    "supplement_to_kela": "supplement",
    "end_to_kela": "resolved",
    "withdrawal_to_kela": "withdrawn",
}
"""The duties to tell Kela more, and the type of the form by which each is met."""
WHY: Mapping[DutyKind, str] = {
    "supplement_to_kela": "what was reported has changed",
    "end_to_kela": "the fault that was reported is over",
    "withdrawal_to_kela": "the incident that was reported is cancelled",
}
END = "ended_at"


class FormChange(Model):
    """A field of the form that is no longer as it was told. Of texts, only that they have changed."""

    field: str
    before: str = ""
    after: str = ""


class SaidToKela(Model):
    """What a report says, as far as Kela is told when it changes. ``number``: of the report."""

    number: int
    values: dict[str, str]
    """By the field of the form; of a text its digest."""
    letter: str = ""
    """The Message-ID by which it went; empty where Kela was told by hand."""


def value_of(fact: object) -> str:
    """A fact as it is kept for comparison."""
    match fact:
        case None:
            return ""
        case bool():
            return "yes" if fact else "no"
        case datetime():
            return fact.isoformat()
        case str() | int():
            return str(fact)
        case Iterable():
            return ",".join(sorted(str(each) for each in fact))
    raise TypeError(f"a form has no {type(fact).__name__}")


def digest_of(text: str) -> str:
    """A text as it is kept for comparison: a digest, since the record must stay small."""
    return "#" + hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[FormChange, ...]:
    """What has changed. A field that an older release did not compare has not."""
    return tuple(
        FormChange(field=field, before=_shown(before[field]), after=_shown(value))
        for field, value in now.items()
        if before.get(field, value) != value
    )


def _shown(value: str) -> str:
    return "" if value.startswith("#") else value
