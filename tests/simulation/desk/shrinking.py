"""A failure made small: the fewest lives, faults and acts that still break the same thing.

First whole lives are left out, then pairs of linked incidents, then faults, then single acts: of each list halves,
then quarters, down to single ones (delta debugging). A shorter order counts only if it breaks the same rule for the
same reason.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from tests.chaos.script import Act, Open, Plan
from tests.simulation.desk.running import Order, Outcome, simulated

T = TypeVar("T")
Fails = Callable[[Order], str | None]
"""The reason for which an order fails; None where it does not."""
AT_MOST = 400
"""Runs that a shrinking may take."""


class Shrunk(NamedTuple):
    """The shortest order that was found, the reason for which it fails, and how many runs it took."""

    order: Order
    reason: str
    runs: int


def kind_of(violation: str) -> str:
    """A violation without its numbers and names: two that have the same cause are the same here."""
    return re.sub(r"\b[A-Z]\d{2,4}\b|[0-9a-f]{12,}|\d+", "#", violation)[:90]


def first_of(outcome: Outcome) -> str | None:
    """The kind of the first violation."""
    return kind_of(outcome.violations[0]) if outcome.violations else None


def shrunk(order: Order, *, run: Callable[[Order], Outcome] = simulated, at_most: int = AT_MOST) -> Shrunk:
    """The shortest order that fails as this one does. Raises ``ValueError`` where it does not fail."""
    outcome = run(order)
    reason = first_of(outcome)
    if reason is None:
        raise ValueError("nothing is wrong with it")
    runs = 1

    def fails(shorter: Order) -> bool:
        nonlocal runs
        if runs >= at_most:
            return False
        runs += 1
        return reason in {kind_of(each) for each in run(shorter).violations}

    def with_lives(lives: list[Plan]) -> Order:
        starts = [order.begins_after(order.plans.index(each)) for each in lives]
        return dataclasses.replace(order, plans=lives, starts=starts)

    small = with_lives(fewest(list(order.plans), lambda some: fails(with_lives(some)), may_be_none=bool(order.pairs)))
    numbers = [pair.number for pair in small.pairs]
    small = _with_pairs(small, fewest(numbers, lambda some: fails(_with_pairs(small, some)), may_be_none=True))
    faults = [number for number, _ in run(small).happened]
    kept = fewest(faults, lambda some: fails(_with_faults(small, some)), may_be_none=True)
    small = _with_faults(small, kept)
    for place in range(len(small.plans)):
        small = _fewer_acts(small, place, fails)
    return Shrunk(small, reason, runs)


def _with_pairs(order: Order, numbers: Sequence[int]) -> Order:
    return dataclasses.replace(order, pairs_left=frozenset(numbers))


def _with_faults(order: Order, faults: Sequence[int]) -> Order:
    return dataclasses.replace(order, allowed=frozenset(faults))


def _fewer_acts(order: Order, place: int, fails: Callable[[Order], bool]) -> Order:
    plan = order.plans[place]
    opening = [act for act in plan.acts if isinstance(act, Open)][:1]

    def with_acts(acts: Sequence[Act]) -> Order:
        plans = list(order.plans)
        plans[place] = plan._replace(acts=(*opening, *acts))
        return dataclasses.replace(order, plans=plans)

    rest = [act for act in plan.acts if act not in opening]
    return with_acts(fewest(rest, lambda some: fails(with_acts(some)), may_be_none=True))


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
