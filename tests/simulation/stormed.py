"""A short storm on another build of the product: real server, real workers, a few lives, a few faults; its verdict."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.chaos import crowd
from tests.chaos.crowd import live_all
from tests.chaos.gremlin import Fault, Gremlin
from tests.chaos.house import TwoParts
from tests.chaos.script import everything, plan
from tests.chaos.storm import accounted, starts

WITHIN = 20.0
"""Seconds in which the lives begin."""
FAULTS = (
    Fault(9.0, "kill a worker"),
    Fault(15.0, "cut the mail server", 5.0),
    Fault(24.0, "kill the server and a worker"),
    Fault(38.0, "kill a worker"),
)
"""No new release is deployed: it would be one without the seeded bug."""
PATIENCE = timedelta(seconds=150)


async def stormed(tree: Path, folder: Path, *, seed: str, lives: int) -> list[str]:
    """What is wrong with some lives on the code that lies in ``tree``, one of which has one of everything."""
    house = TwoParts(folder, workers=2)
    house.tree = tree
    async with house:
        plans = [everything("S1"), *(plan(seed, number) for number in range(1, lives))]
        lived, _ = await asyncio.gather(
            live_all(house.client, plans, starts(seed, lives, within=WITHIN, jumps=1)),
            Gremlin(house, seed).rage(list(FAULTS)),
        )
        account = await accounted(house, lived)
    return account.faults()


def main() -> int:
    """Print a line of JSON with the violations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--lives", type=int, required=True)
    wanted = parser.parse_args()
    crowd.PATIENCE = PATIENCE
    with tempfile.TemporaryDirectory(prefix="kantadesk-stormed-") as folder:
        found = asyncio.run(stormed(wanted.tree, Path(folder) / "storm", seed=wanted.seed, lives=wanted.lives))
    print(json.dumps({"violations": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
