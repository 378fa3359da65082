"""What people are asked at the moment: each open duty of the review, whose answer it waits for, and about what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from workflows.contacts.messages import CheckState, ContactsSeen, ContactState
from workflows.procedure.contacts import standing
from workflows.procedure.contacts.rules import CHECKS, CheckId, ReviewRules
from workflows.procedure.contacts.standing import AT_ONCE, ContactDoubt, KnownContact
from workflows.procedure.duties import Alarm, Duty, Ladder, Rung
from workflows.procedure.model import Model, Moment
from workflows.process.record import Record

ASKS_AT_MOST = 60
"""So many are open at once; what more owners would be asked, the desk is."""
NAMED_AT_MOST = 40
"""Contacts in one letter: ``status`` has all of them."""


class Ask(Model):
    """What is asked, or is to be: who (an owner's contact id; empty: the desk) about which contacts, or which check.

    ``items``: the contacts that nobody has confirmed yet; of a check what is still to be done.
    """

    owner: str = ""
    is_at_once: bool = False
    check: CheckId | None = None
    items: tuple[str, ...]

    def is_of(self, owner: str, *, is_at_once: bool) -> bool:
        """Whether it is what this owner is asked about contacts."""
        return self.check is None and (self.owner, self.is_at_once) == (owner, is_at_once)


class DoneCheck(Model):
    """When something else was done, and by whom."""

    at: Moment
    by: str


class AskingRecord(Record):
    """A record of contacts, and of what is asked about them."""

    review: ReviewRules = ReviewRules()
    contacts: dict[str, KnownContact] = Field(default_factory=dict)
    emergency_numbers: tuple[str, ...] = ()
    done: dict[str, DoneCheck] = Field(default_factory=dict)
    """Of each check, and of each number of the test call (``test_call/kela``)."""
    asks: dict[str, Ask] = Field(default_factory=dict)
    """What is asked, by the id of the open duty."""
    put_off: dict[str, Alarm] = Field(default_factory=dict)
    """Reminders that wait for the next working day, by their duty."""

    # --- what is known ----------------------------------------------------------------------------------------

    def take_contacts(self, seen: ContactsSeen, now: datetime) -> None:
        """Take the contacts as they stand; what is asked about one that is gone is asked no more."""
        self.review, self.emergency_numbers = seen.rules, seen.numbers
        self.contacts = {
            each.contact: standing.as_seen(self.contacts.get(each.contact), each, now, self.time_zone)
            for each in seen.contacts
        }
        for duty_id, ask in list(self.asks.items()):
            owner = ask.owner if ask.owner in self.contacts else ""
            self.asks[duty_id] = ask.model_copy(update={"owner": owner})
            self._keep(duty_id, self._still_asked(ask, now), now, "no longer asked: gone from the operating model")

    def _still_asked(self, ask: Ask, now: datetime) -> list[str]:
        if ask.check == "test_call":
            return [item for item in ask.items if item in self.emergency_numbers]
        return list(ask.items) if ask.check else [item for item in ask.items if self.why(item, now)]

    def why(self, contact: str, now: datetime) -> standing.Why | None:
        """Why somebody is asked about a contact; None where nobody is."""
        known = self.contacts.get(contact)
        return standing.why_asked(known, now, self.review.every, self.time_zone) if known else None

    def answered(self, items: Iterable[str], check: CheckId | None, now: datetime, by: str) -> None:
        """Meet what was asked about some contacts, or some parts of a check, as far as it is answered now."""
        settled = {*items}
        for duty_id, ask in list(self.asks.items()):
            if ask.check == check and settled & {*ask.items}:
                self._keep(duty_id, [item for item in ask.items if item not in settled], now, "", by)

    def _keep(self, duty_id: str, items: list[str], now: datetime, gone: str, by: str = "") -> None:
        """Keep what is still asked; a duty of which nothing is left is met, or let go with the reason."""
        ask = self.asks[duty_id]
        if items:
            self.asks[duty_id] = ask.model_copy(update={"items": tuple(items)})
            return
        self.asks.pop(duty_id)
        self.put_off.pop(duty_id, None)
        duty = self.duties[duty_id]
        if by or all(name in self.contacts for name in ask.items) or ask.check:
            self.meet(duty, now, by or "kantadesk", "" if by else "verified_on")
        else:
            self.waive(duty, now, "kantadesk", gone)

    # --- what is asked ----------------------------------------------------------------------------------------

    def wanted(self, now: datetime, *, only_at_once: bool) -> list[Ask]:
        """What is to be asked now and is not yet, for each who is asked; ``only_at_once``: only what can't wait."""
        groups: dict[tuple[str, bool], list[str]] = {}
        for known in self.contacts.values():
            why = self.why(known.contact, now)
            is_at_once = why in AT_ONCE
            if why is None or (only_at_once and not is_at_once) or self._is_asked(known.contact, is_at_once=is_at_once):
                continue
            has_room = len(self.asks) + len(groups) < ASKS_AT_MOST or (known.owner, is_at_once) in groups
            owner = self._asked_of(known, is_at_once=is_at_once, has_room=has_room)
            groups.setdefault((owner, is_at_once), []).append(known.contact)
        asked = [
            Ask(owner=owner, is_at_once=is_at_once, items=tuple(names)) for (owner, is_at_once), names in groups.items()
        ]
        return asked if only_at_once else asked + self._checks_wanted(now)

    def _is_asked(self, contact: str, *, is_at_once: bool) -> bool:
        """Whether somebody is asked about a contact, as soon as it must be."""
        return any(
            ask.check is None and contact in ask.items and (ask.is_at_once or not is_at_once)
            for ask in self.asks.values()
        )

    def _asked_of(self, known: KnownContact, *, is_at_once: bool, has_room: bool) -> str:
        """Who is asked: its owner. The desk, where it has none, or where that one would not get the letter."""
        if known.owner not in self.contacts or (is_at_once and known.owner == known.contact):
            return ""
        has_one = any(ask.is_of(known.owner, is_at_once=is_at_once) for ask in self.asks.values())
        return known.owner if has_one or has_room else ""

    def moments_to_ask(self) -> list[datetime]:
        """When something that is not asked is to be asked, or was."""
        asked = {item for ask in self.asks.values() for item in ask.items}
        contacts = (
            known.doubted_at or standing.due_at(known, self.review.every, self.time_zone)
            for known in self.contacts.values()
            if known.contact not in asked
        )
        open_checks = {ask.check for ask in self.asks.values()}
        parts = (
            self.part_due_at(check, part) for check in CHECKS if check not in open_checks for part in self.parts(check)
        )
        return [*contacts, *parts]

    def _checks_wanted(self, now: datetime) -> list[Ask]:
        asked = {ask.check for ask in self.asks.values()}
        due = {check: [item for item in self.parts(check) if self.part_due_at(check, item) <= now] for check in CHECKS}
        return [Ask(check=check, items=tuple(due[check])) for check in CHECKS if due[check] and check not in asked]

    def parts(self, check: CheckId) -> tuple[str, ...]:
        """What is to be done for a check: each number of the test call, all others in one."""
        return self.emergency_numbers if check == "test_call" else (check,)

    def part_due_at(self, check: CheckId, part: str) -> datetime:
        """When it is to be done again; the first time some while after the review began."""
        last = self.done.get(done_key(check, part))
        return last.at + self.review.check_every(check) if last else self.opened_at + self.review.first_after

    def ask(self, wanted: Ask, now: datetime) -> Duty:
        """Ask for something: a duty is opened, or the one by which its owner is asked already grows."""
        if wanted.is_at_once:
            self._no_longer_calmly({*wanted.items}, now)
        for duty_id, ask in self.asks.items():
            if wanted.check is None and ask.is_of(wanted.owner, is_at_once=wanted.is_at_once):
                self.asks[duty_id] = ask.model_copy(update={"items": (*ask.items, *wanted.items)})
                return self.duties[duty_id]
        duty = self._opened(wanted, now)
        self.asks[duty.id] = wanted
        return duty

    def _opened(self, wanted: Ask, now: datetime) -> Duty:
        ladder = self._ladder(wanted)
        basis = (
            CHECKS[wanted.check].source if wanted.check
            else "details by which nobody is reached" if wanted.is_at_once
            else "contact details are confirmed once in every cycle"
        )  # fmt: skip
        to = CHECKS[wanted.check].by.replace("_", " ") if wanted.check else wanted.owner or "desk"
        duty = self.owe_by(
            "verify_contacts", ladder, now, to=to, basis=basis, legal=False, clock_started_at=now,
            digests=self.rules.digests if self.rules else None,
        )  # fmt: skip
        if wanted.check:
            self.duties[duty.id] = duty = duty.model_copy(update={"task": f"check_{wanted.check}"})
        return duty

    def _ladder(self, wanted: Ask) -> Ladder:
        """The ladder of what is asked; of a check, its own role stands where it says the desk."""
        ladder = self.rules.ladder("verify_contacts") if self.rules and not wanted.is_at_once else self.review.at_once
        if wanted.check is None:
            return ladder
        by = CHECKS[wanted.check].by
        rungs = tuple(Rung(after=each.after, to=by if each.to == "desk" else each.to) for each in ladder.reminders)
        return ladder.model_copy(update={"reminders": rungs})

    def _no_longer_calmly(self, contacts: set[str], now: datetime) -> None:
        """What is asked at once is no longer asked with time."""
        for duty_id, ask in list(self.asks.items()):
            if ask.check is None and not ask.is_at_once and contacts & {*ask.items}:
                left = tuple(item for item in ask.items if item not in contacts)
                if left:
                    self.asks[duty_id] = ask.model_copy(update={"items": left})
                else:
                    del self.asks[duty_id]
                    self.put_off.pop(duty_id, None)
                    self.waive(self.duties[duty_id], now, "kantadesk", "asked at once instead")

    def awaited(self, duty: Duty) -> tuple[str, ...]:
        """What nobody has answered of a duty yet."""
        items = self.asks[duty.id].items if duty.id in self.asks else ()
        return (*items[:NAMED_AT_MOST], *([f"(+{len(items) - NAMED_AT_MOST})"] if len(items) > NAMED_AT_MOST else []))

    def doubts(self, duty_id: str, now: datetime) -> tuple[ContactDoubt, ...]:
        """What a letter says of the contacts of a duty."""
        ask = self.asks.get(duty_id)
        items = ask.items[:NAMED_AT_MOST] if ask and not ask.check else ()
        known = [(self.contacts[item], self.why(item, now)) for item in items if item in self.contacts]
        return tuple(standing.about(each, why, self.time_zone) for each, why in known if why)

    # --- what it answers --------------------------------------------------------------------------------------

    def contact_states(self, now: datetime) -> tuple[ContactState, ...]:
        """How each contact stands, in the order of the operating model."""
        by = {item: duty_id for duty_id, ask in self.asks.items() if ask.check is None for item in ask.items}
        return tuple(self._contact_state(known, by.get(known.contact, ""), now) for known in self.contacts.values())

    def _contact_state(self, known: KnownContact, duty: str, now: datetime) -> ContactState:
        facts: dict[str, Any] = known.model_dump(
            include={"contact", "owner", "verified_on", "confirmed_by", "channel", "tested_at"}
        )
        return ContactState(
            **facts,
            confirmed_at=standing.last_confirmed(known, self.time_zone),
            due_at=standing.due_at(known, self.review.every, self.time_zone),
            why=self.why(known.contact, now),
            since=known.doubted_at,
            duty=duty,
        )

    def check_states(self) -> tuple[CheckState, ...]:
        """How everything else stands."""
        return tuple(self._check_state(check, part) for check in CHECKS for part in self.parts(check))

    def _check_state(self, check: CheckId, part: str) -> CheckState:
        last = self.done.get(done_key(check, part))
        duty = next((i for i, ask in self.asks.items() if ask.check == check and part in ask.items), "")
        return CheckState(
            what=check,
            number=part if check == "test_call" else "",
            done_at=last.at if last else None,
            done_by=last.by if last else "",
            due_at=self.part_due_at(check, part),
            duty=duty,
        )


def done_key(check: CheckId, part: str) -> str:
    """Under which it is kept when a part of a check was done."""
    return f"{check}/{part}" if check == "test_call" else check
