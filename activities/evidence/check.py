"""Is a case's evidence whole? Checked offline, from the folder or the zip alone: no Temporal, no network.

What this proves: every file is byte for byte the one that manifest and chain name, none is missing, none was added,
nothing was put in another order, and whoever holds the signing key has signed all of it. Whose key that is, the
fingerprint tells: compare it with what the installation shows (``kantadesk keys signing``). That nothing was cut off at
the end *and* signed again by the owner of the key, only a head proves that was told elsewhere: in a letter, in the
history (``kantadesk evidence verify REF``), in a time stamp.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from activities.evidence.agreement import disagreements
from activities.evidence.chain import CHAIN, ChainLine, ReadChain, read_chain
from activities.evidence.manifest import MANIFEST, STAMP, SUMMARY, File, Manifest, is_bundle_of, read_manifest
from activities.evidence.sources import DAMAGED, UNPACKED_AT_MOST, Folder, Source, Zip, leads_outside
from activities.evidence.time_stamp import Stamp, read_stamp

_CHUNK = 1 << 20
_MANIFEST_AT_MOST = 50_000_000


@dataclass
class Examination:
    """What was found out about a case's evidence. Without ``faults`` it is whole."""

    faults: list[str] = field(default_factory=list)
    manifest: Manifest | None = None
    chain: ReadChain = field(default_factory=ReadChain)
    is_chained: bool = False
    """False of a bundle of the releases before there were chains."""
    later: int = 0
    """Files of a folder that came after its manifest: the chain vouches for them."""
    stamp: Stamp | None = None

    @property
    def signers(self) -> list[str]:
        """The public keys that have signed, in the order in which they did."""
        signed = [*(entry.signer for entry in self.chain.entries), self.manifest.signer if self.manifest else ""]
        return [key for key in dict.fromkeys(signed) if key]


def verify_evidence(path: Path) -> list[str]:
    """Every fault of the evidence in a case folder or a zip, each with the file's name. An empty list: it is whole."""
    return examine(path).faults


def examine(path: Path, certificates: bytes = b"") -> Examination:
    """Look at the evidence in a case folder or a zip. ``certificates``: those of time stamps to trust, as PEM."""
    found = Examination()
    try:
        with closing(Folder(path) if path.is_dir() else Zip(path)) as evidence:
            for fault in _faults(evidence, found, certificates):
                found.faults.append(fault if fault.isprintable() else repr(fault))
    except FileNotFoundError:
        found.faults = [f"{path}: there is nothing"]
    except OSError as fault:
        found.faults = [f"{path}: can't be read ({fault.strerror})"]
    except DAMAGED:
        found.faults = [f"{path.name}: is not a whole zip file: it was cut off or damaged; get it again"]
    return found


def _faults(evidence: Source, found: Examination, certificates: bytes) -> Iterator[str]:
    names = evidence.names()
    outside = {name for name in names if leads_outside(name)}
    yield from (f"{name!r}: leads out of the evidence: refused" for name in sorted(outside))
    yield from (f"{name}: is there more than once" for name, times in Counter(names).items() if times > 1)
    manifest = _manifest(evidence, names)
    if isinstance(manifest, str):
        yield manifest
        return
    found.manifest = manifest
    yield from _of_the_manifest(evidence, manifest)
    yield from (f"{fault} (since before the evidence was bundled)" for fault in manifest.faults)
    found.chain, found.is_chained = _chain(evidence, names, manifest), manifest.chain is not None
    yield from found.chain.faults
    listed = {file.path for file in manifest.files}
    latest = {} if evidence.is_zip or found.chain.faults else found.chain.latest()
    for name in names:
        if name in listed | outside | {MANIFEST} or (name == CHAIN and not (evidence.is_zip and not manifest.chain)):
            continue
        if _came_later(evidence, name, latest):
            found.later += 1
        else:
            yield f"{name}: is not in the manifest"
    faulty = [fault for file in manifest.files if (fault := _fault(evidence, file, names))]
    yield from faulty
    if manifest.chain and not found.chain.faults:
        yield from _of_the_chain(found.chain, manifest, is_zip=evidence.is_zip)
    if not faulty:
        yield from _against_the_record(evidence, manifest, found.chain)
        yield from _of_the_stamp(evidence, found, certificates)


def _manifest(evidence: Source, names: list[str]) -> Manifest | str:
    if MANIFEST not in names:
        return f"{MANIFEST}: is missing; without it nothing can be verified"
    try:
        if evidence.size(MANIFEST) > _MANIFEST_AT_MOST:
            return f"{MANIFEST}: is longer than any manifest; it was not read"
        with evidence.open(MANIFEST) as file:
            return read_manifest(file.read(_MANIFEST_AT_MOST))
    except (OSError, *DAMAGED):
        return f"{MANIFEST}: was changed or damaged; without it nothing can be verified"


def _of_the_manifest(evidence: Source, manifest: Manifest) -> Iterator[str]:
    listed = [file.path for file in manifest.files]
    if missing := [name for name in SUMMARY if name not in listed]:
        yield f"{MANIFEST}: names no {', '.join(missing)}: this is no evidence"
    yield from (f"{MANIFEST}: names {path} more than once" for path, times in Counter(listed).items() if times > 1)
    if sum(file.size for file in manifest.files) > UNPACKED_AT_MOST or any(file.size < 0 for file in manifest.files):
        yield f"{MANIFEST}: names lengths that no evidence has"
    if manifest.signer and not manifest.is_signed:
        yield f"{MANIFEST}: its signature is wrong"
    if evidence.is_zip and evidence.name.startswith(("evidence-", "breach-evidence-", "maintenance-evidence-")):
        if not is_bundle_of(manifest.reference, evidence.name[evidence.name.index("evidence-") :]):
            yield f"{evidence.name}: holds the evidence of {manifest.reference}: it was swapped or renamed"
    elif not evidence.is_zip and evidence.name.startswith("case-") and manifest.reference not in evidence.name:
        yield f"{evidence.name}: holds the evidence of {manifest.reference}: it was swapped or renamed"


