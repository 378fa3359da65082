"""Does a case folder agree with what the running process says now? Read by the folder's chain, bundled or not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from activities.evidence.agreement import disagreements
from activities.evidence.case_folder import sha256_of
from activities.evidence.chain import CHAIN, ReadChain, read_chain
from activities.evidence.manifest import SHELVES, SUMMARY, File
from activities.evidence.timeline import earlier_parts

_LOOK_AGAIN_AFTER = 0.5


def differences(folder: Path, status: dict[str, Any]) -> tuple[ReadChain, list[str]]:
    """The chain of a case folder, and how the folder differs from the status of its process (as JSON has it).

    A worker may just be keeping a file: what differs is looked at twice.
    """
    chain, found = _looked_at(folder, status)
    if found:
        time.sleep(_LOOK_AGAIN_AFTER)
        chain, found = _looked_at(folder, status)
    return chain, found


def _looked_at(folder: Path, status: dict[str, Any]) -> tuple[ReadChain, list[str]]:
    files = _files(folder)  # before the chain: a file lies there before its line does
    try:
        chain = read_chain((folder / CHAIN).read_bytes())
    except FileNotFoundError:
        chain = ReadChain()
    found = list(chain.faults)
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


def _files(folder: Path) -> list[File]:
    paths = [path for shelf in SHELVES for path in sorted((folder / shelf).glob("*")) if not path.name.startswith(".")]
    paths += [folder / name for name in SUMMARY]
    return [_file(path, folder) for path in paths if path.is_file() and not path.is_symlink()]


def _file(path: Path, folder: Path) -> File:
    return File(path=path.relative_to(folder).as_posix(), sha256=sha256_of(path), size=path.stat().st_size)
