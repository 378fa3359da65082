"""What every process asks of the world. Each class is a neighbour; every adapter keeps what its docstrings promise.

Every activity that acts on the world takes a ``key`` (workflow id and step): a second call with it only answers again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal

from pydantic import Field
from temporalio import activity

from workflows.procedure.contacts.standing import ContactDoubt
from workflows.procedure.duties import Role, SettledDuty
from workflows.procedure.incident.situation import FaultSituation
from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI
from workflows.procedure.maintenance.plan import Plan
from workflows.procedure.maintenance.rules import Channel
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.services import Sector, ServiceId
from workflows.procedure.watchdog.book import KeyMoments
from workflows.process.messages import Document, SentMessage
from workflows.process.sealed import checked_names as checked
from workflows.process.sealed.asking import NOBODY, Asking

# Types of ApplicationError by which an adapter says that trying again is of no use. A person must act.
REFUSED_BY_PROVIDER = "RefusedByProvider"  # bad key, bad address, too large: the desk sends by hand
PERSONAL_DATA_FOUND = "PersonalDataFound"  # an identity code in the text: correct the text
FORM_UNUSABLE = "FormUnusable"  # the organisation's own docx or mapping can't be filled
PERMANENT = (REFUSED_BY_PROVIDER, PERSONAL_DATA_FOUND, FORM_UNUSABLE)
CUT_HERE = " [...]"  # ends a text of which a letter can say the beginning only
WAITS_ITS_TURN = "WaitsItsTurn"  # by it a letter of a mailing gives way: nothing is wrong, it is tried again in seconds


class LocalRulebook(ABC):
    """The organisation's operating model."""

    @activity.defn(name="rules_in_force")
    @abstractmethod
    async def rules_in_force(self, asked: Asking = NOBODY) -> LocalRules:
        """The rules as they stand now. A file that became invalid is not taken: the last valid one holds."""


class Audience(Model):
    """Who is to be told: members of contact groups, holders of roles, named contacts; the last two with deputies."""

    groups: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    contacts: tuple[str, ...] = ()
    deputies: bool = False
    channel: Channel = "email"
    """The wanted way; a contact who can't be reached by it is told by e-mail."""
    text_groups: tuple[str, ...] = ()
    """Groups that are told by text message, besides those told by the wanted way; without a number, by e-mail."""
    moments: KeyMoments | None = None
    """How the duties stand that it is told about: the book of processes learns them with every telling."""
    at: Moment | None = None  # when they are told, by the clock of the process; None from an earlier release


class Recipient(Model):
    """Whom a letter goes to, without the address: that is looked up when the letter goes out."""

    contact: str
    language: Language
    channel: Channel = "email"
    stands_in_for: tuple[str, ...] = ()
    """Named contacts of the audience whose deputy this is; empty for those who are told for themselves."""
    sector: Sector | None = None
    """Whose advice a letter gives; None where the contact book of an earlier release answered."""
    for_citizens: bool = False
    """Whether the contact speaks for the organisation: a letter offers a text for citizens instead of advice."""
    manner: Annotated[Manner | None, Field(exclude_if=lambda manner: manner is None)] = None
    """How it is told: its channels in order; None where by e-mail alone."""

    def letter_facts(self) -> dict[str, Any]:
        """What a letter says because it goes to this recipient."""
        known = {"sector": self.sector} if self.sector else {}
        return {"language": self.language, "for_citizens": self.for_citizens} | known


class ContactBook(ABC):
    """The organisation's contacts."""

    @activity.defn(name="who_is_told")
    @abstractmethod
    async def who_is_told(self, audience: Audience) -> list[Recipient]:
        """The contacts of an audience as they stand now, each once.

        One who is told by mail and by text message comes twice, once for each.
        Of named contacts, those who are not there any more are left out; a deputy of theirs comes once for all of them.
        """


KELA = "kela"
"""The contact by which a letter goes to Kela's technical support."""


