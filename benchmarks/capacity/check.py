"""The simulation held against the bursts that were measured on 0.2.0, with the costs of 0.2.0: by how much it is out.

Nothing is fitted to these bursts: what the simulation takes too little for is told as a margin, by which the outage is
sized larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.capacity.parameters import Measured, measured, result
from benchmarks.capacity.queues import Alarm, Costs, Lateness, Plant, burst
from benchmarks.results import share
from benchmarks.tables import cell

BURSTS: Mapping[str, tuple[int, int]] = {
    "before/burst-1000": (1000, 1000),
    "before/burst-2000": (2000, 20_000),
}
"""Where each is kept: clocks, and incidents open beside. Only those of a machine that did little else."""
ARMS = {"desk": "breaches", "bare": "bare timers"}
KEYS = ("noticed_p50", "noticed_p99", "told_p50", "told_p99")
BAND = (0.35, 1.25)
"""Simulated by measured: within it the simulation is said to hold. It is wide, and says so on the page."""
MARGIN = "told_p99"
"""By the worst of which the outage is sized larger."""


@dataclass(frozen=True)
class Compared:
    """One number of a burst, measured and simulated: seconds late."""

    path: str
    arm: str
    key: str
    measured: float
    simulated: float

    @property
    def ratio(self) -> float:
        """Simulated by measured."""
        return self.simulated / self.measured


def compared() -> list[Compared]:
    """Every burst of 0.2.0 that is kept, both sides of it."""
    of, found = measured("before"), list[Compared]()
    for path, (count, beside) in BURSTS.items():
        part = result(path)
        for arm in ARMS:
            late = numbers(simulated(of, arm, count, beside))
            found += [Compared(path, arm, key, said(part, arm, key), late[key]) for key in KEYS]
    return found


def simulated(of: Measured, arm: str, count: int, beside: int) -> Lateness:
    """One burst of one side, its clocks due within one second, in a database that holds the others, too."""
    costs, alarm = (of.costs, of.alarm) if arm == "desk" else (of.bare, of.bare_alarm)
    return within(1.0, count, alarm, in_a_larger_database(costs, of, count + beside), Plant())


def within(seconds: float, count: int, alarm: Alarm, costs: Costs, plant: Plant) -> Lateness:
    """So many clocks, due one after the other within so many seconds."""
    return burst([seconds * n / count for n in range(count)], alarm, costs, plant)


def in_a_larger_database(costs: Costs, of: Measured, processes: int) -> Costs:
    """The costs where so many processes are kept."""
    return replace(costs, server_task=costs.server_task * of.in_a_database_of(processes))


def numbers(late: Lateness) -> dict[str, float]:
    """The four numbers that are compared."""
    return {
        f"{what}_{at}": share(values, per_cent)
        for what, values in (("noticed", late.noticed), ("told", late.told))
        for at, per_cent in (("p50", 50), ("p99", 99))
    }


def said(part: Mapping[str, Any], arm: str, key: str) -> float:
    """A number of a measured burst: from its raw numbers, or from the text of its section."""
    if "found" in part:
        return float(part["found"][arm][key])
    what, at = key.split("_")
    return cell(part, ARMS[arm], f"{'noticed' if what == 'noticed' else 'everybody told'}, s late, {at}")


def holds(found: Sequence[Compared]) -> list[Compared]:
    """What lies beside the band, of the breaches: the bare timers are only shown."""
    return [one for one in found if one.arm == "desk" and not BAND[0] <= one.ratio <= BAND[1]]


def margin(found: Sequence[Compared]) -> float:
    """By how much longer than simulated the slowest burst took until everybody was told."""
    return max(1.0, *(1 / one.ratio for one in found if one.arm == "desk" and one.key == MARGIN))
