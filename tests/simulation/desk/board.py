"""The published notices of a year: faults and their ends, planned breaks and reminders, and when none can be read."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, NamedTuple

from tests.simulation.desk.wall_clock import in_local_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A_YEAR = 365
AWAY_FOR = (30.0, 3.0, 16.0, 0.5, 48.0, 5.5)
"""Hours for which nobody can read the board, one time after the other."""
NAMES = {
    "PRESCRIPTION": ("Reseptikeskuksessa", "Reseptikeskuksen"),
    "PDR": ("Potilastietovarannossa", "Potilastietovarannon"),
    "MYKANTA": ("OmaKannassa", "OmaKannan"),
    "DMS": ("Tiedonhallintapalvelussa", "Tiedonhallintapalvelun"),
}
"""Each service in Finnish: in it, of it."""
Kind = Literal["fault", "end", "break", "reminder"]


class Item(NamedTuple):
    """One notice. ``planned``: from when to when the break is that it announces."""

    guid: str
    kind: Kind
    service: str
    at: datetime
    until: datetime
    """When it is taken off the board."""
    planned: tuple[datetime, datetime] | None = None

    def title(self) -> str:
        """Its title, as such notices are worded."""
        inside, of = NAMES[self.service]
        match self.kind:
            case "fault":
                return f"Häiriö {inside}"
            case "end":
                return f"{of} häiriö on päättynyt"
        prefix = "Muistutus: " if self.kind == "reminder" else ""
        return f"{prefix}Huoltokatko {inside} {self._when()}"

    def text(self) -> str:
        """What it says."""
        if self.kind in ("fault", "end"):
            return f"{self.title()}."
        return f"{NAMES[self.service][0]} on huoltokatko {self._when()}."

    def _when(self) -> str:
        assert self.planned is not None
        begins, ends = map(in_local_time, self.planned)
        return f"{begins.day}.{begins.month}.{begins.year} klo {begins:%H.%M}–{ends:%H.%M}"


class Outage(NamedTuple):
    """A time in which the board can't be read."""

    at: datetime
    until: datetime


class Board(NamedTuple):
    """All of it."""

    items: Sequence[Item]
    outages: Sequence[Outage]

    def stand_at(self, now: datetime) -> list[Item]:
        """What can be read at a moment."""
        return [item for item in self.items if item.at <= now < item.until]

    def moments(self) -> list[datetime]:
        """When it changes."""
        changes = {at for item in self.items for at in (item.at, item.until)}
        return sorted(changes | {at for each in self.outages for at in each})

    def write(self, file: Path, now: datetime) -> None:
        """Let the file say what can be read now; there is none while nobody can read it."""
        if any(each.at <= now < each.until for each in self.outages):
            file.unlink(missing_ok=True)
            return
        listed = "".join(
            f"<item><title>{item.title()}</title><guid>{item.guid}</guid><pubDate>{format_datetime(item.at)}</pubDate>"
            f"<description>{item.text()}</description></item>"
            for item in self.stand_at(now)
        )
        begin = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Tiedotteet</title>'
        file.write_text(f"{begin}{listed}</channel></rss>", encoding="utf-8")


def board(chance: random.Random, begins: datetime, days: int) -> Board:
    """The board of a year, or of so many days."""
    faults, breaks, outages = (max(least, each * days // A_YEAR) for least, each in ((2, 20), (2, 8), (3, 6)))
    items = [*_faults(chance, begins, faults, days), *_breaks(chance, begins, breaks, days)]
    down = []
    for number in range(outages):
        at = begins + DAY * (10 + number * (days - 25) / outages) + chance.uniform(0, 24) * HOUR
        down.append(Outage(at, at + AWAY_FOR[number % len(AWAY_FOR)] * HOUR))
    return Board(sorted(items, key=lambda item: item.at), down)


def _faults(chance: random.Random, begins: datetime, number: int, days: int) -> Iterator[Item]:
    """Faults one after the other, so that each end ends the fault before it."""
    for place in range(number):
        service = chance.choice(sorted(NAMES))
        at = begins + DAY * (2 + place * (days - 20) / number) + chance.uniform(0, 20) * HOUR
        ends = at + chance.choice((2.0, 7.0, 20.0, 60.0)) * HOUR
        yield Item(f"fault-{place}", "fault", service, at, ends + 3 * DAY)
        yield Item(f"end-{place}", "end", service, ends, ends + 3 * DAY)


def _breaks(chance: random.Random, begins: datetime, number: int, days: int) -> Iterator[Item]:
    for place in range(number):
        service = chance.choice(sorted(NAMES))
        day = in_local_time(begins + DAY * (30 + place * (days - 55) / number))
        starts = day.replace(hour=chance.choice((18, 20)), minute=0, second=0, microsecond=0)
        planned = (starts, starts + chance.choice((2, 3)) * HOUR)
        announced = starts - chance.choice((3, 10, 20)) * DAY - 7 * HOUR
        yield Item(f"break-{place}", "break", service, announced, planned[1] + DAY, planned)
        if chance.random() < 0.5:
            yield Item(f"again-{place}", "reminder", service, starts - 30 * HOUR, planned[1] + DAY, planned)
