"""Some lives of a desk from their beginning to the verdict, from one seed."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import logging
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from temporalio.api.history.v1 import HistoryEvent

from tests.chaos import crowd, short_clocks
from tests.chaos.checker import Account, reckon
from tests.chaos.histories import courses
from tests.chaos.records import Night
from tests.chaos.script import Plan, plan_of_itself
from tests.simulation.desk.beside import Beside
from tests.simulation.desk.board import A_YEAR
from tests.simulation.desk.clocks import OF_THE_STORM, OF_THE_YEARS, clocks_of
from tests.simulation.desk.house import House, Trouble, house
from tests.simulation.desk.judge import Judge
from tests.simulation.desk.linked import Linked
from tests.simulation.desk.links import Pair, pairs
from tests.simulation.desk.mail import Pager
from tests.simulation.desk.overtaken import in_order_of_arrival, plan_overtaken, with_others
from tests.simulation.desk.person import Person
from tests.simulation.desk.product import Disk, in_virtual_time
from tests.simulation.desk.standing import standing
from tests.simulation.desk.twins import ALL, CONTACTS, NAMES, Twins
from tests.simulation.desk.year import Begun, year, year_of_itself
from tests.simulation.engine.chance import Chance, Rates
from tests.simulation.engine.server import POLLED_FOR, Server
from tests.simulation.engine.virtual_time import beginning, run_virtually

USUAL = Rates(
    activity_lost_before=0.01,
    activity_lost_after=0.01,
    result_twice=0.02,
    worker_dies_at_task=0.004,
    worker_dies_in_activity=0.008,
    evicted=0.1,
    delayed=0.01,
    other_worker=0.02,
    rebuilt=0.05,
)
"""How often things go wrong, where nothing else is said."""
IN_A_YEAR = dataclasses.replace(USUAL, evicted=0.03, rebuilt=0.01, rebuilds_the_cold=False)
"""Likewise for a year, which has sixteen times as many lives: each run is still built again at its end."""
AT_EACH_STEP = dataclasses.replace(USUAL, rebuilt=1.0)
"""Each run is built again from its history after every step: for few lives."""
NOTHING = Rates()
Makes = Literal["of itself", "overtaken", "beside", "linked"]
NEWEST: Makes = "linked"
OF_LIVES: Mapping[Makes, Callable[[str, int], Plan]] = {
    "of itself": plan_of_itself,
    "overtaken": plan_overtaken,
    "beside": plan_overtaken,
    "linked": plan_overtaken,
}
OF_YEARS: Mapping[Makes, Callable[[str, datetime, int], list[Begun]]] = {
    "of itself": year_of_itself,
    "overtaken": year,
    "beside": year,
    "linked": year,
}
"""Plans by the generator that they were first made by: what is kept is made again by that one."""
PAIRS_OF_A_YEAR = 7
"""One of each kind."""
NO_TROUBLE = Trouble()
MUCH_TROUBLE = Trouble(disk_fills=0.004, clocks=(-180.0, 0.0, 0.0, 95.0), loses_answers=0.03)
"""Disk, clocks of workers and answers of the provider, where they are to be trouble."""


@dataclass
class Outcome:
    """What came of it. ``violations``: what must not be, one plain line each."""

    violations: list[str] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    lines: list[str] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    said_otherwise: list[str] = field(default_factory=list)
    """Where words differ and it is known why (docs/known-limits.md); others are violations."""
    remembered_otherwise: list[str] = field(default_factory=list)
    """Where what a worker remembers is not what its history says."""
    activations: int = 0
    rebuilt: int = 0
    deaths: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    histories: dict[str, list[HistoryEvent]] = field(default_factory=dict)
    ends: bool = False
    """Whether each life came to its end, and none waited for something in vain."""


@dataclass(frozen=True)
class Order:
    """What is to be simulated. ``apart``: seconds between two beginnings; ``allowed``: see ``Chance``."""

    seed: str
    plans: Sequence[Plan]
    rates: Rates = USUAL
    allowed: frozenset[str] | None = None
    workers: int = 2
    trouble: Trouble = NO_TROUBLE
    apart: float = 7.0
    begins: datetime = field(default_factory=beginning)
    has_real_docx: bool = False
    patience_days: float = 0.125
    """For what a person waits for: messages may take minutes, and workers die."""
    starts: Sequence[float] | None = None
    """When each life begins, in seconds; ``apart`` where nothing is said."""
    operating_model: Path = OF_THE_STORM
    whole: Sequence[Plan] = ()
    """The plans as its seed makes them, of which ``plans`` are a part: by their places an order is written down."""
    makes: Makes = NEWEST
    """By which of the generators: one that is changed would make other lives of the seeds that were kept."""

    twins: bool = False
    """Whether contacts are there who are told in manners of their own, with a judge of theirs."""
    days_beside: int = A_YEAR
    """For how long."""
    pairs_left: frozenset[int] | None = None
    """The numbers of the pairs that are left, where a failure was made small; all where nothing is said."""

    @property
    def has_standing(self) -> bool:
        """Whether breaks, the watch of the notices and the watchdog live beside: in a year."""
        return self.makes in ("beside", "linked") and self.operating_model == OF_THE_YEARS

    @property
    def pairs(self) -> Sequence[Pair]:
        """Incidents of which one follows the other, in pairs of their own beside the lives."""
        if self.makes != "linked":
            return ()
        if self.operating_model == OF_THE_YEARS:
            drawn = pairs(self.seed, PAIRS_OF_A_YEAR, within=(self.days_beside - 15) * 86400.0, pace=900.0)
        else:
            drawn = pairs(self.seed, len(self.whole) // 6, within=self.apart * len(self.whole), pace=8.0)
        return [pair for pair in drawn if self.pairs_left is None or pair.number in self.pairs_left]

    def begins_after(self, number: int) -> float:
        """When a life begins."""
        return self.starts[number] if self.starts is not None else number * self.apart


def ordered(seed: str, *, lives: int, rates: Rates = USUAL, makes: Makes = NEWEST) -> Order:
    """An order of some lives of the storm's kind."""
    plans = [OF_LIVES[makes](seed, number) for number in range(lives)]
    return Order(seed, plans, rates, whole=plans, makes=makes)


