"""The store in one SQLite file of the data folder: write-ahead log, and what must last is on the disk (fsync).

For the workers of one machine; a write-ahead log needs memory that they share. A worker shows that it lives by an open
exclusive transaction on a small database of its own beside it: the system ends that with the OS process.
"""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from activities.evidence.case_folder import private_folder
from activities.store.migrating import is_up_to_date, migrate, revision
from activities.store.place import FILE
from activities.store.port import Store, StoreFault, StoreFull

BUSY_FOR = 15.0
"""Seconds for which one waits for another OS process that is writing."""
ROOM = 4 * 2**20
"""Bytes set aside for answers of providers: some fifty letters are on their way at once, and none takes 40 KB."""
_RESERVE = "reserve"
_SIGN = ".alive"
_ORDERS = "kantadesk_orders"
T = TypeVar("T")


@dataclass(eq=False)
class _Asked:
    """A change that somebody waits for, and what became of it."""

    change: Callable[[Connection], object]
    durable: bool
    answer: object = None
    fault: BaseException | None = None
    is_done: bool = False

    def do(self, store: Connection, *, is_alone: bool) -> None:
        """Do it. Among others, what it raises itself is its own matter and leaves nothing of it in the transaction."""
        self.answer, self.fault = None, None
        if is_alone:
            self.answer = self.change(store)
            return
        try:
            with store.begin_nested():
                self.answer = self.change(store)
        except SQLAlchemyError:
            raise
        except Exception as fault:  # noqa: BLE001
            self.fault = fault


