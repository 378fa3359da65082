"""``make bench``: the benchmarks and then the report, or one of them: ``make bench ARGS='throughput --count 30'``."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser
from importlib import import_module

from benchmarks.results import say

PARTS = (
    "throughput", "latency", "economy", "costs", "open_load", "long_life", "command_line", "lists", "start_up",
    "documents",
)  # fmt: skip
ALONE = "trials"
"""Runs only where it is named: it takes as long as half of the others together."""
REPORT = "report"
CAPACITY = "capacity"
"""Measures nothing: simulates an outage from what was measured, and writes its own page (``docs/capacity.md``)."""
MODULES = {CAPACITY: "capacity.forecast"}
NEW_COSTS = ("costs",)
"""Parts whose results the simulation reads: it is run again after them."""


def main() -> None:
    """Run what is named; everything but the trials where nothing is."""
    name, *rest = sys.argv[1:] or [""]
    if name and name not in (known := (*PARTS, ALONE, CAPACITY, REPORT)):
        sys.exit(f"there is no benchmark {name!r}: there are {', '.join(known)}")
    for part in [name] if name else [*PARTS, CAPACITY, REPORT]:
        run(part, rest)
    if name in NEW_COSTS:
        run(CAPACITY, [])
    if name not in ("", REPORT, CAPACITY):
        run(REPORT, [])


def run(part: str, rest: list[str]) -> None:
    """Run one part with its options."""
    module = import_module(f"benchmarks.{MODULES.get(part, part)}")
    parser = ArgumentParser(prog=f"benchmarks {part}", description=module.__doc__)
    module.options(parser)
    say(f"{part} ...")
    asyncio.run(module.measure(parser.parse_args(rest)))


if __name__ == "__main__":
    main()
