"""A real case with its chain, signed, that attackers may take apart; and what a forger without the key can write."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from activities.book.heads import HeadsInBook
from activities.book.sqlite import SqliteBook
from activities.evidence.bundle import EvidenceFolder
from activities.evidence.case_folder import CaseFolders
from activities.evidence.chain import CHAIN, ChainLine
from activities.evidence.manifest import MANIFEST, file_of, read_manifest
from activities.evidence.time_stamp import Stamper
from tests.builders import NOON
from workers.keys.signing import make_where_missing, signing_key
from workflows.process.messages import Document
from workflows.process.ports import EvidenceOrder

LETTERS = ("start", "reminder", "end")


@dataclass
class Case:
    """A bundled case: the root of all folders, its own folder, its zip, and the record that its process holds."""

    root: Path
    reference: str
    record: dict[str, Any]
    folders: CaseFolders
    bundle: Document

    @property
    def folder(self) -> Path:
        return self.root / f"case-{self.reference}"

    @property
    def zip(self) -> Path:
        return Path(unquote(urlsplit(self.bundle.uri).path))


def key_of(root: Path) -> Path:
    return root.parent / f"{root.name}-keys" / "signing.pem"


def witness_of(root: Path) -> HeadsInBook:
    """The book of processes of this installation, as it knows the chains."""
    return HeadsInBook(SqliteBook(root.parent / f"{root.name}-data"))


async def bundled(root: Path, reference: str = "INC-1", stamper: Stamper | None = None) -> Case:
    """A case with a form, three letters, a part of a journal, and its bundle."""
    make_where_missing(key_of(root))
    folders = CaseFolders(root, signing_key(key_of(root)), witness_of(root))
    form = folders.keep(reference, "documents", "form.docx", b"docx" * 50)
    letters = [f"Subject: {kind} {reference}\r\n\r\nText".encode() for kind in LETTERS]
    for kind, content in zip(LETTERS, letters, strict=True):
        folders.keep(reference, "messages", f"{kind}.eml", content)
    record = {
        "reference": reference,
        "documents": [form.model_dump(mode="json")],
        "messages": [
            {"id": kind, "to": "desk", "purpose": kind, "state": "accepted", "sha256": hashlib.sha256(text).hexdigest()}
            for kind, text in zip(LETTERS, letters, strict=True)
        ],
    }
    evidence = EvidenceFolder(folders, stamper)
    await evidence.keep_journal(_order(reference, {"first": 0, "left": []}))
    bundle = await evidence.bundle_evidence(_order(reference, record))
    return Case(root, reference, record, folders, bundle)


def _order(reference: str, record: dict[str, Any]) -> EvidenceOrder:
    happening = {"at": NOON.isoformat(), "what": "Opened"}
    return EvidenceOrder(
        key=f"incident-{reference}/1",
        reference=reference,
        record=json.dumps(record),
        timeline=json.dumps([happening]),
        made_at=NOON + timedelta(hours=1),
    )


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as made:
        return {name: made.read(name) for name in made.namelist()}


def zipped(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in contents.items():
            made.writestr(name, content)
    return path


def resealed(contents: dict[str, bytes], **changed: Any) -> dict[str, bytes]:
    """The same with a new manifest, as anybody can write one: right sums, right digest, the old signature."""
    manifest = read_manifest(contents[MANIFEST])
    names = sorted(contents.keys() - {MANIFEST, CHAIN})
    files = tuple(file_of(name, contents[name]) for name in names)
    forged = manifest.model_copy(update={"files": files, **changed})
    return contents | {MANIFEST: forged.model_copy(update={"digest": forged.own_digest()}).written()}


def chain_lines(contents: dict[str, bytes]) -> list[bytes]:
    return contents[CHAIN].splitlines()


def with_chain(contents: dict[str, bytes], lines: list[bytes]) -> dict[str, bytes]:
    """The same with these lines, and a manifest that names their head."""
    head = ChainLine.model_validate_json(lines[-1]).head() if lines else None
    return resealed(contents | {CHAIN: b"".join(line + b"\n" for line in lines)}, chain=head)


def relinked(lines: list[bytes]) -> list[bytes]:
    """The lines numbered and linked once more, as anybody can; the signatures stay what they were."""
    linked: list[bytes] = []
    for number, line in enumerate(lines, 1):
        before = hashlib.sha256(linked[-1]).hexdigest() if linked else "0" * 64
        linked.append(ChainLine.model_validate_json(line).model_copy(update={"seq": number, "before": before}).line())
    return linked


def unpacked(case: Case, to: Path) -> Path:
    return Path(shutil.copytree(case.folder, to / case.folder.name))
