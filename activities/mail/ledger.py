"""What has been handed over to a mail provider, so that a repeated try sends nothing twice; kept in the store.

Before a message is handed over, that is noted together with the message itself; once the provider has accepted it, the
answer is noted. Each is a transaction that is on the disk before anything else happens. The room for the answer is
taken before the message goes: a disk that is full by then could not keep it, and the message would go again.

One try at a time: a try claims its message, and the claim counts as long as its OS process lives, on whatever machine.
The next try waits for a worker that is silent but alive (``PATIENCE``), and finds its answer; then it takes the claim
over. A try whose claim was taken over before it has handed anything over sends nothing.

The window that remains: a crash after the provider has accepted and before the answer is noted (milliseconds), a
provider that took the message and never answered, or a try that took longer than it is waited for (its worker stood
still, or its provider was very slow). Then nobody can know. The message is sent again with the same Message-ID, by
which mailboxes and people recognise it, and the record says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, delete, select

from activities.mail.transport import not_now
from activities.store.port import Store, StoreFault
from activities.store.putting import put, put_new
from activities.store.tables import CLAIMS, IN_HAND, LETTERS
from workflows.procedure.model import Model, Moment
from workflows.process.messages import SentMessage

LOG = logging.getLogger("kantadesk.mail")
PATIENCE = timedelta(seconds=45)
"""How long a try waits for another one of the same message: longer than a provider needs as a rule, and together with
that less than a step may take (``workflows.process.steps.SENDING``)."""
LOOKS_EVERY = 0.2
NOTED_WITHIN = timedelta(seconds=30)
"""How long an answer waits in memory where the store is away: a database that is started again, a full disk."""
T = TypeVar("T")
_HELD: set[str] = set()
"""The tries of this OS process that hold a claim now."""
_IN_TURN = ThreadPoolExecutor(16, "kantadesk-ledger")
"""Threads of the ledger's own: those that everything shares may all be talking to a slow provider."""
_AT_ONCE = ThreadPoolExecutor(8, "kantadesk-answers")
"""Threads that note answers and do nothing else: an answer that waits to be noted is one that a crash loses."""


_LETTER: BindParameter[str] = bindparam("letter")
_BY_KEY = select(LETTERS).where(LETTERS.c.key == _LETTER)
_COPY = select(IN_HAND.c.content).where(IN_HAND.c.key == _LETTER)
_DROP_COPY = delete(IN_HAND).where(IN_HAND.c.key == _LETTER)
_HOLDER = select(CLAIMS.c.holder, CLAIMS.c.worker).where(CLAIMS.c.key == _LETTER)
_THIS_CLAIM = (CLAIMS.c.key == _LETTER) & (CLAIMS.c.holder == bindparam("holder"))
_DROP_CLAIM = delete(CLAIMS).where(_THIS_CLAIM)
_STILL_HELD = select(CLAIMS.c.key).where(_THIS_CLAIM).with_for_update()
"""And nobody takes it over before the transaction ends."""


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


class Claim(NamedTuple):
    """One try's claim of a message. ``before``: what was known of it when the claim was taken."""

    letter: str
    holder: str
    before: Note | None = None


class Waiting(NamedTuple):
    """A letter without an answer: the hash of its key, when it was first tried, what was handed over."""

    letter: str
    since: datetime
    content: bytes


