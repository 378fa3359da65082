"""The manifest of an incident's evidence: every file with its SHA-256, and the head of the chain. Needs no Temporal.

``digest`` is the SHA-256 of the manifest without it, and ``signature`` signs that. A manifest of the releases before
there were chains has neither chain nor signature: its digest finds damage, not a forger. What proves more is a sum kept
elsewhere: the process records the SHA-256 of the whole zip and the head of the chain in its own history.
"""

from __future__ import annotations

import hashlib
import re

from pydantic import Field

from activities.evidence.signature import Signer, is_signed
from workflows.procedure.model import Model, Moment
from workflows.process.messages import ChainHead

MANIFEST = "manifest.json"
STAMP = "timestamp.tsr"
"""The answer of a time-stamping authority (RFC 3161) about the head of the chain."""
SHELVES = ("documents", "messages", "journal")
"""The folders of a case whose files are evidence; beside them the record and the timeline."""
SUMMARY = ("record.json", "timeline.json", "timeline.txt")
"""The record and the timeline, which each bundle writes anew."""
PURPOSE = "evidence manifest"


def bundle_name(reference: str, life: str = "") -> str:
    """The name of a bundle. ``life``: of a process that was set back, so that the bundle of before stays whole."""
    return f"evidence-{reference}{f'~{life}' if life else ''}.zip"


def is_bundle_of(reference: str, name: str) -> bool:
    """Whether a file of this name is a bundle of this case: of its first life, or of one after a reset."""
    return bool(re.fullmatch(rf"evidence-{re.escape(reference)}(~\w+)?\.zip", name))


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
    case: str = Field(default="", exclude_if=lambda value: not value)
    """The case that the chain names in each of its lines."""
    chain: ChainHead | None = Field(default=None, exclude_if=lambda value: value is None)
    not_stamped: str = Field(default="", exclude_if=lambda value: not value)
    """Why there is no time stamp although one was wanted."""
    signer: str = Field(default="", exclude_if=lambda value: not value)
    signature: str = Field(default="", exclude_if=lambda value: not value)
    digest: str = ""

    def sealed(self, signer: Signer | None = None) -> Manifest:
        """The manifest with its digest, and signed where there is a key."""
        unsigned = self.model_copy(update={"signer": signer.public if signer else "", "signature": ""})
        sealed = unsigned.model_copy(update={"digest": unsigned.own_digest()})
        signature = signer.sign(PURPOSE, sealed.digest.encode()) if signer else ""
        return sealed.model_copy(update={"signature": signature})

    def own_digest(self) -> str:
        """The SHA-256 of everything but digest and signature."""
        text = self.model_copy(update={"digest": "", "signature": ""}).model_dump_json()
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_signed(self) -> bool:
        """Whether the key that it names has signed it."""
        return is_signed(PURPOSE, self.digest.encode(), signer=self.signer, signature=self.signature)

    def written(self) -> bytes:
        """The one way in which this manifest is written: any other byte is a change."""
        return f"{self.model_dump_json(indent=2)}\n".encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file. Raises ``ValueError`` where it is not exactly as it was written."""
    manifest = Manifest.model_validate_json(content)
    if manifest.written() != content or manifest.digest != manifest.own_digest():
        raise ValueError("is not as it was written")
    return manifest


def file_of(path: str, content: bytes) -> File:
    """The entry for a file with this content."""
    return File(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
