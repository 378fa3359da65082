"""``make soak``: lives for half an hour, with a killed worker now and then; the growth of memory and file handles.

make soak ARGS='--minutes 3 --seed 7'
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.chaos.crowd import Life
from tests.chaos.house import TwoParts
from tests.chaos.script import plan
from tests.chaos.storm import accounted
from tests.chaos.table import table

KILL_EVERY = 300.0
WARM_AFTER = 0.25
"""Part of the time after which growth is counted: imports and caches fill up before."""
PAGE = 4096


class Sample(NamedTuple):
    """One look at a process. ``at``: seconds from the beginning; ``memory``: resident, in MB."""

    at: float
    memory: float
    handles: int


def look(pid: int, at: float) -> Sample:
    """How much memory a process uses and how many files it holds open."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return Sample(at, pages * PAGE / 1e6, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def growth(name: str, samples: list[Sample], length: float) -> Iterator[str]:
    """The lines about one process: from when it is warm until the end."""
    warm = [sample for sample in samples if sample.at >= length * WARM_AFTER] or samples
    first, last = warm[0], warm[-1]
    hours = max(last.at - first.at, 1.0) / 3600
    memory, handles = (last.memory - first.memory) / hours, (last.handles - first.handles) / hours
    most = f"at most {max(s.memory for s in samples):.0f} MB and {max(s.handles for s in samples)} handles"
    yield f"{name}: memory {first.memory:.0f} -> {last.memory:.0f} MB ({memory:+.0f} MB/h)"
    yield f"{name}: handles {first.handles} -> {last.handles} ({handles:+.0f}/h); {most}"


async def soak(folder: Path, seed: str, minutes: float, every: float) -> bool:
    """Live, look, reckon; whether all was well."""
    length, chance = minutes * 60, random.Random(f"{seed}/soak")  # noqa: S311  # to be repeated, not to be secret
    async with TwoParts(folder, workers=2) as house:
        began = time.monotonic()
        lives: list[asyncio.Task[Life]] = []
        seen: dict[str, list[Sample]] = {"server": [], "steady worker": [], "killed worker": []}

        async def begin(number: int) -> Life:
            life = Life(house.client, plan(seed, number))
            await life.live()
            return life

        next_look, next_kill = 0.0, min(KILL_EVERY, length / 2)
        while (at := time.monotonic() - began) < length:
            lives.append(asyncio.create_task(begin(len(lives))))
            if at >= next_look:
                pids = dict(zip(seen, (house.server_pid, *house.pids()), strict=True))
                for name, pid in pids.items():
                    seen[name].append(look(pid, at))
                waiting = sum(not life.done() for life in lives)
                said = ", ".join(f"{n} {s[-1].memory:.0f} MB {s[-1].handles} handles" for n, s in seen.items())
                print(f"{at / 60:5.1f} min  {len(lives)} lives, {waiting} open: {said}", flush=True)
                next_look = at + length / 30
            if at >= next_kill:
                house.kill_worker(1)
                next_kill = at + KILL_EVERY
            await asyncio.sleep(every * chance.uniform(0.5, 1.5))
        lived = await asyncio.gather(*lives)
        account = await accounted(house, lived)
    print(*table({"soak": account}, {}), sep="\n")
    for name in ("server", "steady worker"):  # the other one is a new process each time
        print(*growth(name, seen[name], length), sep="\n")
    print(*account.faults()[:50], sep="\n")
    return not account.faults()


def main() -> int:
    """Soak for as long as is wanted; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(1_000_000)))
    parser.add_argument("--every", type=float, default=4, help="seconds between two lives")
    wanted = parser.parse_args()
    print(f"seed {wanted.seed} (make soak ARGS='--seed {wanted.seed}' makes the same lives)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        is_well = asyncio.run(soak(Path(folder) / "house", wanted.seed, wanted.minutes, wanted.every))
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
