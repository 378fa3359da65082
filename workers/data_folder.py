"""May anybody else write where kantadesk keeps things? Mended where that can be, refused where not, and always said.

Whoever writes into the ledger silences a letter; into the evidence, forges it; into the key file, reads what is written
next. So folders and key files must belong to the user who runs kantadesk (or to root), and only the owner may write.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from activities.book.open_ids import FILE as BOOK
from activities.store.place import FILE as STORE_FILE
from activities.store.place import FOLDER as STORE
from workers import setting_kinds as kinds
from workers.setting_list import declared_settings
from workers.settings import Settings

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_FOLDERS = ("data_dir", "evidence_dir", "outbox_dir", "secrets_dir")
_INSIDE = ("sent", "store", "key-book", "logs", "handovers", "shift", "rota")
_KEPT = ("evidence_dir", "outbox_dir")
"""Folders of which every file counts, however deep it lies."""
_OUR_FILES = ("key_file", "signing_key_file", "door_token_file")
_INSIDE_FILES = ("temporal.db", "embedded.json", BOOK, f"{STORE}/{STORE_FILE}")
_NAMED_AT_MOST = 3


class OpenToOthers(NamedTuple):
    """A place that others may write. ``is_mended``: it was taken from them just now."""

    path: Path
    why: str
    to_do: str
    is_mended: bool = False


class UnsafeFolder(ValueError):
    """Somebody else may write here, and it can't be mended. ``place`` says where, why, and what to do."""

    def __init__(self, place: OpenToOthers) -> None:
        super().__init__(f"{place.path}: {place.why}; {place.to_do}")
        self.place = place


def secured(settings: Settings) -> list[OpenToOthers]:
    """Take from others what they may write; answers what was mended. Raises ``UnsafeFolder`` where that can't be."""
    found = list(open_to_others(settings, mend=True))
    for place in found:
        if not place.is_mended:
            raise UnsafeFolder(place)
    kept = [Path(getattr(settings, name)).resolve() for name in _KEPT]
    for folder in {*(place.path for place in found if place.path.is_dir()), *filter(Path.is_dir, kept)}:
        for planted in foreign_files(folder):
            raise UnsafeFolder(planted)
    return found


def open_to_others(settings: Settings, *, mend: bool = False) -> Iterator[OpenToOthers]:
    """Every folder and file of an installation that somebody else may write; ``mend`` takes it from them."""
    folders = [Path(getattr(settings, name)) for name in _FOLDERS] + [settings.data_dir / name for name in _INSIDE]
    guarded = [each.name for each in declared_settings() if each.metadata["kind"] is kinds.guarded_file]
    files = [Path(path) for name in (*_OUR_FILES, *guarded) if (path := getattr(settings, name))]
    files += [settings.data_dir / name for name in _INSIDE_FILES]
    for path in dict.fromkeys((*folders, *files)):
        if path.exists() and (found := _looked_at(path.resolve(), mend=mend)):
            yield found
    yield from _files_open_to_others(settings, mend=mend)
    for parent in settings.data_dir.resolve().parents:
        if parent.exists() and (who := _may_replace(parent)):
            why = f"{who} may put another folder in the place of what lies in it"
            to_do = "make it yours and chmod o-w, or set KANTADESK_DATA_DIR to another place"
            yield OpenToOthers(parent, why, to_do)


def _files_open_to_others(settings: Settings, *, mend: bool) -> Iterator[OpenToOthers]:
    """Files and folders below those of which every file counts; of many the first few are named, and all mended."""
    named = 0
    below = (path for name in _KEPT for path in _below(Path(getattr(settings, name))))
    for path in below:
        if path.is_symlink() or not path.stat().st_mode & OTHERS_WRITE:
            continue
        found = _looked_at(path, mend=mend)
        if found and (named < _NAMED_AT_MOST or not found.is_mended):
            named += 1
            yield found


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place) / name for name in (*folders, *files))


def foreign_files(folder: Path) -> Iterator[OpenToOthers]:
    """What somebody else has laid into a folder, also where nobody else may write by now; the first few."""
    named = 0
    for path in _below(folder):
        owner = path.lstat().st_uid
        if owner not in (os.geteuid(), 0):
            yield OpenToOthers(path, f"user {owner} has laid it there", "look at it, then take it away")
            named += 1
            if named == _NAMED_AT_MOST:
                return


def _looked_at(path: Path, *, mend: bool) -> OpenToOthers | None:
    about, we = path.stat(), os.geteuid()
    if about.st_uid not in (we, 0):
        to_do = f"run kantadesk as that user, or, if it is kantadesk's own, make it yours: chown -R {we} {path}"
        return OpenToOthers(path, f"it belongs to user {about.st_uid}, and kantadesk runs as user {we}", to_do)
    if not about.st_mode & OTHERS_WRITE:
        return None
    who = "every user of this machine" if about.st_mode & stat.S_IWOTH else f"group {about.st_gid}"
    found = OpenToOthers(path, f"{who} may write it", f"chmod go-w {path}")
    if not mend:
        return found
    try:
        path.chmod(stat.S_IMODE(about.st_mode) & ~OTHERS_WRITE)
    except OSError:
        return found
    return found._replace(is_mended=True)


def _may_replace(parent: Path) -> str:
    """Who else may exchange what lies in a folder above ours; empty where nobody may."""
    about = parent.stat()
    if about.st_uid not in (os.geteuid(), 0):
        return f"user {about.st_uid}, to whom it belongs,"
    return "every user of this machine" if about.st_mode & stat.S_IWOTH and not about.st_mode & stat.S_ISVTX else ""
