"""Each reminder, alarm and digest of a process held against one moment of the ladder of one duty.

What is owed is known from the messages that have come (the model of ``tests/chaos``), and when a ladder has a moment
from the operating model (``short_clocks``). Of the product it sees what it asks of the world: a letter, about which
duty, to whom. When a duty's clock began, where that is its opening, is not said to anybody: it is the moment of a task
at or after its cause for which there is a timer that goes off when the ladder says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple

from tests.chaos.model import Expected, ExpectedIncident, Owed
from tests.chaos.short_clocks import Alarm, alarms, holders, members

EXACT = timedelta(milliseconds=5)
"""By how much a timer may miss its moment."""
AT_ONCE = timedelta(seconds=15)
"""What comes so soon after an alarm may have come before it, for the process."""
WITHIN = timedelta(minutes=20)
"""Within which a letter is on its way whose moment has come: whom it concerns is looked up first, with retries."""
TOO_CLOSE = timedelta(hours=1)
"""Where the next alarm follows so soon, a letter may be left to it."""
MET_BY_A_LETTER = ("report_to_kela", "supplement_to_kela", "end_to_kela", "withdrawal_to_kela")
REMINDER_OF_INSTRUCTION = "instruction_reminder"
OF_A_LADDER = frozenset(("reminder", "overdue", "unanswered", REMINDER_OF_INSTRUCTION))


class Asked(NamedTuple):
    """A letter that a process asks for: what for, to whom, about which duties; when."""

    purpose: str
    contact: str
    duties: tuple[str, ...]
    at: datetime


@dataclass
class Clock:
    """One duty and its ladder. ``opened``: at the earliest and at the latest; ``begins``: the clock, at the earliest.

    ``ended``: when that came which ends it, and by when the process had taken it in; None while it is open.
    """

    owed: Owed
    opened: tuple[datetime, datetime | None]
    ended_from: datetime | None = None
    ended_by: datetime | None = None
    is_certain: bool = True
    """Whether the duty must be there; a further form to Kela may be owed or not."""
    told: set[tuple[int, str, str]] = field(default_factory=set)
    """By number of the alarm, purpose and contact: what has been asked for."""
    _climbed: list[Alarm] = field(default_factory=list)
    _rest: Iterator[Alarm] | None = None

    @property
    def begins(self) -> datetime:
        """From when its ladder counts."""
        return self.owed.counts_from or self.opened[0]

    def opened_at(self, earliest: datetime, latest: datetime) -> None:
        """It is known now when it was opened."""
        if earliest != self.opened[0]:
            self._climbed, self._rest = [], None
        self.opened = (earliest, latest)

    def come(self, now: datetime) -> list[Alarm]:
        """The moments of its ladder up to now."""
        self.following(now)
        return [alarm for alarm in self._climbed if alarm.at <= now]

    def following(self, now: datetime) -> Alarm:
        """The first moment after now."""
        self._rest = self._rest or alarms(self.owed.kind, self.begins)
        while not self._climbed or self._climbed[-1].at <= now:
            self._climbed.append(next(self._rest))
        return self._climbed[bisect_right(self._climbed, now, key=lambda alarm: alarm.at)]

    def may_go_off(self, now: datetime) -> list[Alarm]:
        """The moments that count: all while it was open, and the latest of those that were missed before."""
        come = [alarm for alarm in self.come(now) if self.ended_by is None or alarm.at <= self.ended_by]
        missed = [alarm for alarm in come if alarm.at <= (self.opened[1] or now)]
        if missed and missed[-1].is_digest:
            roles = tuple(dict.fromkeys(role for each in missed if each.is_digest for role in each.roles))
            come[come.index(missed[-1])] = missed[-1]._replace(roles=roles)
        gone = {alarm.number for alarm in missed[:-1] if alarm.at <= self.opened[0]}
        return [alarm for alarm in come if alarm.number not in gone]


@dataclass
class Ladders:
    """The ladders of one process. ``hear`` comes after each event, ``rest`` when nothing is left for it to take in."""

    clocks: dict[str, Clock] = field(default_factory=dict)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many letters of a ladder it has asked for: by purpose and contact."""
    owed: int = 0
    """How many letters had to be asked for, and were looked for in time."""
    looked_at: int = 0
    """How many clocks the looks were at."""
    _awaited: list[tuple[datetime, str, Alarm]] = field(default_factory=list)
    _worked: list[datetime] = field(default_factory=list)
    _perhaps: dict[str, list[datetime]] = field(default_factory=dict)
    _answered: dict[str, list[datetime]] = field(default_factory=dict)
    """By contact: when its answer to an instruction came, and by when it was taken in."""

    # --- what has come -----------------------------------------------------------------------------------------

    def worked(self, at: datetime) -> None:
        """The process has done something, at this moment of its own."""
        self._worked.append(at)
        for clock in self.clocks.values():
            if clock.owed.kind in MET_BY_A_LETTER and clock.ended_from is not None:
                clock.ended_by = clock.ended_by or at

    @property
    def last_worked(self) -> datetime:
        """When it did something last."""
        return self._worked[-1]

    def hear(self, model: Expected, at: datetime) -> None:
        """Something has come: what the model owes now that it did not, and what it owes no more."""
        for owed in model.duties.values():
            clock = self.clocks.get(owed.id)
            if clock is None or not clock.is_certain:
                clock = self.clocks[owed.id] = Clock(owed, (at, None))
            if owed.state != "open" and owed.kind not in MET_BY_A_LETTER and clock.ended_from is None:
                clock.ended_from = at
        for kind, number in model.perhaps_owed.items():
            known = self._perhaps.setdefault(kind, [])
            known += [at] * (number - len(known))
        if isinstance(model, ExpectedIncident):
            for contact in model.answers:
                self._answered.setdefault(contact, [at])

    def met_by_a_letter(self, duty: str, at: datetime) -> None:
        """The letter has gone that meets a duty."""
        clock = self._clock(duty)
        if clock is not None and clock.owed.kind in MET_BY_A_LETTER and clock.ended_from is None:
            clock.ended_from = at

    def answered(self, update: str) -> None:
        """A message has been answered: what it ends is over now."""
        for clock in self.clocks.values():
            if clock.owed.closed_by == update and clock.ended_by is None:
                clock.ended_by = self._worked[-1]

    def over(self, at: datetime) -> None:
        """Nothing is left to take in: what has ended has ended by now."""
        for clock in self.clocks.values():
            if clock.ended_from is not None and clock.ended_by is None:
                clock.ended_by = at
        for answered in self._answered.values():
            if len(answered) == 1:
                answered.append(at)

    # --- timers --------------------------------------------------------------------------------------------------

    def without_timer(self, timers: Sequence[datetime], *, is_busy: bool) -> list[tuple[Clock, datetime]]:
        """The duties that are open without a timer of their own that goes off when the ladder says; and when it says.

        ``is_busy``: it still waits for steps, so that what was said last may not have opened its duty yet.
        """
        if not self._worked:
            return []
        free, missing = list(timers), []
        watched = [each for each in self.clocks.values() if each.ended_by is None and each.is_certain]
        for clock in sorted(watched, key=lambda each: (each.opened[1] is None, each.ended_from is not None)):
            may_lack = clock.ended_from is not None  # what ends it has come, and may wait behind something
            if clock.opened[1] is None and not self._finds_its_opening(clock, free) and (may_lack or is_busy):
                continue
            self.looked_at += 1
            at = clock.following(self._worked[-1]).at
            place = next((n for n, each in enumerate(free) if abs(each - at) <= EXACT), None)
            if place is not None:
                free.pop(place)
            elif not may_lack:
                missing.append((clock, at))
        return missing

    def _finds_its_opening(self, clock: Clock, timers: Sequence[datetime]) -> bool:
        """Look for the task in which it was opened, by the timer that there is for it."""
        now = self._worked[-1]
        if clock.owed.counts_from:
            if _missed_by(clock, now, timers) > EXACT:
                return False
            clock.opened_at(clock.opened[0], now)
        else:
            moments = self._worked[bisect_left(self._worked, clock.opened[0]) :]
            missed_by = [(_missed_by(Clock(clock.owed, (at, at)), now, timers), at) for at in moments]
            least, at = min(missed_by, default=(timedelta.max, now))
            if least > EXACT:
                return False
            clock.opened_at(at, at)
        self._await(clock, [*clock.may_go_off(now)[-1:], clock.following(now)])
        return True

    def _await(self, clock: Clock, alarms: Sequence[Alarm]) -> None:
        """These must tell somebody, unless the duty is over before."""
        for alarm in alarms:
            heappush(self._awaited, (max(alarm.at, clock.opened[1] or alarm.at) + WITHIN, clock.owed.id, alarm))

    def untold(self, now: datetime) -> list[str]:
        """Alarms that had to tell somebody by now, and have not."""
        found: list[str] = []
        while self._awaited and self._awaited[0][0] <= now:
            _, duty, alarm = heappop(self._awaited)
            clock = self.clocks[duty]
            following = clock.following(alarm.at)
            if clock.ended_from is None:
                self._await(clock, [following])
            if following.at - alarm.at >= TOO_CLOSE:
                found += [
                    f"{duty}: no {each}, owed since {alarm.at:%m-%d %H:%M:%S}" for each in self._not_told(clock, alarm)
                ]
        return found

    # --- letters --------------------------------------------------------------------------------------------------

    def fault_of(self, asked: Asked) -> str:
        """What is wrong with a letter of a ladder; empty where it is owed now, to this contact, and not told before."""
        self.asked[asked.purpose, asked.contact] += 1
        if not asked.duties:
            return f"a letter {asked.purpose} to {asked.contact} is about no duty"
        roles: list[str] = []
        for duty in asked.duties:
            clock = self._clock(duty)
            if clock is None:
                return f"a letter {asked.purpose} to {asked.contact} is about {duty}, which nobody owes"
            told = {number for number, purpose, contact in clock.told if (purpose, contact) == asked[:2]}
            may = [each for each in self._may_tell(clock, asked) if each.number not in told]
            if not may:
                return f"a letter {asked.purpose} of {duty} to {asked.contact} is not owed {_why(clock, asked)}"
            clock.told.add((may[-1].number, asked.purpose, asked.contact))
            roles += may[-1].roles
        if asked.purpose == "unanswered" and asked.contact not in _of_a_digest(roles):
            return f"a digest of {', '.join(asked.duties)} went to {asked.contact}, whom none of them is for"
        return ""

    def _may_tell(self, clock: Clock, asked: Asked) -> list[Alarm]:
        come = clock.may_go_off(asked.at)
        if asked.purpose == REMINDER_OF_INSTRUCTION:
            answered = self._answered.get(asked.contact, [])
            is_asked = clock.owed.kind == "distribute_instruction" and asked.contact in members("instruction")
            is_silent = [each for each in come if len(answered) < 2 or each.at <= answered[1]]
            return [each for each in is_silent if is_asked and _asks_the_missing(each)]
        if asked.purpose == "unanswered":
            return [each for each in come if each.is_digest]
        return [each for each in come if each.purpose == asked.purpose and asked.contact in each.told]

    def _not_told(self, clock: Clock, alarm: Alarm) -> list[str]:
        """Whom an alarm should have told, and no letter was asked for; none where the duty was over by then."""
        if clock.ended_from is not None and clock.ended_from <= max(alarm.at, clock.opened[1] or alarm.at) + AT_ONCE:
            return []
        wanted = [(alarm.purpose, contact) for contact in alarm.told]
        if clock.owed.kind == "distribute_instruction" and _asks_the_missing(alarm):
            wanted += [
                (REMINDER_OF_INSTRUCTION, contact)
                for contact in members("instruction")
                if contact not in self._answered or self._answered[contact][0] > alarm.at + AT_ONCE
            ]
        self.owed += len(wanted)
        return [
            f"{purpose} to {contact}"
            for purpose, contact in wanted
            if (alarm.number, purpose, contact) not in clock.told
        ]

    def _clock(self, duty: str) -> Clock | None:
        """The clock of a duty; that of a further form to Kela begins when one may be owed."""
        if duty not in self.clocks:
            kind, _, number = duty.partition("-")
            since = self._perhaps.get(kind, [])[int(number or 1) - 1 :][:1]
            if since:
                self.clocks[duty] = Clock(Owed(duty, kind, ""), (since[0], None), is_certain=False)
        return self.clocks.get(duty)


