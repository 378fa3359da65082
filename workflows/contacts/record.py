"""What the review of the contacts remembers. Bounded: it lives for years, and is carried whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from temporalio import workflow

from workflows.contacts.asks import AskingRecord, DoneCheck, done_key
from workflows.contacts.messages import Checked, ContactReviewStatus, ReviewOpening, Standings
from workflows.procedure.contacts import standing
from workflows.procedure.contacts.rules import IS_VERIFIED
from workflows.procedure.duties import Alarm, DutyState
from workflows.procedure.local_time import written
from workflows.procedure.model import Model, Moment
from workflows.process.deduplication import said_digest
from workflows.process.ids import CONTACT_REVIEW_ID
from workflows.process.start import check_id, only_sealed, read_start

LOOK_EVERY = timedelta(days=6, hours=12)
"""Then comes the next working morning: about a week. What somebody writes into the operating model is told sooner."""
MOMENT = timedelta(microseconds=1)


class ContactReviewRecord(AskingRecord):
    """What the review remembers: how each contact stands, who is asked about what, when else was looked at."""

    process: ClassVar[Literal["contact_review"]] = "contact_review"

    looked_at: Moment | None = None
    next_look_at: Moment
    is_look_wanted: bool = False
    standings_kept: str = ""
    """Digest of how the contacts stood when that was kept last."""

    @classmethod
    def opened(cls, opening: ReviewOpening, now: datetime) -> ContactReviewRecord:
        """The record of a review that begins."""
        return cls(
            reference=CONTACT_REVIEW_ID,
            phase="reviewing",
            services=(),
            opened_at=now,
            next_look_at=now,
            drill=opening.drill,
        )

    def letter_facts(self) -> dict[str, Any]:
        """What every letter says: nothing of its own, all is with the contacts."""
        return {}

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return "Review of the contact details"

    def outlook(self) -> list[str]:
        """What comes next, for Temporal Web."""
        return [f"- {written(self.next_look_at, self.time_zone)}, by itself: look how fresh the contacts are"]

    def more_to_show(self) -> list[str]:
        """How many contacts there are, and that nobody has checked the rules."""
        unchecked = (
            [] if IS_VERIFIED else ["How often details are confirmed is this project's choice: nobody checked it"]
        )
        return [f"Contacts: {len(self.contacts)}, of which doubted: {self._doubted()}", *unchecked]

    def _doubted(self) -> int:
        return sum(each.doubt is not None for each in self.contacts.values())

    def standings_to_keep(self) -> Standings | None:
        """How the contacts stand, where that is not kept yet; it counts as kept from now on."""
        standings = Standings(contacts=tuple(self.contacts.values()))
        digest = said_digest("standings", standings.model_dump(mode="json"))
        if digest == self.standings_kept:
            return None
        self.standings_kept = digest
        return standings

    def is_looked_for(self, planned: datetime) -> bool:
        """Whether the next look comes at another time than planned."""
        return self.is_look_wanted or self.next_look_at != planned

    def is_regular_look(self, now: datetime) -> bool:
        """Whether this is the look of a morning: only then people are asked what is not urgent."""
        return self.looked_at is not None and now >= self.next_look_at and self.is_asking_time(now)

    def is_asking_time(self, now: datetime) -> bool:
        """Whether people may be asked now what is not urgent."""
        return standing.is_time_to_ask(now, self.review.ask_at, self.time_zone)

    def take_put_off(self) -> list[tuple[str, Alarm]]:
        """The reminders that waited for a working day, of duties that are still open."""
        waiting = [(duty, alarm) for duty, alarm in self.put_off.items() if duty in self.asks]
        self.put_off = {}
        return waiting

    def plan_next_look(self, now: datetime) -> None:
        """Set when the next look comes: the working morning when something is to be asked, in a week at the latest."""
        wanted = min([now + LOOK_EVERY, *self.moments_to_ask(), *([now] if self.put_off else [])]) - MOMENT
        self.next_look_at = standing.next_working_morning(max(now, wanted), self.review.ask_at, self.time_zone)

    def confirm(self, contact: str, at: datetime, by: str, now: datetime) -> None:
        """A contact's details are right, as far as was known at a moment."""
        self.contacts[contact] = standing.confirmed(self.contacts[contact], at, by)
        if self.why(contact, now) is None:
            self.answered([contact], None, now, by)

    def doubt(
        self, contact: str, doubt: standing.Doubt, at: datetime, channel: standing.ContactChannel | None = None
    ) -> None:
        """A contact's details are in doubt; what they were doubted for before stays where it came later."""
        known = self.contacts[contact]
        if not (known.doubt in standing.AT_ONCE and known.doubted_at and known.doubted_at >= at):
            self.contacts[contact] = standing.doubted(known, doubt, at, channel)

    def tested(self, contact: str, at: datetime) -> None:
        """A test message to a contact was accepted."""
        known = self.contacts[contact]
        self.contacts[contact] = known.model_copy(update={"tested_at": max(at, known.tested_at or at)})

    def check(self, said: Checked, at: datetime, now: datetime) -> None:
        """Something else was looked at, or called."""
        parts = [said.number] if said.number else list(self.parts(said.what))
        for part in parts:
            before = self.done.get(done_key(said.what, part))
            if before is None or at >= before.at:
                self.done[done_key(said.what, part)] = DoneCheck(at=at, by=said.by[:100])
        self.answered([part for part in parts if self.part_due_at(said.what, part) > now], said.what, now, said.by)

    def forget_numbers_gone(self) -> None:
        """Forget when numbers were called that are no longer there."""
        kept = {"extranet", "suppliers", "directory", *(done_key("test_call", each) for each in self.emergency_numbers)}
        self.done = {name: done for name, done in self.done.items() if name in kept}

    def status_at(self, now: datetime) -> ContactReviewStatus:
        """The answer to the query ``status`` at a moment."""
        return ContactReviewStatus(
            drill=self.drill,
            opened_at=self.opened_at,
            looked_at=self.looked_at,
            next_look_at=self.next_look_at,
            contacts=self.contact_states(now),
            checks=self.check_states(),
            duties=tuple(DutyState.model_validate(duty.model_dump()) for duty in self.duties.values()),
            messages=tuple(self.messages.values()),
            rejected=tuple(self.rejected),
            problems=tuple(self.problems.values()),
            **self.tally(),
        )

    def status(self) -> ContactReviewStatus:
        """The answer to the query ``status``."""
        return self.status_at(self._clock() if self._clock else self.looked_at or self.opened_at)


class CarriedReview(Model):
    """What the review of the contacts hands to its next run."""

    carried: ContactReviewRecord


def review_record(sent: tuple[Any, ...], now: datetime) -> ContactReviewRecord:
    """The record to go on from; nothing need be sent. Raises ``Unreadable`` where none can be made of what was sent."""
    only_sealed(sent)
    read = read_start(sent or ({},), ReviewOpening, CarriedReview)
    check_id(CONTACT_REVIEW_ID)
    return read.carried if isinstance(read, CarriedReview) else ContactReviewRecord.opened(read, now)


def no_review(now: datetime, reason: str) -> ContactReviewRecord:
    """The record of a review whose start input can't be read: it ends at once and says why."""
    workflow.set_current_details(f"No review of the contacts was begun: {reason}")
    return ContactReviewRecord.opened(ReviewOpening(), now)
