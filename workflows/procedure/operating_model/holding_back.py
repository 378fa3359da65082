"""When a message waits: quiet hours, and no more than one message to a contact in a while.

Own choices of the organisation; without them nothing waits. What may never wait stands in ``NEVER_HELD``, and so does
whatever a law sets or a critical fault concerns (``may_wait``).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from workflows.procedure.local_time import HELSINKI, local, zone
from workflows.procedure.model import Duration, Model

NEVER = "never"
NEVER_HELD = (
    "fault_report", "desk_opened", "instruction", "instruction_reminder", "not_sent", "kela_to_be_told",
    "incident_cancelled", "decision_waits", "decision_declined", "decision_withdrawn", "watch_finding",
    "notice_proposed", "notice_uncertain",
)  # fmt: skip
"""Letters that always go: what is owed to Kela or by law, instructions of authorities, what nobody has judged yet."""
_HOURS = re.compile(r"(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d)")
_A_DAY = timedelta(days=1)
_RANK = {"low": 1, "medium": 2, "high": 3, "critical": 4}


def _hours(text: str) -> str:
    written = text.replace(" ", "").replace("–", "-")
    if written in ("", NEVER):
        return written
    found = _HOURS.fullmatch(written)
    if not found or found[1] == found[3]:
        raise ValueError('must be local hours like "22:00-07:00", or "never"')
    return written


def _some_time(length: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= length <= _A_DAY:
        raise ValueError("must be between 1 minute and a day; left out, every message goes at once")
    return length


HoursInText = Annotated[str, AfterValidator(_hours)]
Window = Annotated[Duration, AfterValidator(_some_time)]


class HoldingBack(Model):
    """The table ``[holding_back]``, for every contact that says nothing else."""

    quiet_hours: HoursInText = ""
    one_message_per: Window | None = None


class QuietHours(Model):
    """Local hours in which only what can't wait goes."""

    begins: str
    ends: str
    time_zone: str = HELSINKI

    @classmethod
    def read(cls, text: str, time_zone: str) -> QuietHours | None:
        """The hours as the operating model writes them; None where there are none."""
        if text in ("", NEVER):
            return None
        begins, _, ends = text.partition("-")
        return cls(begins=begins, ends=ends, time_zone=time_zone)

    def end_after(self, now: datetime) -> datetime | None:
        """When the quiet hours end that it is in now; None outside of them."""
        today = local(now, self.time_zone).date()
        for day in (today - _A_DAY, today):
            begins = self._at(day, self.begins)
            ends = self._at(day if self.ends > self.begins else day + _A_DAY, self.ends)
            if begins <= now < ends:
                return ends
        return None

    def _at(self, day: date, clock: str) -> datetime:
        """A local hour of a day; where the clocks leave it out, as much later. Of two, the first."""
        at = datetime.combine(day, time.fromisoformat(clock), zone(self.time_zone))
        return at.astimezone(UTC)


def may_wait(kind: str, *, process: str, severity: str, extensive: bool, is_over_law: bool) -> bool:
    """Whether a letter may be held back. A fault that nobody has judged yet counts as critical."""
    if kind in NEVER_HELD or process == "breach" or is_over_law:
        return False
    return process != "incident" or (severity in ("low", "medium", "high") and not extensive)


def has_risen(severity: str, before: str) -> bool:
    """Whether a fault is worse than when somebody was told last."""
    return _RANK.get(severity, 0) > _RANK.get(before, 0)


class Holds(Model):
    """What holds messages to one contact back."""

    quiet: Annotated[QuietHours | None, Field(exclude_if=lambda quiet: quiet is None)] = None
    one_per: Annotated[Duration | None, Field(exclude_if=lambda length: length is None)] = None

    @property
    def holds_back(self) -> bool:
        """Whether anything does."""
        return self.quiet is not None or self.one_per is not None
