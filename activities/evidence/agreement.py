"""Do the files agree with what the process recorded of them? Documents, letters, and what nobody recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from activities.evidence.chain import ChainLine
from activities.evidence.manifest import File, is_bundle_of


def disagreements(
    record: Any, files: Iterable[File], chain: tuple[ChainLine, ...] | None, reference: str
) -> Iterable[str]:
    """Each document and letter of the record that does not lie here with the bytes it had; and what nobody recorded.

    ``chain``: None where it can't be read. ``reference``: of the case; its earlier bundles are replaced, not missed.
    Releases before 0.3 recorded no sum of a letter: theirs are not compared.
    """
    listed = list(files)
    documents, messages = _entries(record, "documents"), _entries(record, "messages")
    yield from _documents(documents, listed, reference)
    yield from _messages(messages, listed)
    if chain is not None:
        yield from _places(documents, chain)
    if chain:
        yield from _strangers(documents, messages, listed, chain)


def _entries(record: Any, name: str) -> list[Mapping[str, Any]]:
    entries = record.get(name, ()) if isinstance(record, dict) else ()
    return [entry for entry in entries if isinstance(entry, dict)]


def _documents(documents: list[Mapping[str, Any]], files: list[File], reference: str) -> Iterable[str]:
    there: dict[str, set[str]] = {}
    for file in files:
        there.setdefault(file.path.rpartition("/")[2], set()).add(file.sha256)
    for document in documents:
        name, sha256 = document["name"], document["sha256"]
        if not is_bundle_of(reference, name) and sha256 not in there.get(name, set()):
            yield f"{name}: {'is not as it was recorded' if name in there else 'is missing'} (SHA-256 {sha256})"


def _messages(messages: list[Mapping[str, Any]], files: list[File]) -> Iterable[str]:
    there = {file.sha256 for file in files if file.path.startswith("messages/")}
    for message in messages:
        sha256 = message.get("sha256")
        if sha256 and sha256 not in there:
            what = f"{message.get('purpose', '')} to {message.get('to', '')}".replace("_", " ")
            yield f"messages: the letter {what} is not there as it was sent (SHA-256 {sha256})"


def _places(documents: list[Mapping[str, Any]], chain: tuple[ChainLine, ...]) -> Iterable[str]:
    """What the record was told of the chain must still be in it."""
    for document in documents:
        told = document.get("chained")
        if told and not stands_in(told["length"], told["sha256"], chain):
            line = told["length"]
            yield f"{document['name']}: the chain no longer says what it said when this was kept (line {line})"


def stands_in(length: int, sha256: str, chain: tuple[ChainLine, ...]) -> bool:
    """Whether a head that was told elsewhere belongs to this chain."""
    return 0 < length <= len(chain) and chain[length - 1].head().sha256 == sha256


def _strangers(
    documents: list[Mapping[str, Any]],
    messages: list[Mapping[str, Any]],
    files: list[File],
    chain: tuple[ChainLine, ...],
) -> Iterable[str]:
    """Files that no line was written of as they came, and that no record names either: laid in by hand.

    Where the record holds letters without a sum (of an earlier release), nobody can tell.
    """
    recorded = {entry.get("sha256") for entry in (*documents, *messages)}
    in_time = {entry.path for entry in chain if not entry.is_late}
    is_known = all(message.get("sha256") for message in messages)
    for file in files if is_known else ():
        shelf = file.path.partition("/")[0]
        if shelf in ("documents", "messages") and file.path not in in_time and file.sha256 not in recorded:
            yield f"{file.path}: was neither chained as it came nor recorded: somebody has laid it there"
