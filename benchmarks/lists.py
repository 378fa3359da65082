"""The lists where much is open: ``duty list`` and ``board`` against ``incident list``, turn by turn in one run."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace

from benchmarks.command_line import KANTADESK, timed
from benchmarks.house import House, environment, running
from benchmarks.results import now, save, say
from benchmarks.scenes import open_incident

LISTS = {
    "kantadesk incident list": ("incident", "list"),
    "kantadesk duty list": ("duty", "list"),
    "kantadesk board --once": ("board", "--once"),
    "kantadesk duty list --all": ("duty", "list", "--all"),
}
OPENED_AT_ONCE = 8
OWING = "KantaNextDue IS NOT NULL AND ExecutionStatus = 'Running'"


def options(parser: ArgumentParser) -> None:
    """How often, and how many incidents are open."""
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--incidents", type=int, default=300)


async def measure(chosen: Namespace) -> None:
    """Run each list in turn, against one desk with a worker; each incident owes its triage."""
    began = now()
    async with running() as house, house.worker():
        await _opened(house, chosen.incidents)
        clean = {
            name: value for name, value in environment().items() if not name.startswith(("TEMPORAL_", "KANTADESK_"))
        }
        at = {"KANTADESK_DATA_DIR": str(house.folder), "TEMPORAL_ADDRESS": house.address}
        took: dict[str, list[float]] = {name: [] for name in LISTS}
        for number in range(chosen.rounds + 1):  # the first is not counted: it compiles
            for name, command in LISTS.items():
                seconds = await asyncio.to_thread(
                    timed, [KANTADESK, *command], clean | at | {"TEMPORAL_CONFIG_FILE": os.devnull}
                )
                took[name] += [seconds] if number else []
        say(f"lists: {chosen.rounds} rounds")
    save("lists", {"took": took, "incidents": chosen.incidents, "load": os.getloadavg()[0]}, began)


async def _opened(house: House, many: int) -> None:
    """Open them, and wait until each shows what it owes next."""
    few = asyncio.Semaphore(OPENED_AT_ONCE)

    async def one(number: int) -> None:
        async with few:
            await open_incident(house.client, f"K-{number:04}")

    await asyncio.gather(*(one(number) for number in range(many)))
    while (await house.client.count_workflows(OWING)).count < many:  # noqa: ASYNC110  # only the server knows
        await asyncio.sleep(0.2)  # the list follows a moment later
