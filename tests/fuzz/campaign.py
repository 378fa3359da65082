"""``make fuzz``: random lives for a few minutes, with a seed that makes them again, and the numbers in the end."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import logging
import random
import sys
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.desks.fakes import FakeWorld
from tests.desks.temporal_fixtures import running_worker, skipping_server
from tests.fuzz import counts
from tests.fuzz.plans import Plan, breach_plans, contact_review_plans, incident_plans
from tests.fuzz.player import House
from tests.fuzz.truths import Violation
from workflows.breach.record import BreachRecord
from workflows.contacts.record import ContactReviewRecord
from workflows.incident.record import IncidentRecord
from workflows.process.retention import BoundedList

BRIEF_RUNS = "limit.historyCount.suggestContinueAsNew=60"
SMALL = {
    bounded.name: bounded
    for bounded in (
        BoundedList("timeline", 30, 20_000),
        BoundedList("messages", 12, 96_000),
        BoundedList("documents", 6, 48_000),
        BoundedList("rejected", 6, 48_000),
    )
}
"""Shelves so small that entries leave them in a short life too; not those whose entries are compared one by one."""
STANDS = 900
"""Seconds after the time that was asked for: a search that has not ended by then shows where it stands, and fails."""
PLANS = {"Incident": incident_plans, "DataBreach": breach_plans, "ContactReview": contact_review_plans}


def search(
    process: str, *, seed: int, plans: int, acts: int, patience: float = 30, plan: Plan | None = None
) -> Counter[str]:
    """Play so many random plans of one process, or one that is given; the numbers of it. Raises ``Violation``.

    ``patience``: seconds after which a message that nobody has counted is lost.
    """
    with asyncio.Runner() as runner:
        return runner.run(_search(process, seed, plans, acts, patience, plan))


async def _search(process: str, seed_: int, plans: int, acts: int, patience: float, plan: Plan | None) -> Counter[str]:
    world = FakeWorld()
    with pytest.MonkeyPatch.context() as patch:
        for record in (IncidentRecord, BreachRecord, ContactReviewRecord):
            patch.setattr(
                record, "bounded_lists", [SMALL.get(bounded.name, bounded) for bounded in record.bounded_lists]
            )
        async with (
            asyncio.timeout(STANDS - 60),
            skipping_server(BRIEF_RUNS) as server,
            running_worker(server, world) as worker,
        ):
            house = House(server, world, worker.task_queue, patience=patience)
            if plan:
                await house.play(process, plan)
                return house.numbers
            await asyncio.to_thread(_play_all, house, process, seed_, plans, acts, asyncio.get_running_loop())
            house.numbers["parts brought to the evidence"] += len(world.journals)
    return house.numbers


def _play_all(house: House, process: str, seed_: int, plans: int, acts: int, loop: asyncio.AbstractEventLoop) -> None:
    @seed(seed_)
    @settings(
        max_examples=plans,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(PLANS[process](acts))
    def play(plan: Plan) -> None:
        if not found:
            try:
                asyncio.run_coroutine_threadsafe(house.play(process, plan), loop).result()
            except Exception as fault:
                fault.add_note(f"The plan was {plan}")
                found.append(fault)
                raise

    found: list[Exception] = []
    try:
        play()
    except Exception:  # hypothesis plays it once more, which would only take time
        if found:
            raise found[0] from None
        raise


def main() -> int:
    """Search until the time is over; 1 where a violation was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--acts", type=int, default=25, help="acts of a life at most")
    parser.add_argument("--record", action="store_true", help="write the numbers into docs/integrations.md")
    wanted = parser.parse_args()
    logging.disable(logging.CRITICAL)  # letters that are refused on purpose fill the screen
    faulthandler.dump_traceback_later(wanted.seconds + STANDS, exit=True)
    total, began, number = Counter[str](), time.monotonic(), 0
    print(f"seed {wanted.seed} (make fuzz ARGS='--seed {wanted.seed}' makes the same lives)", flush=True)
    while time.monotonic() - began < wanted.seconds:
        process = list(PLANS)[number % len(PLANS)]
        try:
            print(f"{time.monotonic() - began:4.0f} s: {process}, seed {wanted.seed + number}", flush=True)
            total += search(process, seed=wanted.seed + number, plans=15, acts=wanted.acts)
        except Violation as violation:
            print(
                f"VIOLATION in {process}, seed {wanted.seed + number}: {violation}",
                *getattr(violation, "__notes__", ()),
                sep="\n",
            )
            return 1
        number += 1
    faulthandler.cancel_dump_traceback_later()
    lines = [*(f"{count:8} {name}" for name, count in sorted(total.items())), f"{0:8} violations"]
    print(*lines, f"in {time.monotonic() - began:.0f} s", sep="\n")
    if wanted.record:
        counts.write(wanted.seed, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
