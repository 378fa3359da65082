"""A disk that can be full: a small file system of its own where we may mount one, else a limit on the workers' files.

The ledger of sent mail, the evidence and the outbox lie on it. A file system is filled by shrinking it to what is used;
a process is kept from writing by a limit on the size of its files (RLIMIT_FSIZE), which needs no privilege.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

ROOMY = "size=1g"
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class SmallDisk:
    """The folder ``place``; ``writers`` are the processes that write there now. ``mounted`` False: by limits only."""

    def __init__(self, place: Path, writers: Callable[[], Iterable[int]], *, mounted: bool = True) -> None:
        self.place = place
        self._writers = writers
        place.mkdir()
        atexit.register(self.close)  # also where a run is cut off before its end
        mount = shutil.which("mount")
        self.is_mounted = bool(
            mounted and mount and os.geteuid() == 0 and _done(mount, "-t", "tmpfs", "-o", ROOMY, "tmpfs", str(place))
        )

    @property
    def kind(self) -> str:
        """How it is filled, for the table."""
        return "file system of its own" if self.is_mounted else "limit on the size of files"

    def fill(self) -> None:
        """Leave no room."""
        if self.is_mounted:
            used = os.statvfs(self.place)
            pages = max(used.f_blocks - used.f_bfree, 1)
            # what is written between the look and the change makes the system refuse: a little later it is taken
            while not self._remounted(f"size={pages * used.f_frsize}"):
                pages += 1
            return
        for pid in self._writers():
            _limit(pid, (0, resource.RLIM_INFINITY))

    def free(self) -> None:
        """Make room again."""
        if self.is_mounted:
            assert self._remounted(ROOMY)
        for pid in self._writers():
            _limit(pid, UNLIMITED)

    def close(self) -> None:
        """Take the file system away again, with all that lies on it."""
        if self.is_mounted:
            self.is_mounted = False
            assert _done(str(shutil.which("umount")), "--lazy", str(self.place))

    def _remounted(self, size: str) -> bool:
        return _done(str(shutil.which("mount")), "-o", f"remount,{size}", str(self.place))


def _limit(pid: int, limits: tuple[int, int]) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _done(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
