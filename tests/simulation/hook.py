"""Lives on another build of the product: what a campaign of mutants asks, in a programme of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Verdict(NamedTuple):
    """What a build did. ``violations``: what must not be; ``trouble``: why it could not even be run."""

    violations: list[str]
    trouble: str = ""

    @property
    def is_found(self) -> bool:
        """Whether the simulation noticed that something is wrong with the build."""
        return bool(self.violations or self.trouble)


def violations_of(
    tree: Path, *, seed: str, seconds: float, lives: int = 0, histories: int = 0, kept: Path | None = None
) -> Verdict:
    """What is wrong with so many lives on the code that lies in ``tree`` (see ``tests/chaos/builds.py``).

    ``histories``: instead, each recorded history goes on so many times; ``kept``: instead, a kept script is lived.
    """
    what = ["--histories", str(histories)] if histories else ["--lives", str(lives)]
    asked = _asked(tree, ["--seed", seed, *(["--kept", str(kept)] if kept else what)], seconds)
    return asked if isinstance(asked, Verdict) else Verdict(asked["violations"])


def made_small(tree: Path, *, seed: str, lives: int, seconds: float, folder: Path) -> dict[str, Any]:
    """What is found on the code in ``tree``, made small and kept in a folder: the line of JSON that says so.

    Raises ``RuntimeError`` where it can't be run.
    """
    asked = _asked(tree, ["--seed", seed, "--lives", str(lives), "--keep-in", str(folder)], seconds)
    if not isinstance(asked, Verdict):
        return asked
    raise RuntimeError(asked.trouble)


def of_the_neglected(tree: Path, *, seconds: float) -> Verdict:
    """What is wrong with the one life in which nobody answers anything for days, on the code in ``tree``."""
    asked = _asked(tree, [], seconds, script="desk/neglected.py")
    return asked if isinstance(asked, Verdict) else Verdict(asked["violations"])


def _asked(tree: Path, what: list[str], seconds: float, script: str = "campaign.py") -> dict[str, Any] | Verdict:
    """The line of JSON that a script says, or why there is none."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{ROOT}"}
    try:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).parent / script), *what, "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict([], f"it stands still after {seconds:.0f} s")
    if done.returncode != 0:
        return Verdict([], done.stderr.strip()[-500:] or f"exit code {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
