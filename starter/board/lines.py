"""The lines of the board: what is owed, soonest first, in words that need no colour. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from starter.language import names
from starter.language.moments import countdown, short
from starter.language.words import N_, Texts, _, n_
from starter.terminal.output import clean

SOON = timedelta(hours=1)
Urgency = Literal["late", "soon", "later"]
NOT_ASKED = N_("its next duty")
"""What is said of a process that was not asked which duty it is."""
WORD: Texts = {"late": "LATE", "soon": "SOON", "later": ""}


class Line(NamedTuple):
    """One open duty. ``moved``: how far a drill's clock is ahead of the wall clock."""

    process: str
    reference: str
    duty: str
    kind: str
    recipient: str
    drill: bool
    legal: bool
    due_at: datetime | None
    moved: timedelta
    silent: str
    """Why the process doesn't answer; empty where it does."""
    is_ended: bool = False
    """Whether it was ended from outside: what it owes is owed, and no clock of it runs."""
    is_a_strangers: bool = False
    """Whether nobody knows who has opened it."""
    is_not_asked: bool = False
    """Whether only its next time is known."""
    title: str = ""
    opened_at: datetime | None = None
    """When its process was opened."""

    @property
    def item(self) -> tuple[str, str, str]:
        """What tells this line from any other."""
        return self.process, self.reference, self.duty

    def clock(self, now: datetime) -> datetime:
        """The time on the process's own clock."""
        return now + self.moved

    def urgency(self, now: datetime) -> Urgency:
        """How urgent it is at a moment of the wall clock."""
        if self.due_at is None or self.due_at - self.clock(now) > SOON:
            return "later"
        return "late" if self.due_at <= self.clock(now) else "soon"

    def cells(self, now: datetime) -> tuple[str, ...]:
        """The columns ``HEADINGS``."""
        return (
            _(WORD[self.urgency(now)]),
            short(self.due_at),
            _("no clock runs") if self.is_ended else countdown(self.due_at, self.clock(now)),
            clean(self.whose),
            clean(self.what),
            clean(names.recipient(self.recipient)),
        )

    @property
    def whose(self) -> str:
        """Of which process, with its marks."""
        return names.whose(self.process, self.reference, is_drill=self.drill, is_a_strangers=self.is_a_strangers)

    @property
    def what(self) -> str:
        """The duty in words; a process that is silent says so."""
        if self.is_ended:
            return _("ENDED FROM OUTSIDE")
        if self.silent:
            return _("does not answer")
        if self.is_not_asked:
            return _(NOT_ASKED)
        return names.duty(self.kind, self.duty) + (" " + _("(law)") if self.legal else "")


HEADINGS = ("", N_("due"), N_("left"), N_("incident or breach"), N_("duty"), N_("to"))


def lines(rows: Iterable[dict[str, Any]], looked_at: datetime) -> list[Line]:
    """The rows of ``open_duties.owed_anywhere`` as lines, in their order. ``looked_at``: when they were asked for."""
    return [
        Line(
            process=row["process"],
            reference=row["incident"],
            duty=row["id"],
            kind=row["kind"],
            recipient=row["recipient"],
            drill=row["drill"],
            legal=row.get("legal", False),
            due_at=row["due_at"],
            moved=(row["clock"] - looked_at) if row["clock"] else timedelta(0),
            silent=row["basis"] if row["id"] == "?" else "",
            is_ended=bool(row.get("ended_from_outside")),
            is_a_strangers=row.get("is_a_strangers", False),
            is_not_asked=bool(row.get("not_asked")),
            title=row.get("title", ""),
            opened_at=row.get("process_opened_at"),
        )
        for row in rows
    ]


def summary(shown: Iterable[Line], now: datetime, not_asked: int = 0, unconfirmed: int = 0, going_on: int = 0) -> str:
    """How much there is, in one sentence. ``going_on``: incidents and breaches that are open though nothing is due."""
    urgencies = [line.urgency(now) for line in shown]
    contacts = n_("{n} contact to confirm", "{n} contacts to confirm", unconfirmed) if unconfirmed else ""
    if not urgencies:
        still = (
            n_("{n} incident or breach is open.", "{n} incidents and breaches are open.", going_on) if going_on else ""
        )
        said = " ".join(filter(None, (_("Nothing is due."), still)))
        return said + (f" ({contacts})" if contacts else "")
    late, soon = urgencies.count("late"), urgencies.count("soon")
    others = n_("of {n} process only its next duty", "of {n} processes only their next duty", not_asked)
    more = (f"; {others}" if not_asked else "") + (f"; {contacts}" if contacts else "")
    return n_(
        "1 open: {late} late, {soon} within the hour{more}",
        "{n} open: {late} late, {soon} within the hour{more}",
        len(urgencies),
        late=late,
        soon=soon,
        more=more,
    )
