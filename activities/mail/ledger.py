"""What has been handed over to a mail provider: one small file a key, so that a repeated try sends nothing twice.

Before a message is handed over, that is noted together with the message itself; once the provider has accepted it, the
answer is noted. Both notes are on the disk (fsync) before anything else happens. The room for the answer is taken
before the message goes: a disk that is full by then could not keep it, and the message would go again.

One try at a time: a try holds a lock on its message, which ends with its OS process. The next try waits for a worker
that is silent but alive (``PATIENCE``), and finds its answer. On a file system without locks, messages go without one:
twice is better than never.

The window that remains: a crash after the provider has accepted and before the answer is noted (milliseconds), a
provider that took the message and never answered, or a try that took longer than it is waited for (its worker stood
still, or its provider was very slow). Then nobody can know. The message is sent again with the same Message-ID, by
which mailboxes and people recognise it, and the record says so.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from activities.evidence.case_folder import private_folder, write_whole
from workflows.procedure.model import Model, Moment
from workflows.process.messages import SentMessage

LOG = logging.getLogger("kantadesk.mail")
PATIENCE = timedelta(seconds=45)
"""How long a try waits for another one of the same message: longer than a provider needs as a rule, and together with
that less than a step may take (``workflows.process.steps.SENDING``)."""
LOOKS_EVERY = 0.2
T = TypeVar("T")
_IN_TURN = ThreadPoolExecutor(4, "kantadesk-ledger")
"""Threads of the ledger's own: those that everything shares may all be talking to a slow provider."""
_AT_ONCE = ThreadPoolExecutor(2, "kantadesk-answers")
"""Threads that note answers and do nothing else: an answer that waits to be noted is one that a crash loses."""
ROOM = 16_384
"""Bytes: more than any answer has."""


class Note(Model):
    """What is known of one key. ``sent``: the accepted message; ``is_doubtful``: an earlier try may have gone.

    ``process``: the workflow id whose letter it is; ``address``: a digest of whom it went to, for mail that comes back.
    """

    message_id: str
    process: str = ""
    address: str = ""
    first_tried_at: Moment
    is_doubtful: bool = False
    sent: SentMessage | None = None


