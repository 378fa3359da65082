"""The book of processes: what it keeps over its own end, whose file it is, what it does with one that can't be read."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.book.open_ids import FILE, open_ids
from activities.book.port import BookUnreadable, Happened
from activities.book.sqlite import SqliteBook
from workflows.procedure.watchdog.book import KeyMoments, KnownDuty, KnownRun

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
DUTY = KnownDuty(id="triage", kind="triage", opened_at=AT, due_at=AT + timedelta(hours=1))


def run(run_id: str = "r1", **facts: Any) -> KnownRun:
    """A run of an incident."""
    known = {"workflow_id": "incident-1", "run_id": run_id, "kind": "Incident", "first_seen": AT, "last_seen": AT}
    return KnownRun.model_validate(known | facts)


def test_what_is_written_is_there_for_the_next_worker_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    SqliteBook(tmp_path).see([run(phase="handling", next_due=AT, duties=(DUTY,), counts_from=AT)])
    (known,) = SqliteBook(tmp_path).runs_of("incident-1")
    assert known == run(phase="handling", next_due=AT, duties=(DUTY,), counts_from=AT, is_judged=True)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / FILE) as book:
        assert book.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_first_sight_that_knows_less_takes_nothing_back(tmp_path: Path) -> None:
    """The interceptor sees a run again after the lists have told more of it."""
    book = SqliteBook(tmp_path)
    book.see([run(phase="handling", next_due=AT, overdue=2, events=40, first_run="r0", duties=(DUTY,))])
    book.see([run(last_seen=AT + timedelta(hours=1))])
    (known,) = book.latest()
    assert (known.phase, known.next_due, known.overdue, known.events, known.first_run) == ("handling", AT, 2, 40, "r0")
    assert known.duties == (DUTY,)
    assert known.last_seen == AT + timedelta(hours=1)


def test_the_due_time_of_a_letter_counts_until_the_lists_show_one(tmp_path: Path) -> None:
    book = SqliteBook(tmp_path)
    book.see([run()])
    book.note("incident-1", "r1", KeyMoments(next_due=AT), "k1")
    assert (book.latest()[0].next_due, book.latest()[0].key_run) == (AT, "k1")
    book.see([run(phase="handling", next_due=None)])
    book.note("incident-1", "r1", KeyMoments(next_due=AT))
    assert book.latest()[0].next_due is None


def test_only_a_run_that_follows_another_is_to_be_judged(tmp_path: Path) -> None:
    book = SqliteBook(tmp_path)
    book.see([run()])
    assert book.unjudged() == []
    book.see([run("r2")])
    assert [each.run_id for each in book.unjudged()] == ["r2"]
    book.change(run(), state="followed")
    book.change(run("r2"), is_judged=True, state="gone", how="deleted")
    assert [(each.run_id, each.state) for each in book.latest()] == [("r2", "gone")]
    assert open_ids(tmp_path) == {"incident-1"}
    book.see([run("r2")])
    assert book.latest()[0].state == "open", "it is there again"
    book.change(run("r2"), state="over")
    assert book.latest() == []


def test_what_happened_is_written_once_and_handed_over_until_it_was_taken(tmp_path: Path) -> None:
    book, happened = SqliteBook(tmp_path), Happened(key="k", kind="was_reset", workflow_id="incident-1", at=AT)
    assert book.happened() == []
    book.write_down(happened)
    book.write_down(happened.model_copy(update={"kind": "replaced"}))
    assert book.happened() == [happened]
    book.told(["k", "unknown"])
    assert (book.happened(), book.happened(also_told=True)) == ([], [happened])
    assert book.happened(since=AT + timedelta(seconds=1), also_told=True) == []


def test_the_turns_of_a_watchdog_are_known(tmp_path: Path) -> None:
    book = SqliteBook(tmp_path)
    assert (book.turn("dog", 7), book.turn("dog", 8), book.turn("dog", 3), book.turn("other", 1)) == (-1, 7, 8, -1)


def test_a_book_that_is_none_is_said_and_never_written_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("a letter to grandmother, longer than the head of a database", encoding="utf-8")
    with pytest.raises(BookUnreadable, match=FILE):
        SqliteBook(tmp_path).see([run()])
    assert (tmp_path / FILE).read_text(encoding="utf-8").startswith("a letter")
    assert open_ids(tmp_path) == set()


def test_a_book_that_was_put_in_place_of_the_first_is_the_one_that_is_read_and_written(tmp_path: Path) -> None:
    """A restore under a worker that runs on: what it keeps open belongs to the file of before."""
    book = SqliteBook(tmp_path)
    book.see([run("before")])
    for part in tmp_path.glob(f"{FILE}*"):
        part.unlink()
    SqliteBook(tmp_path).see([run("restored")])
    book.change(run("restored"), events=7)
    assert [(each.run_id, each.events) for each in SqliteBook(tmp_path).latest()] == [("restored", 7)]


def test_where_no_book_is_nothing_is_missed(tmp_path: Path) -> None:
    assert (SqliteBook(tmp_path).latest(), open_ids(tmp_path)) == ([], set())
    assert not (tmp_path / FILE).exists(), "who only reads makes none"


def test_two_books_of_a_worker_and_the_commands_beside_it_do_not_disturb_each_other(tmp_path: Path) -> None:
    """A file that is opened and closed gives up the locks of the whole process: a command then took the log away."""
    first, second = SqliteBook(tmp_path), SqliteBook(tmp_path)
    for number in range(3):
        first.see([run(f"a{number}")])
        second.see([run(f"b{number}")])
        command = f"import pathlib, activities.book.sqlite as b; b.SqliteBook(pathlib.Path({str(tmp_path)!r})).latest()"
        subprocess.run([sys.executable, "-c", command], check=True)
        first.change(run(f"a{number}"), events=number)
    known = {each.run_id: each.events for each in second.runs_of("incident-1")}
    assert known == {"a0": 0, "b0": 0, "a1": 1, "b1": 0, "a2": 2, "b2": 0}
