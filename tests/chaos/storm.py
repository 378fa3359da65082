"""A night from its beginning to its account: a house, a crowd of desks, perhaps a gremlin, and the reckoning."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.checker import Account, reckon
from tests.chaos.contact_keepers import Keepers, reckon_contacts
from tests.chaos.crowd import Life, live_all
from tests.chaos.gremlin import Fault, Gremlin
from tests.chaos.histories import Course, courses
from tests.chaos.house import House, TwoParts
from tests.chaos.onlookers import Onlookers
from tests.chaos.records import Night
from tests.chaos.script import plan
from tests.starter.conftest import ROOT
from workflows.process.ids import CONTACT_REVIEW_ID

REPLAYERS = 2
JUMPS = 2
ROUNDS = 6
"""Of each who keeps up a contact: they last about as long as things are broken."""


def starts(seed: str, number: int, *, within: float, jumps: int) -> list[float]:
    """When each life begins: most spread evenly, some of them all at once at each jump of the load."""
    chance = random.Random(f"{seed}/starts")  # noqa: S311  # to be repeated, not to be secret
    moments = [within * chance.random() for _ in range(jumps)]
    return [chance.choice(moments) if chance.random() < 0.1 * jumps else within * n / number for n in range(number)]


class Stormy(NamedTuple):
    """What is left of a storm. ``done``: how often each thing was broken; ``disk``: how it was filled."""

    account: Account
    done: dict[str, int]
    disk: str


async def storm(folder: Path, seed: str, faults: Sequence[Fault], *, lives: int, within: float) -> Stormy:
    """Many lives while everything is broken by a plan."""
    async with TwoParts(folder, workers=2) as house:
        gremlin = Gremlin(house, seed)
        plans = [plan(seed, number) for number in range(lives)]
        async with Onlookers(house.client, [each.reference for each in plans], seed) as onlookers:
            keepers = Keepers(house, seed)
            lived, _, _ = await asyncio.gather(
                live_all(house.client, plans, starts(seed, lives, within=within, jumps=JUMPS)),
                gremlin.rage(list(faults)),
                keepers.keep(rounds=ROUNDS),
            )
        status = await keepers.settled()
        beside = await courses(house.client, [CONTACT_REVIEW_ID])
        account = await accounted(house, lived, beside)
        course = beside[CONTACT_REVIEW_ID]
        reckon_contacts(keepers, status, course, list(house.box.accepted), list(house.shadows), account)
        account.count("questions answered", onlookers.answered)
        await gremlin.outside.reckon(account)
        await gremlin.outside.restore(house)  # the last thing: what desks have said since a backup is rightly gone
        await gremlin.outside.reckon(account)
        done = {**gremlin.done, "jump of the load": JUMPS, "restore the server from a backup": 1}
        return Stormy(account, done, house.disk.kind)


async def night_of(house: House, lived: Sequence[Life]) -> Night:
    """What is left of some lives."""
    found = await courses(house.client, [life.workflow_id(to) for life in lived for to in life.ended])
    return Night(lived, found, list(house.box.accepted), list(house.shadows), house.evidence)


async def accounted(house: House, lived: Sequence[Life], beside: Mapping[str, Course] | None = None) -> Account:
    """The account of some lives: the model, the letter box, the evidence, and every history replayed.

    ``beside``: what else is replayed.
    """
    night = await night_of(house, lived)
    account = await asyncio.to_thread(reckon, night)
    await _verify_one(house, night, account)
    await replay(house, {**night.courses, **(beside or {})}, account)
    account.count("server and workers killed", house.kills)
    return account


async def _verify_one(house: House, night: Night, account: Account) -> None:
    """Ask the command itself about one bundle, as anybody would; ``records`` looks at all of them."""
    for bundle in sorted(night.evidence.glob("case-*/evidence-*.zip"))[:1]:
        code, said = await house.run("evidence", "verify", str(bundle))
        account.evidence += [] if code == 0 else [f"kantadesk evidence verify {bundle.name}: {said}"]


async def replay(house: House, found: Mapping[str, Course], account: Account) -> None:
    """Replay each history on the build that ran last, in programmes of their own."""
    folder = house.folder / f"histories-{house.tree.name}"
    await asyncio.to_thread(_written, folder, found)
    answers = await asyncio.gather(*(_replayer(house, folder, part) for part in range(REPLAYERS)))
    for answer in answers:
        account.replay += answer["failures"]
        account.count("histories replayed", answer["replayed"])


def _written(folder: Path, found: Mapping[str, Course]) -> None:
    folder.mkdir()
    for workflow_id, course in found.items():
        (folder / f"{workflow_id}.json").write_text(course.history.to_json(), encoding="utf-8")


async def _replayer(house: House, folder: Path, part: int) -> dict[str, Any]:
    here = [str(Path(__file__).with_name("replaying.py")), str(folder), str(house.settings.key_file)]
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, *here, str(part), str(REPLAYERS)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{house.tree}{os.pathsep}{ROOT}"},
    )
    said, _ = await running.communicate()
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])  # before it may stand what Temporal's core has to say
    return answer