class SentLedger:
    """The notes in one folder. File names are hashes of the keys; the files are readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)

    @staticmethod
    async def in_turn(note: Callable[..., T], *about: object) -> T:
        """Read or write a note when it is its turn."""
        return await _run(_IN_TURN, partial(note, *about))

    @staticmethod
    async def at_once(note: Callable[..., T], *about: object) -> T:
        """Note an answer now, whatever else is running."""
        return await _run(_AT_ONCE, partial(note, *about))

    async def alone_at(self, key: str) -> int | None:
        """Be the only try of a message, among all workers on this folder; after ``PATIENCE`` go on all the same.

        The answer is for ``let_go``. A try that is given up while waiting has taken nothing.
        """
        path, given_up_at = self._path(key, "lock"), time.monotonic() + PATIENCE.total_seconds()
        while (held := await self._look_at(path)) is None and time.monotonic() < given_up_at:  # noqa: ASYNC110  # of another OS process
            await asyncio.sleep(LOOKS_EVERY)
        return held

    async def let_go(self, key: str, held: int | None) -> None:
        """Let the next try have the message."""
        if held is not None:
            await self.in_turn(_let_go, self._path(key, "lock"), held)

    async def _look_at(self, lock: Path) -> int | None:
        look = asyncio.ensure_future(self.in_turn(_locked, lock))
        try:
            return await asyncio.shield(look)
        except asyncio.CancelledError:
            look.add_done_callback(partial(_not_wanted, lock))
            raise

    def look_up(self, key: str) -> Note | None:
        """What is known of a key; None where it was never handed over."""
        try:
            return Note.model_validate_json(self._path(key, "json").read_bytes())
        except FileNotFoundError:
            return None

    def by_message_id(self, message_id: str) -> Note | None:
        """What is known of the letter with this Message-ID, which begins as the file of its key does."""
        beginning = message_id.partition("@")[0]
        for path in self._folder.glob(f"{beginning}*.json") if beginning.isalnum() else ():
            if (note := Note.model_validate_json(path.read_bytes())).message_id == message_id:
                return note
        return None

    def next_try(self, key: str, *, message_id: str, now: datetime) -> Note:
        """The note for the next try: Message-ID and date of the first, and whether an earlier outcome is unknown."""
        if before := self.look_up(key):
            return before.model_copy(update={"is_doubtful": True})
        return Note(message_id=message_id, process=key.partition("/")[0], first_tried_at=now)

    def handing_over(self, key: str, note: Note, message: bytes) -> None:
        """Note that a message is about to be handed over. The note itself comes last: by it a later try is in doubt."""
        self._write(key, "room", bytes(ROOM))
        self._write(key, "eml", message)
        self._write(key, "json", note.model_dump_json().encode())

    def unanswered(self) -> list[tuple[str, datetime]]:
        """Letters that were handed over without an answer so far: name of the file (without ending), first try.

        Only those are read whose message still lies here: the others were accepted, and there may be very many.
        """
        found = []
        for message in self._folder.glob("*.eml"):
            try:
                note = Note.model_validate_json(message.with_suffix(".json").read_bytes())
            except FileNotFoundError:  # it has just been answered for, or is just being written
                continue
            if note.sent is None:
                found.append((message.stem, note.first_tried_at))
        return found

    def did_not_go(self, key: str, note: Note) -> None:
        """Note that this try surely did not go; the doubt about another one stays, and so does what that has noted."""
        if not note.is_doubtful and self.look_up(key) == note:
            self._path(key, "json").unlink(missing_ok=True)
            self._path(key, "eml").unlink(missing_ok=True)
            self._path(key, "room").unlink(missing_ok=True)

    def accepted(self, key: str, note: Note, sent: SentMessage) -> None:
        """Note that the provider has accepted it, with what is answered from now on."""
        answer, room = note.model_copy(update={"sent": sent}).model_dump_json().encode(), self._path(key, "room")
        try:
            with room.open("r+b") as file:  # over what lies there already: takes no more room
                file.write(answer)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            os.replace(room, self._path(key, "json"))  # noqa: PTH105  # atomic
        except FileNotFoundError:  # another try of the same message has taken it
            self._write(key, "json", answer)
        self._settle()

    def as_sent(self, key: str) -> bytes | None:
        """The message that was handed over; None once it has been kept elsewhere."""
        path = self._path(key, "eml")
        return path.read_bytes() if path.exists() else None

    def kept_elsewhere(self, key: str) -> None:
        """Let go of the copy of a message that lies with the incident's evidence by now."""
        self._path(key, "eml").unlink(missing_ok=True)

    def _path(self, key: str, kind: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.{kind}"

    def _write(self, key: str, kind: str, content: bytes) -> None:
        write_whole(self._path(key, kind), content)
        self._settle()

    def _settle(self) -> None:
        """The names of the files survive a power cut, too."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


async def _run(threads: Executor, note: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, note)


def _locked(path: Path) -> int | None:
    """The lock file, held; None where somebody else holds it, or has just taken it away."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(file), path.stat()):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as fault:
        LOG.warning(
            "%s knows no locks (%s): a message may go twice if a worker stands still", path.parent, fault.strerror
        )
        return file
    os.close(file)
    return None


def _not_wanted(path: Path, look: asyncio.Future[int | None]) -> None:
    """The try that looked has been given up."""
    if not look.cancelled() and not look.exception() and (held := look.result()) is not None:
        _let_go(path, held)


def _let_go(path: Path, held: int) -> None:
    """Take the lock file away, then let go of it: nobody else can hold it before."""
    path.unlink(missing_ok=True)
    os.close(held)