def _chain(evidence: Source, names: list[str], manifest: Manifest) -> ReadChain:
    """The chain; empty where neither manifest nor folder know of one."""
    if CHAIN not in names:
        return ReadChain((), (f"{CHAIN}: is missing, though the manifest names its head",) if manifest.chain else ())
    if evidence.is_zip and not manifest.chain:
        return ReadChain()  # not in the manifest: said there
    try:
        if evidence.size(CHAIN) > _MANIFEST_AT_MOST:
            return ReadChain((), (f"{CHAIN}: is longer than any chain; it was not read",))
        with evidence.open(CHAIN) as file:
            return read_chain(file.read(_MANIFEST_AT_MOST))
    except (OSError, *DAMAGED):
        return ReadChain((), (f"{CHAIN}: was changed or damaged (it can't be read)",))


def _of_the_chain(chain: ReadChain, manifest: Manifest, *, is_zip: bool) -> Iterator[str]:
    """Where manifest and chain say different things."""
    head = manifest.chain
    if head is None or not 0 < head.length <= len(chain.entries):
        yield f"{CHAIN}: was cut off ({len(chain.entries)} lines, the manifest names {head.length if head else 0})"
        return
    entries = chain.entries[: head.length]
    if entries[-1].head() != head:
        yield f"{CHAIN}: its head is not the one that the manifest names"
    if is_zip and len(chain.entries) > head.length:
        yield f"{CHAIN}: has lines that came after the manifest"
    if entries[0].case != manifest.case or manifest.reference not in manifest.case:
        yield f"{CHAIN}: is of another case ({entries[0].case}, not {manifest.case or manifest.reference})"
    if any(entry.signer for entry in entries) and not manifest.signer:
        yield f"{MANIFEST}: is not signed, though the chain is"
    yield from _other_files(entries, manifest)


def _other_files(entries: tuple[ChainLine, ...], manifest: Manifest) -> Iterator[str]:
    listed = {file.path: file.sha256 for file in manifest.files if file.path != STAMP}
    latest = {entry.path: entry for entry in entries}
    yield from (f"{path}: is in the chain, but not in the manifest" for path in latest.keys() - listed.keys())
    yield from (f"{path}: is not in the chain" for path in sorted(listed.keys() - latest.keys()))
    for path, entry in latest.items():
        if path in listed and entry.sha256 != listed[path]:
            yield f"{path}: is not the one that the chain names (line {entry.seq})"
    kept: dict[str, str] = {}
    for entry in entries:
        first = kept.setdefault(entry.path, entry.sha256)
        if entry.kind in ("document", "message", "journal") and first != entry.sha256:
            yield f"{entry.path}: was changed after it had been kept (line {entry.seq} of the chain)"


def _came_later(evidence: Source, name: str, latest: Mapping[str, ChainLine]) -> bool:
    """Whether a file of a folder was kept after the bundle was made: the chain names it as it is."""
    entry = latest.get(name)
    return entry is not None and _fault(evidence, File(path=name, sha256=entry.sha256, size=entry.size), [name]) is None


def _fault(evidence: Source, file: File, names: list[str]) -> str | None:
    """What is wrong with one file of the manifest; None where it is as it was. Its length is looked at first."""
    if leads_outside(file.path):
        return f"{file.path!r}: leads out of the evidence: refused"
    if file.path not in names:
        return f"{file.path}: is missing"
    try:
        size = evidence.size(file.path)
        if size not in (file.size, -1):
            return f"{file.path}: was changed (it has {size} bytes, the manifest names {file.size}); it was not read"
        if size > UNPACKED_AT_MOST:
            return f"{file.path}: is longer than any evidence; it was not read"
        with evidence.open(file.path) as content:
            same = _sum(content, file.size) == file.sha256
    except (OSError, *DAMAGED):
        return f"{file.path}: was changed or damaged (it can't be read)"
    return None if same else f"{file.path}: was changed (its SHA-256 is not the one in the manifest)"


def _against_the_record(evidence: Source, manifest: Manifest, chain: ReadChain) -> Iterator[str]:
    try:
        record: Any = json.loads(_content(evidence, "record.json"))
    except (OSError, KeyError, *DAMAGED):
        yield "record.json: can't be read"
        return
    if record.get("reference", manifest.reference) != manifest.reference:
        yield f"record.json: is of another case ({record['reference']}, not {manifest.reference})"
    length = manifest.chain.length if manifest.chain else 0
    entries = None if chain.faults else chain.entries[:length]
    said = set(manifest.faults)
    found = disagreements(record, manifest.files, entries, manifest.reference)
    yield from (fault for fault in found if fault not in said)


def _of_the_stamp(evidence: Source, found: Examination, certificates: bytes) -> Iterator[str]:
    manifest = found.manifest
    if manifest is None or manifest.chain is None or all(file.path != STAMP for file in manifest.files):
        return
    try:
        found.stamp = read_stamp(_content(evidence, STAMP), manifest.chain.sha256, certificates)
    except (OSError, *DAMAGED) as fault:
        yield f"{STAMP}: the time stamp is wrong: {fault}"


def _content(evidence: Source, name: str) -> bytes:
    with evidence.open(name) as file:
        return file.read(_MANIFEST_AT_MOST)


def _sum(content: IO[bytes], size: int) -> str:
    """The SHA-256 of a file, read no further than one byte beyond the size it should have: it may be a bomb."""
    digest, left = hashlib.sha256(), size + 1
    while left > 0 and (chunk := content.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()
