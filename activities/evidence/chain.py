"""The chain of a case: one line for each piece of evidence, written as it happens, each naming the line before it.

``chain.jsonl`` in the case folder. A line holds a running number, what was kept (path, SHA-256, length), when, the
SHA-256 of the whole line before, and a signature. So nothing can be changed, left out or put in another order without
breaking every later line; what was cut off at the end is missing from a head that was told elsewhere (the history, a
letter, a time stamp, and after each line the book of processes).

A line is written after its file: one that a crash kept from being written is added later and says so (``is_late``).
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import logging
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Literal, NamedTuple

from pydantic import Field
from pydantic_core import to_json

from activities.evidence.signature import SigningKey, is_signed
from workflows.procedure.model import Model, Moment
from workflows.process.messages import ChainHead

LOG = logging.getLogger("kantadesk.evidence")
CHAIN = "chain.jsonl"
PURPOSE = "evidence chain"
PATIENCE = timedelta(seconds=5)
"""How long is waited for another worker that writes to the same chain; then the file is kept without a line."""
Kind = Literal["document", "message", "journal", "record", "timeline"]
_FIRST = "0" * 64


class ChainLine(Model):
    """One line of the chain. ``before``: the SHA-256 of the line before; ``signer``: a public key, as base64."""

    seq: int = Field(ge=1)
    case: str
    at: Moment
    kind: Kind
    path: str
    sha256: str
    size: int
    is_late: bool = False
    """Whether the file lay there before its line was written: after a crash, or from a release without chains."""
    before: str
    signer: str = ""
    signature: str = ""

    def line(self) -> bytes:
        """The one way in which this entry is written."""
        return self.model_dump_json().encode()

    def head(self) -> ChainHead:
        """The chain up to here, as it is told elsewhere."""
        return ChainHead(length=self.seq, sha256=hashlib.sha256(self.line()).hexdigest())

    def signed_part(self) -> bytes:
        """What is signed: the line without its signature."""
        return self.model_dump_json(exclude={"signature"}).encode()

    @property
    def is_signed(self) -> bool:
        """Whether the key that it names has signed it."""
        return is_signed(PURPOSE, self.signed_part(), signer=self.signer, signature=self.signature)


class ReadChain(NamedTuple):
    """A chain as it was read: its lines up to the first that is wrong, and what is wrong with that one."""

    entries: tuple[ChainLine, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def head(self) -> ChainHead | None:
        """The head; None of an empty chain."""
        return self.entries[-1].head() if self.entries else None

    def latest(self) -> dict[str, ChainLine]:
        """The last line about each path."""
        return {entry.path: entry for entry in self.entries}


def read_chain(content: bytes) -> ReadChain:
    """Read a chain and look at every link and every signature of it; stops at the first fault."""
    entries: list[ChainLine] = []
    *lines, torn = content.split(b"\n")
    for number, line in enumerate([*lines, torn] if torn else lines, 1):
        before = entries[-1] if entries else None
        fault, entry = _read(line, number, before, was_signed=any(entry.signer for entry in entries[:1]))
        if entry is None or fault:
            return ReadChain(tuple(entries), (f"{CHAIN}: was changed or damaged at line {number} ({fault})",))
        entries.append(entry)
    return ReadChain(tuple(entries), ())


def _read(line: bytes, number: int, before: ChainLine | None, *, was_signed: bool) -> tuple[str, ChainLine | None]:
    try:
        entry = ChainLine.model_validate_json(line)
    except ValueError:
        return "it can't be read", None
    wrong = {
        "it is not as it was written": entry.line() != line,
        f"it is line {entry.seq}: something was left out, added or put in another order": entry.seq != number,
        "it does not follow the line before it": entry.before != (before.head().sha256 if before else _FIRST),
        f"it is of another case, {entry.case}": before is not None and entry.case != before.case,
        "it is not signed": was_signed and not entry.signer,
        "its signature is wrong": bool(entry.signer) and not entry.is_signed,
    }
    return next((fault for fault, is_so in wrong.items() if is_so), ""), entry


class Witness(ABC):
    """Keeps the head of each chain outside its folder, so that an end that is cut off is missed."""

    @abstractmethod
    def keep_head(self, case: str, head: ChainHead, stands: Callable[[ChainHead], bool]) -> None:
        """Keep how far a chain goes now, unless the head that is known already no longer stands in it.

        That one stays, since it proves that something was cut off, however long the chain grows afterwards. Never
        raises: no piece of evidence waits for this.
        """

    @abstractmethod
    def head_of(self, case: str) -> ChainHead | None:
        """The head that is known of a chain; None where none is. Raises ``OSError`` where it can't be read."""