def of_a_year(seed: str, *, incidents: int = 200, rates: Rates = IN_A_YEAR, makes: Makes = NEWEST) -> Order:
    """An order of a year of one desk."""
    with clocks_of(OF_THE_YEARS):
        lives = OF_YEARS[makes](seed, beginning(), incidents)
    plans = [each.plan for each in lives]
    return Order(
        seed,
        plans,
        rates,
        whole=plans,
        makes=makes,
        starts=[each.at for each in lives],
        operating_model=OF_THE_YEARS,
        patience_days=10.0,
    )


def simulated(order: Order, *, seconds: float | None = None, goes_on: bool = False) -> Outcome:
    """Live it, until something is wrong. Nothing of it takes longer than the machine needs to compute it.

    ``seconds``: that it may take for that; raises ``TookTooLong``. ``goes_on``: to its end, whatever is wrong, unless a
    process can't go on.
    """
    logging.disable(logging.CRITICAL)
    disk = Disk()
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()  # what is there before is there to the end
    gc.set_threshold(300_000, 20, 20)  # the usual one costs a fifth of the time
    try:
        with (
            in_virtual_time(disk, has_real_docx=order.has_real_docx),
            patch.object(crowd, "PATIENCE", timedelta(days=order.patience_days)),
            clocks_of(order.operating_model),
        ):
            return run_virtually(lambda: _lived(order, disk, goes_on=goes_on), order.begins, seconds=seconds)
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
        logging.disable(logging.NOTSET)


async def _lived(order: Order, disk: Disk, *, goes_on: bool) -> Outcome:
    chance = Chance(order.seed, order.rates, order.allowed)
    extended = _with_twins(order.operating_model) if order.twins else nullcontext(order.operating_model)
    with extended as model:
        return await _lived_by(model, order, disk, chance, goes_on=goes_on)


