"""Which keys the workers know: a folder beside the data, without any key in it.

``DATA_DIR/key-book/workers/{identity}.json`` is what one worker says of itself; ``ids/{key id}`` is an empty file for
each key that a worker has ever known, so that a worker that starts without one of them can say so at once. ``lost/``
and ``retired/`` name keys that no worker needs to have. Workers that share incidents share this folder, as they do
``DATA_DIR/sent``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from activities.evidence.case_folder import private_folder, write_whole
from workers.keys.ring import KeyId, KeyRing, is_key_id


class KeyReport(NamedTuple):
    """What a worker says of itself. ``identity`` is the one that Temporal shows; ``stopped``: it ended in order."""

    identity: str
    writes: str
    keys: tuple[str, ...]
    at: datetime
    stopped: bool


class KeyBook:
    """The key book of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def report(self, identity: str, ring: KeyRing, at: datetime, *, stopped: bool = False) -> None:
        """Write down which keys a worker knows."""
        self.note(ring.keys)
        said = {"identity": identity, "writes": ring.current, "keys": list(ring.keys), "at": at.isoformat()}
        path = private_folder(self.folder / "workers") / f"{quote(identity, safe='@:.-_')}.json"
        write_whole(path, json.dumps(said | {"stopped": stopped}).encode())

    def reports(self) -> dict[str, KeyReport]:
        """What each worker said last, by identity; one that can't be read is left out."""
        found = {}
        for path in (self.folder / "workers").glob("*.json"):
            try:
                said = json.loads(path.read_text(encoding="utf-8"))
                report = KeyReport(
                    str(said["identity"]),
                    str(said["writes"]),
                    tuple(said["keys"]),
                    datetime.fromisoformat(said["at"]),
                    bool(said["stopped"]),
                )
            except (OSError, ValueError, TypeError, KeyError):
                continue
            found[report.identity] = report
        return found

    def tidy(self, before: datetime) -> None:
        """Throw away the reports of workers that have said nothing since this moment."""
        for report in self.reports().values():
            if report.at < before:
                (self.folder / "workers" / f"{quote(report.identity, safe='@:.-_')}.json").unlink(missing_ok=True)

    def note(self, key_ids: Iterable[str]) -> None:
        """Remember that these keys are known."""
        ids = private_folder(self.folder / "ids")
        for key_id in key_ids:
            (ids / key_id).touch(mode=0o600)

    def ids(self) -> frozenset[KeyId]:
        """Every key that a worker has known, without those that were retired or lost."""
        return _names(self.folder / "ids") - self.lost() - _names(self.folder / "retired")

    def lost(self) -> frozenset[KeyId]:
        """The keys that somebody has declared lost."""
        return _names(self.folder / "lost")

    def forget(self, key_id: KeyId) -> None:
        """A key was retired: no worker needs it. A worker that holds it may note it once more: that counts not."""
        (private_folder(self.folder / "retired") / key_id).touch(mode=0o600)

    def declare_lost(self, key_id: KeyId) -> None:
        """A key can't be had any more: workers start without it."""
        (private_folder(self.folder / "lost") / key_id).touch(mode=0o600)

    def found_again(self, key_id: KeyId) -> None:
        """A lost key is there again."""
        (self.folder / "lost" / key_id).unlink(missing_ok=True)


def _names(folder: Path) -> frozenset[KeyId]:
    if not folder.is_dir():
        return frozenset()
    return frozenset(KeyId(path.name) for path in folder.iterdir() if is_key_id(path.name))