class CaseChain:
    """The chain file of one case folder. ``witness``: who keeps its head elsewhere; nobody where there is none."""

    def __init__(self, folder: Path, key: SigningKey, witness: Witness | None = None) -> None:
        self.path = folder / CHAIN
        self._folder, self._key, self._witness = folder, key, witness

    @contextmanager
    def held(self) -> Iterator[Link | None]:
        """The chain, for this worker alone; None where another one did not let go of it within ``PATIENCE``."""
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b") as file:
            if not _is_locked(file, self.path):
                yield None
                return
            link = Link(file, self._folder, self._key)
            before = len(link.lines)
            yield link
            if self._witness and len(link.lines) > before:
                self._witness.keep_head(self._folder.name, _head(link.lines), link.stands)

    def head(self) -> ChainHead | None:
        """The head as it stands; None where there is no chain yet."""
        try:
            head = _head(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return head if head.length else None


class Link:
    """The open end of a chain, where lines are added."""

    def __init__(self, file: IO[bytes], folder: Path, key: SigningKey) -> None:
        self._file, self._folder, self._key = file, folder, key
        file.seek(0)
        self.lines = file.read()
        if torn := len(self.lines) - (self.lines.rfind(b"\n") + 1):  # a crash while it was written: nobody was told
            self.lines = self.lines[:-torn]
            file.truncate(len(self.lines))

    def latest(self, path: str) -> ChainLine | None:
        """The last line about this path; None where there is none."""
        at = self.lines.rfind(b'"path":' + to_json(path) + b",")
        if at < 0:
            return None
        start, end = self.lines.rfind(b"\n", 0, at) + 1, self.lines.find(b"\n", at)
        with suppress(ValueError):  # a line that somebody has damaged says nothing, and stops nothing
            return ChainLine.model_validate_json(self.lines[start:end])
        return None

    def stands(self, head: ChainHead) -> bool:
        """Whether a head that was told elsewhere is one of these lines."""
        lines = self.lines.split(b"\n")[:-1]
        line = lines[head.length - 1] if 0 < head.length <= len(lines) else b""
        return hashlib.sha256(line).hexdigest() == head.sha256

    def add(self, kind: Kind, path: str, *, is_late: bool = False) -> ChainLine:
        """Add a line about a file as it is now, on the disk before this returns; one that says the same is enough."""
        content = (self._folder / path).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if (known := self.latest(path)) and known.sha256 == digest:
            return known
        head, signer = _head(self.lines), self._key()
        entry = ChainLine(
            seq=head.length + 1,
            case=self._folder.name,
            at=datetime.now(UTC),  # noqa: TID251  # an activity: the time at which a file really was kept
            kind=kind,
            path=path,
            sha256=digest,
            size=len(content),
            is_late=is_late,
            before=head.sha256,
            signer=signer.public if signer else "",
        )
        if signer:
            entry = entry.model_copy(update={"signature": signer.sign(PURPOSE, entry.signed_part())})
        self._write(entry.line() + b"\n")
        return entry

    def _write(self, line: bytes) -> None:
        self._file.seek(0, io.SEEK_END)
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.lines += line


def _head(lines: bytes) -> ChainHead:
    """The head of the whole lines, without a look at what they say."""
    whole = lines[: lines.rfind(b"\n") + 1]
    last = whole[:-1].rpartition(b"\n")[2]
    return ChainHead(length=whole.count(b"\n"), sha256=hashlib.sha256(last).hexdigest() if whole else _FIRST)


def _is_locked(file: IO[bytes], path: Path) -> bool:
    given_up_at = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > given_up_at:
                LOG.warning("%s is held by a worker that stands still: a file is kept without a line in it", path)
                return False
            time.sleep(0.02)
        except OSError as fault:
            LOG.warning("%s knows no locks (%s): let one worker only write there", path.parent, fault.strerror)
            return True
        else:
            return True
