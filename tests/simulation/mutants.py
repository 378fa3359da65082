"""Seeded bugs (``mutants.toml``): who finds how many of them? ``python tests/simulation/mutants.py --results FILE``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.builds import Change, build
from tests.simulation.hook import ROOT, Verdict, violations_of

MUTANTS = Path(__file__).with_name("mutants.toml")
UNIT_TESTS = ("tests/procedure", "tests/activities/mail", "tests/activities/evidence", "tests/replay")
"""Tests that need no server and are over in seconds; those of ``tests/workflows`` need a real server."""
SECONDS = 300.0
"""For each of them."""


class Mutant(NamedTuple):
    """A seeded bug."""

    name: str
    kind: str
    change: Change


def mutants() -> list[Mutant]:
    """All of them."""
    read = tomllib.loads(MUTANTS.read_text(encoding="utf-8"))["mutants"]
    return [Mutant(each["name"], each["kind"], Change(each["file"], each["old"], each["new"])) for each in read]


def main() -> int:
    """Try them one after the other, a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="mutants")
    parser.add_argument("--results", type=Path, required=True, help="a file to which one line is added for each")
    parser.add_argument("--by", nargs="+", choices=sorted(ASKED), default=sorted(ASKED))
    parser.add_argument("--lives", type=int, default=12, help="that the simulation lives with each")
    parser.add_argument("--only", default="", help="those whose name holds this")
    wanted = parser.parse_args()
    found: Counter[str] = Counter()
    tried = [each for each in mutants() if wanted.only in each.name]
    for mutant in tried:
        with tempfile.TemporaryDirectory(prefix="kantadesk-mutant-") as folder:
            tree = build(Path(folder) / "tree", mutant.change)
            line: dict[str, Any] = {"mutant": mutant.name, "kind": mutant.kind, "file": mutant.change.file}
            for who in wanted.by:
                line[who] = ASKED[who](tree, wanted)
                found[who] += line[who]["found"]
        with wanted.results.open("a", encoding="utf-8") as results:
            results.write(json.dumps(line) + "\n")
        print(mutant.name, {who: line[who]["found"] for who in wanted.by}, flush=True)
    print(*(f"{who}: {found[who]} of {len(tried)}" for who in wanted.by), sep="\n")
    return 0


def simulated(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether new lives find it."""
    began = time.monotonic()
    return _said(violations_of(tree, seed=wanted.seed, lives=wanted.lives, seconds=SECONDS), began)


def gone_on(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether recorded histories find it that go on."""
    began = time.monotonic()
    return _said(violations_of(tree, seed=wanted.seed, histories=1, seconds=SECONDS), began)


def _said(verdict: Verdict, began: float) -> dict[str, Any]:
    first = verdict.violations[0] if verdict.violations else verdict.trouble
    return {"found": verdict.is_found, "seconds": round(time.monotonic() - began, 1), "first": first[-300:]}


def tested(tree: Path, _: argparse.Namespace) -> dict[str, Any]:
    """Whether the unit tests find it: run beside the changed code, until the first fails."""
    shutil.copytree(ROOT / "tests", tree / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    began = time.monotonic()
    asked = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", *UNIT_TESTS]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *asked],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"found": True, "seconds": SECONDS, "first": "it stands still"}
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    first = (failed or done.stdout.splitlines()[-1:] or [done.stderr])[0] if done.returncode else ""
    return {"found": done.returncode != 0, "seconds": round(time.monotonic() - began, 1), "first": first[:300]}


ASKED: dict[str, Callable[[Path, argparse.Namespace], dict[str, Any]]] = {
    "simulation": simulated,
    "histories": gone_on,
    "unit": tested,
}

if __name__ == "__main__":
    sys.exit(main())
