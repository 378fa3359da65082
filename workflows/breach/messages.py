"""What may be said to a ``DataBreach`` and asked of it. Part of the public contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from workflows.breach.risk import RiskDecision
from workflows.procedure.breach.terms import BreachKind, ControllerRole, DeviceHazard, Risk
from workflows.procedure.duties import DutyState
from workflows.procedure.model import Line, Model, Moment, NeededLine, NeededText, Reference, Text
from workflows.procedure.names import Said
from workflows.procedure.other_laws import LawAnswers
from workflows.procedure.services import ServiceId
from workflows.process.messages import Document, Message, Refused, SentMessage, Tally, ThroughIfAny
from workflows.process.second_person.decision import Decisions

DATA_SUBJECTS = "data subjects"
"""``Notified.to`` where the persons concerned were told."""
NotificationPhase = Literal["preliminary", "supplementary", "final"]
BreachPhase = Literal["assessing", "notifying", "closed", "cancelled"]
"""``notifying`` from the first assessment on; a processor assesses nothing and begins there."""


class Controller(Model):
    """A controller whose data a processor holds."""

    name: NeededLine
    email: Annotated[str, Field(pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+$", max_length=254)] | None = None
    """Looser than what can be used (``mail_address``): release 0.2.0 has recorded such ones, and they must be read."""


class Suspicion(Model):
    """What is known of a suspected personal data breach when it is first judged."""

    aware_at: Moment
    """When the organisation became aware (EDPB 9/2022): the one instant from which the legal clock runs."""
    first_noticed_at: Moment | None = None
    kinds: Annotated[tuple[BreachKind, ...], Field(min_length=1, max_length=20)]
    role: ControllerRole
    registers: Annotated[tuple[ServiceId, ...], Field(min_length=1, max_length=20)]
    description: NeededText
    controllers: Annotated[tuple[Controller, ...], Field(max_length=100)] = ()
    place: Line = ""
    data: Text = ""
    """Which data, by category; never the data themselves."""
    joint_notifier: Line = ""
    """Joint controllers: who notifies the authority: ``us`` or ``other``. Any other text is taken as the other one's
    name and means ``us``; so does nothing."""
    joint_notifier_name: Line = ""
    joint_notifier_reason: Text = ""
    """Why it is the other one: where that was agreed."""
    began_at: Moment | None = None
    """When the breach itself began, where that is known: before anybody noticed it."""
    cause: Text = ""
    measures_before: Text = ""
    """What protected the data before the breach: rights of access, encryption, logs, instructions."""
    detected_at: Moment | None = None
    """When a significant security incident was detected (NIS2 counts from here, not from awareness)."""
    significant_deviation: bool | None = None
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None


class BreachAssessment(Message):
    """Message ``breach_assessment``: are personal data concerned? Sent again, it corrects every field that it names."""

    outcome: Literal["no_personal_data", "suspected"]
    reason: Text = ""
    aware_at: Moment | None = None
    first_noticed_at: Moment | None = None
    kinds: Annotated[tuple[BreachKind, ...], Field(max_length=20)] = ()
    role: ControllerRole | None = None
    registers: Annotated[tuple[ServiceId, ...], Field(max_length=20)] = ()
    description: Text = ""
    controllers: Annotated[tuple[Controller, ...], Field(max_length=100)] = ()
    place: Line = ""
    data: Text = ""
    joint_notifier: Line = ""
    began_at: Moment | None = None
    cause: Text = ""
    measures_before: Text = ""
    joint_notifier_name: Line = ""
    joint_notifier_reason: Text = ""
    detected_at: Moment | None = None
    significant_deviation: bool | None = None
    device_hazard: DeviceHazard | None = None
    nis2_significant: bool | None = None
    cer_significant: bool | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """A suspicion says what, since when and in which role; a "no" says why."""
        if self.outcome == "no_personal_data":
            if not (self.reason or self.note or self.description):
                raise ValueError("reason: say why no personal data are concerned; it is kept")
            return self
        missing = [
            name for name in ("aware_at", "kinds", "role", "registers", "description") if not getattr(self, name)
        ]
        if missing:
            raise ValueError(f"{', '.join(missing)}: needed where a breach is suspected")
        return self

    def why(self) -> str:
        """The reason, in the words of the person who assessed it."""
        return self.reason or self.description or self.note

    def laws(self) -> LawAnswers:
        """What was answered of what other laws ask."""
        return LawAnswers.model_validate(self.model_dump(include={*LawAnswers.model_fields}))

    def opening(
        self,
        reference: str,
        *,
        drill_at: datetime | None,
        answered: tuple[str, ...] = (),
        known: LawAnswers | None = None,
    ) -> BreachOpening:
        """The start of the breach's own process; ``drill_at``: the clock of a drill, None where it is none.

        ``answered``: what other laws ask and the incident has answered itself, as ``known`` has it: its duties are not
        opened twice. A time of detection that the incident knows holds here, too.
        """
        facts = self.model_dump(exclude={"occurred_at", "event_id", "source", "note", "outcome", "reason"})
        if known:
            facts |= {name: getattr(known, name) for name in answered}
            facts["detected_at"] = facts["detected_at"] or known.detected_at
        return BreachOpening.model_validate(
            facts
            | {"reference": reference, "incident": reference, "drill": drill_at is not None, "clock": drill_at}
            | {"assessment": self.event_id or "", "answered_in_incident": answered}
        )

    def facts_said(self) -> dict[str, Any]:
        """The facts of the breach that were named, whatever they say; what was left out stays as it was."""
        return {name: getattr(self, name) for name in Suspicion.model_fields if name in self.model_fields_set}


class BreachOpening(Suspicion):
    """Start input of ``DataBreach``."""

    reference: Reference
    incident: Reference | None = None
    by: NeededLine
    opened_because: Line = ""
    drill: bool = False
    clock: Moment | None = None
    """The incident's own time, where that is a drill whose clock was moved: the breach begins at that time."""
    assessment: Annotated[str, Field(max_length=200)] = ""
    """The sender's own id of the assessment that it was opened by."""
    answered_in_incident: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """What other laws ask and its incident has answered: their duties stand there, whatever the answer is."""
    through: ThroughIfAny = None

    def from_outside(self) -> BreachOpening:
        """The opening without what only an incident of ours says of itself."""
        return self.model_copy(update={"clock": None, "assessment": "", "answered_in_incident": ()})