class Letter(Model):
    """One message to one recipient: facts, not wording. The adapter chooses the words by ``kind`` and ``language``."""

    key: str
    reference: checked.ProcessReference
    kind: Literal[
        "fault_report", "desk_opened", "known_notice", "start", "change", "end", "cancelled", "reminder", "overdue",
        "instruction", "instruction_reminder", "not_sent", "notice_ended", "breach_opened", "breach_notice_controller",
        "breach_notice_kela", "breach_deadline_moved", "breach_incident_ended", "maintenance_planned",
        "maintenance_started", "maintenance_window_ended", "maintenance_ended", "maintenance_changed",
        "maintenance_cancelled", "maintenance_publish", "maintenance_overlong", "watch_finding", "watch_over",
        "notice_proposed", "notice_uncertain", "feed_down", "feed_back", "breach_duty_waived", "breach_concluded",
        "breach_cancelled", "breach_corrected", "kela_to_be_told", "incident_cancelled", "decision_waits",
        "decision_declined", "decision_withdrawn", "contacts_to_verify", "unanswered", "held_back",
    ]  # fmt: skip
    contact: str
    """Contact id of the operating model, ``kela``, or ``controller:NAME``."""
    address: str = ""
    """Mail address of a controller, which is not in the operating model; nobody else's is taken from here."""
    case: checked.CaseName | Literal[""] = ""
    """The folder of evidence that it belongs to; empty: that of the reference."""
    language: Language
    drill: bool = False
    is_mailing: bool = False
    """Whether it goes to a whole group: then it waits behind letters to those who must act, never before them."""
    title: str = ""
    services: tuple[ServiceId, ...] = ()
    sector: Sector = "healthcare"
    """That of the recipient: it decides which advice the letter gives."""
    for_citizens: bool = False
    """Whether it offers a text for citizens instead of advice."""
    situation: FaultSituation | None = None
    """Of an incident: how the fault stands; None in runs of the first releases."""
    severity: str = ""
    extensive: bool = False
    noticed_at: Moment | None = None
    happened_at: Moment | None = None
    text: str = ""
    """What a person wrote: the update, the cause and remedy, the instruction, the reason."""
    duty: str = ""
    duty_kind: str = ""
    due_at: Moment | None = None
    due_before: Moment | None = None
    """When it was due before the time of awareness was corrected."""
    what_to_do: str = ""
    towards: str = ""
    """The name of whom the duty is owed to, where there may be several of its kind (a controller)."""
    asked_at: Moment | None = None
    """The process's own time, by which authorities and rules are looked up."""
    said_by: str = ""
    """Who decided what the letter tells; ``is_unverified``: what led to it was said without the desk's key."""
    is_unverified: bool = False
    confirmed_by: Annotated[str, Field(exclude_if=lambda confirmed_by: not confirmed_by)] = ""
    """The other person who has confirmed it, where two are needed."""
    decision: Annotated[str, Field(exclude_if=lambda decision: not decision)] = ""
    """What waits, or waited, for another person: the name of its message."""
    is_processor: bool = False
    """Of a breach: whether we only process the data; then the 72 hours are not ours."""
    changed: tuple[str, ...] = ()
    """Corrected facts of a breach by their fields, never what they say; of a report to Kela: changed fields of it."""
    settled: tuple[SettledDuty, ...] = ()
    """The duties that a decision concerns: what was due, and what became of it."""
    to_acknowledge: str = ""
    """Id of what the recipient is asked to acknowledge (``instruction-1``)."""
    missing: tuple[str, ...] = ()
    """Contacts who have not acknowledged what the duty is about, by their ids."""
    stands_in_for: tuple[str, ...] = ()
    """Contacts whose deputy the recipient is, and who have not acknowledged it."""
    contacts: Annotated[tuple[ContactDoubt, ...], Field(exclude_if=lambda contacts: not contacts)] = ()
    """Contacts whose details somebody is asked to confirm, each with the reason."""
    attachments: tuple[Document, ...] = ()
    report_type: str = "new"
    """Of a report to Kela: which type of form is attached; ``number``: which form of this incident it is."""
    number: int = 0
    is_after_handover: Annotated[bool, Field(exclude_if=lambda is_so: not is_so)] = False
    """Of a reminder: whether it repeats the last one, since the desk has changed hands and nobody acknowledged it."""
    came_back: bool = False
    """Whether a letter that had gone came back, instead of not going at all."""
    is_asked: bool = False
    """Whether the desk is asked before Kela is told."""
    plan: Plan | None = None
    """Of a planned break: what is told of it; ``plan_before``: what the recipient knew until now."""
    plan_before: Plan | None = None
    short_notice: bool = False
    is_reminder: bool = False
    """Whether the recipient has been told of it before."""
    held: Annotated[tuple[Letter, ...], Field(exclude_if=lambda held: not held)] = ()
    """Letters that were held back, and that this one tells of, the oldest first."""
    withdrawn: bool = False
    """Whether the break is cancelled."""
    window: int = 1
    """Which window of the break it is about, from 1."""


