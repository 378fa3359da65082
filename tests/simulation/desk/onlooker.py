"""What looks on at a house: it says once what is wrong, and when; the run ends at the first."""

from __future__ import annotations

from collections import Counter

from tests.simulation.desk.house import House
from tests.simulation.engine.virtual_time import running


class Onlooker:
    """Looks on. ``violations``: what must not be, one plain line each; ``checks``: how often it has looked, by what."""

    def __init__(self, home: House) -> None:
        self._home = home
        self.violations: list[str] = []
        self.checks: Counter[str] = Counter()

    def _is_wrong(self, what: str) -> None:
        line = f"{running().now():%Y-%m-%d %H:%M:%S} {what}"
        if line not in self.violations:
            self.violations.append(line)
            self._home.server.has_a_problem.set()