class SentLedger:
    """The ledger in a store. Keys are kept as hashes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @staticmethod
    async def in_turn(note: Callable[..., T], *about: object) -> T:
        """Read or write a note when it is its turn."""
        return await _run(_IN_TURN, partial(note, *about))

    @staticmethod
    async def at_once(note: Callable[..., T], *about: object) -> T:
        """Note an answer now, whatever else is running; where the store is away, as soon as it is back."""
        given_up_at = time.monotonic() + NOTED_WITHIN.total_seconds()
        while True:
            try:
                return await _run(_AT_ONCE, partial(note, *about))
            except StoreFault as fault:
                if time.monotonic() > given_up_at:
                    raise
                LOG.warning("a provider has accepted a message and that can't be noted yet: %s", fault)
            await asyncio.sleep(LOOKS_EVERY)

    async def alone_at(self, key: str) -> Claim:
        """Be the only try of a message, among all workers; after ``PATIENCE`` take the place of the one that is at it.

        The answer is for ``let_go``. A try that is given up while waiting has taken nothing.
        """
        given_up_at = time.monotonic() + PATIENCE.total_seconds()
        wanted = Claim(hashed(key), secrets.token_hex(16))
        while (claim := await self._look_at(wanted, is_over=time.monotonic() >= given_up_at)) is None:  # noqa: ASYNC110  # of another OS process
            await asyncio.sleep(LOOKS_EVERY)
        return claim

    async def let_go(self, claim: Claim, *, is_kept: bool = False) -> None:
        """Let the next try have the message. ``is_kept``: it lies with the evidence, and its copy here may go."""
        await self.in_turn(self._let_go, claim, is_kept)

    async def _look_at(self, wanted: Claim, *, is_over: bool) -> Claim | None:
        look = asyncio.ensure_future(self.in_turn(self._claimed, wanted, is_over))
        try:
            return await asyncio.shield(look)
        except asyncio.CancelledError:
            look.add_done_callback(self._not_wanted)
            raise

    def _not_wanted(self, look: asyncio.Future[Claim | None]) -> None:
        """The try that looked has been given up."""
        if not look.cancelled() and not look.exception() and (claim := look.result()):
            self._let_go(claim)

    def _claimed(self, wanted: Claim, is_over: bool) -> Claim | None:
        """The claim; None where another one holds. ``is_over``: that one has been waited for long enough."""
        row = {"key": wanted.letter, "holder": wanted.holder, "worker": self._store.worker()}
        taken, other = self._store.write(partial(_first_or_other, row=row, instead_of=None), durable=False)
        if other and (is_over or self._is_free(*other)):
            taken, _ = self._store.write(partial(_first_or_other, row=row, instead_of=other[0]), durable=False)
        if taken is None:
            return None
        _HELD.add(wanted.holder)
        return wanted._replace(before=taken.before)

    def _is_free(self, holder: str, worker: int) -> bool:
        if worker == self._store.worker():
            return holder not in _HELD
        return not self._store.is_alive(worker)

    def _let_go(self, claim: Claim, is_kept: bool = False) -> None:
        _HELD.discard(claim.holder)
        this = {"letter": claim.letter, "holder": claim.holder}

        def change(store: Connection) -> None:
            store.execute(_DROP_CLAIM, this)
            if is_kept:
                store.execute(_DROP_COPY, this)

        try:
            self._store.write(change, durable=False)
        except StoreFault as fault:  # who comes next sees that nobody holds it
            LOG.warning("the claim of a message stays for now: %s", fault)

    def look_up(self, key: str) -> Note | None:
        """What is known of a key; None where it was never handed over."""
        return self._store.read(partial(known_of, hashed(key)))

    def by_message_id(self, message_id: str) -> Note | None:
        """What is known of the letter with this Message-ID, whoever has written that."""
        if not message_id.isprintable():
            return None
        asked = select(LETTERS).where(LETTERS.c.message_id == message_id)
        found = self._store.read(lambda store: store.execute(asked).mappings().first())
        return note_of(found) if found else None

    @staticmethod
    def next_try(key: str, before: Note | None, *, message_id: str, now: datetime) -> Note:
        """The note for the next try: Message-ID and date of the first, and whether an earlier outcome is unknown."""
        if before:
            return before.model_copy(update={"is_doubtful": True, "message_id": before.message_id or message_id})
        return Note(message_id=message_id, process=key.partition("/")[0], first_tried_at=now)

    def handing_over(self, key: str, note: Note, message: bytes, claim: Claim | None = None) -> None:
        """Note that a message is about to be handed over: by that a later try is in doubt.

        Nothing is noted, and nothing goes, where somebody else has taken the claim over.
        """
        letter = hashed(key)

        def change(store: Connection) -> None:
            if claim and not store.execute(_STILL_HELD, {"letter": letter, "holder": claim.holder}).first():
                raise not_now("another worker has taken this message over")
            kept = {"key": letter, "content": message}
            for table, row in ((LETTERS, row_of(letter, note)), (IN_HAND, kept)):
                put(store, table, row)

        self._store.take_room()
        self._store.write(change)

    def unanswered(self) -> list[tuple[str, datetime]]:
        """Letters that were handed over without an answer so far: the hash of the key, first try.

        Of one whose message is not kept any more nobody wants to know.
        """
        asked = select(LETTERS.c.key, LETTERS.c.first_tried_at).where(LETTERS.c.sent.is_(None))
        asked = asked.where(LETTERS.c.key.in_(select(IN_HAND.c.key)))
        rows = self._store.read(lambda store: store.execute(asked.order_by(LETTERS.c.first_tried_at)).all())
        return [(row.key, datetime.fromisoformat(row.first_tried_at)) for row in rows]

    def waiting(self, beginning: str) -> list[Waiting]:
        """The letters without an answer whose hash begins so, with what was handed over."""
        asked = (
            select(LETTERS.c.key, LETTERS.c.first_tried_at, IN_HAND.c.content)
            .join(IN_HAND, IN_HAND.c.key == LETTERS.c.key)
            .where(LETTERS.c.sent.is_(None), LETTERS.c.key.startswith(beginning, autoescape=True))
        )
        rows = self._store.read(lambda store: store.execute(asked).all()) if beginning.isalnum() else []
        return [Waiting(row.key, datetime.fromisoformat(row.first_tried_at), row.content) for row in rows]

    def settle(self, waiting: Waiting) -> None:
        """Let go of a letter without an answer: somebody has found out what became of it."""
        this = (LETTERS.c.key == waiting.letter) & LETTERS.c.sent.is_(None)

        def change(store: Connection) -> None:
            if store.execute(delete(LETTERS).where(this)).rowcount:
                store.execute(_DROP_COPY, {"letter": waiting.letter})

        self._store.write(change)

    def did_not_go(self, key: str, note: Note) -> None:
        """Note that this try surely did not go; the doubt about another one stays, and so does what that has noted."""
        if note.is_doubtful:
            return
        letter = hashed(key)
        this = (LETTERS.c.key == letter) & LETTERS.c.sent.is_(None) & LETTERS.c.is_doubtful.is_(False)

        def change(store: Connection) -> None:
            if store.execute(delete(LETTERS).where(this)).rowcount:
                store.execute(_DROP_COPY, {"letter": letter})

        self._store.write(change)

    def accepted(self, key: str, note: Note, sent: SentMessage) -> None:
        """Note that the provider has accepted it, with what is answered from now on."""
        row = row_of(hashed(key), note.model_copy(update={"sent": sent}))
        self._store.write(lambda store: put(store, LETTERS, row), from_room=True)

    def as_sent(self, key: str) -> bytes | None:
        """The message that was handed over; None once it has been kept elsewhere."""
        this = {"letter": hashed(key)}
        return self._store.read(lambda store: store.execute(_COPY, this).scalar())

    def kept_elsewhere(self, key: str) -> None:
        """Let go of the copy of a message that lies with the incident's evidence by now."""
        this = {"letter": hashed(key)}
        self._store.write(lambda store: store.execute(_DROP_COPY, this), durable=False)


