"""One folder for each incident, where everything that was made or sent lies as files.

``ROOT/case-{reference}/documents``, ``.../messages``, ``.../journal``. Files are written whole or not at all (written
beside, then renamed), once, and readable by the owner only. Each gets its line in the chain of the case (``chain.py``).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from activities.evidence.chain import CaseChain, Kind, Witness
    from activities.evidence.signature import SigningKey
    from workflows.process.messages import ChainHead, Document

Shelf = Literal["documents", "messages", "journal"]
KINDS: dict[str, Kind] = {"documents": "document", "messages": "message", "journal": "journal"}


class CaseFolders:
    """The folders of all incidents under one root. ``reference`` is checked by the models: no path separators in it.

    ``signing_key``: what signs the chains; without one they stay unsigned. ``witness``: who keeps their heads besides.
    """

    def __init__(self, root: Path, signing_key: SigningKey | None = None, witness: Witness | None = None) -> None:
        self.root = root
        self.signing_key, self._witness = signing_key, witness

    def folder(self, reference: str) -> Path:
        """The folder of one incident; made where it is missing. Raises ``ValueError`` where it would lie elsewhere."""
        return private_folder(self.root / _one_name(f"case-{reference}"))

    def path(self, reference: str, shelf: Shelf, name: str) -> Path:
        """Where a file of this name lies or would lie."""
        return private_folder(self.folder(reference) / shelf) / _one_name(name)

    def chain(self, reference: str) -> CaseChain:
        """The chain of one incident."""
        from activities.evidence.chain import CaseChain  # here, as below
        from activities.evidence.signature import no_key

        return CaseChain(self.folder(reference), self.signing_key or no_key, self._witness)

    def head(self, reference: str) -> ChainHead | None:
        """The head of one incident's chain; None where nothing was kept yet."""
        folder = self.root / f"case-{reference}"
        return self.chain(reference).head() if folder.exists() else None

    def keep(self, reference: str, shelf: Shelf, name: str, content: bytes) -> Document:
        """Keep a file. One that is there already under this name stays as it is, and is what is answered."""
        path = self.path(reference, shelf, name)
        with self.chain(reference).held() as link:
            is_there = path.exists()
            if not is_there:
                write_whole(path, content)
            of = f"{shelf}/{name}"
            entry = link and (link.latest(of) or link.add(KINDS[shelf], of, is_late=is_there))
        return described(path, entry.head() if entry else None)

    def kept(self, reference: str, shelf: Shelf, name: str) -> Document | None:
        """What was kept under this name before; None where nothing was."""
        return self.keep(reference, shelf, name, b"") if self.path(reference, shelf, name).exists() else None


def _one_name(name: str) -> str:
    """The name of one file or folder; whatever a caller has let through, nothing is written outside."""
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
        raise ValueError(f"{name!r} is not the name of one file")
    return name


def described(path: Path, chained: ChainHead | None = None) -> Document:
    """The file as a reference: name, address, SHA-256 of its bytes, time of writing, its place in the chain."""
    from workflows.process.messages import (
        Document,  # here: each short command writes files, and few of them need the models
    )

    return Document(
        name=path.name,
        uri=path.resolve().as_uri(),
        sha256=sha256_of(path),
        created_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        chained=chained,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def private_folder(path: Path) -> Path:
    """The folder; it and what is missing of its parents are made for the owner only."""
    for missing in [folder for folder in (path, *path.parents) if not folder.exists()][::-1]:
        missing.mkdir(exist_ok=True, mode=0o700)
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it, also after a crash; mode 0600."""
    with _beside(path, content) as whole:
        os.replace(whole, path)  # noqa: PTH105  # atomic


def write_new(path: Path, content: bytes) -> bool:
    """The same where there is none yet; whether it was written. Of several that try at once, one does."""
    try:
        with _beside(path, content) as whole:
            path.hardlink_to(whole)
    except FileExistsError:
        return False
    return True


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """A whole file beside the one that is meant, on the disk; what is left of it in the end is taken away."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(beside)
    finally:
        Path(beside).unlink(missing_ok=True)
