"""What was written down otherwise before: taken as it is known now, and said before and after, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.procedure.local_time import said_back

if TYPE_CHECKING:
    from workflows.incident.messages import Correction, Triage
    from workflows.incident.record import IncidentRecord

TEXTS = ("title", "description", "symptoms", "error_message")
JUDGED = ("severity", "extensive")


def before_and_after(name: str, before: Any, after: Any, zone: str) -> str:
    """One thing that has changed: "severity: high -> critical"; moments in the organisation's ``zone``."""
    return f"{name}: {_in_words(before, zone)} -> {_in_words(after, zone)}"


def _in_words(value: Any, zone: str) -> str:
    match value:
        case datetime():
            return said_back(value, zone)
        case tuple():
            return ", ".join(value)
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
    names = (*TEXTS, *JUDGED) if record.decisions else TEXTS
    told = {name: (getattr(record, name), getattr(said, name)) for name in names}
    return [
        before_and_after(name, before, after, record.time_zone)
        for name, (before, after) in told.items()
        if after is not None and after != before
    ]
