"""Is a case's evidence whole? Checked offline, from the folder or the zip alone: no Temporal, no network.

What this proves: every file is byte for byte the one that the manifest names, none is missing and none was added, and
the manifest is as it was written. What it does not prove: that nobody wrote new files *and* a new manifest for them;
for that, compare the SHA-256 of the zip with the one in the process's own history.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from activities.evidence.manifest import MANIFEST, File, Manifest, read_manifest

_CHUNK = 1 << 20
_MANIFEST_AT_MOST = 50_000_000
_DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)
"""What reading a damaged file may raise: damage can also make it look encrypted, or packed in an unknown way."""


def verify_evidence(path: Path) -> list[str]:
    """Every fault of the evidence in a case folder or a zip, each with the file's name. An empty list: it is whole."""
    try:
        with closing(_Folder(path) if path.is_dir() else _Zip(path)) as evidence:
            return [fault if fault.isprintable() else repr(fault) for fault in _faults(evidence)]
    except FileNotFoundError:
        return [f"{path}: there is nothing"]
    except OSError as fault:
        return [f"{path}: can't be read ({fault.strerror})"]
    except _DAMAGED:
        return [f"{path.name}: is not a whole zip file: it was cut off or damaged; get it again"]


class _Evidence(Protocol):
    """The files of a folder or a zip. ``names``: paths with ``/``; one that occurs twice is named twice."""

    def names(self) -> list[str]: ...

    def open(self, name: str) -> IO[bytes]: ...

    def close(self) -> None: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    def names(self) -> list[str]:
        """What lies in the folder, less the zip made from it and what is being written just now."""
        paths = [path for path in self._path.rglob("*") if path.is_symlink() or not path.is_dir()]
        return sorted(path.relative_to(self._path).as_posix() for path in paths if not self._is_beside(path))

    def open(self, name: str) -> IO[bytes]:
        path = self._path / name
        if path.resolve() != path:
            raise ValueError("is a link, or leads through one")
        return path.open("rb")

    def close(self) -> None:
        """There is nothing to close."""

    def _is_beside(self, path: Path) -> bool:
        own_zip = path.parent == self._path and path.name.startswith("evidence-") and path.suffix == ".zip"
        return own_zip or (path.name.startswith(".") and path.suffix == ".part")


class _Zip:
    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        return [entry.filename for entry in self._archive.infolist() if not entry.is_dir()]

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)

    def close(self) -> None:
        self._archive.close()


def _faults(evidence: _Evidence) -> Iterator[str]:
    names = evidence.names()
    outside = {name for name in names if _leads_outside(name)}
    yield from (f"{name!r}: leads out of the evidence: refused" for name in sorted(outside))
    yield from (f"{name}: is there more than once" for name, times in Counter(names).items() if times > 1)
    manifest = _manifest(evidence, names)
    if isinstance(manifest, str):
        yield manifest
        return
    yield from (f"{fault} (since before the evidence was bundled)" for fault in manifest.faults)
    listed = {file.path for file in manifest.files}
    yield from (f"{name}: is not in the manifest" for name in names if name not in listed | outside | {MANIFEST})
    yield from (fault for file in manifest.files if (fault := _fault(evidence, file, names)))


def _manifest(evidence: _Evidence, names: list[str]) -> Manifest | str:
    if MANIFEST not in names:
        return f"{MANIFEST}: is missing; without it nothing can be verified"
    try:
        with evidence.open(MANIFEST) as file:
            return read_manifest(file.read(_MANIFEST_AT_MOST))
    except (OSError, *_DAMAGED):
        return f"{MANIFEST}: was changed or damaged; without it nothing can be verified"


def _fault(evidence: _Evidence, file: File, names: list[str]) -> str | None:
    """What is wrong with one file of the manifest; None where it is as it was."""
    if _leads_outside(file.path):
        return f"{file.path!r}: leads out of the evidence: refused"
    if file.path not in names:
        return f"{file.path}: is missing"
    try:
        with evidence.open(file.path) as content:
            same = _sum(content, file.size) == file.sha256
    except (OSError, *_DAMAGED):
        return f"{file.path}: was changed or damaged (it can't be read)"
    return None if same else f"{file.path}: was changed (its SHA-256 is not the one in the manifest)"


def _sum(content: IO[bytes], size: int) -> str:
    """The SHA-256 of a file, read no further than one byte beyond the size it should have: it may be a bomb."""
    digest, left = hashlib.sha256(), size + 1
    while left > 0 and (chunk := content.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name
