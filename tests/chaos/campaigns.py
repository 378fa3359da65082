"""The nights: incidents led through every phase while something is killed in each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.client import WorkflowExecutionStatus

from tests.chaos.house import AllInOne, House, TwoParts
from tests.chaos.letter_box import Accepted
from tests.chaos.reckoning import shape
from tests.chaos.script import SCRIPT, Desk, Lived, Step

INCIDENTS = 3
MOMENTS = (0.0, 0.0, 0.01, 0.05, 0.2)
"""Seconds between an acknowledgement and the kill; one is drawn for each."""


class Night(NamedTuple):
    """What happened: the incidents at their end, what the letter box accepted, the kills, what each kill hit."""

    lives: list[Lived]
    accepted: list[Accepted]
    kills: list[tuple[float, str]]
    hit: list[str]


async def quiet_night(folder: Path) -> dict[str, Any]:
    """The record of an incident that nothing disturbs."""
    async with TwoParts(folder) as house:
        desk = Desk(house.client, "Q-0")
        for step in SCRIPT:
            await _said_by_all([desk], step, house)
        return shape(await desk.lived())


async def killed_worker(folder: Path, seed: int) -> Night:
    """The worker is killed in every phase."""
    async with TwoParts(folder) as house:
        return await _disturbed(house, house.kill_worker, seed, "W")


async def killed_server(folder: Path, seed: int) -> Night:
    """The Temporal server is killed in every phase."""
    async with TwoParts(folder) as house:
        return await _disturbed(house, house.kill_server, seed, "S")


async def killed_up(folder: Path, seed: int) -> Night:
    """``kantadesk up`` is killed as a whole in every phase, and once more while the evidence is bundled."""
    async with AllInOne(folder) as house:
        return await _disturbed(house, house.kill, seed, "U", at_closing=True)


async def silent_provider(folder: Path) -> Night:
    """The letter box takes a letter, and the worker dies before it hears so: the one documented window."""
    async with TwoParts(folder) as house:
        house.box.is_mute = True
        desk = Desk(house.client, "D-0")
        await desk.say(SCRIPT[0])
        await _until(lambda: bool(house.box.accepted))
        await house.kill_worker()
        await desk.until(lambda status: bool(status.messages))
        return Night(
            [Lived(await desk.status(), [], {})], house.box.accepted, house.kills, ["opened: a letter was taken"]
        )


async def mail_outage(folder: Path) -> tuple[Night, list[str]]:
    """The mail server is gone from the triage to the first update; also what was seen of the duties meanwhile."""
    async with TwoParts(folder) as house:
        desk = Desk(house.client, "M-0")
        seen: list[str] = []
        for step in SCRIPT:
            if step.phase == "triaged":
                await desk.until(lambda status: len(status.messages) == 1)
                house.box.close()
            await _said_by_all([desk], step, house)
            if step.phase == "updated":
                await _until_tried(desk, times=2)
                seen = [f"{duty.id} {duty.state}" for duty in (await desk.status()).duties]
                house.box.open()
        return Night([await desk.lived()], house.box.accepted, [], []), seen


async def _disturbed(
    house: House, kill: Callable[[], Awaitable[None]], seed: int, name: str, *, at_closing: bool = False
) -> Night:
    """Lead some incidents through the script; in each phase kill while letters are on their way, just after a word."""
    chance = random.Random(f"{seed}/{name}")  # noqa: S311  # to be repeated, not to be secret
    desks = [Desk(house.client, f"{name}-{number}") for number in range(INCIDENTS)]
    hit = []
    for step in SCRIPT:
        chance.shuffle(desks)
        house.box.is_holding = step.letters
        await _said_by_all(desks[1:], step, house)
        if step.letters:
            await _until(lambda: house.box.on_their_way > 0)
        await _said_by_all(desks[:1], step, house)
        await asyncio.sleep(chance.choice(MOMENTS))
        hit.append(f"{step.phase}: {house.box.on_their_way} letters on their way")
        await kill()
    if at_closing:
        await desks[0].until(lambda status: status.phase == "closed")
        described = await desks[0].incident.describe()
        hit.append(f"closing: still running: {described.status is WorkflowExecutionStatus.RUNNING}")
        await kill()
    lives = await asyncio.gather(*(desk.lived() for desk in desks))
    return Night(lives, house.box.accepted, house.kills, hit)


async def _said_by_all(desks: list[Desk], step: Step, house: House) -> None:
    if step.phase == "resolved for good":
        house.watch("1s")
    await asyncio.gather(*(desk.say(step) for desk in desks))


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(180):
        while not holds():  # noqa: ASYNC110  # another process makes it true
            await asyncio.sleep(0.005)


async def _until_tried(desk: Desk, *, times: int) -> None:
    """Until some letter has been refused as often as that."""
    async with asyncio.timeout(180):
        while True:
            pending = (await desk.incident.describe()).raw_description.pending_activities
            if any(activity.attempt > times for activity in pending):
                return
            await asyncio.sleep(0.1)
