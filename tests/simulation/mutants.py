"""Seeded bugs (``mutants.toml``): who finds how many of them? ``python tests/simulation/mutants.py --results FILE``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.chaos.builds import Change, build
from tests.simulation.hook import ROOT, Verdict, made_small, of_the_neglected, violations_of

MUTANTS = Path(__file__).with_name("mutants.toml")
TESTS_OF = {
    "workflows/procedure/": ("tests/procedure/incident", "tests/procedure/breach"),
    "workflows/process/inbox": ("tests/workflows/process/test_messages.py",),
    "workflows/process/duty_timers": ("tests/workflows/process/test_duty_timers.py",),
    "workflows/stories/breach": ("tests/procedure/breach", "tests/workflows/breach/test_story.py"),
    "activities/mail/": ("tests/activities/mail",),
    "activities/evidence/": ("tests/activities/evidence",),
}
"""Which tests are asked first, by the beginning of the changed file's name: those of that part."""
TESTS_OF_WORKFLOWS = ("tests/story", "tests/workflows/incident/test_story.py", "tests/replay")
"""And after them, where a process is changed."""
NOT_ASKED = "not slow and not chaos and not cluster and not web and not integrations and not fuzz and not simulation"
SECONDS = 300.0
"""For each of them."""
STORM_LIVES = 4
OF_A_LADDER = "letter of a ladder"
"""Such bugs are looked for in the one life in which nobody answers anything for days."""


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
    parser.add_argument("--by", nargs="+", choices=sorted(ASKED), default=sorted(set(ASKED) - {"again"}))
    parser.add_argument("--lives", type=int, default=12, help="that the simulation lives with each")
    parser.add_argument("--only", default="", help="those whose name holds this")
    parser.add_argument("--control", action="store_true", help="change nothing: none of them may be found")
    wanted = parser.parse_args()
    found: Counter[str] = Counter()
    tried = [each for each in mutants() if wanted.only in each.name]
    for mutant in tried:
        with tempfile.TemporaryDirectory(prefix="kantadesk-mutant-") as folder:
            change = mutant.change._replace(instead=mutant.change.line) if wanted.control else mutant.change
            tree, wanted.file, wanted.kind = build(Path(folder) / "tree", change), change.file, mutant.kind
            name = f"{mutant.name} (control)" if wanted.control else mutant.name
            line: dict[str, Any] = {"mutant": name, "kind": mutant.kind, "file": change.file}
            for who in wanted.by:
                line[who] = ASKED[who](tree, wanted)
                found[who] += line[who]["found"]
        with wanted.results.open("a", encoding="utf-8") as results:
            results.write(json.dumps(line) + "\n")
        print(name, {who: line[who]["found"] for who in wanted.by}, flush=True)
    print(*(f"{who}: {found[who]} of {len(tried)}" for who in wanted.by), sep="\n")
    return 0


def simulated(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether new lives find it."""
    began = time.monotonic()
    if wanted.kind == OF_A_LADDER:
        return _said(of_the_neglected(tree, seconds=SECONDS), began)
    return _said(violations_of(tree, seed=wanted.seed, lives=wanted.lives, seconds=SECONDS), began)


def found_again(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """What new lives find is made small, and what is kept lived again: with the bug, and without it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kantadesk-kept-") as folder:
        try:
            told = made_small(tree, seed=wanted.seed, lives=wanted.lives, seconds=SECONDS, folder=Path(folder))
        except RuntimeError as trouble:
            return {"found": True, "seconds": round(time.monotonic() - began, 1), "first": str(trouble)[-300:]}
        seconds = round(time.monotonic() - began, 1)
        if "kept" not in told:
            return {"found": False, "seconds": seconds, "first": ""}
        kept = Path(told.pop("kept"))
        there = violations_of(tree, seed=wanted.seed, kept=kept, seconds=SECONDS)
        without = violations_of(ROOT, seed=wanted.seed, kept=kept, seconds=SECONDS)
    said = {name: told[name] for name in ("reason", "claim", "acts kept", "acts told", "lives kept", "faults kept")}
    verdicts = {"fails with the bug": there.is_found, "is right without it": not without.is_found}
    shrinking = told["seconds of shrinking"]
    found = {"found": True, "seconds": seconds, "of shrinking": shrinking, "first": told["violations"][0][-300:]}
    return found | verdicts | said


def gone_on(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether recorded histories find it that go on."""
    began = time.monotonic()
    return _said(violations_of(tree, seed=wanted.seed, histories=1, seconds=SECONDS), began)


def _said(verdict: Verdict, began: float) -> dict[str, Any]:
    first = verdict.violations[0] if verdict.violations else verdict.trouble
    return {"found": verdict.is_found, "seconds": round(time.monotonic() - began, 1), "first": first[-300:]}


def tested(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether the tests find it: those of the changed part, then stories and replays, until the first fails."""
    shutil.copytree(ROOT / "tests", tree / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for each in ("pyproject.toml", "docs", "Makefile", "README.md", "benchmarks"):
        (tree / each).symlink_to(ROOT / each)
    asked = ["-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "-m", NOT_ASKED]
    began = time.monotonic()
    done = _run([*asked, *tests_of(wanted.file)], tree, tree)
    if done is None:
        return _undecided()
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    first = (failed or done.stdout.splitlines()[-1:] or [done.stderr])[0] if done.returncode else ""
    return {"found": done.returncode != 0, "seconds": round(time.monotonic() - began, 1), "first": first[:300]}


def tests_of(file: str) -> list[str]:
    """The tests that are asked about a changed file, in their order."""
    of_it = [test for begins, tests in TESTS_OF.items() if file.startswith(begins) for test in tests]
    return [*of_it, *(TESTS_OF_WORKFLOWS if file.startswith("workflows/") else ())]


def stormed(tree: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Whether a short storm finds it: a real server and real workers, a few lives and faults."""
    asked = [str(Path(__file__).with_name("stormed.py")), str(tree), "--seed", wanted.seed, "--lives", str(STORM_LIVES)]
    began = time.monotonic()
    done = _run(asked, ROOT, ROOT)
    if done is None:
        return _undecided()
    if done.returncode != 0:
        return _said(Verdict([], done.stderr.strip()[-300:] or f"exit code {done.returncode}"), began)
    return _said(Verdict(json.loads(done.stdout.splitlines()[-1])["violations"]), began)


def _run(asked: Sequence[str], folder: Path, code: Path) -> subprocess.CompletedProcess[str] | None:
    """Run Python to its end; None where it takes longer than it may."""
    with subprocess.Popen(
        [sys.executable, *asked],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(code)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, errors = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            return None
    return subprocess.CompletedProcess(asked, running.returncode, said, errors)


def _undecided() -> dict[str, Any]:
    return {"found": False, "seconds": SECONDS, "first": "the time was over before anything failed"}


ASKED: dict[str, Callable[[Path, argparse.Namespace], dict[str, Any]]] = {
    "simulation": simulated,
    "histories": gone_on,
    "again": found_again,
    "unit": tested,
    "storm": stormed,
}

if __name__ == "__main__":
    sys.exit(main())
