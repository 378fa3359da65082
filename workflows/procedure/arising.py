"""A duty that facts give rise to, made from its dated rule: to whom, by when, on what basis, and whether checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from workflows.procedure import local_time
from workflows.procedure.authorities import UnknownAuthority, authority
from workflows.procedure.breach.rules import DutyRule
from workflows.procedure.dated import in_words
from workflows.procedure.deadlines import authority_deadlines, months_after
from workflows.procedure.duties import DutyKind, Ladder, Role, Rung
from workflows.procedure.model import Model

BEFORE_THE_LAW = "The time given lies before {day}, from when this duty holds: check the year. Counted as if it held."


class Arising(Model):
    """A duty that the facts give rise to. Times are in UTC."""

    kind: DutyKind
    recipient: str
    subject: str = ""
    """Tells several duties of one kind apart: the controller's name."""
    basis: str
    legal: bool
    counts_from: AwareDatetime
    due_at: AwareDatetime
    due_is_law: bool
    """Whether the time stands in the law; otherwise it is a target that the organisation's own ladder replaces."""
    ladder_kind: DutyKind
    verified: bool
    note: str = ""
    shorter_only: bool = False
    """Whether the organisation's own ladder replaces the target only where it is shorter."""
    task: str = ""
    """What is to be done, where that is not what the kind says (``data/tasks.toml``)."""

    @property
    def due_after(self) -> timedelta:
        """The elapsed time from the start of the clock to the due time."""
        return self.due_at - self.counts_from


class Locale(NamedTuple):
    """Where and when: the organisation's calendar, and the day whose authorities are told, since nobody else is now."""

    zone: str
    opened_at: datetime

    def day(self, moment: datetime) -> date:
        """The day of a moment in the organisation's calendar."""
        return local_time.local(moment, self.zone).date()


def arising(
    place: Locale,
    rule: DutyRule,
    counts_from: datetime,
    *,
    subject: str = "",
    recipient: str = "",
    notes: list[str] | None = None,
    task: str = "",
) -> Arising:
    """The duty of a rule whose clock starts at a moment. ``recipient``: in place of the rule's own."""
    due_at = _due_at(rule, counts_from, place.zone)
    told, is_known, remarks = _recipient(place, rule, recipient or subject, due_at)
    basis, verified = rule.basis, rule.verified and is_known
    if rule.valid_from and place.day(counts_from) < rule.valid_from:
        basis, verified = BEFORE_THE_LAW.format(day=in_words(rule.valid_from)), False
    return Arising(
        kind=rule.kind,
        recipient=told,
        subject=subject,
        basis=basis if verified else f"{basis} (unverified)",
        legal=rule.legal,
        counts_from=counts_from,
        due_at=due_at,
        due_is_law=rule.due == "law",
        ladder_kind=rule.kind,
        verified=verified,
        note=" ".join(part for part in (*(notes or ()), rule.note, *remarks) if part),
        shorter_only=rule.shorter_only,
        task=task,
    )


def _due_at(rule: DutyRule, counts_from: datetime, zone: str) -> datetime:
    if rule.months:
        return months_after(counts_from, rule.months, zone).target
    if rule.within is not None:
        return counts_from + rule.within
    return authority_deadlines(counts_from, zone).target


def _recipient(place: Locale, rule: DutyRule, named: str, due_at: datetime) -> tuple[str, bool, list[str]]:
    """Who is told, whether that is verified, and what to know about it."""
    if rule.authority is None:
        return named or rule.recipient or "the controller (not named yet)", True, []
    opened_on = place.day(place.opened_at)
    try:
        now = authority(rule.authority, opened_on)
        later = authority(rule.authority, max(opened_on, place.day(due_at)))
    except UnknownAuthority as unknown:
        return "the competent authority (not known for this day)", False, [f"{unknown}."]
    remarks = [] if now.routes else [now.note]  # says what to do where no way to reach them is known
    if later.valid_from and later.valid_from != now.valid_from:
        remarks.append(f"From {in_words(later.valid_from)}: {later.name.en}.")
    return now.name.en, now.verified, remarks


_STEPS: tuple[tuple[float, Role], ...] = (
    (1 / 3, "desk"),
    (2 / 3, "data_protection_officer"),
    (11 / 12, "management"),
)
_ANSWERABLE: tuple[Role, ...] = ("data_protection_officer", "management")


def ladder_for(arising: Arising, ladders: Mapping[DutyKind, Ladder]) -> Ladder:
    """The ladder of a duty that arises; its ``due_after`` counts from ``arising.counts_from``.

    A time that stands in the law stays as it is whatever the organisation has written; its own targets are its own,
    unless another party's legal time hangs on them: then a longer ladder is drawn together to fit.
    """
    own = ladders.get(arising.ladder_kind)
    if own is None:
        return _usual(arising.due_after)
    if arising.shorter_only and own.due_after > arising.due_after:
        return _drawn_together(own, arising.due_after)
    return own.model_copy(update={"due_after": arising.due_after}) if arising.due_is_law else own


def _drawn_together(ladder: Ladder, due_after: timedelta) -> Ladder:
    """The same ladder over a shorter time: each reminder at the same part of it."""
    rungs = tuple(Rung(after=rung.after * (due_after / ladder.due_after), to=rung.to) for rung in ladder.reminders)
    return ladder.model_copy(update={"due_after": due_after, "reminders": rungs})


def _usual(due_after: timedelta) -> Ladder:
    return Ladder(
        due_after=due_after,
        reminders=tuple(Rung(after=due_after * part, to=role) for part, role in _STEPS),
        overdue_to=_ANSWERABLE,
        overdue_every=timedelta(hours=1),
    )
