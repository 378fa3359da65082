"""What a process remembers: one mutable record for each, carried whole across continue-as-new."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import insort
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field, PrivateAttr

from workflows.procedure import duties
from workflows.procedure.arising import Arising, ladder_for
from workflows.procedure.duties import Duty, DutyKind, Ladder
from workflows.procedure.languages import Language
from workflows.procedure.local_time import HELSINKI
from workflows.procedure.model import Model, Moment
from workflows.procedure.operating_model.model import LocalRules
from workflows.procedure.operating_model.unanswered import Digests
from workflows.procedure.services import ServiceId
from workflows.process import retention
from workflows.process.deduplication import Deduplication
from workflows.process.messages import DeliveryReport, Document, Happening, LawsPassedOn, Refused, SentMessage, Severity
from workflows.process.retention import BoundedList, Retention
from workflows.process.sealed.senders import SenderIfAny, is_a_strangers, marks_of, sender_named, was_opened_in_clear
from workflows.process.start import EarlierLives, as_known
from workflows.process.telling.held import HoldingRecord

A_MINUTE = timedelta(minutes=1)
KEPT_REFUSALS = 200
A_REFUSAL = 600
"""Bytes, about, of one with its line in the timeline."""
TIMELINE_OF_OLD = 1500
"""Lines at which releases without a retention archived the older part of a timeline."""
DUTIES = BoundedList("duties", 120, 64_000 + retention.OPEN_BYTES_AT_MOST)
BOUNDED_LISTS = (
    BoundedList("messages", 500, 96_000),
    BoundedList("documents", 200, 48_000),
    BoundedList("rejected", KEPT_REFUSALS, 48_000),
    BoundedList("problems", 100, 32_000),
    BoundedList("timeline", 1500, 128_000),
    BoundedList("journals", 50, 12_000),
)
"""What every process keeps itself, besides its duties; what is older goes to the archive."""


class Record(Retention, Deduplication, EarlierLives, HoldingRecord, ABC):
    """What every process remembers: its duties, what happened, what was made, sent and refused."""

    model_config = ConfigDict(extra="ignore")

    process: ClassVar[Literal["incident", "breach", "maintenance", "notice_watch", "contact_review"]]
    bounded_lists: ClassVar[tuple[BoundedList, ...]] = (DUTIES, *BOUNDED_LISTS)

    reference: str
    phase: str
    drill: bool = False
    rules: LocalRules | None = None
    services: tuple[ServiceId, ...]
    severity: Severity | None = None
    opened_at: Moment
    duties: dict[str, Duty] = Field(default_factory=dict)
    timeline: list[Happening] = Field(default_factory=list)
    documents: list[Document] = Field(default_factory=list)
    messages: dict[str, SentMessage] = Field(default_factory=dict)
    rejected: list[Refused] = Field(default_factory=list)
    rejected_count: int = 0
    unverified_count: int = 0
    problems: dict[str, str] = Field(default_factory=dict)
    numbers: dict[str, int] = Field(default_factory=dict)
    """The last number given to a duty, by its kind: none is given twice, even after older duties have left."""
    has_begun: bool = False
    opened_through: SenderIfAny = None
    """How the start input came, where that is known."""
    _clock: Callable[[], datetime] | None = PrivateAttr(default=None)

    @property
    def time_zone(self) -> str:
        """The organisation's time zone."""
        return self.rules.time_zone if self.rules else HELSINKI

    @property
    def language(self) -> Language:
        """The organisation's own."""
        return self.rules.languages[0] if self.rules else "fi"

    @property
    def case(self) -> str:
        """The folder of evidence of this process; a second start has one of its own."""
        name = self.reference if self.process == "incident" else f"{self.process}~{self.reference}"
        return f"{name}~{self.shelf}" if self.shelf else name

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen."""
        return self.phase in ("closed", "cancelled")

    def next_due(self) -> datetime | None:
        """When something is due next; None where nothing is."""
        return duties.next_due(self.duties.values())

    def outlook(self) -> list[str]:
        """What Temporal Web shows besides the duties, as a list in Markdown."""
        return []

    @abstractmethod
    def status(self) -> Model:
        """The answer to the query ``status``."""

    @abstractmethod
    def letter_facts(self) -> dict[str, Any]:
        """What every letter of this process says."""

    def more_to_show(self) -> list[str]:
        """What else Temporal Web shows of it, a line each."""
        return []

    @property
    def headline(self) -> str:
        """What it is about, in one line."""
        return str(self.letter_facts().get("title", self.reference))

    def keep_time_by(self, clock: Callable[[], datetime]) -> None:
        """Take the clock by which the timeline says when something was recorded."""
        self._clock = clock

    def note(self, at: datetime, what: str, by: str = "", detail: str = "", sender: SenderIfAny = None) -> None:
        """Add a line to the timeline, in the order of the times; ``sender``: of what came with no message."""
        now = self._clock() if self._clock else at
        recorded_at = now if abs(now - at) >= A_MINUTE else None
        line = Happening(
            at=at, what=what[:1000], by=by[:300], detail=detail[:20_000], recorded_at=recorded_at,
            sender=sender or sender_named(by),
        )  # fmt: skip
        insort(self.timeline, line, key=lambda line: line.at)

    def refuse(self, at: datetime, message: str, reason: str, sha256: str) -> None:
        """Keep a refused message: its name, the reason and the digest of what was sent."""
        name = message[:100]
        self.rejected.append(Refused(message=name, received_at=at, reason=reason[:500], sha256=sha256))
        self.rejected_count += 1
        self.note(at, f"Message '{name}' refused: {reason[:300]}")
        self.grow_by(A_REFUSAL, at)

    def is_open(self, duty_id: str) -> bool:
        """Whether somebody still has to do something for this duty; one that has left for the evidence is closed."""
        return duty_id in self.duties and self.duties[duty_id].is_open

    def open_duties(self) -> list[Duty]:
        """The duties that somebody still has to do something for."""
        return [duty for duty in self.duties.values() if duty.is_open]

    def open_duty(
        self, kind: DutyKind, rules: LocalRules, at: datetime, *, to: str, basis: str, legal: bool = False
    ) -> Duty:
        """Open a duty with the ladder that holds now. Its id is its kind; a later one of a kind carries a number."""
        ladder, over = rules.ladder(kind), rules.digests
        return self.owe_by(kind, ladder, at, to=to, basis=basis, legal=legal, clock_started_at=at, digests=over)

    def owe_by(
        self, kind: DutyKind, ladder: Ladder, at: datetime, *,
        to: str, basis: str, legal: bool, clock_started_at: datetime, digests: Digests | None = None,
    ) -> Duty:  # fmt: skip
        """Open a duty with a ladder of its own, whose clock may have started long ago."""
        number = max(self.numbers.get(kind, 0), sum(duty.kind == kind for duty in self.duties.values())) + 1
        self.numbers[kind] = number
        duty = Duty(
            id=kind if number == 1 else f"{kind}-{number}",
            kind=kind,
            recipient=to,
            basis=basis,
            legal=legal,
            opened_at=at,
            clock_started_at=clock_started_at,
            due_at=clock_started_at + ladder.due_after,
            ladder=ladder,
            digests=digests,
        )
        self.note(at, f"Duty '{duty.id}' opened", detail=basis)
        self.duties[duty.id] = as_known(self, duty, at)
        return self.duties[duty.id]

    def owe_arising(self, arising: Arising, rules: LocalRules, at: datetime) -> Duty:
        """Open a duty that facts gave rise to, counted from the law's own event."""
        ladder = ladder_for(arising, rules.ladders)
        duty = self.owe_by(
            arising.kind, ladder, at, to=arising.recipient, basis=arising.basis, legal=arising.legal,
            clock_started_at=arising.counts_from, digests=rules.digests,
        )  # fmt: skip
        if arising.task:
            self.duties[duty.id] = duty = duty.model_copy(update={"task": arising.task})
        if arising.note:
            self.note(at, f"About duty '{duty.id}'", detail=arising.note)
        return duty

    def laws_answered(self) -> tuple[str, ...]:
        """What other laws ask and was answered here: its duties stand here."""
        return ()

    def answers_with(self) -> str:
        """The workflow id of the incident, or of its breach, that other laws ask besides this process; empty: none."""
        return ""

    def answer(self, answers: dict[str, Any], by: str, rules: LocalRules, at: datetime) -> dict[str, Any]:  # noqa: ARG002
        """Take answers to what other laws ask, and what follows from them. Answers those that are new."""
        return {}

    def take_passed_on(self, said: LawsPassedOn, rules: LocalRules, at: datetime) -> None:
        """Take what was answered there."""

    def stand_here(self, names: Iterable[str], rules: LocalRules, at: datetime) -> None:
        """The duties of these answers stand here from now on: the process that had them has ended."""

    def derive_again(self, rules: LocalRules, at: datetime) -> None:
        """Called when a duty was met by hand: nothing follows, where no duty is derived from another."""

    def meet(self, duty: Duty, at: datetime, by: str, reference: str = "", delay_reason: str = "") -> None:
        """Mark a duty as met; one that is met or waived already stays as it is."""
        if self.is_open(duty.id):
            done = duties.met(
                self.duties[duty.id], at=at, by=by, reference=reference or None, delay_reason=delay_reason or None
            )
            self.duties[duty.id] = done.model_copy(update=marks_of(by))
            self.note(at, f"Duty '{duty.id}' met" + (" late" if done.state == "met_late" else ""), by, reference)

    def waive(self, duty: Duty, at: datetime, by: str, reason: str) -> None:
        """Record the decision not to meet a duty."""
        self.duties[duty.id] = duties.waived(duty, at=at, by=by, reason=reason).model_copy(update=marks_of(by))
        self.note(at, f"Duty '{duty.id}' waived", by, reason)

    def meet_by_message(self, duty: Duty, sent: SentMessage) -> None:
        """Mark a duty as met by a message that a provider has accepted; a bounce can undo it."""
        self.meet(duty, sent.sent_at or duty.opened_at, "kantadesk", sent.id)
        if duty.id in self.duties:
            self.duties[duty.id] = self.duties[duty.id].model_copy(update={"met_by_message": sent.id})

    def take_delivery(self, said: DeliveryReport, at: datetime) -> list[Duty]:
        """Take what became of a message; the duties that this reopens (their clocks start again)."""
        message = self.messages[said.message_id]
        state = {"delivered": "delivered", "bounced": "failed", "dropped": "failed"}.get(said.event, message.state)
        self.messages[said.message_id] = message.model_copy(update={"state": state, "detail": said.detail})
        self.note(at, said.in_words(message.to), said.by, said.detail)
        if state != "failed":
            return []
        reopened = [duty for duty in self.duties.values() if duty.met_by_message == said.message_id]
        for duty in reopened:
            self.duties[duty.id] = duties.reopened(duty, at)
            self.note(at, f"Duty '{duty.id}' open again", detail="the message that had met it came back")
        return reopened

    def has_owed_since(self, kind: DutyKind, moment: datetime) -> bool:
        """Whether a duty of this kind was opened since a moment."""
        return any(duty.kind == kind and duty.opened_at >= moment for duty in self.duties.values())

    def say_problem(self, what: str, reason: str) -> None:
        """Keep something that a person must look at, until it is solved."""
        self.problems[what[:200]] = f"{what[:200]}: {reason[:1000]}"

    def acknowledge(self, duty_id: str, at: datetime, by: str, *, comes_back: bool) -> None:
        """Keep that somebody has seen the last alarm of a duty; ``comes_back``: see ``duties.acknowledged``."""
        self.duties[duty_id] = duties.acknowledged(self.duties[duty_id], at=at, by=by, comes_back=comes_back)

    def open_of(self, kind: DutyKind) -> list[Duty]:
        """The open duties of a kind."""
        return [duty for duty in self.open_duties() if duty.kind == kind]

    def first_open(self, kind: DutyKind) -> Duty | None:
        """The open duty of a kind, the oldest where there are several."""
        return next(iter(self.open_of(kind)), None)

    def towards(self, duty: Duty) -> str:  # noqa: ARG002  # a process that owes one kind to several says so
        """The name of whom a duty is owed to, where there may be several of its kind."""
        return ""

    def awaited(self, duty: Duty) -> tuple[str, ...]:  # noqa: ARG002  # a process that waits for several says so
        """Contact ids of those who have not done their part of a duty, where it takes several."""
        return ()

    def overdue(self) -> int:
        """How many open duties are past their due time."""
        return sum(duty.state == "overdue" for duty in self.open_duties())

    # --- bounds ---------------------------------------------------------------------------------------------

    def tally(self) -> dict[str, Any]:
        """The counts of ``status``; the start counts as one of an unverified sender's words where it is."""
        counts = ("applied_count", "repeated_count", "rejected_count", "only_in_evidence")
        unverified = self.unverified_count + was_opened_in_clear(self)
        marks = {"unverified_count": unverified, "is_a_strangers": is_a_strangers(self), "held": self.held_messages()}
        return {name: getattr(self, name) for name in counts} | marks

    def stays(self, list_name: str, entry: Any, now: datetime) -> bool:
        """Whether an entry may not leave: what is open, and what a bounce can still open again."""
        if list_name == "duties":
            letter = self.messages.get(entry.met_by_message or "")
            return bool(entry.is_open or (letter and _may_come_back(letter, now)))
        if list_name == "messages":
            return _may_come_back(entry, now) and any(d.met_by_message == entry.id for d in self.duties.values())
        return False

    def too_much_is_open(self) -> str | None:
        """Why nothing may be opened any more: what is open never leaves the record, and the record must stay small."""
        owed = self.open_duties()
        if len(owed) < retention.OPEN_DUTIES_AT_MOST and self.open_bytes() < retention.OPEN_BYTES_AT_MOST:
            return None
        return f"{len(owed)} duties are open, more than can be followed: meet or waive some first, then send this again"

    def open_bytes(self) -> int:
        """How much of the record is open."""
        return retention.size(self.open_duties())


def _may_come_back(letter: SentMessage, now: datetime) -> bool:
    sent_at = letter.sent_at or now
    return letter.state == "accepted" and sent_at + retention.STILL_COMING_BACK > now
