"""``make simulate``: lives or years of a desk from one seed each, until the time is over or something is wrong."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.replay.recorded import HISTORIES, read
from tests.simulation.desk.going_on import goes_on
from tests.simulation.desk.running import (
    AT_EACH_STEP,
    MUCH_TROUBLE,
    NEWEST,
    OF_YEARS,
    USUAL,
    Order,
    Outcome,
    of_a_year,
    ordered,
    simulated,
)
from tests.simulation.desk.shrinking import shrunk
from tests.simulation.desk.story import story_of
from tests.simulation.keeping import keep, remembered

LIVES = 12
INCIDENTS = 200
KEPT = Path(__file__).with_name("kept")


def main() -> int:
    """Simulate; 1 where something is wrong, which is then told as a story and kept as a test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="", help="of the first part; drawn where nothing is said")
    parser.add_argument("--seconds", type=float, default=110, help="how long, where no number is said")
    parser.add_argument("--lives", type=int, default=0, help="so many lives of the storm's kind, in one part")
    parser.add_argument("--years", type=int, default=0, help="so many years of a desk")
    parser.add_argument("--makes", choices=sorted(OF_YEARS), default=NEWEST, help="by which generator a year is made")
    parser.add_argument("--incidents", type=int, default=INCIDENTS, help="incidents of a year")
    parser.add_argument("--histories", type=int, default=0, help="let each recorded history go on, so many times")
    parser.add_argument("--each-step", action="store_true", help="build each run again after every step")
    parser.add_argument("--trouble", action="store_true", help="with full disks, wrong clocks, lost answers")
    parser.add_argument("--kept", type=Path, help="a script that was kept; it alone is lived")
    parser.add_argument("--keep-in", type=Path, default=None, help="where a failure that was made small is kept")
    parser.add_argument("--no-shrinking", action="store_true", help="say only what is wrong")
    parser.add_argument("--json", action="store_true", help="one line with the violations, for other programmes")
    parser.add_argument("--results", type=Path, help="a file to which one line of JSON is added for each part")
    wanted = parser.parse_args()
    seed = wanted.seed or str(random.SystemRandom().randrange(10**9))
    found = of_histories(seed, wanted.histories) if wanted.histories else campaign(seed, wanted)
    if wanted.json:
        more = _made_small(*found.failed[0], wanted.keep_in) if found.failed and wanted.keep_in else {}
        print(json.dumps({"seed": seed, "violations": found.violations, **found.numbers, **more}), flush=True)
        return 0
    print(*(f"{number:10} {what}" for what, number in sorted(found.numbers.items())), sep="\n")
    if not found.violations:
        print(f"{0:10} violations")
        return 0
    if found.failed and not wanted.no_shrinking:
        explain(*found.failed[0], wanted.keep_in or KEPT)
    return 1


