"""The book of processes in one SQLite file of the data folder: write-ahead log, and every change on the disk.

The standard library's driver: two tables, a dozen short statements, and a command that only reads must not load more
than it needs. PostgreSQL will be another class behind the same port.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from activities.book.open_ids import FILE
from activities.book.port import BookUnreadable, Happened, ProcessBook
from activities.evidence.case_folder import private_folder
from workflows.procedure.model import Moment
from workflows.procedure.watchdog.book import KeyMoments, KnownRun
from workflows.process.messages import ChainHead

BUSY_FOR = 5.0
"""Seconds for which one waits for another who is writing."""
_SCHEMA = """
create table if not exists runs (
    number integer primary key autoincrement,
    workflow_id text not null, run_id text not null, kind text not null,
    first_run text not null, keys_by text not null, first_seen text not null, last_seen text not null,
    drill integer not null, phase text not null, next_due text, overdue integer not null, events integer not null,
    counts_from text, duties text not null, state text not null, how text not null, is_judged integer not null,
    unique (workflow_id, run_id)
);
create index if not exists runs_to_judge on runs (is_judged) where is_judged = 0;
create table if not exists happened (
    key text primary key, kind text not null, workflow_id text not null, at text not null, facts text not null,
    is_told integer not null default 0
);
create table if not exists turns (run_id text primary key, turn integer not null);
create table if not exists heads (case_name text primary key, length integer not null, sha256 text not null);
pragma user_version = 1;
"""
_FIELDS = tuple(KnownRun.model_fields)
_INSERT = (
    f"insert into runs ({', '.join(_FIELDS)}) values ({', '.join(f':{name}' for name in _FIELDS)}) "  # noqa: S608  # own names
    "on conflict (workflow_id, run_id) do update set last_seen = excluded.last_seen, "
    "phase = iif(excluded.phase = '', phase, excluded.phase), "
    "next_due = iif(excluded.phase = '', next_due, excluded.next_due), "
    "overdue = iif(excluded.phase = '', overdue, excluded.overdue), drill = max(drill, excluded.drill), "
    "first_run = iif(excluded.first_run = '', first_run, excluded.first_run), "
    "events = iif(excluded.events = 0, events, excluded.events), "
    "counts_from = coalesce(excluded.counts_from, counts_from), "
    "duties = iif(excluded.duties = '[]', duties, excluded.duties), "
    "state = iif(state in ('gone', 'ended', 'let_go'), 'open', state)"
)

_JUDGE_FIRST = """
update runs set is_judged = 1 where is_judged = 0 and not exists (
    select 1 from runs as earlier where earlier.workflow_id = runs.workflow_id and earlier.number < runs.number
)
"""
"""The first run of a process follows none."""


class SqliteBook(ProcessBook):
    """The book of a data folder, readable by its owner only; the file is made at the first write."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._kept_open: sqlite3.Connection | None = None
        """Used for nothing but to be open: where the last connection closes, SQLite writes its log into the file, at
        three to four times the cost of a change (20 against 6 ms here)."""

    def see(self, runs: Iterable[KnownRun]) -> None:
        """Write down runs that are alive."""
        rows = [_row(run) for run in runs]
        with self._open() as book:
            book.executemany(_INSERT, rows)
            book.execute(_JUDGE_FIRST)

    def note(self, workflow_id: str, run_id: str, moments: KeyMoments, key_run: str = "") -> None:
        """Write down the key moments that a run has told."""
        told: dict[str, Any] = {"phase": moments.phase, "keys_by": key_run}
        told |= {"counts_from": _text(moments.counts_from), "duties": _duties(moments) if moments.duties else None}
        told |= {"drill": moments.drill}
        named = {name: value for name, value in told.items() if value not in ("", None)}
        changes = [(named, "")] if named else []
        if moments.next_due:
            changes.append(({"next_due": _text(moments.next_due)}, "and phase = '' and next_due is null"))
        self._update(workflow_id, run_id, *changes)

    def change(self, run: KnownRun, **changes: Any) -> None:
        """Change single facts of a run."""
        self._update(run.workflow_id, run.run_id, (_columns(changes), ""))

    def _update(self, workflow_id: str, run_id: str, *changes: tuple[dict[str, Any], str]) -> None:
        """Change a run, in one transaction: by columns and what must be so, one after the other."""
        if not changes:
            return
        with self._open() as book:
            for columns, where in changes:
                said = ", ".join(f"{name} = ?" for name in columns)
                book.execute(
                    f"update runs set {said} where workflow_id = ? and run_id = ? {where}",  # noqa: S608  # own names
                    (*columns.values(), workflow_id, run_id),
                )

    def runs_of(self, workflow_id: str) -> list[KnownRun]:
        """Every run of a process."""
        return self._found("where workflow_id = ?", workflow_id)

    def latest(self) -> list[KnownRun]:
        """Of each process the run that stands for it now."""
        last = "select max(number) from runs where state != 'followed' group by workflow_id"
        return self._found(f"where state != 'over' and number in ({last})")

    def unjudged(self) -> list[KnownRun]:
        """The runs that are not judged yet."""
        return self._found("where is_judged = 0")

    def write_down(self, happened: Happened) -> None:
        """Write down what was done from outside."""
        with self._open() as book:
            book.execute(
                "insert into happened (key, kind, workflow_id, at, facts) values (?, ?, ?, ?, ?) "
                "on conflict do nothing",
                (happened.key, happened.kind, happened.workflow_id, _text(happened.at), json.dumps(happened.facts)),
            )

    def happened(self, *, since: Moment | None = None, also_told: bool = False) -> list[Happened]:
        """What was done from outside."""
        if not self._path.exists():
            return []
        with self._open() as book:
            rows = book.execute(
                "select key, kind, workflow_id, at, facts from happened "
                "where at >= ? and is_told <= ? order by at, key",
                (_text(since) or "", int(also_told)),
            ).fetchall()
        return [Happened(**dict(row) | {"facts": json.loads(row["facts"])}) for row in rows]

    def told(self, keys: Iterable[str]) -> None:
        """The watchdog has taken what was written down under these keys."""
        with self._open() as book:
            book.executemany("update happened set is_told = 1 where key = ? and is_told = 0", [(key,) for key in keys])

    def turn(self, run_id: str, turn: int) -> int:
        """The greatest turn of a watchdog's run before this one."""
        with self._open() as book:
            known = book.execute("select turn from turns where run_id = ?", (run_id,)).fetchone()
            book.execute(
                "insert into turns (run_id, turn) values (?, ?) on conflict do update set turn = excluded.turn",
                (run_id, turn),
            )
        return int(known["turn"]) if known else -1

    def keep_head(self, case: str, head: ChainHead) -> None:
        """Write down how far the chain of a case goes, in place of what was known.

        Not on the disk before this returns: after a crash the book may lag behind the chain, and none of it is missed.
        """
        with self._open(synchronous="normal") as book:
            book.execute("insert or replace into heads values (?, ?, ?)", (case, head.length, head.sha256))

    def head(self, case: str) -> ChainHead | None:
        """How far the chain of a case goes, as far as it was written down."""
        if not self._path.exists():
            return None
        with self._open() as book:
            known = book.execute("select length, sha256 from heads where case_name = ?", (case,)).fetchone()
        return ChainHead(**dict(known)) if known else None

    def _found(self, condition: str, *values: Any) -> list[KnownRun]:
        if not self._path.exists():
            return []
        with self._open() as book:
            rows = book.execute(f"select * from runs {condition} order by number", values).fetchall()  # noqa: S608  # own texts
        return [KnownRun.model_validate(dict(row) | {"duties": json.loads(row["duties"])}) for row in rows]

    @contextmanager
    def _open(self, synchronous: Literal["full", "normal"] = "full") -> Iterator[sqlite3.Connection]:
        """One transaction. Each has a connection of its own: the threads of a worker share none."""
        try:
            if self._kept_open is None:
                self._make()
            with closing(sqlite3.connect(self._path, timeout=BUSY_FOR)) as book:
                book.row_factory = sqlite3.Row
                book.execute(f"pragma synchronous = {synchronous}")
                with book:
                    yield book
        except (sqlite3.Error, OSError) as fault:
            raise BookUnreadable(f"the book of processes can't be used ({fault}): {self._path}") from fault

    def _make(self) -> None:
        private_folder(self._path.parent)
        with suppress(FileExistsError):  # never opened and closed where it is there: that gives up SQLite's own locks
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        book = sqlite3.connect(self._path, timeout=BUSY_FOR, check_same_thread=False)
        book.execute("pragma journal_mode = wal")
        book.executescript(_SCHEMA)
        self._kept_open = book


def _row(run: KnownRun) -> dict[str, Any]:
    return _columns({name: getattr(run, name) for name in _FIELDS})


def _columns(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as the columns hold them."""
    held = dict(facts)
    for name in {"first_seen", "last_seen", "next_due", "counts_from"} & held.keys():
        held[name] = _text(held[name])
    for name in {"drill", "is_judged"} & held.keys():
        held[name] = int(held[name])
    if "duties" in held:
        held["duties"] = _duties(KeyMoments(duties=held["duties"]))
    return held


def _duties(moments: KeyMoments) -> str:
    return json.dumps([duty.model_dump(mode="json") for duty in moments.duties])


def _text(moment: Moment | None) -> str | None:
    return moment.isoformat() if moment else None
