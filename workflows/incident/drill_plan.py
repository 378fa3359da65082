"""A drill that comes again every week: what it is about, when it comes, and the number of each."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from workflows.procedure.local_time import HELSINKI, local
from workflows.procedure.model import Model, NeededLine, Text
from workflows.procedure.services import Sector
from workflows.process.messages import Services

DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
"""In the order in which Temporal counts them."""
_WEEKLY = re.compile(r"(?P<day>[A-Za-z]{3})[a-z]*\s+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})")
LAST_HOUR, LAST_MINUTE = 23, 59


class Weekly(NamedTuple):
    """A time of the week, local. ``day``: 0 is Sunday."""

    day: int
    hour: int
    minute: int


def weekly(text: str) -> Weekly:
    """Read "Mon 09:00". Raises ``ValueError`` with what to write."""
    found = _WEEKLY.fullmatch(text.strip())
    day = found["day"].capitalize() if found else ""
    if not found or day not in DAYS or int(found["hour"]) > LAST_HOUR or int(found["minute"]) > LAST_MINUTE:
        raise ValueError(f'is written as a day and a time, such as "Mon 09:00"; days are {", ".join(DAYS)}')
    return Weekly(DAYS.index(day), int(found["hour"]), int(found["minute"]))


def _as_said(text: str) -> str:
    day, hour, minute = weekly(text)
    return f"{DAYS[day]} {hour:02}:{minute:02}"


class DrillPlan(Model):
    """What a schedule starts every week. Start input of ``ScheduledDrill``."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
    """Of the schedule; each of its drills bears it."""
    weekly: Annotated[str, AfterValidator(_as_said)]
    time_zone: str = HELSINKI
    title: NeededLine
    services: Services
    description: Text = ""
    sector: Sector = "healthcare"

    def reference(self, at: datetime, number: int) -> str:
        """The number of the drill of this moment; ``number``: from the second one of the same minute on."""
        again = f".{number}" if number > 1 else ""
        return f"DRILL-{self.name}-{local(at, self.time_zone):%Y%m%d-%H%M}{again}"

    def opening(self, reference: str, at: datetime) -> dict[str, Any]:
        """The start input of a drill, as JSON has it."""
        return {
            "reference": reference,
            "title": self.title,
            "services": list(self.services),
            "noticed_at": at.isoformat(),
            "reported_by": {"name": f"Drill schedule {self.name}"},
            "description": self.description,
            "sector": self.sector,
            "source": "drill schedule",
            "drill": True,
        }
