"""Rows put into a table whether or not they are there already: the same words in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def put(store: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Put a whole row in the place of the one with the same primary key, if there is one."""
    store.execute(_put(store.dialect.name, table), row)


def put_new(store: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Put a row where none with its primary key is there; whether it was."""
    return store.execute(_put_new(store.dialect.name, table), row).rowcount == 1


@cache
def _put(dialect: str, table: Table) -> Insert:
    inserted = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: inserted.excluded[name] for name in table.columns.keys() if name not in keys}  # noqa: SIM118  # no dict
    return inserted.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def _put_new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _insert(dialect: str, table: Table) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
