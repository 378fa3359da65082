"""What may be said to an ``Incident`` and asked of it. Part of the public contract."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from workflows.incident.instructions import Instruction
from workflows.incident.same_fault import FollowingState
from workflows.procedure.breach.terms import DeviceHazard
from workflows.procedure.duties import DutyState
from workflows.procedure.incident.criteria import (
    DEFAULT_VERSION,
    Answer,
    PartAnswers,
    conjunction,
    criteria_met,
    fault_in_answers,
)
from workflows.procedure.incident.progress import Phase
from workflows.procedure.incident.report_form import ReportDetails
from workflows.procedure.incident.triage import DeskAnswers, SameFault
from workflows.procedure.local_time import HELSINKI, said_back
from workflows.procedure.model import Line, Model, Moment, NeededLine, NeededText, OpenText, Reference, Text, Unverified
from workflows.procedure.names import Said
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.notices.published import Notice
from workflows.procedure.other_laws import LawAnswers
from workflows.procedure.services import Sector, ServiceId
from workflows.process.messages import (
    Document,
    Message,
    Refused,
    SentMessage,
    Services,
    Severity,
    Tally,
    ThroughIfAny,
)
from workflows.process.second_person.decision import Decisions

NoticeLook = Literal["unknown", "read", "unreadable", "no_feed"]
"""What became of the look at the published notices; unknown in runs of the first releases."""


HowMany = Annotated[int, Field(ge=0, le=10_000_000)]


class Reporter(Model):
    """Who told the desk."""

    name: OpenText = ""
    unit: OpenText = ""
    phone: OpenText = ""
    email: OpenText = ""


class IncidentOpening(Model):
    """Start input of ``Incident``. Free texts are taken as they come: no report is lost for what it says."""

    reference: Reference
    title: Annotated[OpenText, Field(min_length=1, max_length=300)]
    services: Services
    noticed_at: Moment
    reported_by: Reporter
    description: OpenText = ""
    symptoms: OpenText = ""
    error_message: OpenText = ""
    began_at: Moment | None = None
    function: OpenText = ""
    message_ids: OpenText = ""
    reproducible: OpenText = ""
    units_affected: HowMany | None = None
    users_affected: HowMany | None = None
    systems: Annotated[tuple[OpenText, ...], Field(max_length=20)] = ()
    """What the form asks for and the reporter may know: see ``ReportDetails``."""
    environment: Literal["production", "client_test"] = "production"
    sector: Sector = "healthcare"
    source: Line = "cli"
    drill: bool = False
    through: ThroughIfAny = None


class SupplierReport(Model):
    """A report to Kela that our supplier has made. ``by``: the supplier's name; ``reference``: of that report."""

    by: Line = ""
    at: Moment
    reference: Line = ""

    def in_words(self, zone: str = HELSINKI) -> str:
        """Who reported it, when and by which number."""
        named = f"our supplier {self.by}" if self.by else "our supplier"
        number = f", {self.reference}" if self.reference else ""
        return f"{named} reported it ({said_back(self.at, zone)}{number})"


class Triage(Message):
    """The desk's judgement of the fault: which criteria apply, how severe and how extensive it is."""

    criteria: Annotated[dict[str, Answer], Field(max_length=20)]
    severity: Severity
    extensive: bool
    reasons: dict[str, Text] = Field(default_factory=dict, max_length=20)
    parts: dict[str, PartAnswers] = Field(default_factory=dict, max_length=20)
    """For criteria made of several conditions: the answer to each."""
    criteria_version: Line = DEFAULT_VERSION
    locality: Literal["own", "kela", "other", "unknown"] = "unknown"
    workaround: Text = ""
    report_anyway: bool = False
    """Report although Kela has published a notice already, or the supplier has reported it."""
    same_as_notice: SameFault = "unknown"
    """Whether Kela's published notice is about this fault; only ``yes`` of a fresh one leaves the report out."""
    reported_by_supplier: SupplierReport | None = None
    """Our supplier's own report of this fault to Kela; it leaves our report out, not the call."""
    title: NeededLine | None = None
    description: Text | None = None
    symptoms: Text | None = None
    error_message: Text | None = None
    """Corrected texts for the report; left out, those of the opening hold."""
    began_at: Moment | None = None
    function: Text | None = None
    message_ids: Text | None = None
    reproducible: Text | None = None
    units_affected: HowMany | None = None
    users_affected: HowMany | None = None
    systems: Annotated[tuple[NeededLine, ...], Field(max_length=20)] | None = None
    """What else the form asks for (``ReportDetails``); left out, what was said before holds."""
    significant_deviation: bool | None = None
    """What other laws ask, breach or not; ``other_laws`` answers it later."""
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None
    detected_at: Moment | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Every criterion of the version is answered, and a conjunction agrees with its parts."""
        if fault := fault_in_answers(self.criteria, self.criteria_version):
            raise ValueError(fault)
        if stray := [name for name in (*self.reasons, *self.parts) if name not in self.criteria]:
            raise ValueError(f"reasons, parts: {', '.join(stray)} is not a criterion of {self.criteria_version}")
        for criterion, answers in self.parts.items():
            if answers and self.criteria.get(criterion, "") != conjunction(answers):
                raise ValueError(f"criteria: {criterion} must be {conjunction(answers)!r}, which is what its parts say")
        return self

    def answers(self, zone: str) -> DeskAnswers:
        """What decides whether Kela is told. ``zone``: the organisation's own, for times in words."""
        return DeskAnswers(
            criteria_met=criteria_met(self.criteria),
            by_supplier=self.reported_by_supplier.in_words(zone) if self.reported_by_supplier else "",
            **self.model_dump(include={"severity", "extensive", "same_as_notice", "report_anyway"}),
        )

    def law_answers(self) -> dict[str, Any]:
        """What was answered of what other laws ask."""
        return LawAnswers.model_validate(self.model_dump(include={*LawAnswers.model_fields})).given()

    @property
    def is_privacy_in_doubt(self) -> bool:
        """Whether a breach of personal data is not ruled out, linked to Kanta or not."""
        suspected = self.parts.get("privacy", {}).get("suspected", "no")
        return self.criteria.get("privacy", "no") != "no" or suspected != "no"


