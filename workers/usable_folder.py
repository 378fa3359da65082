"""Can anything be kept where kantadesk keeps things? Full or read-only disks, wrong owners: said before a start.

Otherwise the server ends without a word, or some file deep inside names itself.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workers.settings import Settings

ROOM = 8_000_000
"""Bytes that a start needs: with less the server ends at once."""
_WRITTEN = ("data_dir", "evidence_dir", "outbox_dir")
_INSIDE = ("sent", "key-book", "logs", "temporal.db", "processes.db", "embedded.json", "embedded.lock", "door.toml")


def unusable(settings: Settings) -> str:
    """Why nothing can be kept where this installation keeps things, and what to do: one line; empty where it can.

    Looks at the folders, at what is in the data folder, and whether the disk takes some megabytes. Writes nothing.
    """
    for name in _WRITTEN:
        folder = Path(getattr(settings, name))
        try:
            _try(folder)
        except OSError as fault:
            return cannot_be_kept(folder, fault, name)
    for path in _kept_inside(settings.data_dir):
        if not os.access(path, os.R_OK | os.W_OK):
            return cannot_be_kept(path, OSError(errno.EACCES, os.strerror(errno.EACCES)), "data_dir")
    return ""


def cannot_be_kept(path: Path, fault: OSError, setting: str) -> str:
    """Why nothing can be written at a place, in one line with what to do."""
    variable = f"KANTADESK_{setting.upper()}"
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{path} can't be used: the disk is full; make room, or set {variable} to another place"
    if fault.errno == errno.EROFS:
        return f"{path} can't be used: the disk is read-only; have it mounted for writing, or set {variable}"
    if fault.errno in (errno.EACCES, errno.EPERM):
        return _not_allowed(path, fault, variable)
    return f"{path} can't be used ({fault.strerror}); set {variable} to another place"


def _not_allowed(path: Path, fault: OSError, variable: str) -> str:
    """Of a place that is there, its owner is told; a folder above it is never to be taken from whoever has it."""
    there, we = _nearest(path), os.geteuid()
    owner = there.stat().st_uid
    if there != path:
        return f"{path} can't be made in {there} ({fault.strerror}); set {variable} to another place"
    if owner == we:
        return f"{path} can't be used ({fault.strerror}); chmod u+rw {path}, or set {variable} to another place"
    return (
        f"{path} can't be used: it belongs to user {owner}, and kantadesk runs as user {we}; run it as that "
        f"user, or make it yours (chown -R {we} {path}), or set {variable}"
    )


def _nearest(path: Path) -> Path:
    """The place itself, or the nearest one above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _try(folder: Path) -> None:
    """Raise ``OSError`` where the folder, or the nearest one that is there, takes no file of some megabytes."""
    there = _nearest(folder)
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    with tempfile.TemporaryFile(dir=there) as probe:
        if sys.platform == "linux":
            os.posix_fallocate(probe.fileno(), 0, ROOM)


def _kept_inside(data_dir: Path) -> Iterator[Path]:
    """What must be read and written in a data folder, as far as it is there."""
    for name in _INSIDE:
        if (path := data_dir / name).exists():
            yield path
