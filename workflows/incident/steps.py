"""What an incident asks of the world, one function a step."""

from __future__ import annotations

from datetime import datetime

from workflows.incident.record import IncidentRecord
from workflows.process import ports, steps


def fault_report(record: IncidentRecord, now: datetime) -> ports.FaultReport:
    """The next report of an incident: the first is new, a later one supplements it."""
    opening, judged = record.opening, record.decisions[-1]
    return ports.FaultReport(
        key=steps.key(record.next_step("fault-report")),
        reference=record.reference,
        number=record.reports,
        type="new" if record.reports == 1 else "supplement",
        drill=record.drill,
        made_at=now,
        status=record.status(),
        sector=opening.sector,
        environment=opening.environment,
        reported_by=opening.reported_by.model_dump(),
        description=record.description,
        symptoms=record.symptoms,
        error_message=record.error_message,
        locality=judged.locality,
        workaround=judged.workaround,
        notice_checked_at=record.notice_checked_at,
        measures=record.measures(),
    )
