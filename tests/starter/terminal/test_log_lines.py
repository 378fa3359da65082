"""No log line stands before the one line with which a command fails; a started desk writes them all."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from starter.terminal.log_lines import SDK, log_to_stderr, started
from tests.starter.conftest import kantadesk


@contextmanager
def no_log_yet() -> Iterator[None]:
    """Without the handlers of the test runner."""
    root = logging.getLogger()
    kept, root.handlers = root.handlers, []
    yield
    root.handlers = kept


def test_lines_wait_for_the_start_and_then_come(capsys: pytest.CaptureFixture[str]) -> None:
    with no_log_yet():
        log_to_stderr(once_started=True)
        logging.getLogger(f"{SDK}.core").warning("a retry")
        assert capsys.readouterr().err == ""
        started()
        assert "a retry" in capsys.readouterr().err
        logging.getLogger("kantadesk.door").warning("later")
        assert "later" in capsys.readouterr().err


def test_with_debug_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    with no_log_yet(), click.Context(click.Command("kantadesk")) as ctx:
        ctx.params["debug"] = True
        log_to_stderr(once_started=True)
        logging.getLogger(SDK).warning("a retry")
    assert "a retry" in capsys.readouterr().err


def test_up_says_one_line_and_ends_with_2_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (("up", "--data-dir", str(tmp_path / "file" / "desk")), ("setup",)):
        answer = kantadesk(tmp_path, *command, KANTADESK_EVIDENCE_DIR=str(tmp_path / "file" / "evidence"))
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.count("\n") == 1
        assert "can't be used (Not a directory); set KANTADESK_" in answer.err
