"""What a national outage takes, simulated from measured costs: ``docs/capacity.md``."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.capacity.check import BURSTS, compared, margin
from benchmarks.capacity.outage import Outage, needs_by_minutes, nights, work
from benchmarks.capacity.page import PAGE, page
from benchmarks.capacity.parameters import measured, result, said_of
from benchmarks.results import kept, now, save, say

NAME = "capacity"
DOCS = Path(__file__).parents[2] / "docs"


def options(parser: ArgumentParser) -> None:
    """The size of the night; with another than that of the page, the tables are printed and nothing is kept."""
    usual = Outage()
    parser.add_argument("--organisations", type=int, default=usual.organisations)
    parser.add_argument("--recipients", type=int, default=usual.recipients, help="of all organisations together")
    parser.add_argument("--mail-per-second", type=float, default=usual.mail_per_second, help="what your provider takes")


async def measure(chosen: Namespace) -> None:
    """Simulate, keep and write the page; or print it, for another size."""
    if min(chosen.organisations, chosen.recipients, chosen.mail_per_second) <= 0:
        sys.exit("organisations, recipients and letters a second must be more than 0")
    outage = Outage(chosen.organisations, chosen.recipients, chosen.mail_per_second)
    began, found = now(), simulated(outage)
    if outage != Outage():
        sys.stdout.write(page(found))
        return
    save(NAME, found, began)
    write(DOCS)


def simulated(outage: Outage) -> dict[str, Any]:
    """All that the page says in numbers."""
    of, checks = measured(""), compared()
    costs = (kept("costs") or {})["found"]
    wide = margin(checks)
    return {
        "outage": asdict(outage),
        "parameters": {
            "0.2.0": [asdict(one) for one in measured("before").parameters],
            "today": [asdict(one) for one in of.parameters],
        },
        "costs": costs,
        "checks": [asdict(one) for one in checks],
        "bursts": {path: said_of(result(path)) for path in BURSTS},
        "margin": wide,
        "work": work(outage, costs),
        "needs": needs_by_minutes(outage, costs, of, wide),
        "nights": nights(outage, costs, of),
        "load": os.getloadavg()[0],
    }


def write(folder: Path) -> None:
    """Write the page from what is kept."""
    part = kept(NAME)
    if not part:
        raise LookupError("the outage was not simulated yet: `make bench ARGS=capacity`")
    (folder / PAGE).write_text(page(part["found"]), encoding="utf-8")
    say(f"written: {folder.name}/{PAGE}")
