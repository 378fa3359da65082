"""A desk whose server is lost and set up again from an older backup, while its folder (evidence, ledger) is of today.

What people said after the backup is gone with the server: they say it again. The letters that went after the backup
have gone, and the ledger knows it: none may go a second time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from temporalio.client import WorkflowHistory

from tests.chaos.script import Plan
from tests.simulation.desk.clocks import OF_THE_STORM
from tests.simulation.desk.going_on import Going, GoneOn
from tests.simulation.desk.house import House, Trouble, house
from tests.simulation.desk.person import Person
from tests.simulation.desk.product import Disk, client_interceptors, converter, in_virtual_time
from tests.simulation.engine.chance import Chance, Rates
from tests.simulation.engine.server import Server
from tests.simulation.engine.service import client
from tests.simulation.engine.taking_up import steps_in, take_up
from tests.simulation.engine.virtual_time import beginning, run_virtually


@dataclass
class Restored:
    """What came of it. ``lost``: events that the backup does not have; ``twice``: letters that went more than once."""

    going: GoneOn
    lost: int = 0
    letters_before: int = 0
    letters: int = 0
    twice: list[str] = field(default_factory=list)


def restored(plan: Plan, seed: str, back: int) -> Restored:
    """Live an incident to its end, go back by some steps of its process, and go on from there."""
    chance = Chance(seed, Rates())
    found = Restored(GoneOn((0, 0)))

    async def live() -> None:
        async with house(OF_THE_STORM, chance, workers=2, trouble=Trouble()) as home:
            life = Person(home.client, plan)
            await life.live()
            assert not life.trouble, life.trouble
            found.letters_before = len(home.provider.accepted)
            await _from_the_backup(home, life.workflow_id("incident"), back, found)
            found.letters = len(home.provider.accepted)
            ids = Counter((letter.message_id, letter.to) for letter in home.provider.accepted)
            found.twice = [f"{to}: {name} went {times} times" for (name, to), times in ids.items() if times > 1]

    with in_virtual_time(Disk()):
        run_virtually(live, beginning())
    return found


async def _from_the_backup(home: House, workflow_id: str, back: int, found: Restored) -> None:
    """A new server that knows the process as it was some steps ago; the workers come to that one."""
    lost = home.server
    history = WorkflowHistory(workflow_id, list(lost.runs[lost.current[workflow_id]].history))
    steps = steps_in(history.events)
    until = steps[-back]
    found.going.step, found.lost = (len(steps) - back + 1, len(steps)), len(history.events) - until
    home.is_over = True  # the old workers do not come back
    lost.close()
    await asyncio.sleep(0)
    home.is_over = False
    home.server = Server(home.chance)
    home.client = client(home.server, converter(), *client_interceptors())
    for place in range(home.workers):
        home.begin(place)
    run = take_up(home.server, workflow_id, history.events, until)
    await Going(home.server, home.client, run, found.going).go()
    found.going.wrong += home.server.problems