def hashed(key: str) -> str:
    """A key as the store holds it."""
    return hashlib.sha256(key.encode()).hexdigest()


def row_of(letter: str, note: Note) -> dict[str, Any]:
    """A note as a row of ``letters``."""
    row = note.model_dump(exclude={"sent", "first_tried_at"})
    return row | {
        "key": letter,
        "first_tried_at": note.first_tried_at.astimezone(UTC).isoformat(),
        "sent": note.sent.model_dump_json() if note.sent else None,
    }


def note_of(row: RowMapping) -> Note:
    """The note in a row of ``letters``."""
    sent = SentMessage.model_validate_json(row["sent"]) if row["sent"] else None
    return Note(**{name: row[name] for name in Note.model_fields if name != "sent"}, sent=sent)


class _Taken(NamedTuple):
    before: Note | None


def known_of(letter: str, store: Connection) -> Note | None:
    """What the store knows of a letter, by the hash of its key."""
    found = store.execute(_BY_KEY, {"letter": letter}).mappings().first()
    return note_of(found) if found else None


def _first_or_other(
    store: Connection, row: dict[str, Any], instead_of: str | None
) -> tuple[_Taken | None, tuple[str, int] | None]:
    """What is known of a message whose claim is taken now, or else who holds it. ``instead_of``: take it from that."""
    if instead_of:
        store.execute(_DROP_CLAIM, {"letter": row["key"], "holder": instead_of})
    if put_new(store, CLAIMS, row):
        return _Taken(known_of(row["key"], store)), None
    other = store.execute(_HOLDER, {"letter": row["key"]}).first()
    return None, (other.holder, other.worker) if other else None


async def _run(threads: Executor, note: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, note)