class Mail(ABC):
    """Electronic mail."""

    @activity.defn(name="send_letter")
    @abstractmethod
    async def send_letter(self, letter: Letter) -> SentMessage:
        """Send a letter; answer once a provider has accepted it, or it was kept back as a drill (``diverted``).

        Key: it fixes the Message-ID, and a letter accepted before is not sent again. The message as sent is kept with
        the incident's evidence. The address is looked up at each try. Raises ``RefusedByProvider`` where the provider
        will never take it, ``PersonalDataFound`` where a personal identity code would leave the house (letters to the
        desk mask it instead, so that nothing can silence the desk); everything else is worth another try, after the
        provider's Retry-After where it names one.
        """


class OtherProcessMessage(Model):
    """A message from one process to another, by the name that both know it by."""

    key: str
    workflow_id: checked.WorkflowId
    message: checked.MessageName
    payload: dict[str, Any]


class ProcessOrder(Model):
    """A process to be started. ``opening``: its start input as JSON has it."""

    workflow_type: checked.ProcessType
    workflow_id: checked.WorkflowId
    opening: dict[str, Any]


class OtherProcesses(ABC):
    """The other processes of the desk, each living on its own.

    None is the child of another, so that no end of one (not even a termination) touches the other's legal clock.
    """

    @activity.defn(name="tell_process")
    @abstractmethod
    async def tell_process(self, told: OtherProcessMessage) -> bool:
        """Signal another process. Key: its ``event_id``. False where that process has ended or never was."""

    @activity.defn(name="start_process")
    @abstractmethod
    async def start_process(self, order: ProcessOrder) -> bool:
        """Start a process of any type. Key: the workflow id. False where another step has, be it open or over."""


class EvidenceOrder(Model):
    """What to bundle: the record as the process knows it, the timeline in plain words."""

    key: str
    reference: checked.ProcessReference
    process: Literal["incident", "breach", "maintenance", "notice_watch", "contact_review"] = "incident"
    case: str = ""
    """The folder; empty: that of the process's first life. ``life``: names the bundle after a reset."""
    life: str = ""
    record: str
    """The status as JSON text. For a part: ``{"first": number, "left": [[list, entry], ...]}``, what has left the
    lists of the record in order; ``first``: how many entries had left before, so that a part kept twice is told."""
    timeline: str
    """The timeline as JSON text."""
    time_zone: str = HELSINKI
    """The organisation's, for the timeline in words; so is ``language``."""
    language: Language = "en"
    made_at: Moment


class EvidenceStore(ABC):
    """Where evidence is kept."""

    @activity.defn(name="bundle_evidence")
    @abstractmethod
    async def bundle_evidence(self, order: EvidenceOrder) -> Document:
        """Bundle record, timeline, documents and messages with a manifest of SHA-256 sums into one zip. Repeatable.

        What was kept in parts before stands in the record and in the timeline again, before what the order says.
        """

    @activity.defn(name="keep_journal")
    @abstractmethod
    async def keep_journal(self, order: EvidenceOrder) -> Document:
        """Keep a part of what a process can't remember itself any more. Key: the same part is kept once."""
