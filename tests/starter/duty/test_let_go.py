"""A process that was deleted is missed no longer, by a decision; and how one that was ended from outside is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from activities.book.sqlite import SqliteBook
from starter.duty.let_go import let_go
from starter.views.outside import ended_json, show_ended
from tests.activities.breach.builder import status
from workflows.procedure.watchdog.book import KnownRun

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteBook:
    """The book of a data folder that the command uses, with one missing process."""
    monkeypatch.setenv("KANTADESK_DATA_DIR", str(tmp_path))
    made = SqliteBook(tmp_path)
    run = KnownRun(workflow_id="breach-B-1", run_id="r", kind="DataBreach", first_seen=AT, last_seen=AT)
    made.see([run])
    made.change(run, state="gone")
    return made


def test_a_decision_is_kept_with_who_and_why(book: SqliteBook) -> None:
    done = CliRunner().invoke(let_go, ["breach-B-1", "--reason", "a test of ours", "--by", "Maija", "--json"])
    assert done.exit_code == 0, done.output
    (happened,) = book.happened()
    assert (happened.kind, happened.facts["by"], happened.facts["reason"]) == ("let_go", "Maija", "a test of ours")
    assert book.latest()[0].state == "let_go"


def test_what_is_not_missed_or_no_reason_is_refused(book: SqliteBook) -> None:
    assert CliRunner().invoke(let_go, ["breach-B-2", "--reason", "x", "--by", "Anna"]).exit_code == 4
    assert CliRunner().invoke(let_go, ["breach-B-1", "--reason", "131052-308T", "--by", "Anna"]).exit_code == 2
    assert book.happened() == []


def test_a_process_that_was_ended_from_outside_shows_no_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    show_ended("breach", status(), "terminated")
    shown = capsys.readouterr().out
    assert "ENDED FROM OUTSIDE (terminated): its clocks do not run" in shown
    assert " left" not in shown
    assert ended_json(status(), "terminated")["ended_from_outside"] == "terminated"
    assert "ended_from_outside" not in ended_json(status(), "")
