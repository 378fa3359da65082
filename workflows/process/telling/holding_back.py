"""What waits for a contact: in quiet hours, or since it has just been told something. Nothing of it is dropped.

It stands in the record, so that it outlives every run. A letter that goes to many is kept once; each contact names the
letters that wait for it. When the time has come they go: one as it is, several as one letter that says what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from temporalio import workflow

from workflows.procedure.duties import Duty
from workflows.procedure.local_time import written
from workflows.procedure.operating_model.channels import Manner
from workflows.procedure.operating_model.holding_back import has_risen, may_wait
from workflows.process.duty_timers import wait_until
from workflows.process.ports import Letter
from workflows.process.retention import size
from workflows.process.telling.held import HeldBack, LastTold

CONTACTS_AT_MOST = 300
TOLD_AT_MOST = 500
"""Of whom it is known when they were told last; of more, those who were told first are forgotten."""
LETTERS_AT_MOST = 20
"""Of one contact."""
BYTES_AT_MOST = 100_000
"""Of all letters that wait: what finds no room goes at once, since the record must stay small."""
WAITS_AT_MOST = timedelta(days=1)
"""However often something goes meanwhile."""
NAMED_AT_MOST = 30
ALARMS = ("reminder", "overdue")


class Holder(Protocol):
    """The record of a process that may hold messages back."""

    process: Any
    time_zone: Any
    severity: Any
    duties: dict[str, Duty]
    held: dict[str, HeldBack]
    held_letters: dict[str, Letter]
    told_last: dict[str, LastTold]

    def note(self, at: datetime, what: str, by: str = "", detail: str = "") -> None:
        """Add a line to the timeline."""


IsOverLaw = Callable[[Duty], bool]
Release = Callable[[str, Manner, tuple[Letter, ...]], None]


class Holding:
    """What one process holds back. ``release(contact, manner, letters)`` sends what has waited."""

    def __init__(self, record: Any, release: Release, is_over_law: IsOverLaw) -> None:
        self._record: Holder = record
        self._release, self._is_over_law = release, is_over_law

    def waits(self, letter: Letter, manner: Manner, said: str) -> bool:
        """Hold a letter back where it may wait and should; otherwise it counts as told now."""
        now = workflow.now()
        until, because = self._until(letter, manner, said, now)
        if until is None or not self._has_room(letter):
            self._told(letter, manner, said, now)
            return False
        self._hold(letter, manner, until, because)
        if not letter.is_mailing:
            self._record.note(
                now, f"Held back until {written(until, self._record.time_zone)}: {_matter(letter)}", detail=because
            )
        return True

    async def keep(self) -> None:
        """Let go what has waited, when its time has come, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: bool(self._record.held))
            moment = self._next()
            why = f"What is held back goes at {written(moment, self._record.time_zone)}"
            if await wait_until(moment, why, cancel_if=partial(self._is_another, moment)):
                self._let_go()

    def _is_another(self, moment: datetime) -> bool:
        return self._next() != moment

    def _next(self) -> datetime:
        return min((each.until for each in self._record.held.values()), default=workflow.now())

    def _let_go(self) -> None:
        now = workflow.now()
        due = {contact: each for contact, each in self._record.held.items() if each.until <= now}
        for contact, each in due.items():
            if again := self._put_off(contact, each, now):
                self._record.held[contact] = each.model_copy(update={"until": again})
        going = [contact for contact in due if self._record.held[contact].until <= now]
        if going:
            more = f" and {len(going) - NAMED_AT_MOST} more" if len(going) > NAMED_AT_MOST else ""
            self._record.note(now, "What was held back goes now", detail=f"to {', '.join(going[:NAMED_AT_MOST])}{more}")
        for contact in going:
            self._go(contact, now)

    def _put_off(self, contact: str, each: HeldBack, now: datetime) -> datetime | None:
        """Until when it waits on: its time has come in quiet hours, or something went meanwhile that could not wait."""
        if quiet := each.manner.quiet.end_after(now) if each.manner.quiet else None:
            return quiet
        last, one_per = self._record.told_last.get(contact), each.manner.one_per
        over = last.at + one_per if last and one_per else now
        return over if now < over <= each.since + WAITS_AT_MOST else None

    def _go(self, contact: str, now: datetime) -> None:
        each = self._record.held.pop(contact)
        letters = tuple(
            _to(contact, self._record.held_letters[name]) for name in each.letters if name in self._record.held_letters
        )
        self._forget_unneeded()
        as_it_is = {"severity": self._record.severity or ""}  # what got worse has gone already
        self._told(letters[-1].model_copy(update=as_it_is), each.manner, "", now)
        self._release(contact, each.manner, letters)

    def _forget_unneeded(self) -> None:
        wanted = {name for each in self._record.held.values() for name in each.letters}
        for name in [name for name in self._record.held_letters if name not in wanted]:
            del self._record.held_letters[name]

    def _until(self, letter: Letter, manner: Manner, said: str, now: datetime) -> tuple[datetime | None, str]:
        """Until when it waits and why; None where it goes now."""
        duty = self._record.duties.get(letter.duty)
        if not may_wait(
            letter.kind,
            process=self._record.process,
            severity=letter.severity,
            extensive=letter.extensive,
            is_over_law=self._concerns_law(letter, duty),
        ):
            return None, ""
        quiet = manner.quiet.end_after(now) if manner.quiet else None
        if quiet is not None:
            return quiet, "quiet hours"
        last = self._record.told_last.get(letter.contact)
        if (
            last is None
            or manner.one_per is None
            or last.said == _short(said)
            or has_risen(letter.severity, last.severity)
        ):
            return None, ""
        over = last.at + manner.one_per
        return (over, f"one message in {_length(manner.one_per)}") if over > now else (None, "")

    def _concerns_law(self, letter: Letter, duty: Duty | None) -> bool:
        settled = [self._record.duties[each.duty] for each in letter.settled if each.duty in self._record.duties]
        return any(self._is_over_law(each) for each in (*([duty] if duty else []), *settled))

    def _has_room(self, letter: Letter) -> bool:
        held = self._record.held
        if letter.contact not in held and len(held) >= CONTACTS_AT_MOST:
            return False
        if letter.contact in held and len(held[letter.contact].letters) >= LETTERS_AT_MOST:
            return False
        name = _name(letter)
        return name in self._record.held_letters or (size(self._record.held_letters) + size(letter) <= BYTES_AT_MOST)

    def _hold(self, letter: Letter, manner: Manner, until: datetime, because: str) -> None:
        name = _name(letter)
        self._record.held_letters.setdefault(name, _for_all(letter))
        before = self._record.held.get(letter.contact)
        if before is None:
            after = HeldBack(since=workflow.now(), until=until, because=because, manner=manner, letters=(name,))
        else:
            names = tuple(dict.fromkeys((*before.letters, name)))
            after = before.model_copy(update={"letters": names, "manner": manner, "until": max(before.until, until)})
        self._record.held[letter.contact] = after

    def _told(self, letter: Letter, manner: Manner, said: str, now: datetime) -> None:
        if manner.one_per is None:
            return
        past = [contact for contact, each in self._record.told_last.items() if each.at + timedelta(days=1) < now]
        for contact in past:
            del self._record.told_last[contact]
        self._record.told_last.pop(letter.contact, None)
        while len(self._record.told_last) >= TOLD_AT_MOST:
            del self._record.told_last[next(iter(self._record.told_last))]
        self._record.told_last[letter.contact] = LastTold(at=now, severity=letter.severity, said=_short(said))


def is_stale(letter: Letter, duties: dict[str, Duty]) -> bool:
    """Whether it is an alarm of a duty that is not open any more."""
    return letter.kind in ALARMS and letter.duty in duties and not duties[letter.duty].is_open


def _for_all(letter: Letter) -> Letter:
    return letter.model_copy(update={"contact": "", "key": letter.key.removesuffix(f"/{letter.contact}")})


def _to(contact: str, letter: Letter) -> Letter:
    return letter.model_copy(update={"contact": contact, "key": f"{letter.key}/{contact}"})


def _name(letter: Letter) -> str:
    """What all who are told the same in the same words have in common."""
    told = f"{_for_all(letter).key} {letter.language} {letter.sector} {letter.for_citizens} {letter.stands_in_for}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _short(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:12] if said else ""


def _matter(letter: Letter) -> str:
    about = f" ({letter.duty})" if letter.duty else ""
    return f"{letter.kind.replace('_', ' ')}{about} to {letter.contact}"


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes} min"


def keys_of(letters: Sequence[Letter]) -> dict[str, Any]:
    """What several letters are known by together."""
    return {"keys": [letter.key for letter in letters]}
