"""The page of a handover, as text: what is open, what is due soon, what waits for whom, what was done in the shift."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from starter.language.moments import countdown, said_back, short
from starter.language.words import _
from starter.terminal.output import clean

AHEAD = timedelta(hours=12)
"""What is due within this time is named."""


class OwedSoon(NamedTuple):
    """A duty that is due soon, or late. ``at``: the process's own clock."""

    due_at: datetime
    at: datetime
    whose: str
    what: str


class SaidInShift(NamedTuple):
    """What a person has said or decided."""

    at: datetime
    whose: str
    what: str
    by: str


@dataclass
class HandoverPage:
    """What the next shift must know. ``since``: from when on this shift is told; moments are aware."""

    at: datetime
    since: datetime
    by: str
    to: str = ""
    note: str = ""
    open: list[str] = field(default_factory=list)
    due: list[OwedSoon] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    done: list[SaidInShift] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)
    """Duties that were reminded of again, and processes that could not be told of the handover."""
    event_id: str = field(default_factory=lambda: f"handover-{secrets.token_hex(8)}")
    """Of what the processes are told: said twice, it reminds once."""

    def as_json(self) -> dict[str, Any]:
        """The same for programmes."""
        return {
            "at": self.at, "since": self.since, "by": self.by, "to": self.to or None, "note": self.note,
            "open": self.open, "waiting": self.waiting, "reminded": sorted(self.reminded),
            "due": [{"due_at": each.due_at, "process": each.whose, "duty": each.what} for each in self.due],
            "done": [each._asdict() for each in self.done],
        }  # fmt: skip

    def in_words(self) -> str:
        """The page."""
        due = [
            f"{short(each.due_at)}  {countdown(each.due_at, each.at)}  {each.whose}: {each.what}"
            for each in sorted(self.due)
        ]
        done = [
            f"{short(each.at)}  {each.whose}: {each.what}" + (f" ({each.by})" if each.by else "")
            for each in sorted(self.done)
        ]
        who = _("{by} hands over to {to}", by=self.by, to=self.to) if self.to else _("{by} hands over", by=self.by)
        return "\n".join([
            _("HANDOVER {moment}: {who}", moment=said_back(self.at), who=clean(who)),
            *([clean(self.note)] if self.note else []),
            *_part(_("OPEN"), self.open, _("Nothing is open.")),
            *_part(_("DUE IN THE NEXT {hours} HOURS", hours=12), due, _("Nothing is due.")),
            *_part(_("WAITING"), self.waiting, _("Nothing waits for anybody.")),
            *_part(_("REMINDED AGAIN"), sorted(self.reminded), _("Nothing waits for an acknowledgement.")),
            *_part(_("SAID AND DECIDED SINCE {moment}", moment=short(self.since)), done, _("Nothing.")),
        ])  # fmt: skip


def _part(heading: str, lines: Iterable[str], otherwise: str) -> list[str]:
    return ["", heading, *([f"  {clean(line)}" for line in lines] or [f"  {otherwise}"])]
