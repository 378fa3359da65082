"""What a process has used, read from /proc (Linux): processor time and memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME = 11, 12
"""Their places in /proc/PID/stat, counted after the name in parentheses."""


class Used(NamedTuple):
    """Seconds of processor time since the start; megabytes of memory now (resident)."""

    seconds: float
    megabytes: float


def used(pid: int) -> Used:
    """What a process has used so far."""
    of = Path("/proc") / str(pid)
    ticks = (of / "stat").read_text().rpartition(")")[2].split()
    lines = (of / "status").read_text().splitlines()
    resident = next(line for line in lines if line.startswith("VmRSS:"))
    return Used((int(ticks[_UTIME]) + int(ticks[_STIME])) / _TICKS, int(resident.split()[1]) / 1024)
