"""One look at what is owed, and how often to look: a board on the wall must not keep a worker busy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from temporalio.client import Client

from activities.contacts.kept import KeptStandings
from activities.rota.rotas import RoleRota
from starter.board.lines import Line, lines
from starter.client.configuration import operating_model, settings_in_force
from starter.client.open_duties import Owed, live_first, owed_anywhere
from starter.contacts.on_duty import rotas_here, said
from starter.terminal.errors import Unreachable
from starter.terminal.time_input import now

PROCESSES_ASKED = 30
"""At most so many are asked in one look, those with the soonest duty; a query costs a worker some 8 ms.

Of the others the next time is shown, as the visibility store has it.
"""
ROTAS_READ_EVERY = timedelta(minutes=1)
SHARE = 5
"""After a look the board rests at least this many times as long as the look took."""


class Look(NamedTuple):
    """What was found, and when (wall clock, UTC)."""

    at: datetime
    lines: list[Line]
    found: Owed
    unconfirmed: int = 0
    """How many contacts are to be confirmed."""
    on_duty: tuple[str, ...] = ()
    """Who is on duty, a line a role. Names: for a terminal, not for a wall."""

    def refuse_silence(self) -> None:
        """Raises ``Unreachable`` where no process answers: what is shown is what the visibility store knows."""
        if self.found.silent:
            raise Unreachable(self.found.silent)


@dataclass
class Looking:
    """What to look for and how often (seconds)."""

    every: float
    data_dir: Path
    drills: bool | None = None
    overdue: bool = False
    took: float = field(default=0.0, init=False)
    _called: dict[str, str] = field(default_factory=dict, init=False)
    """Titles by workflow id: each is asked for once."""
    _rotas_read: tuple[datetime | None, list[RoleRota]] = field(default=(None, []), init=False)

    @property
    def pause(self) -> float:
        """Seconds until the next look."""
        return max(self.every, SHARE * self.took)

    async def look(self, client: Client) -> Look:
        """Look once. Raises ``Unreachable``."""
        at, started = now(), monotonic()
        found = await owed_anywhere(
            client,
            self.data_dir,
            overdue=self.overdue,
            drills=self.drills,
            at_most=PROCESSES_ASKED,
            called=self._called,
        )
        self.took = monotonic() - started
        listed = lines(live_first(found.rows), at)
        shown = [line for line in listed if not self.overdue or line.urgency(at) == "late"]
        return Look(at, shown, found, self._unconfirmed(at), tuple(await self._on_duty(at)))

    async def _on_duty(self, at: datetime) -> list[str]:
        """Who is on duty; a calendar is read once a minute, not at each look."""
        asked, there = self._rotas_read
        if asked is None or at - asked >= ROTAS_READ_EVERY:
            there = await rotas_here(settings_in_force(), at)
            self._rotas_read = at, there
        return said([each.on_duty(at) for each in there])

    def _unconfirmed(self, at: datetime) -> int:
        """How many contacts are to be confirmed, as is known on this machine."""
        model = operating_model(settings_in_force())
        return sum(1 for _ in KeptStandings(self.data_dir / "contacts").among(model, at)) if model else 0
