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


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def said_back(moment: datetime, name: str = HELSINKI) -> str:
    """A moment said back to a person: "Sun 22.11.2026 14:05"; with the offset where the hour comes twice."""
    there = local(moment, name)
    is_twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    offset = there.strftime("%z")
    which = f" ({offset[:3]}:{offset[3:]})" if is_twice else ""
    return f"{_DAYS[there.weekday()]} {there.day}.{there.month}.{there.year} {there:%H:%M}{which}"


def written(moment: datetime, name: str = HELSINKI) -> str:
    """A moment for people: "22.11.2026 14:05 (+02:00)"."""
    there = local(moment, name)
    offset = there.strftime("%z")
    return f"{there.day}.{there.month}.{there.year} {there:%H:%M} ({offset[:3]}:{offset[3:]})"
