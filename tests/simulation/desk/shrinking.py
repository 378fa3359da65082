"""A failure made small: the fewest lives, pairs, faults and acts that still break the same thing.

First the lives that the violation names are tried alone. Then whole lives are left out, then pairs of linked incidents,
then faults, then single acts: of each list halves, then quarters, down to single ones (delta debugging), and all of
it again until nothing more can be left out, or the time is over. A shorter order counts only if it breaks the same
rule for the same reason; one that can't even be run, or takes too long, fails in another way.

What is kept must be right once the fault is mended. So acts are left out only where each life still comes to its end
and breaks nothing else. Where the fault itself keeps a process from its end, lives are kept whole, and told in short.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from tests.chaos.script import Act, Open, Plan
from tests.simulation.desk.running import Order, Outcome, simulated

T = TypeVar("T")
AT_MOST = 400
"""Runs that a shrinking may take."""
SECONDS = 45.0
"""Of wall time that a shrinking may take: a failure is to be found again from its seed within a minute."""


class Live(Protocol):
    """What lives an order: ``simulated``, or a judge of straw."""

    def __call__(self, order: Order, /, *, seconds: float | None = None, goes_on: bool = False) -> Outcome: ...


class Shrunk(NamedTuple):
    """The shortest order that was found, what came of it, and why it fails.

    ``order``: that is to be kept; ``told``: that is to be told, ``outcome``: what came of that one. ``runs``: how many
    orders were tried, ``otherwise``: of these, how many ended with an error; ``stopped_by``: what ended the search
    before nothing more could be left out, empty where nothing did.
    """

    order: Order
    told: Order
    outcome: Outcome
    reason: str
    runs: int
    otherwise: int
    seconds: float
    stopped_by: str

    @property
    def claim(self) -> str:
        """What may be said of it."""
        found = f"the shortest found in {self.runs} tries and {self.seconds:.0f} s"
        failed = f"; {self.otherwise} of them ended with an error" if self.otherwise else ""
        if self.stopped_by:
            return f"{found}{failed}; stopped by its limit of {self.stopped_by}, there may be a shorter one"
        return f"{found}{failed}; 1-minimal: without any one of its lives, pairs, faults or acts it does not fail so"


class _Over(Exception):
    """No further order may be tried; the message says what the limit was."""


def kind_of(violation: str) -> str:
    """A violation without its numbers and names: two that have the same cause are the same here."""
    return re.sub(r"\b[A-Z]\d{2,4}\b|[0-9a-f]{12,}|\d+", "#", violation)[:90]


def kinds_of(outcome: Outcome) -> set[str]:
    """The kinds of all violations."""
    return {kind_of(each) for each in outcome.violations}


def shrunk(
    order: Order,
    outcome: Outcome | None = None,
    *,
    run: Live = simulated,
    at_most: int = AT_MOST,
    seconds: float = SECONDS,
) -> Shrunk:
    """The shortest order that fails as this one does. Raises ``ValueError`` where it does not fail.

    ``outcome``: what came of the order, where that is known; ``run``: what lives an order.
    """
    outcome = outcome or run(order)
    if not outcome.violations:
        raise ValueError("nothing is wrong with it")
    search = _Search(order, outcome, run, at_most, seconds)
    stopped_by = ""
    try:
        search.goes_on()
    except _Over as limit:
        stopped_by = str(limit)
    spent = time.monotonic() - search.began
    kept = search.best if search.kept is None else search.kept
    # what goes on to its end is told up to where it goes wrong
    came = run(search.best) if search.must_end else search.outcome
    return Shrunk(kept, search.best, came, search.reason, search.runs, search.otherwise, spent, stopped_by)


@dataclass
class _Search:
    """One search. ``best`` and ``outcome``: the shortest so far, and what came of it.

    ``must_end``: whether each life must come to its end; ``kept``: what is kept where the best does not.
    """

    best: Order
    outcome: Outcome
    run: Live
    at_most: int
    seconds: float
    began: float = field(default_factory=time.monotonic)
    runs: int = 0
    otherwise: int = 0
    must_end: bool = False
    kept: Order | None = None
    _may_break: set[str] = field(default_factory=set)
    _tried: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.reason = kind_of(self.outcome.violations[0])

    def goes_on(self) -> None:
        """Leave out what can be left out, until there is nothing. Raises ``_Over``."""
        self._tries_those_that_are_named()
        self._fewer_around()
        whole = self._lived(self.best, goes_on=True)
        if whole is not None and whole.ends:
            self.must_end, self._may_break = True, kinds_of(whole)
        else:
            self.kept = self.best
        before = None
        while before != (before := _parts_of(self.best)):
            for place in range(len(self.best.plans)):
                self._fewer_acts(place)
            self._fewer_around()

    def _fewer_around(self) -> None:
        """Fewer lives, pairs and faults; the lives stay whole."""
        self._fewer_lives()
        self._fewer_pairs()
        self._fewer_faults()

    def fails(self, shorter: Order) -> bool:
        """Whether it fails for the same reason; then it is the best so far. Raises ``_Over``."""
        if (parts := _parts_of(shorter)) in self._tried:
            return False
        self._tried.add(parts)
        outcome = self._lived(shorter, goes_on=self.must_end)
        if outcome is None or self.reason not in (broken := kinds_of(outcome)):
            return False
        if self.must_end and not (outcome.ends and broken <= self._may_break):
            return False
        self.best, self.outcome = shorter, outcome
        return True

    def _lived(self, order: Order, *, goes_on: bool) -> Outcome | None:
        """What comes of an order; None where it ends with an error. Raises ``_Over``."""
        left = self.began + self.seconds - time.monotonic()
        if left <= 0:
            raise _Over(f"{self.seconds:g} s")
        if self.runs >= self.at_most:
            raise _Over(f"{self.at_most} tries")
        self.runs += 1
        try:
            return self.run(order, seconds=left, goes_on=goes_on)
        except Exception:  # noqa: BLE001  # whatever it is, it is another failure
            self.otherwise += 1
            return None

    # --- what can be left out -------------------------------------------------------------------------------

    def _tries_those_that_are_named(self) -> None:
        named = " ".join(each for each in self.outcome.violations if kind_of(each) == self.reason)
        lives = [plan for plan in self.best.plans if plan.reference in named]
        if 0 < len(lives) < len(self.best.plans):
            alone = _with_lives(self.best, lives)
            self.fails(dataclasses.replace(alone, allowed=frozenset(), pairs_left=frozenset()))
            self.fails(dataclasses.replace(alone, pairs_left=frozenset()))

    def _fewer_lives(self) -> None:
        order = self.best
        may_be_none = bool(order.pairs)
        fewest(list(order.plans), lambda some: self.fails(_with_lives(order, some)), may_be_none=may_be_none)

    def _fewer_pairs(self) -> None:
        order = self.best
        numbers = [pair.number for pair in order.pairs]
        fewest(numbers, lambda some: self.fails(_with_pairs(order, some)), may_be_none=True)

    def _fewer_faults(self) -> None:
        order = self.best
        faults = list(self.outcome.happened)
        fewest(faults, lambda some: self.fails(_with_faults(order, some)), may_be_none=True)

    def _fewer_acts(self, place: int) -> None:
        order = self.best
        acts = order.plans[place].acts
        opening, rest = (acts[:1], acts[1:]) if isinstance(acts[0], Open) else ((), acts)
        fewest(
            list(rest), lambda some: self.fails(_with_acts(order, place, (*opening, *some))), may_be_none=bool(opening)
        )


def _parts_of(order: Order) -> Any:
    """What is left of an order, by identity: two acts may look the same and not be."""
    lives = tuple((plan.reference, tuple(map(id, plan.acts))) for plan in order.plans)
    return lives, order.pairs_left, order.allowed


def _with_lives(order: Order, lives: Sequence[Plan]) -> Order:
    places = [next(n for n, each in enumerate(order.plans) if each is life) for life in lives]
    return dataclasses.replace(order, plans=list(lives), starts=[order.begins_after(place) for place in places])


def _with_pairs(order: Order, numbers: Sequence[int]) -> Order:
    return dataclasses.replace(order, pairs_left=frozenset(numbers))


def _with_faults(order: Order, faults: Sequence[str]) -> Order:
    return dataclasses.replace(order, allowed=frozenset(faults))


def _with_acts(order: Order, place: int, acts: Sequence[Act]) -> Order:
    plans = list(order.plans)
    plans[place] = plans[place]._replace(acts=tuple(acts))
    return dataclasses.replace(order, plans=plans)


def fewest(things: list[T], fails: Callable[[list[T]], bool], *, may_be_none: bool = False) -> list[T]:
    """The fewest of some things with which it still fails (delta debugging: parts are left out, ever smaller ones)."""
    if may_be_none and things and fails([]):
        return []
    parts = 2
    while len(things) >= 2:
        size = max(1, len(things) // parts)
        for begin in range(0, len(things), size):
            fewer = things[:begin] + things[begin + size :]
            if fewer and fails(fewer):
                things, parts = fewer, max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(parts * 2, len(things))
    return things
