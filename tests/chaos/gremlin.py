"""The gremlin: what it breaks, when and for how long, drawn by chance and told beforehand."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.chaos.builds import NEXT_RELEASE, build
from tests.chaos.house import TwoParts
from tests.chaos.outside import FromOutside

FROZEN = 40.0
"""Seconds: longer than a step may be silent (30 s) and than the server waits for a task (10 s)."""


class Fault(NamedTuple):
    """One thing that is broken. ``at``, ``lasts``: seconds."""

    at: float
    what: str
    lasts: float = 0.0

    def __str__(self) -> str:
        """A line of the plan."""
        return f"{self.at:6.1f} s  {self.what}" + (f" for {self.lasts:.0f} s" if self.lasts else "")


WANTED = {
    "kill a worker": 5,
    "kill both workers": 1,
    "kill the server": 2,
    "kill the server and a worker": 1,
    "cut the mail server": 2,
    "slow the mail server": 1,
    "fill the disk": 2,
    "break the feed": 2,
    "freeze a worker": 1,
    "rotate the keys": 2,
    "deploy the next release": 1,
    "delete a process": 1,
    "reset a process": 1,
    "start one a second time": 1,
}
LASTING = {
    "cut the mail server": (6.0, 15.0),
    "slow the mail server": (8.0, 15.0),
    "fill the disk": (5.0, 10.0),
    "break the feed": (10.0, 20.0),
    "freeze a worker": (FROZEN, FROZEN),
}


def plan(seed: str, *, first: float, last: float) -> list[Fault]:
    """Every fault, spread evenly between two moments in an order of chance; the deployment comes in the middle."""
    chance = random.Random(f"{seed}/gremlin")  # noqa: S311  # to be repeated, not to be secret
    kinds = [what for what, times in WANTED.items() for _ in range(times) if what != "deploy the next release"]
    chance.shuffle(kinds)
    kinds.insert(len(kinds) // 2, "deploy the next release")
    step = (last - first) / len(kinds)
    return [
        Fault(round(first + step * (n + chance.random() * 0.8), 1), what, round(chance.uniform(*LASTING[what]), 1))
        if what in LASTING
        else Fault(round(first + step * (n + chance.random() * 0.8), 1), what)
        for n, what in enumerate(kinds)
    ]


class Gremlin:
    """Breaks a house by a plan. ``done``: how often each thing was broken."""

    def __init__(self, house: TwoParts, seed: str) -> None:
        self._house = house
        self._chance = random.Random(f"{seed}/whom")  # noqa: S311
        self.outside = FromOutside(house)
        self.done: Counter[str] = Counter()
        self._one_at_a_time = asyncio.Lock()

    async def rage(self, faults: list[Fault]) -> None:
        """Break everything in its time; ends when all of it is whole again."""
        began = time.monotonic()
        ways: dict[str, Callable[[float], Awaitable[None]]] = {
            "kill a worker": self._kill_a_worker,
            "kill both workers": self._kill_both,
            "kill the server": self._kill_the_server,
            "kill the server and a worker": self._kill_server_and_worker,
            "cut the mail server": self._cut_mail,
            "slow the mail server": self._slow_mail,
            "fill the disk": self._fill_disk,
            "break the feed": self._break_feed,
            "freeze a worker": self._freeze,
            "rotate the keys": self._rotate,
            "deploy the next release": self._deploy,
            "delete a process": self._delete,
            "reset a process": self._reset,
            "start one a second time": self._replace,
        }

        of_its_kind = {fault.what: asyncio.Lock() for fault in faults}

        async def one(fault: Fault) -> None:
            await asyncio.sleep(max(0.0, began + fault.at - time.monotonic()))
            async with of_its_kind[fault.what]:  # what is broken already is broken again once it is whole
                await ways[fault.what](fault.lasts)
            self.done[fault.what] += 1

        await asyncio.gather(*(one(fault) for fault in faults))

    def _any_worker(self) -> int:
        return self._chance.randrange(len(self._house.workers))

    async def _kill_a_worker(self, _: float) -> None:
        async with self._one_at_a_time:
            self._house.kill_worker(self._any_worker())

    async def _kill_both(self, _: float) -> None:
        async with self._one_at_a_time:
            for number in range(len(self._house.workers)):
                self._house.kill_worker(number)

    async def _kill_the_server(self, _: float) -> None:
        async with self._one_at_a_time:
            await self._house.kill_server()

    async def _kill_server_and_worker(self, _: float) -> None:
        async with self._one_at_a_time:
            self._house.kill_worker(self._any_worker())
            await self._house.kill_server()

    async def _cut_mail(self, lasts: float) -> None:
        began = time.time()
        self._house.box.close()
        self._house.noted("mail server cut", began)
        await asyncio.sleep(lasts)
        self._house.box.open()

    async def _slow_mail(self, lasts: float) -> None:
        self._house.box.slow = 1.5
        await asyncio.sleep(lasts)
        self._house.box.slow = 0.0

    async def _fill_disk(self, lasts: float) -> None:
        began = time.time()
        self._house.disk.fill()
        await asyncio.sleep(lasts)
        self._house.disk.free()
        if not self._house.disk.is_mounted:  # a process that may write nothing can't note an answer either
            self._house.noted("no files", began)

    async def _break_feed(self, lasts: float) -> None:
        self._house.feed.is_broken = True
        await asyncio.sleep(lasts)
        self._house.feed.is_broken = False

    async def _freeze(self, lasts: float) -> None:
        await self._house.freeze(self._any_worker(), lasts)

    async def _rotate(self, _: float) -> None:
        """Until it is done: a worker that was just killed makes the command say that somebody does not know the key."""
        async with asyncio.timeout(600):
            while (await self._house.run("keys", "rotate", "--wait", "20"))[0] != 0:  # noqa: ASYNC110  # a command is run
                await asyncio.sleep(1)

    async def _delete(self, _: float) -> None:
        await self.outside.delete(await self.outside.open("delete"))

    async def _reset(self, _: float) -> None:
        await self.outside.reset(await self.outside.open("reset"))

    async def _replace(self, _: float) -> None:
        await self.outside.replace(await self.outside.open("replace"))

    async def _deploy(self, _: float) -> None:
        """Stop every worker of the old build, then start those of the new one."""
        async with self._one_at_a_time:
            self._house.tree = await asyncio.to_thread(build, self._house.folder / "next-release", *NEXT_RELEASE)
            await self._house.replace_all()
