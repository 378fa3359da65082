"""In which order the moments of a breach can lie, and why one that is given can't be right, in words for its sender."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from workflows.procedure.local_time import HELSINKI, said_back
from workflows.process.deduplication import CLOCKS_DIFFER_BY

MOMENTS = ("began_at", "first_noticed_at", "aware_at")
"""What comes first, what later; the time of detection (of other laws) has no place among them."""
WHY = {
    ("began_at", "first_noticed_at"): "nobody notices what has not begun",
    ("began_at", "aware_at"): "nobody is aware of what has not begun",
    ("first_noticed_at", "aware_at"): "nobody is aware before anybody has noticed",
}


class Moments(Protocol):
    """What is said of a breach at its opening."""

    @property
    def aware_at(self) -> datetime | None:
        """When we became aware."""

    @property
    def first_noticed_at(self) -> datetime | None:
        """When somebody first noticed it."""

    @property
    def began_at(self) -> datetime | None:
        """When it began."""

    @property
    def detected_at(self) -> datetime | None:
        """When a security incident was detected, for other laws."""


def out_of_order(moments: Mapping[str, datetime | None], zone: str = HELSINKI) -> str | None:
    """Why the moments of a breach can't lie so; those that are not known are passed over. People give the minute."""
    for (first, later), why in WHY.items():
        earlier, after = moments.get(first), moments.get(later)
        if earlier and after and earlier.replace(second=0, microsecond=0) > after:
            return f"{first} ({said_back(earlier, zone)}) lies after {later} ({said_back(after, zone)}): {why}"
    return None


def opening_at_fault(opening: Moments, now: datetime, zone: str = HELSINKI) -> str | None:
    """Why a breach can't be opened with these moments: one lies in the future, or they can't lie in this order."""
    given = {name: getattr(opening, name) for name in (*MOMENTS, "detected_at")}
    for name, moment in given.items():
        if moment and moment > now + CLOCKS_DIFFER_BY:
            return f"{name} ({said_back(moment, zone)}) lies in the future: it is {said_back(now, zone)} here"
    return out_of_order(given, zone)
