"""Fakes of the ports, for tests of the process: they keep what they were asked, and do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from temporalio import activity
from temporalio.exceptions import ApplicationError

from tests.builders import NOON, local_rules
from workflows.breach.ports import BreachPaper, BreachWriter
from workflows.contacts.messages import ContactsSeen, Standings
from workflows.contacts.ports import ContactsToReview
from workflows.incident.ports import FaultReport, FormWriter, NoticeBoard, NoticeQuestion, NoticesFound
from workflows.maintenance import ports as maintenance_ports
from workflows.notices.messages import FeedsAsked, FeedsSeen, NoticeToRead
from workflows.notices.ports import NoticeReader
from workflows.procedure.notices.reading import Reading
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.operating_model.model import LocalRules
from workflows.process import ports
from workflows.process.messages import Document, SentMessage
from workflows.process.sealed.asking import NOBODY, Asking
from workflows.process.telling.text_messages import ByChannel, TextMessage, TextMessages

GROUPS: dict[str, list[tuple[str, str]]] = {
    "everyone": [("health-station", "fi"), ("pharmacy", "sv")],
    "contact-persons": [("contact-1", "fi"), ("contact-2", "en")],
}
SECTORS = {"health-station": "healthcare", "pharmacy": "pharmacy"}
"""Whose advice the contacts are given; nobody knows it of the others."""
TEXTED = {"health-station"}
"""Contacts with an address for text messages."""


@dataclass
class FakeWorld(
    ports.LocalRulebook,
    ports.ContactBook,
    NoticeBoard,
    NoticeReader,
    FormWriter,
    ports.Mail,
    ports.EvidenceStore,
    BreachWriter,
    TextMessages,
    maintenance_ports.MaintenancePapers,
    maintenance_ports.OpenIncidents,
    ContactsToReview,
):
    """All neighbours at once. ``refuse`` decides about each letter: a reason refuses it for good."""

    rules: LocalRules = field(default_factory=local_rules)
    found: NoticesFound = field(default_factory=lambda: NoticesFound(checked_at=NOON, source="feed"))
    board_answers: asyncio.Event | None = None
    """What the board waits for before it answers; None: it answers at once."""
    form_refusal: tuple[str, str] | None = None
    refuse: Callable[[ports.Letter], str | None] = lambda letter: None  # noqa: ARG005
    mail_stands_still: bool = False
    contacts_come: asyncio.Event | None = None
    """Until it is set, nobody knows whom to tell."""
    asked: list[NoticeQuestion] = field(default_factory=list)
    audiences: list[ports.Audience] = field(default_factory=list)
    letters: list[ports.Letter] = field(default_factory=list)
    reports: list[FaultReport] = field(default_factory=list)
    bundles: list[ports.EvidenceOrder] = field(default_factory=list)
    paper_refusal: str = ""
    papers: list[BreachPaper] = field(default_factory=list)
    journals: list[ports.EvidenceOrder] = field(default_factory=list)
    looks: list[FeedsAsked] = field(default_factory=list)
    feeds: Callable[[FeedsAsked], FeedsSeen] = lambda asked: FeedsSeen()  # noqa: ARG005
    reading: Reading = field(default_factory=lambda: Reading(kind="other", certain=False, why="no fake reads"))
    text_refusal: str = ""
    manners: dict[str, Manner] = field(default_factory=dict)
    """How some contacts are told; the others by e-mail alone."""
    channel_refuses: Callable[[ByChannel], str | None] = lambda order: None  # noqa: ARG005
    channels_down: set[str] = field(default_factory=set)
    """Channels that answer nothing but errors; ``channels_hang``: those that never answer."""
    channels_hang: set[str] = field(default_factory=set)
    by_channel: list[ByChannel] = field(default_factory=list)
    gone: frozenset[str] = frozenset()
    """Contacts that the operating model does not know any more."""
    texts: list[TextMessage] = field(default_factory=list)
    sheets: list[maintenance_ports.MaintenanceSheet] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)
    contacts: ContactsSeen = field(default_factory=ContactsSeen)
    """The contacts of the operating model, as the review of them sees it."""
    standings: list[Standings] = field(default_factory=list)
    incident_questions: list[maintenance_ports.IncidentQuestion] = field(default_factory=list)

    def __hash__(self) -> int:
        return id(self)

    @activity.defn(name="rules_in_force")
    async def rules_in_force(self, asked: Asking = NOBODY) -> LocalRules:  # noqa: ARG002  # sealed, and no more
        return self.rules

    @activity.defn(name="who_is_told")
    async def who_is_told(self, audience: ports.Audience) -> list[ports.Recipient]:
        self.audiences.append(audience)
        if self.contacts_come:
            await self.contacts_come.wait()
        told = [member for group in audience.groups for member in GROUPS.get(group, [])]
        told += [(role, "fi") for role in audience.roles]
        known = dict(member for members in GROUPS.values() for member in members)
        named = [each for each in audience.contacts if each in known and each not in self.gone]
        told += [(each, known[each]) for each in named]
        found = [recipient_of(contact, language, audience.channel) for contact, language in told]
        if audience.deputies:
            found += [
                ports.Recipient(contact=f"deputy-of-{each}", language="sv", stands_in_for=(each,)) for each in named
            ]
        by_text = [member for group in audience.text_groups for member in GROUPS.get(group, [])]
        texted = [recipient_of(contact, language, "text_message") for contact, language in by_text]
        told_all = found + [each for each in texted if each not in found]
        return [each.model_copy(update={"manner": self.manners.get(each.contact)}) for each in told_all]

    @activity.defn(name="open_fault_notices")
    async def open_fault_notices(self, question: NoticeQuestion) -> NoticesFound:
        self.asked.append(question)
        if self.board_answers:
            await self.board_answers.wait()
        return self.found

    @activity.defn(name="look_at_feeds")
    async def look_at_feeds(self, asked: FeedsAsked) -> FeedsSeen:
        self.looks.append(asked)
        return self.feeds(asked)

    @activity.defn(name="read_notice")
    async def read_notice(self, told: NoticeToRead) -> Reading:  # noqa: ARG002
        return self.reading

    @activity.defn(name="write_fault_report")
    async def write_fault_report(self, report: FaultReport) -> Document:
        if self.form_refusal:
            raise ApplicationError(self.form_refusal[0], type=self.form_refusal[1], non_retryable=True)
        self.reports.append(report)
        return _document(f"fault-report-{report.number}.docx")

    @activity.defn(name="send_letter")
    async def send_letter(self, letter: ports.Letter) -> SentMessage:
        if self.mail_stands_still:
            raise ApplicationError("the provider does not answer", type="ProviderNotReady")
        if reason := self.refuse(letter):
            raise ApplicationError(reason, type=ports.REFUSED_BY_PROVIDER, non_retryable=True)
        self.letters.append(letter)
        return SentMessage(
            id=f"<{len(self.letters)}@kantadesk>",
            to=letter.contact,
            subject=letter.kind,
            state="diverted" if letter.drill else "accepted",
            sent_at=activity.info().started_time,
            purpose=letter.kind,
            duty=letter.duty or None,
        )

    @activity.defn(name="bundle_evidence")
    async def bundle_evidence(self, order: ports.EvidenceOrder) -> Document:
        self.bundles.append(order)
        return _document("evidence.zip")

    @activity.defn(name="keep_journal")
    async def keep_journal(self, order: ports.EvidenceOrder) -> Document:
        self.journals.append(order)
        return _document(f"journal-{len(self.journals)}.json")

    @activity.defn(name="write_breach_paper")
    async def write_breach_paper(self, paper: BreachPaper) -> list[Document]:
        if self.paper_refusal:
            raise ApplicationError(self.paper_refusal, type=ports.PERSONAL_DATA_FOUND, non_retryable=True)
        self.papers.append(paper)
        return [_document(f"{paper.paper}-{len(self.papers)}.docx")]

    @activity.defn(name="send_text_message")
    async def send_text_message(self, message: TextMessage) -> SentMessage:
        if self.text_refusal:
            raise ApplicationError(self.text_refusal, type=ports.REFUSED_BY_PROVIDER, non_retryable=True)
        self.texts.append(message)
        return SentMessage(
            id=f"<text-{len(self.texts)}@kantadesk>",
            to=message.contact,
            channel="text_message",
            state="diverted" if message.drill else "accepted",
            sent_at=activity.info().started_time,
            purpose=message.kind,
        )

    @activity.defn(name="send_by_channel")
    async def send_by_channel(self, order: ByChannel) -> SentMessage:
        if reason := self.channel_refuses(order):
            raise ApplicationError(reason, type=ports.REFUSED_BY_PROVIDER, non_retryable=True)
        if order.channel in self.channels_down:
            raise ApplicationError(f"{order.channel} is down", type="ProviderNotReady")
        if order.channel in self.channels_hang:
            await asyncio.Event().wait()
        self.by_channel.append(order)
        return SentMessage(
            id=f"<{order.channel}-{len(self.by_channel)}@kantadesk>",
            to=order.letter.contact,
            channel=order.channel,
            state="diverted" if order.letter.drill else "accepted",
            sent_at=activity.info().started_time,
            purpose=order.letter.kind,
            duty=order.letter.duty or None,
        )

    @activity.defn(name="write_maintenance_papers")
    async def write_maintenance_papers(self, sheet: maintenance_ports.MaintenanceSheet) -> list[Document]:
        self.sheets.append(sheet)
        return [_document(f"break-{sheet.sequence}.ics"), _document(f"notice-{sheet.sequence}-fi.txt")]

    @activity.defn(name="open_incidents")
    async def open_incidents(self, question: maintenance_ports.IncidentQuestion) -> list[str]:
        self.incident_questions.append(question)
        return self.incidents

    @activity.defn(name="contacts_to_review")
    async def contacts_to_review(self, asked: Asking = NOBODY) -> ContactsSeen:  # noqa: ARG002  # sealed, and no more
        return self.contacts

    @activity.defn(name="keep_standings")
    async def keep_standings(self, standings: Standings) -> None:
        self.standings.append(standings)

    def kinds(self, contact: str | None = None) -> list[str]:
        """The kinds of the letters that were sent, to one contact where named."""
        return [letter.kind for letter in self.letters if contact in (None, letter.contact)]


def recipient_of(contact: str, language: str, channel: str = "email") -> ports.Recipient:
    """A contact as the contact book answers it."""
    way = channel if contact in TEXTED else "email"
    known = {"contact": contact, "language": language, "channel": way, "sector": SECTORS.get(contact)}
    return ports.Recipient.model_validate(known)


def _document(name: str) -> Document:
    return Document(name=name, uri=f"file:///evidence/{name}", sha256="0" * 64, created_at=NOON)
