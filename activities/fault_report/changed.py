"""What a further report tells on top, in Finnish: what the desk adds, and each field that is not as it was told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from workflows.incident.ports import FaultReport
from workflows.procedure.incident.criteria import VERSIONS
from workflows.procedure.incident.further_reports import FormChange
from workflows.procedure.incident.report_form import DETAIL_TEXTS, FORM, REPORT_TEXTS, fields_of
from workflows.procedure.services import SERVICES

_MOMENTS = ("noticed_at", "began_at", "ended_at")
_WORDS = {"severity": "severity", "extensive": "answer", "locality": "locality"}


def changed_in_words(report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    """A line for each change, after the desk's own words; empty in a first report."""
    return "\n".join(filter(None, [report.more, *(change_in_words(change, report, when) for change in report.changes)]))


def change_in_words(change: FormChange, report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    """One change, before and after."""
    label = fields_of(report.status.criteria_version)[change.field].label.fi
    if change.field in (*REPORT_TEXTS, *DETAIL_TEXTS):
        return FORM.phrases["changed_text"].format(label=label)
    before, after = (_word(change.field, value, report, when) for value in (change.before, change.after))
    return FORM.phrases["changed"].format(label=label, before=before, after=after)


def _word(field: str, value: str, report: FaultReport, when: Callable[[datetime | None], str]) -> str:
    """A value in words; of several, each."""
    if not value:
        return FORM.phrases["nothing"]
    if field in _MOMENTS:
        return when(datetime.fromisoformat(value))
    if field == "services":
        names = {str(service): entry.name.fi for service, entry in SERVICES.items()}
        return ", ".join(names.get(each, each) for each in value.split(","))
    if field == "criteria_met":
        numbers = {c.id: str(c.number) for c in VERSIONS[report.status.criteria_version].criteria}
        return ", ".join(sorted(numbers.get(each, each) for each in value.split(",")))
    return FORM.word(_WORDS[field], value) if field in _WORDS else value
