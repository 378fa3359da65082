"""The one source of chance in a simulation, and what goes wrong by it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Rates:
    """How often things go wrong: each a probability at each occasion. All are 0 where nothing is said."""

    activity_lost_before: float = 0.0
    """A worker takes an activity and never begins it."""
    activity_lost_after: float = 0.0
    """An activity is done, and its result never comes."""
    result_twice: float = 0.0
    worker_dies_at_task: float = 0.0
    """A worker dies behind a workflow task: before it answers, or just after."""
    worker_dies_in_activity: float = 0.0
    """A worker dies after one of the next things that its activity does."""
    evicted: float = 0.0
    """A run leaves the worker's memory after a task, and is read from its history at the next."""
    delayed: float = 0.0
    """A message, a task or a result takes seconds to minutes instead of milliseconds."""
    other_worker: float = 0.0
    """A task goes to another worker than the one that remembers the run."""
    rebuilt: float = 0.0
    """After a workflow task the run is built again from its history, and must give the same commands (no fault)."""
    rebuilds_the_cold: bool = True
    """With ``rebuilt``: also after each task with an update that a worker took in without memory of the run."""


@dataclass
class Chance:
    """Draws. ``allowed``: numbers of the faults that may happen; None: all of them (see ``shrinking``)."""

    seed: str
    rates: Rates = field(default_factory=Rates)
    allowed: frozenset[int] | None = None
    happened: list[tuple[int, str]] = field(default_factory=list)
    _drawn: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  # to be repeated, not to be secret
        self._faults = random.Random(self.seed + "/faults")  # noqa: S311

    def strikes(self, rate: float, what: str) -> bool:
        """Whether something goes wrong now. Each fault has a number, by which it can be left out."""
        if rate <= 0.0:
            return False
        self._drawn += 1
        if self._faults.random() >= rate or (self.allowed is not None and self._drawn not in self.allowed):
            return False
        self.happened.append((self._drawn, what))
        return True

    def between(self, least: float, most: float) -> float:
        """A number between two, to the microsecond."""
        return round(self._random.uniform(least, most), 6)

    def whole(self, least: int, most: int) -> int:
        """A whole number between two, both included."""
        return self._random.randint(least, most)

    def one_of(self, things: Sequence[T]) -> T:
        """One of several."""
        return self._random.choice(things)

    def latency(self, what: str) -> float:
        """How long something takes on its way, in seconds."""
        if self.strikes(self.rates.delayed, f"{what} is delayed"):
            return self.between(0.5, 90.0)
        return self.between(0.002, 0.02)

    def identifier(self) -> str:
        """A new id."""
        bits = f"{self._random.getrandbits(128):032x}"
        return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))
