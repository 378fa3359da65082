"""The evidence of a case: everything that lies in its folder, with a manifest, in one zip."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from temporalio import activity

from activities.evidence.case_folder import CaseFolders, described, write_whole
from activities.evidence.manifest import MANIFEST, SHELVES, File, Manifest, file_of
from activities.evidence.timeline import earlier_parts, plain_timeline, whole_timeline
from workflows.process.messages import Document, Happening
from workflows.process.ports import EvidenceOrder, EvidenceStore

_TIMELINE = TypeAdapter(tuple[Happening, ...])
_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every entry in a zip (the earliest there is): the same evidence is the same zip."""


class EvidenceFolder(EvidenceStore):
    """Evidence in the folders of the cases. Documents and messages lie there already and are not copied."""

    def __init__(self, folders: CaseFolders) -> None:
        self._folders = folders

    @activity.defn(name="bundle_evidence")
    async def bundle_evidence(self, order: EvidenceOrder) -> Document:
        """Write record, timeline and manifest into the case folder, and all of it into ``evidence-{reference}.zip``.

        What was kept in parts before is put in its place again: the record here is whole, however long the process
        lived. Repeatable: a later bundle takes the place of the earlier one. A document that the record names and that
        is missing or changed is named in the manifest's ``faults``; the rest is bundled all the same.
        """
        return await asyncio.to_thread(self._bundle, order)

    @activity.defn(name="keep_journal")
    async def keep_journal(self, order: EvidenceOrder) -> Document:
        """Keep a part of what a process can't remember itself any more. Key: the same part is kept once."""
        return await asyncio.to_thread(self._keep_journal, order)

    def _bundle(self, order: EvidenceOrder) -> Document:
        folder = self._folders.folder(_case(order))
        earlier = earlier_parts(self._folders.folder(_case(order)) / "journal")
        happenings = whole_timeline([earlier.timeline, _TIMELINE.validate_json(order.timeline)])
        record = earlier.with_lists_of(json.loads(order.record))
        write_whole(folder / "record.json", _json(record))
        write_whole(folder / "timeline.json", _json([h.model_dump(mode="json") for h in happenings]))
        write_whole(folder / "timeline.txt", plain_timeline(order.reference, happenings, order.time_zone).encode())
        contents = self._contents(order)
        files = tuple(file_of(path, content) for path, content in contents.items())
        archive = folder / f"evidence-{order.reference}{f'~{order.life}' if order.life else ''}.zip"
        manifest = Manifest(
            reference=order.reference,
            process=order.process,
            made_at=order.made_at,
            files=files,
            faults=tuple(_faults(record, files, archive.name)),
        ).sealed()
        write_whole(folder / MANIFEST, manifest.written())
        write_whole(archive, _zip({MANIFEST: manifest.written()} | contents))
        return described(archive)

    def _contents(self, order: EvidenceOrder) -> dict[str, bytes]:
        """Every file that is evidence, by its path in the case folder, in the order of the paths."""
        folder = self._folders.folder(_case(order))
        paths = [folder / name for name in ("record.json", "timeline.json", "timeline.txt")]
        paths += [path for shelf in SHELVES for path in (folder / shelf).rglob("*") if not path.name.startswith(".")]
        files = {
            path.relative_to(folder).as_posix(): path for path in paths if path.is_file() and not path.is_symlink()
        }
        return {name: files[name].read_bytes() for name in sorted(files)}

    def _keep_journal(self, order: EvidenceOrder) -> Document:
        name = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', order.key)[-80:]}-{_short(order.key)}.json"
        part = {"reference": order.reference, "process": order.process, "kept_at": order.made_at.isoformat()}
        content = _json(part | {"timeline": json.loads(order.timeline), "record": json.loads(order.record)})
        return self._folders.keep(_case(order), "journal", name, content)


def _case(order: EvidenceOrder) -> str:
    """The name of the case folder. A breach may bear its incident's reference: ``~`` keeps the two apart."""
    if order.case:
        return order.case
    return order.reference if order.process == "incident" else f"{order.process}~{order.reference}"


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()


def _faults(record: Any, files: Iterable[File], archive: str) -> Iterable[str]:
    """The record's documents that do not lie here with the bytes they had. Earlier bundles are replaced, not missed."""
    there: dict[str, set[str]] = {}
    for file in files:
        there.setdefault(file.path.rpartition("/")[2], set()).add(file.sha256)
    for document in record.get("documents", ()):
        name, sha256 = document["name"], document["sha256"]
        if name != archive and sha256 not in there.get(name, set()):
            yield f"{name}: {'is not as it was recorded' if name in there else 'is missing'} (SHA-256 {sha256})"


def _zip(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _ALWAYS)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
