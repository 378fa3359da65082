"""The smaller nights: each about one thing that breaks. They are reckoned as the storm is."""

from __future__ import annotations

import asyncio
import random
import shutil
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.builds import Change, build
from tests.chaos.checker import Account
from tests.chaos.crowd import Life, live_all
from tests.chaos.house import AllInOne, House, TwoParts
from tests.chaos.outside import FromOutside
from tests.chaos.patience import until
from tests.chaos.records import Night
from tests.chaos.script import Open, Plan, Say, everything, opening, plan, to_its_end, triage
from tests.chaos.storm import accounted, night_of
from workflows.incident.messages import IncidentStatus

WITHIN = 300.0
"""Seconds in which anything waited for must come about on a busy machine."""
ENOUGH = 150.0
"""Seconds in which a build that tells would have told, at the second look."""
LIBRARY = "libfaketimeMT.so.1"
AHEAD, BEHIND = "+5h", "-3h"
ZONE = "Europe/Helsinki"


class Told(NamedTuple):
    """What is left of a small night. ``seen``: what was seen meanwhile, in words."""

    account: Account
    night: Night
    seen: list[str]
    house: House


async def good(folder: Path) -> Told:
    """Nothing breaks: the measure of what the checker must find good."""
    async with TwoParts(folder) as house:
        lived = await live_all(house.client, [everything("G1"), plan("good", 1), plan("good", 2)], [0, 1, 2])
        told = await _told(house, lived, [])
        kept = await asyncio.to_thread(shutil.copytree, house.evidence, folder / "kept")  # the disk goes with the house
        return told._replace(night=told.night._replace(evidence=Path(kept)))


async def broken(folder: Path, change: Change) -> Told:
    """A build of which one line is wrong."""
    async with TwoParts(folder) as house:
        tree = await asyncio.to_thread(build, folder / "broken", change)
        house.tree = tree
        await house.replace_all()
        return await _told(house, await live_all(house.client, [everything("B1")], [0]), [])


async def killed_up(folder: Path, seed: str) -> Told:
    """``kantadesk up`` is killed as a whole while letters are on their way, and just after."""
    chance = random.Random(f"{seed}/up")  # noqa: S311  # to be repeated, not to be secret
    async with AllInOne(folder) as house:
        plans = [everything("U0"), *(plan(f"{seed}/up", number) for number in range(1, 4))]
        living = asyncio.create_task(live_all(house.client, plans, [0, 1, 6, 15]))
        seen = []
        for _ in range(4):
            house.box.is_holding = True
            await _until(lambda: house.box.on_their_way > 0 or living.done())
            seen.append(f"{house.box.on_their_way} letters on their way")
            await asyncio.sleep(chance.choice((0.0, 0.05, 0.2)))
            await house.kill()
            house.box.is_holding = False
            await asyncio.sleep(chance.uniform(6, 9))
        return await _told(house, await living, seen)


async def silent_provider(folder: Path) -> Told:
    """The letter box takes a letter, and the worker dies before it hears so: the one documented window."""
    async with TwoParts(folder) as house:
        house.box.is_mute = house.box.takes_one = True  # however late this is run on a busy machine
        living = asyncio.create_task(live_all(house.client, [_short("D1")], [0]))
        await _until(lambda: bool(house.box.accepted))
        house.kill_worker()
        house.box.is_mute = house.box.takes_one = False
        return await _told(house, await living, [])


async def mail_outage(folder: Path) -> Told:
    """The mail server is gone when a fault is judged: what is owed stays owed until it is back."""
    async with TwoParts(folder) as house:
        house.box.close()
        life = Life(house.client, _short("M1"))
        living = asyncio.create_task(life.live())
        await _until_tried(life, times=2)
        duties = (await life.handle("incident").query("status", result_type=IncidentStatus)).duties
        seen = [f"{duty.id} {duty.state}" for duty in duties]
        house.box.open()
        await living
        return await _told(house, [life], seen)


