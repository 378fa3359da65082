"""What looks on at a house: it says once what is wrong, and when; the run ends at the first."""

from __future__ import annotations

import functools
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

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

    def looks(self, look: Callable[..., None]) -> Callable[..., None]:
        """The same look; where it breaks itself, that is said and ends the run: else something would wait for ever."""

        @functools.wraps(look)
        def guarded(*about: Any) -> None:
            try:
                look(*about)
            except Exception:  # noqa: BLE001  # whatever it is, nobody else would hear of it
                where = traceback.format_exc().strip().splitlines()
                self._is_wrong(f"the judge itself fails: {where[-1]} ({where[-3].strip() if len(where) > 2 else ''})")

        return guarded