@contextmanager
def _with_twins(model: Path) -> Generator[Path]:
    """The operating model with the contacts that have a judge of their own: the others know nothing of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "operating-model.toml"
        path.write_text(model.read_text(encoding="utf-8") + CONTACTS, encoding="utf-8")
        strangers = {name: each | {"groups": []} for name, each in tomllib.loads(CONTACTS)["contacts"].items()}
        with patch.dict(short_clocks._READ["contacts"], strangers):
            yield path


async def _until_it_is_wrong(server: Server, living: asyncio.Future[Any], *, goes_on: bool) -> None:
    """Wait for the end, or for what is wrong; with ``goes_on`` only for what a process can't go on from."""
    while not living.done():
        stopping: asyncio.Future[Any] = asyncio.ensure_future(server.has_a_problem.wait())
        await asyncio.wait([living, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if server.problems or not goes_on:
            return
        server.has_a_problem.clear()


async def _lived_by(model: Path, order: Order, disk: Disk, chance: Chance, *, goes_on: bool) -> Outcome:
    pager = Pager(chance, refuses=0.15, is_down=0.3) if order.twins else None
    async with house(
        model, chance, texts=pager, workers=order.workers, trouble=order.trouble, has_board=order.has_standing
    ) as home:
        disk.is_full = home.is_full
        judge = Judge(home)
        twins = Twins(home, pager) if pager else None
        judge.leaves = ALL if twins else frozenset()
        beside = Beside(standing(home, order.seed, order.begins, order.days_beside)) if order.has_standing else None
        home.server.compared_query = "record"
        home.server.polled_for = max(POLLED_FOR, order.patience_days * 8640)
        lives = [Person(home.client, each) for each in order.plans]
        judge.knows(lives)

        async def one(number: int, life: Person) -> None:
            await asyncio.sleep(order.begins_after(number))
            await life.live()

        linked = Linked(home, list(order.pairs), order.seed)
        all_of_it = [one(number, life) for number, life in enumerate(lives)] + ([beside.live()] if beside else [])
        all_of_it += [pair.live() for pair in linked.lives]
        living: asyncio.Future[Any] = asyncio.gather(*all_of_it)
        await _until_it_is_wrong(home.server, living, goes_on=goes_on)
        is_whole = living.done()
        living.cancel()
        outcome = Outcome(
            lines=home.server.lines,
            happened=chance.happened,
            activations=home.server.activations,
            deaths=home.deaths,
        )
        outcome.histories = {run.workflow_id: list(run.history) for run in home.server.runs.values()}
        if is_whole:
            await living
            outcome.ends = not any(life.trouble for life in lives)
            await _reckoned(home, lives, outcome)
            if beside is not None:
                beside.reckon()
            linked.reckon()
            _built_again(home, outcome)
        if twins:
            twins.reckon([each.reference for each in lives])
            outcome.account.lost = [
                each for each in outcome.account.lost if not any(f" {name}" in each for name in NAMES)
            ]
        beside_it = (twins.violations if twins else []) + (beside.violations if beside else []) + linked.violations
        unstable = home.server.said_otherwise
        outcome.violations = [
            *home.server.problems,
            *unstable,
            *judge.violations,
            *beside_it,
            *outcome.account.faults(),
        ]
        outcome.account.count("times the disk was full", home.fills)
        outcome.said_otherwise = home.server.said_otherwise_for_cause + outcome.account.differing
        outcome.remembered_otherwise = home.server.remembered_otherwise
        outcome.rebuilt, outcome.checks = (
            home.server.rebuilt,
            judge.checks
            + linked.checks
            + (twins.checks if twins else Counter())
            + (beside.checks if beside else Counter()),
        )
        return outcome


async def _reckoned(home: House, lives: Sequence[Person], outcome: Outcome) -> None:
    """The account of the storm, made of what is left here."""
    found = await courses(home.client, [life.workflow_id(to) for life in lives for to in life.ended])
    for life in lives:
        theirs = {to: found[life.workflow_id(to)] for to in life.ended}
        life.said = in_order_of_arrival(life.said, theirs)
        if "incident" in theirs:
            life.said = with_others(life.said, theirs["incident"])
    night = Night(lives, found, list(home.provider.accepted), list(home.shadows), home.evidence)
    outcome.account = reckon(night)


def _built_again(home: House, outcome: Outcome) -> None:
    """Every run is built from its history once more at the end."""
    worker = next(each for each in home.server.workers if each.is_alive)
    for run in home.server.runs.values():
        home.server.rebuild(run, worker)
    outcome.account.count("runs built again", len(home.server.runs))


def runs_of(order: Order) -> dict[str, list[HistoryEvent]]:
    """The histories of some lives; all of them must be as they should."""
    outcome = simulated(order)
    assert outcome.violations == []
    return outcome.histories


def log_of(seed: str, *, lives: int) -> str:
    """The log of events of some lives."""
    outcome = simulated(ordered(seed, lives=lives))
    return "\n".join([*outcome.lines, *outcome.violations]) + "\n"
