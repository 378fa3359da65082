"""The files of a case folder or a zip, as verification reads them: what a name or a length claims is checked first."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)
"""What reading a damaged file may raise: damage can also make it look encrypted, or packed in an unknown way."""
UNPACKED_AT_MOST = 4_000_000_000
"""Bytes of a whole bundle: what claims more is not unpacked."""
ENTRIES_AT_MOST = 100_000


class Source(Protocol):
    """The files of a folder or a zip. ``names``: paths with ``/``; one that occurs twice is named twice."""

    is_zip: bool
    name: str

    def names(self) -> list[str]:
        """Every file."""

    def size(self, name: str) -> int:
        """How many bytes it has, or claims to have."""

    def open(self, name: str) -> IO[bytes]:
        """Its content."""

    def close(self) -> None:
        """Let go of it."""


class Folder:
    """A case folder."""

    is_zip = False

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self.name = self._path.name

    def names(self) -> list[str]:
        """What lies in the folder, less the zip made from it and what is being written just now."""
        paths = [path for path in self._path.rglob("*") if path.is_symlink() or not path.is_dir()]
        return sorted(path.relative_to(self._path).as_posix() for path in paths if not self._is_beside(path))

    def size(self, name: str) -> int:
        """Bytes of a file; -1 of a link, which is refused when it is opened."""
        path = self._path / name
        return path.stat().st_size if path.resolve() == path else -1

    def open(self, name: str) -> IO[bytes]:
        """A file; ``ValueError`` for a link."""
        path = self._path / name
        if path.resolve() != path:
            raise ValueError("is a link, or leads through one")
        return path.open("rb")

    def close(self) -> None:
        """There is nothing to close."""

    def _is_beside(self, path: Path) -> bool:
        own_zip = path.parent == self._path and path.name.startswith("evidence-") and path.suffix == ".zip"
        return own_zip or (path.name.startswith(".") and path.suffix == ".part")


class Zip:
    """A bundle."""

    is_zip = True

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self.name = path.name
        entries = self._archive.infolist()
        if len(entries) > ENTRIES_AT_MOST:
            raise zipfile.BadZipFile("has more entries than any evidence")

    def names(self) -> list[str]:
        """What the zip lists, less folders."""
        return [entry.filename for entry in self._archive.infolist() if not entry.is_dir()]

    def size(self, name: str) -> int:
        """Bytes of a file when unpacked, as the zip claims."""
        return self._archive.getinfo(name).file_size

    def open(self, name: str) -> IO[bytes]:
        """A file, unpacked as it is read."""
        return self._archive.open(name)

    def close(self) -> None:
        """Close the zip."""
        self._archive.close()


def leads_outside(name: str) -> bool:
    """Whether a name could lead out of the folder into which somebody unpacks it."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name
