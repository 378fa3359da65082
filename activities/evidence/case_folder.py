"""One folder for each incident, where everything that was made or sent lies as files.

``ROOT/case-{reference}/documents``, ``.../messages``, ``.../journal``. Files are written whole or not at all (written
beside, then renamed), once, and readable by the owner only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workflows.process.messages import Document

Shelf = Literal["documents", "messages", "journal"]


class CaseFolders:
    """The folders of all incidents under one root. ``reference`` is checked by the models: no path separators in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, reference: str) -> Path:
        """The folder of one incident; made where it is missing. Raises ``ValueError`` where it would lie elsewhere."""
        return private_folder(self.root / _one_name(f"case-{reference}"))

    def path(self, reference: str, shelf: Shelf, name: str) -> Path:
        """Where a file of this name lies or would lie."""
        return private_folder(self.folder(reference) / shelf) / _one_name(name)

    def keep(self, reference: str, shelf: Shelf, name: str, content: bytes) -> Document:
        """Keep a file. One that is there already under this name stays as it is, and is what is answered."""
        path = self.path(reference, shelf, name)
        if not path.exists():
            write_whole(path, content)
        return described(path)


def _one_name(name: str) -> str:
    """The name of one file or folder; whatever a caller has let through, nothing is written outside."""
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
        raise ValueError(f"{name!r} is not the name of one file")
    return name


def described(path: Path) -> Document:
    """The file as a reference: name, address, SHA-256 of its bytes, time of writing."""
    from workflows.process.messages import (
        Document,  # here: each short command writes files, and few of them need the models
    )

    return Document(
        name=path.name,
        uri=path.resolve().as_uri(),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        created_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )


def private_folder(path: Path) -> Path:
    """The folder; it and what is missing of its parents are made for the owner only."""
    for missing in [folder for folder in (path, *path.parents) if not folder.exists()][::-1]:
        missing.mkdir(exist_ok=True, mode=0o700)
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it, also after a crash; mode 0600."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)  # noqa: PTH105  # atomic
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