class Found:
    """What a campaign has found."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.violations: list[str] = []
        self.failed: list[tuple[Order, Outcome]] = []

    def add(self, order: Order, outcome: Outcome) -> None:
        """Count one part."""
        self.numbers.update(outcome.account.numbers)
        self.numbers.update({f"checks of {name}": number for name, number in outcome.checks.items()})
        self.numbers["lives"] += len(order.plans)
        self.numbers["events"] += len(outcome.lines)
        self.numbers["activations"] += outcome.activations
        self.numbers["runs built again in between"] += outcome.rebuilt
        self.numbers["faults"] += len(outcome.happened)
        self.numbers["workers died"] += outcome.deaths
        self.numbers["commands with other words when built again"] += len(outcome.said_otherwise)
        self.numbers["records remembered otherwise than built again"] += len(outcome.remembered_otherwise)
        if outcome.violations:
            self.violations += outcome.violations
            self.failed.append((order, outcome))


def of_histories(seed: str, times: int) -> Found:
    """Let each recorded history go on from a step that the seed draws, some times."""
    found = Found()
    for number in range(times):
        for recorded in HISTORIES:
            gone_on = goes_on(read(recorded), f"{seed}.{number}", USUAL)
            found.numbers.update({"lives": 1, "events": gone_on.events, "faults": gone_on.happened})
            step, steps = gone_on.step
            wrong = [f"{recorded.stem} from step {step} of {steps}: {each}" for each in gone_on.wrong]
            found.violations += wrong
            print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr, flush=True)
    return found


def campaign(seed: str, wanted: argparse.Namespace) -> Found:
    """Parts one after the other, each with a seed of its own."""
    found, began = Found(), time.monotonic()
    make, parts = _parts(wanted)
    number = 0
    while number < parts if parts else time.monotonic() - began < wanted.seconds:
        own = seed if number == 0 else f"{seed}.{number}"
        order = make(own)
        if wanted.each_step:
            order = dataclasses.replace(order, rates=AT_EACH_STEP)
        if wanted.trouble:
            order = dataclasses.replace(order, trouble=MUCH_TROUBLE)
        since = (time.monotonic(), time.process_time())
        outcome = simulated(order)
        found.add(order, outcome)
        if wanted.results:
            _note(wanted.results, order, outcome, since)
        if not wanted.json:
            wrong = len(outcome.violations)
            print(
                f"{time.monotonic() - began:5.0f} s: seed {own}: {len(order.plans)} lives, {wrong} violations",
                flush=True,
            )
            for violation in outcome.violations[:20]:
                print(f"         {violation[:400]}", flush=True)
            for known in outcome.said_otherwise[:5]:
                print(f"         other words, for a known cause: {known[:400]}", flush=True)
        number += 1
        if found.failed and not wanted.years:
            break
    found.numbers["seconds"] = round(time.monotonic() - began)
    return found


def _parts(wanted: argparse.Namespace) -> tuple[Callable[[str], Order], int]:
    if wanted.kept:
        return (lambda _: remembered(json.loads(wanted.kept.read_text(encoding="utf-8")))), 1
    if wanted.years:
        return (lambda own: of_a_year(own, incidents=wanted.incidents, makes=wanted.makes)), wanted.years
    if wanted.lives:
        return (lambda own: ordered(own, lives=wanted.lives)), 1
    return (lambda own: ordered(own, lives=LIVES, rates=USUAL)), 0


def _note(file: Path, order: Order, outcome: Outcome, since: tuple[float, float]) -> None:
    """Add what came of one part to a file, as it is: a line for each."""
    line = {
        "commit": _commit(),
        "makes": order.makes,
        "seed": order.seed,
        "lives": len(order.plans),
        "events": len(outcome.lines),
        "activations": outcome.activations,
        "faults": len(outcome.happened),
        "workers died": outcome.deaths,
        "checks": dict(sorted(outcome.checks.items())),
        "seconds": round(time.monotonic() - since[0], 1),
        "seconds of CPU": round(time.process_time() - since[1], 1),
        "violations": outcome.violations,
    }
    with file.open("a", encoding="utf-8") as results:
        results.write(json.dumps(line) + "\n")


def _commit() -> str:
    """Which commit the code is of, as git names it here; empty where it is no work tree."""
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def explain(order: Order, outcome: Outcome, folder: Path) -> None:
    """Tell what is wrong in as few words as it takes, and keep it."""
    small = shrunk(order, outcome)
    print(f"A short script ({small.claim}):")
    print(story_of(small.told, small.outcome))
    print(f"kept as {keep(small.order, small.reason, folder)}")


def _made_small(order: Order, outcome: Outcome, folder: Path) -> dict[str, Any]:
    """Likewise in values: where it is kept, and how small it is."""
    small = shrunk(order, outcome)
    return {
        "kept": str(keep(small.order, small.reason, folder)),
        "reason": small.reason,
        "claim": small.claim,
        "seconds of shrinking": round(small.seconds, 1),
        "lives kept": len(small.order.plans),
        "acts kept": sum(len(plan.acts) for plan in small.order.plans),
        "acts told": sum(len(plan.acts) for plan in small.told.plans),
        "faults kept": len(small.order.allowed or ()),
    }


if __name__ == "__main__":
    sys.exit(main())