class AwarenessCorrection(Message):
    """Message ``awareness_correction``: another instant of awareness is right. Both stay in the record.

    The deadline follows the earlier one, unless ``deadline_follows_later`` gives the reason why it may not.
    """

    aware_at: Moment
    reason: NeededText
    deadline_follows_later: Text = ""


class AuthorityNotified(Message):
    """The supervisory authority was notified, in full or in phases (GDPR 33(4))."""

    notified_at: Moment
    phase: NotificationPhase
    reference: Line = ""
    delay_reason: Text = ""
    on_behalf_of: Line = ""
    """The controller for which a processor notifies; needed of a processor, whose own duty it is not."""


class ControllerNotified(Message):
    """A processor has told a controller (GDPR 33(2))."""

    controller: NeededLine
    notified_at: Moment


class KelaNotified(Message):
    """Kela was told of the breach."""

    notified_at: Moment
    reference: Line = ""


class SubjectsInformed(Message):
    """The data subjects were told (GDPR 34)."""

    informed_at: Moment
    channel: NeededLine
    count: Annotated[int, Field(ge=0, le=10_000_000)]


class MeasuresTaken(Message):
    """What was done against the breach and its effects."""

    text: NeededText


class IncidentEnded(Message):
    """Message ``incident_ended``: what the breach's incident says when it ends."""

    phase: NeededLine
    resolved_at: Moment | None = None


class BreachProgress(Message):
    """Message ``breach_progress`` of an incident: what its breach tells it."""

    text: NeededText


class Awareness(Said):
    """One entry about the instant of awareness; the entries are never overwritten."""

    aware_at: Moment
    recorded_at: Moment
    reason: str = ""
    deadline_from: Moment
    """The instant from which the deadline runs after this entry."""


class Assessed(Model):
    """One assessment that was taken. ``event_id``: the sender's own id; ``changed``: the fields that it corrected."""

    at: Moment
    by: str
    event_id: str = ""
    outcome: Literal["no_personal_data", "suspected"] = "suspected"
    changed: tuple[str, ...] = ()


class Notified(Model):
    """One notification that was made."""

    to: str
    at: Moment
    by: str
    phase: NotificationPhase | None = None
    reference: str = ""
    delay_reason: str = ""
    detail: str = ""


class BreachDeadlines(Model):
    """The three readings of the 72 hours; the alarm follows ``target``."""

    target: Moment
    ceiling: Moment
    disputed_3_5: Moment
    note: str


class BreachStatus(Tally, Decisions):
    """Answer of the query ``status`` and of every update of a ``DataBreach``."""

    reference: str
    incident: str | None
    phase: BreachPhase
    role: ControllerRole
    registers: tuple[ServiceId, ...]
    kinds: tuple[BreachKind, ...]
    description: str
    place: str
    data: str
    aware_at: Moment
    first_noticed_at: Moment | None
    detected_at: Moment | None
    opened_at: Moment
    closed_at: Moment | None
    awareness: tuple[Awareness, ...]
    deadlines: BreachDeadlines
    controllers: tuple[Controller, ...]
    joint_notifier: str
    risk: Risk | None
    risks: tuple[RiskDecision, ...]
    notifications: tuple[Notified, ...]
    measures: tuple[str, ...]
    conclusion: str
    duties: tuple[DutyState, ...]
    documents: tuple[Document, ...]
    messages: tuple[SentMessage, ...]
    rejected: tuple[Refused, ...]
    problems: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Rules that this breach rests on and that nobody has checked yet, in words."""
    began_at: Moment | None = None
    cause: str = ""
    measures_before: str = ""
    authority: str
    drill: bool
    joint_notifier_name: str = ""
    joint_notifier_reason: str = ""
    assessments: tuple[Assessed, ...] = ()
    """The assessments that were taken, the one that opened it first."""
