"""The one source of chance in a simulation, and what goes wrong by it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
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
    """Draws, each one of its own: what is drawn at a step depends on the seed and on that step, and on no other draw.

    A step is named by words (``where``: which process, which of its tasks, which try); the second draw with the same
    name is another step. So a fault that is left out changes no draw elsewhere, as far as the same steps are taken.
    ``allowed``: names of the faults that may happen; None: all of them. ``happened``: names of those that did.
    """

    seed: str
    rates: Rates = field(default_factory=Rates)
    allowed: frozenset[str] | None = None
    happened: list[str] = field(default_factory=list)
    _drawn: Counter[str] = field(default_factory=Counter)

    def strikes(self, rate: float, what: str, *where: object) -> bool:
        """Whether something goes wrong now. Each fault has a name, by which it can be left out."""
        return rate > 0.0 and self._strikes(rate, self._step(what, where))

    def _strikes(self, rate: float, step: str) -> bool:
        if self._share("fault", step) >= rate or (self.allowed is not None and step not in self.allowed):
            return False
        self.happened.append(step)
        return True

    def between(self, least: float, most: float, *where: object) -> float:
        """A number between two, to the microsecond."""
        return self._between(least, most, self._step("between", where))

    def _between(self, least: float, most: float, step: str) -> float:
        return round(least + (most - least) * self._share("between", step), 6)

    def whole(self, least: int, most: int, *where: object) -> int:
        """A whole number between two, both included."""
        return least + self._number("whole", self._step("whole", where)) % (most - least + 1)

    def one_of(self, things: Sequence[T], *where: object) -> T:
        """One of several."""
        return things[self.whole(0, len(things) - 1, "one of", *where)]

    def latency(self, what: str, *where: object) -> float:
        """How long something takes on its way, in seconds."""
        step = self._step(f"{what} is delayed", where)
        if self.rates.delayed > 0.0 and self._strikes(self.rates.delayed, step):
            return self._between(0.5, 90.0, step)
        return self._between(0.002, 0.02, step)

    def identifier(self, *where: object) -> str:
        """A new id."""
        bits = f"{self._number('id', self._step('id', where)):032x}"
        return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))

    # --- one draw -------------------------------------------------------------------------------------------

    def _step(self, what: str, where: Iterable[object]) -> str:
        """The name of a step: what happens and where, and which time, from the second on."""
        name = ", ".join((what, *map(str, where)))
        self._drawn[name] += 1
        times = self._drawn[name]
        return name if times == 1 else f"{name}, time {times}"

    def _number(self, kind: str, step: str) -> int:
        """A number below 2**128 that nothing decides but the seed, the kind of draw and the step."""
        drawn = f"{self.seed}\n{kind}\n{step}".encode()
        return int.from_bytes(hashlib.blake2b(drawn, digest_size=16).digest())

    def _share(self, kind: str, step: str) -> float:
        """A number from 0 to below 1."""
        return (self._number(kind, step) >> 75) / 2**53