def asked_in(letter: dict[str, Any], at: datetime) -> Asked:
    """A letter as the process asks for it."""
    about = (letter["duty"],) if letter["duty"] else tuple(each["duty"] for each in letter["settled"])
    return Asked(letter["kind"], letter["contact"], about, at)


def _asks_the_missing(alarm: Alarm) -> bool:
    """Whether those are asked again who have not acknowledged: at each alarm, of the digests once a week."""
    return not alarm.is_digest or "management" in alarm.roles


def _missed_by(clock: Clock, now: datetime, timers: Sequence[datetime]) -> timedelta:
    """By how much the nearest timer misses the next moment of a ladder."""
    at = clock.following(now).at
    return min((abs(each - at) for each in timers), default=timedelta.max)


def _of_a_digest(roles: Sequence[str]) -> tuple[str, ...]:
    return holders(tuple(dict.fromkeys(roles)), deputies="management" in roles)


def _why(clock: Clock, asked: Asked) -> str:
    """In words: what its ladder has."""
    if clock.ended_by is not None:
        return f"(it was over by {clock.ended_by:%m-%d %H:%M:%S})"
    come, following = clock.come(asked.at), clock.following(asked.at)
    return f"(its ladder has {len(come)} moments by now, the next at {following.at:%m-%d %H:%M:%S})"
