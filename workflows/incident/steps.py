"""What an incident asks of the world, one function for each step."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityConfig

from workflows.incident import ports
from workflows.incident.measures import measures_of
from workflows.incident.ports import FaultReport, FormWriter, NoticeBoard, NoticeQuestion, NoticesFound
from workflows.incident.record import IncidentRecord
from workflows.procedure.incident.report_form import ReportType
from workflows.process import steps
from workflows.process.messages import Document
from workflows.process.ports import OtherProcesses, ProcessOrder
from workflows.process.steps import MAKING, SENDING, failure_of, reason

NOT_SAID = {"key", "case", "made_at", "status", "notice_checked_at", "notice_look", "done"}
SAID = {
    "title", "services", "noticed_at", "severity", "extensive", "criteria_met", "criteria_version", "resolved_at",
}  # fmt: skip
"""Of a report: what tells it from another one. The rest is when it was written, and what was done until then."""


def fault_report(record: IncidentRecord, now: datetime, of_type: ReportType) -> ports.FaultReport:
    """The next report of an incident, with what has changed since the one before."""
    opening, judged = record.opening, record.decisions[-1]
    report = ports.FaultReport(
        key="",
        reference=record.reference,
        number=record.reports,
        type=of_type,
        changes=record.changed_for_kela(),
        more=record.more_for_kela,
        details=record.details,
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
        notice_look=record.notice_look,
        done=measures_of(record),
        case=record.case,
    )
    said = report.model_dump(exclude=NOT_SAID) | report.status.model_dump(include=SAID)
    return report.model_copy(update={"key": steps.key(record.saying("fault-report", said), record.key_run)})


LOOKING = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(seconds=15),  # the desk waits for it when it judges
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=2),
)


async def open_fault_notices(question: NoticeQuestion) -> NoticesFound:
    """The published fault notices about some services; if they can't be read, the answer says so and nothing stops."""
    try:
        return await workflow.execute_activity_method(
            NoticeBoard.open_fault_notices,
            question,
            **(LOOKING | ActivityConfig(summary="Look whether Kela has published a notice already")),
        )
    except ActivityError as error:
        return NoticesFound(problem=f"the notices could not be read: {reason(error)}", checked_at=workflow.now())


async def write_fault_report(report: FaultReport) -> Document:
    """Write the fault report form. Raises ``StepFailed``."""
    try:
        return await workflow.execute_activity_method(
            FormWriter.write_fault_report,
            report,
            **(MAKING | ActivityConfig(summary=f"Write fault report form no. {report.number} for Kela")),
        )
    except ActivityError as error:
        raise failure_of(error) from error


async def start_drill(order: ProcessOrder) -> bool:
    """Start the incident of a scheduled drill; False where there is one of this reference."""
    return await workflow.execute_activity_method(
        OtherProcesses.start_process,
        order,
        **(SENDING | ActivityConfig(summary=f"Start a drill ({order.opening['title']})")),
    )
