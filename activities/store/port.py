"""What is kept beside Temporal, and by whom it is shared: a small port with two homes, SQLite and PostgreSQL.

Statements are SQLAlchemy's and the same for both (``tables.py``). What differs stands here: what a transaction costs,
how room is taken beforehand, and how it is known whether the worker that holds something is still there.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class StoreFault(OSError):
    """The store can't be read or written now. The message is one line: why, and where it lies."""


class StoreFull(StoreFault):
    """There is no room left on its disk."""


class Store(ABC):
    """The store. Every method may be called from any thread and raises ``StoreFault``.

    ``place``: where it lies, for people; never with a password.
    """

    place: str

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._making = threading.Lock()

    def _made(self) -> Engine:
        """Its connections, made and brought up to date by whoever asks first."""
        with self._making:
            if self._engine is None:
                self._engine = self._make()
            return self._engine

    @abstractmethod
    def _make(self) -> Engine:
        """Connections to it, with the tables of this release."""

    @abstractmethod
    def revision(self) -> str | None:
        """The newest migration of its tables; None where there are none yet. Nothing is made or changed."""

    @abstractmethod
    def read(self, look: Callable[[Connection], T]) -> T:
        """What one transaction that changes nothing finds."""

    @abstractmethod
    def write(self, change: Callable[[Connection], T], *, durable: bool = True, from_room: bool = False) -> T:
        """Change something in one transaction.

        ``durable``: on the disk before this returns; otherwise a power cut may take it back, whole. ``from_room``: may
        take the room that ``take_room`` has set aside.
        """

    @abstractmethod
    def take_room(self) -> None:
        """Make sure of room for what must be written whatever happens; nothing may leave this machine before."""

    @abstractmethod
    def worker(self) -> int:
        """The number of this OS process here. It shows that it lives by a lock that ends with it."""

    @abstractmethod
    def is_alive(self, worker: int) -> bool:
        """Whether the OS process with this number still runs, here or on another machine."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything, as the end of the OS process does."""
