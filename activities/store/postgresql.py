"""The store in a PostgreSQL database: for workers on several machines, which share nothing else.

A worker shows that it lives by an advisory lock of a session of its own: the database lets go of it when the OS process
or its machine dies. Behind a pooler that shares sessions among clients (PgBouncer by transaction) that is not so.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from activities.store.migrating import is_up_to_date, migrate, revision
from activities.store.port import Store, StoreFault, StoreFull

HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
"""Hosts to which nothing passes a network."""
_ALONE = 7_206_022
"""The advisory lock of whoever changes the tables."""
_NO_ROOM = "53100"
"""SQLSTATE: the disk is full."""
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # the server too notices soon when a machine has died, and nothing waits for ever
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c statement_timeout=15s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s",
    "application_name": "kantadesk",
}
T = TypeVar("T")


class PostgresStore(Store):
    """The store at an address (``postgresql://user@host/database``).

    ``password``: read for each new connection, None where none is needed; what it raises is raised.
    """

    def __init__(self, address: str, password: Callable[[], str | None] = lambda: None) -> None:
        super().__init__()
        url, self._password = _complete(make_url(address)), password
        self.place = url.render_as_string(hide_password=True)
        self._url = url.set(drivername="postgresql+psycopg")
        self._number = secrets.randbits(63)
        self._sign: Connection | None = None
        self._signing = threading.Lock()

    def revision(self) -> str | None:
        """The newest migration of its tables; None where there are none yet."""
        engine = self._engine_there()
        try:
            with self._faults(), engine.begin() as store:
                return revision(store)
        finally:
            engine.dispose()

    def read(self, look: Callable[[Connection], T]) -> T:
        """What one transaction that changes nothing finds."""
        with self._faults(), self._made().begin() as store:
            return look(store)

    def write(self, change: Callable[[Connection], T], *, durable: bool = True, from_room: bool = False) -> T:  # noqa: ARG002  # the room is the server's
        """Change something in one transaction."""
        with self._faults(), self._made().begin() as store:
            if not durable:
                store.execute(text("set local synchronous_commit = off"))
            return change(store)

    def take_room(self) -> None:
        """The room on the server's disk is the business of those who run it."""

    def worker(self) -> int:
        """The number of this OS process, and its lock, which is taken again where the session was lost."""
        with self._signing, self._faults():
            if self._sign is not None:
                with suppress(SQLAlchemyError):
                    self._sign.execute(text("select 1"))
                    return self._number
                self._sign.invalidate()
                self._sign.close()
                self._sign = None
            sign = self._made().connect().execution_options(isolation_level="AUTOCOMMIT")
            sign.execute(text("select pg_advisory_lock(:number)"), {"number": self._number})
            self._sign = sign
            return self._number

    def is_alive(self, worker: int) -> bool:
        """Whether somebody holds the lock of this number."""
        free = text("select pg_try_advisory_xact_lock_shared(:number)")
        return worker == self._number or not self.read(lambda store: store.execute(free, {"number": worker}).scalar())

    def close(self) -> None:
        """Let go of everything."""
        if self._sign is not None:
            with suppress(SQLAlchemyError):  # at once, and not when the server has seen that the session is over
                self._sign.execute(text("select pg_advisory_unlock_all()"))
            self._sign.invalidate()
            self._sign.close()
        if self._engine is not None:
            self._engine.dispose()
        self._sign = self._engine = None

    def _make(self) -> Engine:
        engine = self._engine_there()
        try:
            _bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _engine_there(self) -> Engine:
        """Connections to it; nothing is asked yet."""
        engine = create_engine(
            self._url,
            connect_args=_OPTIONS,
            pool_size=8,
            max_overflow=8,
            pool_timeout=15,
            pool_pre_ping=True,
            hide_parameters=True,  # letters and names stand in no error
        )

        @event.listens_for(engine, "do_connect")
        def with_password(_: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
            if password := self._password():
                parameters["password"] = password

        return engine

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except StoreFault:
            raise
        except SQLAlchemyError as fault:
            cause = fault.orig if isinstance(fault, DBAPIError) else fault
            kind = StoreFull if getattr(cause, "sqlstate", None) == _NO_ROOM else StoreFault
            raise kind(f"the store can't be used ({_first_line(cause)}): {self.place}") from None


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as store:
        is_done = is_up_to_date(store)
    if not is_done:
        with engine.begin() as store:
            store.execute(text("set local statement_timeout = 0"))
            store.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _ALONE})
            migrate(store)


def _complete(url: URL) -> URL:
    """The address; beyond this machine only a server that shows whose it is, unless the address says otherwise."""
    is_here = (url.host or "") in HERE or (url.host or "").startswith("/")
    if is_here or "sslmode" in url.query:
        return url
    trusted = {} if "sslrootcert" in url.query else {"sslrootcert": "system"}
    return url.update_query_dict({"sslmode": "verify-full", **trusted})


def _first_line(cause: object) -> str:
    return next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
