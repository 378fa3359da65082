"""Does a case folder agree with what the running process says now? Read by the folder's chain, bundled or not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from activities.evidence.agreement import disagreements, stands_in
from activities.evidence.case_folder import sha256_of
from activities.evidence.chain import CHAIN, ReadChain, Witness, read_chain
from activities.evidence.manifest import SHELVES, SUMMARY, File
from activities.evidence.timeline import earlier_parts
from workflows.process.messages import ChainHead

_LOOK_AGAIN_AFTER = 0.5


def differences(folder: Path, status: dict[str, Any], witness: Witness | None = None) -> tuple[ReadChain, list[str]]:
    """The chain of a case folder, and how the folder differs from the status of its process (as JSON has it).

    ``witness``: who knows besides how far the chain went. A worker may just be keeping a file: what differs is looked
    at twice.
    """
    chain, found = _looked_at(folder, status, witness)
    if found:
        time.sleep(_LOOK_AGAIN_AFTER)
        chain, found = _looked_at(folder, status, witness)
    return chain, found


def _looked_at(folder: Path, status: dict[str, Any], witness: Witness | None) -> tuple[ReadChain, list[str]]:
    head, unreadable = _head_told(folder, witness)  # before the chain: a line stands there before its head is told
    files = _files(folder)  # before the chain: a file lies there before its line does
    try:
        chain = read_chain((folder / CHAIN).read_bytes())
    except FileNotFoundError:
        chain = ReadChain()
    found = [*chain.faults, *unreadable]
    if head and not chain.faults:
        found += _cut_off(head, chain, is_there=(folder / CHAIN).exists())
    known, latest = {file.path for file in files}, chain.latest()
    files += [_file(folder / path, folder) for path in latest if path not in known and (folder / path).is_file()]
    there = {file.path: file.sha256 for file in files}
    for path, entry in () if chain.faults else latest.items():
        if path not in there:
            found.append(f"{path}: is missing (line {entry.seq} of the chain)")
        elif there[path] != entry.sha256:
            found.append(f"{path}: was changed (its SHA-256 is not the one in line {entry.seq} of the chain)")
    record = earlier_parts(folder / "journal").with_lists_of(status)
    found += disagreements(record, files, None if chain.faults else chain.entries, status["reference"])
    return chain, found


def _head_told(folder: Path, witness: Witness | None) -> tuple[ChainHead | None, list[str]]:
    try:
        return (witness.head_of(folder.name) if witness else None), []
    except OSError as fault:
        return None, [f"{CHAIN}: whether lines were cut off at its end can't be told: {fault}"]


def _cut_off(told: ChainHead, chain: ReadChain, *, is_there: bool) -> list[str]:
    """What is missing of a chain that has been as long as somebody else was told."""
    if stands_in(told.length, told.sha256, chain.entries):
        return []
    if not is_there:
        return [f"{CHAIN}: is missing, and {told.length} lines had been written to it"]
    if (left := len(chain.entries)) < told.length:
        return [f"{CHAIN}: was cut off at its end: {told.length} lines had been written, and {left} are there"]
    return [f"{CHAIN}: line {told.length} is not the one that had been written: it was cut off and written on since"]


def _files(folder: Path) -> list[File]:
    paths = [path for shelf in SHELVES for path in sorted((folder / shelf).glob("*")) if not path.name.startswith(".")]
    paths += [folder / name for name in SUMMARY]
    return [_file(path, folder) for path in paths if path.is_file() and not path.is_symlink()]


def _file(path: Path, folder: Path) -> File:
    return File(path=path.relative_to(folder).as_posix(), sha256=sha256_of(path), size=path.stat().st_size)
