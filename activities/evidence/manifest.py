"""The manifest of an incident's evidence: every file with its SHA-256. Needs no Temporal.

``digest`` is the SHA-256 of the manifest without it. It finds a manifest that was damaged, not one that was forged:
one can change a file and write a new manifest with a new digest. What proves more is a sum kept elsewhere: the process
records the SHA-256 of the whole zip in its own history each time it bundles.
"""

from __future__ import annotations

import hashlib

from workflows.procedure.model import Model, Moment

MANIFEST = "manifest.json"
SHELVES = ("documents", "messages", "journal")
"""The folders of a case whose files are evidence; beside them the record and the timeline."""


class File(Model):
    """One file: its path in the case folder or zip (with ``/``), its SHA-256 and its length in bytes."""

    path: str
    sha256: str
    size: int


class Manifest(Model):
    """What belongs to the evidence, and what was missing or changed already when it was bundled (``faults``)."""

    reference: str
    process: str
    made_at: Moment
    files: tuple[File, ...]
    faults: tuple[str, ...] = ()
    digest: str = ""

    def sealed(self) -> Manifest:
        """The manifest with its digest."""
        text = self.model_copy(update={"digest": ""}).model_dump_json()
        return self.model_copy(update={"digest": hashlib.sha256(text.encode()).hexdigest()})

    def written(self) -> bytes:
        """The one way in which this manifest is written: any other byte is a change."""
        return f"{self.model_dump_json(indent=2)}\n".encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file. Raises ``ValueError`` where it is not exactly as it was written."""
    manifest = Manifest.model_validate_json(content)
    if manifest.sealed().written() != content:
        raise ValueError("is not as it was written")
    return manifest


def file_of(path: str, content: bytes) -> File:
    """The entry for a file with this content."""
    return File(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
