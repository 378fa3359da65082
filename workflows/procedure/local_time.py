"""Local time of the organisation. Made here, outside the sandbox: a ``ZoneInfo`` made inside it fails."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo  # noqa: TID251  # the one place

HELSINKI = "Europe/Helsinki"


@cache
def zone(name: str = HELSINKI) -> ZoneInfo:
    """The time zone with this IANA name; raises ``ZoneInfoNotFoundError`` where there is none."""
    return ZoneInfo(name)


def local(moment: datetime, name: str = HELSINKI) -> datetime:
    """A moment in local time."""
    return moment.astimezone(zone(name))


def written(moment: datetime, name: str = HELSINKI) -> str:
    """A moment for people: "22.11.2026 14:05 (+02:00)"."""
    there = local(moment, name)
    offset = there.strftime("%z")
    return f"{there.day}.{there.month}.{there.year} {there:%H:%M} ({offset[:3]}:{offset[3:]})"
