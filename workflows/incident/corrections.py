"""What was written down otherwise before: taken as it is known now, and said before and after, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import model_validator

from workflows.procedure.incident.report_form import REPORT_TEXTS
from workflows.procedure.local_time import said_back
from workflows.procedure.model import Moment, NeededLine, NeededText, Text
from workflows.process.messages import Message

if TYPE_CHECKING:
    from workflows.incident.messages import Triage
    from workflows.incident.record import IncidentRecord

JUDGED = ("severity", "extensive")


class Correction(Message):
    """What was written down wrong at the opening: before and after stay on record, clocks that count from it move."""

    reason: NeededText
    noticed_at: Moment | None = None
    title: NeededLine | None = None
    description: Text | None = None
    symptoms: Text | None = None
    error_message: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.corrected():
            raise ValueError("say what is corrected, for example noticed_at")
        return self

    def corrected(self) -> dict[str, Any]:
        """What is said to be otherwise."""
        return {name: getattr(self, name) for name in ("noticed_at", *REPORT_TEXTS) if getattr(self, name) is not None}


def before_and_after(name: str, before: Any, after: Any, zone: str) -> str:
    """One thing that has changed: "severity: high -> critical"; moments in the organisation's ``zone``."""
    return f"{name}: {_in_words(before, zone)} -> {_in_words(after, zone)}"


def _in_words(value: Any, zone: str) -> str:
    match value:
        case datetime():
            return said_back(value, zone)
        case tuple():
            return ", ".join(value)
        case bool():
            return "yes" if value else "no"
    return str(value) if value not in (None, "") else "-"


def corrected(record: IncidentRecord, said: Correction) -> list[str]:
    """Take a correction; what changed, before and after."""
    changes = []
    for name, after in said.corrected().items():
        before = record.opening.noticed_at if name == "noticed_at" else getattr(record, name)
        if after == before:
            continue
        changes.append(before_and_after(name, before, after, record.time_zone))
        if name == "noticed_at":
            record.opening = record.opening.model_copy(update={name: after})
        else:
            setattr(record, name, after)
    return changes


def judged_otherwise(record: IncidentRecord, said: Triage) -> list[str]:
    """What a triage says otherwise than what stands on record, before and after."""
    names = (*REPORT_TEXTS, *JUDGED) if record.decisions else REPORT_TEXTS
    told = {name: (getattr(record, name), getattr(said, name)) for name in names}
    return [
        before_and_after(name, before, after, record.time_zone)
        for name, (before, after) in told.items()
        if after is not None and after != before
    ]