async def wrong_clocks(folder: Path) -> Told:
    """The clock of the worker's machine is wrong by hours: ahead, then behind."""
    library = await asyncio.to_thread(_faketime)
    async with TwoParts(folder) as house:
        house.more = {"LD_PRELOAD": str(library), "FAKETIME": AHEAD, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        await house.replace_worker(0)
        living = asyncio.create_task(live_all(house.client, [everything("C1"), *_some("clocks", 3)], [0, 1, 2, 4]))
        await _until(lambda: len(house.box.accepted) > 3)
        house.more["FAKETIME"] = BEHIND
        await house.replace_worker(0)
        return await _told(house, await living, [])


async def other_zones(folder: Path) -> Told:
    """The time zone data change under open processes: Helsinki gets Tokyo's clock, then there are no data at all."""
    async with TwoParts(folder) as house:
        living = asyncio.create_task(live_all(house.client, [everything("Z1"), *_some("zones", 2)], [0, 1, 2]))
        await _until(lambda: len(house.box.accepted) > 0)
        house.more = {"PYTHONTZPATH": str(await asyncio.to_thread(_tokyo_for_helsinki, folder / "zones"))}
        await house.replace_worker(0)
        lived = await living
        house.more = await asyncio.to_thread(_no_zones, folder, house.tree)
        refusing = house.start("worker")
        code = await asyncio.to_thread(refusing.wait, WITHIN)
        said = (folder / "worker.log").read_text(encoding="utf-8").splitlines()[-1]
        house.more = {}
        return await _told(house, lived, [f"exit code {code}: {said}"])


async def from_outside(folder: Path, change: Change | None = None) -> Told:
    """Processes are deleted, reset and started a second time, then the server is restored from an older backup.

    ``change``: of a build that is wrong; there nothing is restored.
    """
    async with TwoParts(folder) as house:
        if change:
            house.tree = await asyncio.to_thread(build, folder / "broken", change)
            await house.replace_all()
        outside = FromOutside(house)
        await outside.delete(await outside.open("delete"))
        await outside.reset(await outside.open("reset"))
        await outside.replace(await outside.open("replace"))
        account = Account()
        await outside.reckon(account, within=ENOUGH if change else WITHIN)
        if change is None:
            await outside.restore(house)
            await outside.reckon(account)
        account.count("server and workers killed", house.kills)
        return Told(account, Night((), {}, list(house.box.accepted), list(house.shadows), house.evidence), [], house)


async def _told(house: House, lived: list[Life], seen: list[str]) -> Told:
    return Told(await accounted(house, lived), await night_of(house, lived), seen, house)


def _faketime() -> Path:
    """The library that makes a programme believe in another time."""
    found = next(iter(Path("/usr/lib").glob(f"*/faketime/{LIBRARY}")), None)
    assert found, "libfaketime is missing: apt-get install faketime"
    return found


def _some(seed: str, number: int) -> list[Plan]:
    return [plan(seed, each) for each in range(1, number + 1)]


def _short(reference: str) -> Plan:
    judged = Say("triage", triage("high", extensive=False))
    return Plan(reference, (Open(opening(reference, "PDR")), judged, *to_its_end()))


def _tokyo_for_helsinki(folder: Path) -> Path:
    """A folder of time zone data with one zone in it, which has another one's clock."""
    target = folder / ZONE
    target.parent.mkdir(parents=True)
    sources = [Path(root) / "Asia/Tokyo" for root in zoneinfo.TZPATH]
    found = next((source for source in sources if source.exists()), None)
    if found:
        shutil.copy(found, target)
        return folder
    from importlib import resources

    target.write_bytes((resources.files("tzdata") / "zoneinfo/Asia/Tokyo").read_bytes())
    return folder


def _no_zones(folder: Path, tree: Path) -> dict[str, str]:
    """Neither the machine nor the package ``tzdata`` has any data."""
    empty = folder / "no-zones"
    (empty / "tzdata").mkdir(parents=True)
    (empty / "tzdata" / "__init__.py").touch()
    return {"PYTHONTZPATH": "", "PYTHONPATH": f"{empty}:{tree}"}


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not holds():  # noqa: ASYNC110  # another process makes it true
            await asyncio.sleep(0.005)


async def _until_tried(life: Life, *, times: int) -> None:
    """Until the report to Kela has been tried as often as that."""

    async def is_tried() -> bool:
        described: Any = await life.handle("incident").describe()
        pending = described.raw_description.pending_activities
        kinds = [each.attempt > times for each in pending if each.activity_type.name == "send_letter"]
        return len(kinds) > 1 and all(kinds)

    async with asyncio.timeout(WITHIN):
        await until(is_tried)
