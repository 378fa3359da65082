"""``make mutants``: change the rules a little, one change at a time; does a test notice? Writes the report."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.ledger import BREACH_GOAL, BREACH_RULES, GOAL, explanations, mutants_in, reckon
from tests.mutants.report import BREACH_HEAD, report, table

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "mutants"
"""Where mutmut works: a copy of the tree, with every change of a function beside the function."""
TO_BE_ASKED_AGAIN = {0, 5, 33}
"""Who has survived may have been found by a test that came later."""


def main(arguments: list[str]) -> int:
    """Run mutmut on what is not settled, or anew on the modules that are named; whether everything is in order."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", help="files or folders, as workflows/procedure/incident/triage.py; without: all"
    )
    parser.add_argument("--breach", action="store_true", help="the rules of a breach, which have a goal of their own")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs have found")
    parser.add_argument("--report-only", action="store_true", help="add up what earlier runs have found")
    asked = parser.parse_args(arguments)
    if asked.breach and asked.modules:
        parser.error("--breach names its modules itself")
    modules = list(BREACH_RULES) if asked.breach else asked.modules
    if asked.anew:
        shutil.rmtree(FOLDER, ignore_errors=True)
    if not asked.report_only:
        _prepare()
        _run(modules, asked.jobs)
    mutants = [m for m in mutants_in(FOLDER) if not modules or m.module.startswith(tuple(modules))]
    goal = BREACH_GOAL if asked.breach else GOAL
    reckoning = reckon(mutants, explanations(HERE / "explained.toml"), goal)
    print(table(reckoning))
    if asked.breach:
        (HERE / "breach.md").write_text(report(reckoning, BREACH_HEAD), encoding="utf-8")
    elif not modules:
        (HERE / "README.md").write_text(report(reckoning), encoding="utf-8")
    for fault in reckoning.faults:
        print(fault, file=sys.stderr)
    return 1 if reckoning.faults else 0


def _prepare() -> None:
    """What mutmut does not bring up to date itself: tests that are gone, rule data, and who must be asked again."""
    for folder in ("tests", "activities", "workers", "starter"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    for data in (ROOT / "workflows").rglob("*"):
        copy = FOLDER / data.relative_to(ROOT)
        if data.is_file() and data.suffix not in (".py", ".pyc") and copy.parent.is_dir():
            shutil.copy2(data, copy)
    for meta in FOLDER.rglob("*.py.meta"):
        known = json.loads(meta.read_text(encoding="utf-8"))
        ends = known["exit_code_by_key"]
        known["exit_code_by_key"] = {name: None if end in TO_BE_ASKED_AGAIN else end for name, end in ends.items()}
        meta.write_text(json.dumps(known), encoding="utf-8")


def _run(modules: Iterable[str], jobs: int) -> None:
    """One run of mutmut, which says itself how far it is; on no terminal, into a file."""
    names = [f"{module.removesuffix('.py').rstrip('/').replace('/', '.')}.*" for module in modules]
    programs = Path(sys.executable).parent
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "mutmut.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [programs / "mutmut", "run", "--max-children", str(jobs), *names],
            cwd=ROOT,
            env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
            stdout=None if sys.stdout.isatty() else log,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"mutmut gave up; {FOLDER / 'mutmut.log'} says why")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
