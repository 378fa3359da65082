"""What the clock on a wall in Finland shows: counted by the time zones of the system, not by the product."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo  # noqa: TID251  # judge and plan count by themselves

HELSINKI = ZoneInfo("Europe/Helsinki")


def in_local_time(moment: datetime) -> datetime:
    """The same moment as it is written in Finland."""
    return moment.astimezone(HELSINKI)
