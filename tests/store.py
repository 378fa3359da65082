"""The store as tests take it: embedded, or in a real PostgreSQL; each test that asks for ``home`` runs with both."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from activities.mail.ledger import SentLedger
from activities.store.port import Store
from activities.store.postgresql import PostgresStore
from activities.store.sqlite import SqliteStore
from tests.postgresql import Postgres, running_postgres

WHERE = "KANTADESK_TEST_STORE"
"""The address of the PostgreSQL store in which this test, and what it starts, keeps things."""

_OPENED: list[Store] = []


def store_in(folder: Path) -> Store:
    """The store as one more OS process opens it: that of a folder, or the common one of a test in PostgreSQL."""
    store = PostgresStore(address) if (address := os.environ.get(WHERE)) else SqliteStore(folder)
    _OPENED.append(store)
    return store


def ledger_in(folder: Path) -> SentLedger:
    """The ledger in that store."""
    return SentLedger(store_in(folder))


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL server; skipped where there is none to start."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """Where the store of this test lies: in its folder, or in a database of its own. All are closed at its end."""
    if request.param == "postgresql":
        monkeypatch.setenv(WHERE, request.getfixturevalue("postgres").database())
    _OPENED.clear()
    yield str(request.param)
    for store in _OPENED:
        store.close()
