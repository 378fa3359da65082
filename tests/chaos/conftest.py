"""The nights run beside each other, since most of each is waiting; a test takes the one it is about."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.chaos import campaigns
from tests.chaos.campaigns import Night
from tests.chaos.reckoning import Account, reckon

SEED = int(os.environ.get("KANTADESK_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
COLUMNS = ("night", "kills", "incidents", "messages", "mails", "lost", "doubled", "in the window")
TABLE: list[tuple[Any, ...]] = []


@dataclass
class Nights:
    """The nights that are running, by name."""

    running: dict[str, asyncio.Task[Any]] = field(default_factory=dict)

    async def reckoned(self, name: str, night: Night) -> Account:
        """The reckoning of a night; its line is added to the table."""
        account = reckon(night.lives, night.accepted, [at for at, _ in night.kills], await self.running["quiet"])
        said = sum(len(life.said) for life in night.lives)
        counts = (len(night.hit), len(night.lives), said, len({a.message_id for a in night.accepted}))
        TABLE.append((name, *counts, len(account.lost), len(account.doubled), len(account.in_the_window)))
        return account


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def nights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nights]:
    """Every night that a collected test is about, started together."""
    folder: Path = tmp_path_factory.mktemp("nights")
    possible: dict[str, Coroutine[Any, Any, Any]] = {
        "quiet": campaigns.quiet_night(folder / "quiet"),
        "killed_worker": campaigns.killed_worker(folder / "worker", SEED),
        "killed_server": campaigns.killed_server(folder / "server", SEED),
        "killed_up": campaigns.killed_up(folder / "up", SEED),
        "silent_provider": campaigns.silent_provider(folder / "silent"),
        "mail_outage": campaigns.mail_outage(folder / "outage"),
    }
    wanted = {"quiet", *(mark.args[0] for item in request.session.items for mark in item.iter_markers("night"))}
    nights = Nights()
    for name, night in possible.items():
        if name in wanted:
            nights.running[name] = asyncio.create_task(night)
        else:
            night.close()
    yield nights
    for task in nights.running.values():
        task.cancel()
    await asyncio.gather(*nights.running.values(), return_exceptions=True)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark of this folder."""
    config.addinivalue_line("markers", "night(name): the night that a test is about; it is started with the first test")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table at the end."""
    if not TABLE:
        return
    terminalreporter.section(f"nights (KANTADESK_TEST_SEED={SEED})")
    rows = [COLUMNS, *(tuple(str(cell) for cell in row) for row in TABLE)]
    for row in rows:
        terminalreporter.write_line("".join(f"{cell:>{17 if n == 0 else 15}}" for n, cell in enumerate(row)))
