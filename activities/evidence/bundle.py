"""The evidence of a case: everything that lies in its folder, with a manifest, in one zip."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.evidence.agreement import disagreements
from activities.evidence.case_folder import KINDS, CaseFolders, described, write_whole
from activities.evidence.chain import CHAIN, Kind, read_chain
from activities.evidence.manifest import MANIFEST, SHELVES, STAMP, SUMMARY, Manifest, bundle_name, file_of
from activities.evidence.signature import no_key
from activities.evidence.time_stamp import NotStamped, Stamper, read_stamp
from activities.evidence.timeline import earlier_parts, plain_timeline, whole_timeline
from workflows.process.messages import ChainHead, Document, Happening
from workflows.process.ports import EvidenceOrder, EvidenceStore

_TIMELINE = TypeAdapter(tuple[Happening, ...])
_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every entry in a zip (the earliest there is): the same evidence is the same zip."""
LOG = logging.getLogger("kantadesk.evidence")


class EvidenceFolder(EvidenceStore):
    """Evidence in the folders of the cases. Documents and messages lie there already and are not copied.

    ``stamper`` asks for a time stamp of each bundle; without one, or without an answer, the bundle carries none.
    """

    def __init__(self, folders: CaseFolders, stamper: Stamper | None = None) -> None:
        self._folders = folders
        self._stamper = stamper

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
        """All of it while no other worker adds to the chain, so that manifest, chain and files belong together."""
        folder, case = self._folders.folder(_case(order)), self._folders.chain(_case(order))
        earlier = earlier_parts(folder / "journal")
        happenings = whole_timeline([earlier.timeline, _TIMELINE.validate_json(order.timeline)])
        record = earlier.with_lists_of(json.loads(order.record))
        with case.held() as link:
            if link is None:
                raise ApplicationError(f"{folder.name}: another worker holds the chain and stands still; tried again")
            write_whole(folder / "record.json", _json(record))
            write_whole(folder / "timeline.json", _json([h.model_dump(mode="json") for h in happenings]))
            plain = plain_timeline(order.reference, happenings, order.time_zone, order.language)
            write_whole(folder / "timeline.txt", plain.encode())
            contents = self._contents(order)
            for path in contents:
                link.add(_kind(path), path, is_late=path not in SUMMARY)
            chain = read_chain(link.lines)
            stamp = self._stamp(folder / STAMP, chain.head)
            if isinstance(stamp, bytes):
                contents[STAMP] = stamp
            files = tuple(file_of(path, content) for path, content in contents.items())
            archive = folder / bundle_name(order.reference, order.life)
            manifest = Manifest(
                reference=order.reference,
                process=order.process,
                made_at=order.made_at,
                files=files,
                faults=(
                    *chain.faults,
                    *disagreements(record, files, None if chain.faults else chain.entries, order.reference),
                ),
                case=folder.name,
                chain=chain.head,
                not_stamped="" if isinstance(stamp, bytes) else stamp,
            ).sealed((self._folders.signing_key or no_key)())
            write_whole(folder / MANIFEST, manifest.written())
            write_whole(archive, _zip({MANIFEST: manifest.written(), CHAIN: link.lines} | contents))
        return described(archive, chain.head)

    def _stamp(self, path: Path, head: ChainHead | None) -> bytes | str:
        """The time stamp of this head, kept from an earlier bundle or asked for; else why there is none."""
        if self._stamper is None or head is None:
            path.unlink(missing_ok=True)
            return ""
        with suppress(OSError, ValueError):
            before = path.read_bytes()
            read_stamp(before, head.sha256)
            return before
        try:
            stamp = self._stamper(head.sha256)
        except NotStamped as why:
            LOG.warning("no time stamp: %s", why)
            path.unlink(missing_ok=True)
            return str(why)
        write_whole(path, stamp)
        return stamp

    def _contents(self, order: EvidenceOrder) -> dict[str, bytes]:
        """Every file that is evidence, by its path in the case folder, in the order of the paths."""
        folder = self._folders.folder(_case(order))
        paths = [folder / name for name in SUMMARY]
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


def _kind(path: str) -> Kind:
    """What a file is, by the shelf where it lies."""
    shelf = path.partition("/")[0]
    return KINDS.get(shelf, "record" if path == "record.json" else "timeline")


def _zip(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _ALWAYS)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