class ReportSupplement(Message):
    """Tell Kela what it does not know yet: a supplement, or the end or the withdrawal that the desk was asked about."""

    text: Text = ""
    """What is new, in the desk's words; it stands on top. Needed where nothing has changed since the last report."""


class PhoneEscalation(Message):
    """A call to Kela's technical support, whether or not it reached somebody."""

    called_at: Moment
    number: NeededLine
    reached: bool
    person: Line = ""
    reference: Line = ""
    summary: Text = ""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.reached and not self.person:
            raise ValueError("person: say who was reached")
        return self


class SituationUpdate(Message):
    """The situation has changed: those concerned are told."""

    text: NeededText
    severity: Severity | None = None
    extensive: bool | None = None
    services: Services | None = None


class Resolution(Message):
    """The fault is over."""

    resolved_at: Moment
    cause: NeededText
    remedy: NeededText


class Reopening(Message):
    """The fault has come back in the watch phase."""

    reason: NeededText


class NoticeSeen(Message):
    """A published Kanta notice that concerns this incident (message ``notice``)."""

    guid: NeededLine
    title: NeededLine
    kind: NoticeKind
    published_at: Moment
    services: Annotated[tuple[ServiceId, ...], Field(max_length=20)] = ()
    link: Line = ""
    text: Text = ""
    is_unverified: Unverified = False
    """Of one that a process of ours passes on: whether a stranger has told it that process."""


class Call(Said):
    """A logged telephone call."""

    called_at: Moment
    number: str
    reached: bool
    person: str = ""
    reference: str = ""
    summary: str = ""


class Decision(Model):
    """One triage as decided: who, when, by which version, which answers, and why it is reported or not."""

    at: Moment
    by: str
    criteria_version: str
    answers: dict[str, Answer]
    parts: dict[str, dict[str, Answer]] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)
    criteria_met: tuple[str, ...]
    severity: Severity
    extensive: bool
    locality: str = "unknown"
    workaround: str = ""
    same_as_notice: SameFault = "unknown"
    reported_by_supplier: SupplierReport | None = None
    report: bool
    why: str


class IncidentStatus(Tally, Decisions):
    """Answer of the query ``status`` and of every update of an ``Incident``."""

    reference: str
    title: str
    description: str = ""
    symptoms: str = ""
    error_message: str = ""
    reported_by: Reporter | None = None
    details: ReportDetails = ReportDetails()
    reports: int = 0
    """How many forms were written for Kela."""
    phase: Phase
    severity: Severity | None
    extensive: bool | None
    services: tuple[ServiceId, ...]
    noticed_at: Moment
    opened_at: Moment
    triaged_at: Moment | None
    resolved_at: Moment | None
    closed_at: Moment | None
    known_notice: Notice | None
    notice_changed_at: Moment | None = None
    """When Kela last said something about the fault of that notice."""
    report_required: bool | None
    criteria_met: tuple[str, ...]
    criteria_version: str
    decisions: tuple[Decision, ...]
    instructions: tuple[Instruction, ...] = ()
    """Instructions of authorities: who has not acknowledged each, who has, and whom nobody waits for any more."""
    duties: tuple[DutyState, ...]
    calls: tuple[Call, ...]
    documents: tuple[Document, ...]
    messages: tuple[SentMessage, ...]
    rejected: tuple[Refused, ...]
    breach: str | None
    """The breach that runs now, by its name: the reference, with a number where there was an earlier one."""
    drill: bool
    breaches: tuple[str, ...] = ()
    """All breaches of this incident, the first first."""
    laws: LawAnswers = LawAnswers()
    unverified: tuple[str, ...] = ()
    """Rules that its duties rest on and that nobody has checked yet, in words."""
    watch_until: Moment | None = None
    after_care: tuple[str, ...] = ()
    """What to look after in the watch phase, in English; letters carry it in each language."""
    problems: tuple[str, ...] = ()
    """What a person must look at, in plain words: a feed that can't be read, a mail that was refused for good."""
    maintenance: tuple[str, ...] = ()  # workflow ids of the planned breaks of the same services that it met
    same_as: FollowingState | None = None
    """The incident of the same fault that this one follows, or followed."""
    followers: tuple[str, ...] = ()
    """The references of the incidents that follow this one."""
