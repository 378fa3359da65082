"""How long ``kantadesk --help`` takes against ``python -c pass``: A B A B, medians, as a ratio.

make bench-start-up
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "kantadesk --help": [sys.executable, "-m", "starter", "--help"],
    "kantadesk incident --help": [sys.executable, "-m", "starter", "incident", "--help"],
    "import temporalio.client (for comparison)": [sys.executable, "-c", "import temporalio.client"],
}


def main() -> None:
    """Run each command in turn, as often as ``ROUNDS``, and print the medians."""
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            took[name].append(time.perf_counter() - began)
    floor = statistics.median(took["python -c pass"])
    for name, seconds in took.items():
        median = statistics.median(seconds)
        sys.stdout.write(f"{name:<44} {median * 1000:6.0f} ms   {median / floor:5.1f} x\n")


if __name__ == "__main__":
    main()