class SqliteStore(Store):
    """The store of a folder, readable by its owner only; made at its first use."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder, self._path = folder, folder / FILE
        self.place = str(self._path)
        self._sign: tuple[int, sqlite3.Connection] | None = None
        self._signing = threading.Lock()
        self._writing = threading.Lock()
        """SQLite lets one write at a time, and who waits there asks again and again."""
        self._waiting: deque[_Asked] = deque()
        self._writer: Connection | None = None

    def revision(self) -> str | None:
        """The newest migration of its tables; None where there is no file yet."""
        if not self._path.exists():
            return None
        engine = _engine(self._path)
        try:
            with self._faults(), _begun(engine, "begin") as store:
                return revision(store)
        finally:
            engine.dispose()

    def read(self, look: Callable[[Connection], T]) -> T:
        """What one transaction that changes nothing finds."""
        with self._faults(), _begun(self._made(), "begin") as store:
            return look(store)

    def write(self, change: Callable[[Connection], T], *, durable: bool = True, from_room: bool = False) -> T:
        """Change something in one transaction."""
        try:
            return self._written(change, durable=durable)
        except StoreFull:
            if not from_room:
                raise
        (self._folder / _RESERVE).unlink(missing_ok=True)
        return self._written(change, durable=durable)

    def _written(self, change: Callable[[Connection], T], *, durable: bool) -> T:
        """The changes of all who wait for their turn are one transaction: one look of the disk for all of them."""
        asked = _Asked(change, durable)
        self._waiting.append(asked)
        with self._writing:
            if not asked.is_done:
                self._write_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if asked.fault:
            raise asked.fault
        return cast("T", asked.answer)

    def _write_all(self, waiting: list[_Asked]) -> None:
        is_alone = len(waiting) == 1
        try:
            with self._faults(), self._begun_write(durable=any(asked.durable for asked in waiting)) as store:
                for asked in waiting:
                    asked.do(store, is_alone=is_alone)
        except BaseException as fault:  # noqa: BLE001  # it belongs to whoever has asked
            if is_alone:
                waiting[0].fault = fault
            else:
                for asked in waiting:  # one of them may have been the reason
                    self._write_all([asked])
        for asked in waiting:
            asked.is_done = True

    @contextmanager
    def _begun_write(self, *, durable: bool) -> Iterator[Connection]:
        """A transaction of the one connection that writes."""
        engine = self._made()
        if self._writer is None or self._writer.invalidated:
            self._writer = engine.connect()
        writer, level = self._writer, "full" if durable else "normal"
        writer.execution_options(**{_ORDERS: (f"pragma synchronous = {level}", "begin immediate")})
        try:
            with writer.begin():
                yield writer
        except SQLAlchemyError:
            writer.close()
            self._writer = None
            raise

    def take_room(self) -> None:
        """Set a file aside that is taken away where the disk is full."""
        reserve = self._folder / _RESERVE
        if reserve.exists():
            return
        self._made()
        beside = self._folder / f".{_RESERVE}-{secrets.token_hex(4)}"
        try:
            with self._faults(), beside.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, ROOM)
            beside.replace(reserve)
        finally:
            beside.unlink(missing_ok=True)

    def worker(self) -> int:
        """The number of this OS process, with the file that shows that it lives."""
        with self._signing, self._faults():
            if self._sign is None:
                self._made()
                self._clear_away()
                self._sign = self._signed()
            return self._sign[0]

    def is_alive(self, worker: int) -> bool:
        """Whether somebody holds the file with this number."""
        if self._sign and self._sign[0] == worker:
            return True
        with self._faults():
            return not _taken_away(self._folder / f"{worker:016x}{_SIGN}")

    def close(self) -> None:
        """Let go of everything."""
        if self._sign:
            self._sign[1].close()
        if self._writer:
            self._writer.close()
        if self._engine:
            self._engine.dispose()
        self._sign = self._engine = self._writer = None

    def _signed(self) -> tuple[int, sqlite3.Connection]:
        """A new number, and its file held; again where somebody has cleared it away before it was."""
        while True:
            number = secrets.randbits(63)
            path = self._folder / f"{number:016x}{_SIGN}"
            sign = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
            with suppress(sqlite3.OperationalError):
                sign.execute("begin exclusive")
                if path.exists():
                    return number, sign
            sign.close()

    def _clear_away(self) -> None:
        """The files of those that have died without a claim."""
        for path in self._folder.glob(f"*{_SIGN}"):
            _taken_away(path)

    def _make(self) -> Engine:
        private_folder(self._folder)
        with suppress(FileExistsError):  # never opened and closed where it is there: that gives up SQLite's own locks
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        engine = _engine(self._path)
        _write_ahead(engine)
        with _begun(engine, "begin") as store:
            is_done = is_up_to_date(store)
        if not is_done:
            with _begun(engine, "pragma synchronous = full", "begin immediate") as store:
                migrate(store)
        return engine

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except StoreFault:
            raise
        except (DBAPIError, sqlite3.Error, OSError) as fault:
            cause = getattr(fault, "orig", None) or fault
            why = getattr(cause, "strerror", None) or cause
            kind = StoreFull if _is_full(cause) else StoreFault
            raise kind(f"the store can't be used ({why}): {self.place}") from None


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_FOR, "check_same_thread": False},
        pool_size=4,
        max_overflow=-1,
        hide_parameters=True,  # letters and names stand in no error
    )

    @event.listens_for(engine, "connect")
    def by_hand(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        for order in connection.get_execution_options().get(_ORDERS, ()):
            driver.execute(order)

    return engine


def _write_ahead(engine: Engine) -> None:
    """Once for all. Of several who begin at once SQLite turns away all but one, at once."""
    given_up_at = time.monotonic() + BUSY_FOR
    while True:
        try:
            with engine.connect() as store:
                store.exec_driver_sql("pragma journal_mode = wal")
                return
        except OperationalError:
            if time.monotonic() > given_up_at:
                raise
        time.sleep(0.05)


def _begun(engine: Engine, *orders: str) -> AbstractContextManager[Connection]:
    """A transaction that begins with these statements."""
    return engine.execution_options(**{_ORDERS: orders}).begin()


def _is_full(cause: BaseException) -> bool:
    codes = (getattr(cause, "sqlite_errorcode", None), getattr(cause, "errno", None))
    return codes[0] == sqlite3.SQLITE_FULL or codes[1] == errno.ENOSPC


def _taken_away(path: Path) -> bool:
    """Whether nobody holds such a file; it is taken away then."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0)) as sign:
            sign.execute("begin exclusive")
            path.unlink(missing_ok=True)
    except sqlite3.OperationalError as fault:
        return fault.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN
    return True
