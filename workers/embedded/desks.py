"""The desks that run on this machine: every server of a ``kantadesk up``, with its folder, whoever has started it.

Asked of the kernel (Linux), not of a list that we would keep: what runs is true, and other accounts' desks are seen,
too. Elsewhere none is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from workers.door.paths import CODEC_OF_WEB

DATABASE = "temporal.db"
"""The server's own file in the data folder."""
PROCESSES = Path("/proc")


class RunningDesk(NamedTuple):
    """A running desk. ``ports``: those of Temporal and of Temporal Web. ``owner``: a user id."""

    folder: Path
    address: str
    ports: tuple[str, str]
    owner: int


def running_desks(processes: Path | None = None) -> list[RunningDesk]:
    """Every one, by folder. ``processes``: where the kernel shows them."""
    return sorted(_found(processes or PROCESSES))


def _found(processes: Path) -> Iterator[RunningDesk]:
    for place in processes.glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or the kernel hides it from us
            command = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if desk := _desk(command, place.stat().st_uid):
                yield desk


def _desk(command: list[str], owner: int) -> RunningDesk | None:
    """The desk whose server has this command line; None where it is none of ours."""
    if Path(command[0]).name != "temporal" or "start-dev" not in command:
        return None
    given = dict(pairwise(command))
    database, codec = Path(given.get("--db-filename", "")), given.get("--ui-codec-endpoint", "")
    if database.name != DATABASE or not codec.endswith(CODEC_OF_WEB):
        return None
    port = given.get("--port", "")
    web = codec.removesuffix(CODEC_OF_WEB).rpartition(":")[2]
    return RunningDesk(database.parent, f"127.0.0.1:{port}", (port, web), owner)
