"""The nights run beside each other, since most of each is waiting; a test takes the one it is about."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.chaos import builds, gremlin, nights, storm
from tests.chaos.checker import Account
from tests.chaos.table import table

BESIDE_THE_STORM = 4
"""Smaller nights that run at once."""
LIVES = 180
"""A quarter of them also has a breach: more than 200 processes."""
STARTED_WITHIN, RAGE_FROM, RAGE_UNTIL = 110.0, 8.0, 165.0
"""Seconds: the lives begin in this time, and things are broken in that."""
BROKEN = {
    "reminder skipped": builds.REMINDER_SKIPPED,
    "message dropped": builds.MESSAGE_DROPPED,
    "mail doubled": builds.MAIL_DOUBLED,
    "reminder early": builds.REMINDER_EARLY,
    "duty forgotten": builds.DUTY_FORGOTTEN,
    "letter not kept": builds.LETTER_NOT_KEPT,
}
FAULTS_SHOWN = 60
COURSES_SHOWN = 600
ACCOUNTS: dict[str, Account] = {}
FAULTS: dict[str, int] = {}
PLAN: list[str] = []


@dataclass
class Nights:
    """The nights that are running, by name."""

    running: dict[str, asyncio.Task[Any]] = field(default_factory=dict)

    async def __call__(self, name: str) -> Any:
        """What is left of a night; its account comes into the table."""
        left = await self.running[name]
        ACCOUNTS[name] = left.account
        return left


def pytest_addoption(parser: pytest.Parser) -> None:
    """The seed, and how many lives there are."""
    parser.addoption("--seed", default=str(random.SystemRandom().randrange(1_000_000)), help="of the chaos suite")
    parser.addoption("--lives", type=int, default=LIVES, help="in the storm of the chaos suite")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark of this folder."""
    config.addinivalue_line("markers", "night(*names): the nights that a test is about; they begin with the first test")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> str:
    """The seed of everything that is drawn by chance."""
    return str(request.config.getoption("--seed", default="1"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def night(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seed: str
) -> AsyncIterator[Nights]:
    """Every night that a collected test is about, started together."""
    folder: Path = tmp_path_factory.mktemp("nights")
    lives = int(request.config.getoption("--lives", default=LIVES))
    faults = gremlin.plan(seed, first=RAGE_FROM, last=RAGE_UNTIL)
    small: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        "up": partial(nights.killed_up, folder / "up", seed),
        "silence": partial(nights.silent_provider, folder / "silence"),
        "outage": partial(nights.mail_outage, folder / "outage"),
        "clocks": partial(nights.wrong_clocks, folder / "clocks"),
        "zones": partial(nights.other_zones, folder / "zones"),
        "good": partial(nights.good, folder / "good"),
        "outside": partial(nights.from_outside, folder / "outside"),
        "untold": partial(nights.from_outside, folder / "untold", builds.OUTSIDE_UNTOLD),
        **{name: partial(nights.broken, folder / name.replace(" ", "-"), how) for name, how in BROKEN.items()},
    }
    few = asyncio.Semaphore(BESIDE_THE_STORM)

    async def in_turn(begin: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        async with few:
            return await begin()

    wanted = {name for item in request.session.items for mark in item.iter_markers("night") for name in mark.args}
    running = {name: asyncio.create_task(in_turn(begin)) for name, begin in small.items() if name in wanted}
    if "storm" in wanted:
        PLAN.extend(map(str, faults))
        within = STARTED_WITHIN
        running["storm"] = asyncio.create_task(storm.storm(folder / "storm", seed, faults, lives=lives, within=within))
    yield Nights(running)
    for task in running.values():
        task.cancel()
    await asyncio.gather(*running.values(), return_exceptions=True)


def pytest_report_header(config: pytest.Config) -> str:
    """How to have the same again."""
    seed = config.getoption("--seed")
    return f"chaos: seed {seed} (make chaos ARGS='--seed {seed}' breaks the same things at the same times)"


def _differing() -> list[str]:
    return [f"{name}: {line[:500]}" for name, account in ACCOUNTS.items() for line in account.differing]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the plan of the gremlin and the table."""
    if not ACCOUNTS:
        return
    terminalreporter.section(f"chaos, seed {config.getoption('--seed', default='1')}")
    stormy = ACCOUNTS.get("storm", Account())
    for line in (
        *PLAN,
        "",
        *table(ACCOUNTS, FAULTS),
        *stormy.faults()[:FAULTS_SHOWN],
        *stormy.in_the_window,
        *stormy.courses[:COURSES_SHOWN],
        *_differing(),
    ):
        terminalreporter.write_line(line)
