"""What an incident asks of the world."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from pydantic import Field
from temporalio import activity

from workflows.incident.messages import IncidentStatus, NoticeLook
from workflows.procedure.incident.further_reports import FormChange
from workflows.procedure.incident.report_form import ReportDetails, ReportType
from workflows.procedure.model import Model, Moment
from workflows.procedure.notices.published import Notice
from workflows.procedure.services import Sector, ServiceId
from workflows.process.messages import Document
from workflows.process.sealed.checked_names import CaseName, ProcessReference


class NoticesFound(Model):
    """The open fault notices that name one of the services; or why they couldn't be read."""

    notices: tuple[Notice, ...] = ()
    problem: str = ""
    checked_at: Moment
    source: str = ""
    """Address of the feed that was read; empty where none is configured."""
    breaks: tuple[str, ...] = ()
    """Workflow ids of the planned breaks of these services that are going on now."""
    strangers_breaks: tuple[str, ...] = ()
    """Those of them that a stranger has planned, and that the desk has not spoken to yet."""

    def look(self) -> NoticeLook:
        """What became of the look."""
        return "unreadable" if self.problem else "read" if self.source else "no_feed"


class NoticeQuestion(Model):
    """Which services are concerned. A drill hears only of drills' breaks, and the other way round."""

    services: tuple[ServiceId, ...]
    drill: bool = False


class NoticeBoard(ABC):
    """The published disruption notices."""

    @activity.defn(name="open_fault_notices")
    @abstractmethod
    async def open_fault_notices(self, question: NoticeQuestion) -> NoticesFound:
        """Fault notices, not ended, that name one of the services; and the planned breaks of them that go on now.

        Never raises: a problem is part of the answer.
        """


class DeskMeasure(Model):
    """One thing that the desk has done in a fault. ``text``: in the desk's own words."""

    kind: Literal["call", "update", "supplement", "reopened"]
    at: Moment
    text: str = ""
    changes: tuple[FormChange, ...] = ()
    number: str = ""
    reached: bool = False
    person: str = ""


class FaultReport(Model):
    """What the fault report form says: everything that is known, with its texts unchecked."""

    key: str
    reference: ProcessReference
    case: CaseName | Literal[""] = ""
    """The folder of evidence; empty: that of the reference."""
    number: int
    type: ReportType = "new"
    changes: tuple[FormChange, ...] = ()
    """What has changed since the report before."""
    more: str = ""
    """What the desk adds in its own words."""
    details: ReportDetails = ReportDetails()
    drill: bool = False
    made_at: Moment
    status: IncidentStatus
    sector: Sector
    environment: str
    reported_by: dict[str, str] = Field(default_factory=dict)
    description: str = ""
    symptoms: str = ""
    error_message: str = ""
    locality: str = "unknown"
    workaround: str = ""
    notice_checked_at: Moment | None = None
    notice_look: NoticeLook = "unknown"
    measures: tuple[str, ...] = ()
    """Measures in words, as releases before ``done`` handed them over."""
    done: tuple[DeskMeasure, ...] = ()
    """What the desk has done, for the form to word."""


class FormWriter(ABC):
    """Makes the fault report form."""

    @activity.defn(name="write_fault_report")
    @abstractmethod
    async def write_fault_report(self, report: FaultReport) -> Document:
        """Write the docx and keep it with the incident's evidence.

        Key: the same key answers the same document again. Raises ``PersonalDataFound`` where any field holds a
        personal identity code (nothing is written), ``FormUnusable`` where the organisation's own form can't be filled.
        """
