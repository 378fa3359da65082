"""The board: what is owed, soonest first; in a terminal, printed, and as a page for a wall."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from starter.board.html import page
from starter.board.lines import lines, summary
from starter.board.screen import Board, Item
from starter.board.snapshot import Look, Looking
from starter.client.open_duties import Owed
from tests.starter.conftest import Desk, environment, started, stopped
from workers.connection import connect
from workers.settings import load

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLOURS = {str(base + tone) for base in (30, 40, 90, 100) for tone in range(1, 7)}  # all but black, grey and white
SECRET = "Reseptit eivät aukea"  # the title of every incident of this desk


def row(due: timedelta, **other: Any) -> dict[str, Any]:
    """A duty as the commands list it."""
    given = {"incident": "T-1", "process": "incident", "drill": False, "clock": None, "id": "triage", "kind": "triage"}
    return {**given, "recipient": "the desk itself", "basis": "", "due_at": AT + due, "legal": False, **other}


def test_late_and_soon_are_words() -> None:
    listed = lines([row(-timedelta(minutes=5)), row(timedelta(minutes=59)), row(timedelta(hours=3))], AT)
    assert [line.cells(AT)[0] for line in listed] == ["LATE", "SOON", ""]
    assert [line.cells(AT)[2] for line in listed] == ["LATE by 5 min", "in 59 min", "in 3 h 0 min"]
    assert summary(listed, AT) == "3 open: 1 late, 1 within the hour"
    assert summary(listed, AT, 1).endswith("; of 1 process only its next duty")
    assert summary(listed, AT, 2).endswith("; of 2 processes only their next duty")


def test_a_drills_time_runs_on_its_own_clock() -> None:
    (drill,) = lines([row(timedelta(hours=70), drill=True, clock=AT + timedelta(hours=69, minutes=30))], AT)
    assert drill.urgency(AT) == "soon"
    assert drill.cells(AT)[2] == "in 30 min"
    assert drill.cells(AT + timedelta(minutes=31))[0] == "LATE"


def test_a_silent_process_is_shown_and_says_why() -> None:
    (silent,) = lines([row(timedelta(hours=1), id="?", kind="?", recipient="", basis="no worker is answering")], AT)
    assert silent.what == "does not answer"
    assert silent.silent == "no worker is answering"


def test_the_page_holds_no_recipient_and_no_markup_of_strangers() -> None:
    listed = lines([row(timedelta(hours=1), recipient="Tmi Maija Meikäläinen", incident="<b>x</b>")], AT)
    written = page(Look(AT, listed, Owed([])), every=15)
    assert "Meikäläinen" not in written
    assert "<b>x" not in written
    assert "&lt;b&gt;x" in written
    assert '<meta http-equiv="refresh" content="15">' in written


def test_the_page_lists_the_soonest_hundred() -> None:
    listed = lines([row(timedelta(hours=number), incident=f"T-{number}") for number in range(1, 121)], AT)
    written = page(Look(AT, listed, Owed([])), every=5)
    assert written.count("<tr class=") == 100
    assert "20 more, due later." in written


@pytest.fixture(scope="module")
def two(desk: Desk) -> tuple[str, str]:
    """An incident that waits for its triage, and a drill, once lists show them."""
    made = desk.incident(), desk.incident("--drill")
    desk.until(lambda lines: {*made} <= {line["incident"] for line in lines}, "board")
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def client(desk: Desk) -> AsyncIterator[Client]:
    """A client of the desk."""
    yield await connect(load(environment(desk.data_dir)))


def test_printed_where_there_is_no_terminal(desk: Desk, two: tuple[str, str]) -> None:
    live, drill = two
    printed = desk("board")
    assert printed.code == 0, printed.err
    assert f"incident {live}" in printed.out
    assert f"DRILL incident {drill}" in printed.out
    without = desk("board", "--no-drills", "--json")
    assert {line["incident"] for line in without.json} >= {live}
    assert drill not in {line["incident"] for line in without.json}


async def shows(pilot: Any, holds: Callable[[], bool]) -> None:
    """Wait (in real time, at most 20 s) until the screen is as wanted."""
    async with asyncio.timeout(20):
        while not holds():  # a screen has no event for what it shows
            await pilot.pause(0.05)


async def test_keys(desk: Desk, two: tuple[str, str], client: Client) -> None:
    live, drill = two
    board = Board(client, Looking(every=1, data_dir=desk.data_dir), desk.places["web"])
    async with board.run_test(size=(140, 40)) as pilot:
        await shows(pilot, lambda: {live, drill} <= {line.reference for line in board.shown})
        await pilot.press("d")
        await shows(pilot, lambda: drill not in {line.reference for line in board.shown})
        while (line := board.selected()) is None or line.reference != live:
            await pilot.press("down")
        await pilot.press("enter")
        await shows(pilot, lambda: isinstance(board.screen, Item) and live in text_of(board))
        assert SECRET in text_of(board)
        assert f"/workflows/incident-{live}" in text_of(board)
        await pilot.press("escape")
        await shows(pilot, lambda: not isinstance(board.screen, Item))
        selected = board.selected()
        assert selected
        assert selected.reference == live
        await pilot.press("o")
        await shows(pilot, lambda: live not in {line.reference for line in board.shown})


def text_of(board: Board) -> str:
    """What the screen shows, as text."""
    return "\n".join("".join(segment.text for segment in line) for line in board.screen._compositor.render_strips())


def test_html_follows_and_goes_old(desk: Desk, two: tuple[str, str], tmp_path: Path) -> None:
    live, _drill = two
    written = tmp_path / "wall" / "board.html"
    writer = subprocess.Popen(
        [sys.executable, "-m", "starter", "board", "--html", str(written), "--every", "1"],
        env=environment(desk.data_dir), cwd=desk.data_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout
    try:
        assert b"every 1 s" in writer.stdout.readline()
        assert live in written.read_text(encoding="utf-8")
        assert SECRET not in written.read_text(encoding="utf-8")
        later = desk.incident()
        deadline = datetime.now(UTC) + timedelta(seconds=30)  # noqa: TID251  # real time
        while later not in written.read_text(encoding="utf-8"):
            assert datetime.now(UTC) < deadline  # noqa: TID251
    finally:
        writer.send_signal(signal.SIGTERM)
        _out, complaints = writer.communicate(timeout=30)
    assert writer.returncode == 0, complaints


def test_html_once(desk: Desk, two: tuple[str, str], tmp_path: Path) -> None:
    live, _drill = two
    answer = desk("board", "--html", str(tmp_path / "board.html"), "--json")
    assert answer.code == 0, answer.err
    assert answer.json["page"] == str(tmp_path / "board.html")
    text = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert re.search(rf'<td>incident {re.escape(live)}</td><td class="what">triage', text)
    assert (tmp_path / "board.html").stat().st_mode & 0o777 == 0o644


@pytest.fixture
def ended(tmp_path: Path) -> Desk:
    """A desk that has been stopped."""
    desk = started(tmp_path / "gone")
    assert stopped(desk) == 0
    return desk


def test_temporal_away_is_one_line(ended: Desk) -> None:
    answer = ended("board", "--once")
    assert answer.code == 5
    assert len(answer.err.strip().splitlines()) == 1


class Screen:
    """The board in a terminal of its own."""

    def __init__(self, desk: Desk, **more: str) -> None:
        self.ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 140))
        self.running = subprocess.Popen(
            [sys.executable, "-m", "starter", "board", "--every", "1"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env=environment(desk.data_dir, TERM="xterm", COLUMNS="140", LINES="40", **more),
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def expect(self, words: str) -> None:
        """Read until these words have come (in real time, at most 60 s: it draws for ever)."""
        deadline = datetime.now(UTC) + timedelta(seconds=60)  # noqa: TID251  # real time
        while words not in self.seen:
            assert datetime.now(UTC) < deadline, f"waited for {words!r} after {self.seen!r}"  # noqa: TID251
            ready, _, _ = select.select([self.ours], [], [], 60)
            assert ready, self.seen
            self.seen += os.read(self.ours, 65536).decode("utf-8", "replace")

    def ended(self) -> int:
        """Its exit code, once it has ended; what it still writes is read."""
        while self.running.poll() is None:
            if select.select([self.ours], [], [], 0.2)[0]:
                try:
                    os.read(self.ours, 65536)
                except OSError:  # it has closed its side
                    break
        return self.running.wait(60)


@pytest.fixture
def screen(desk: Desk, two: tuple[str, str]) -> Iterator[Screen]:
    """The board without colours, once it shows an incident."""
    shown = Screen(desk, NO_COLOR="1")
    try:
        shown.expect(two[0])
        yield shown
    finally:
        shown.running.kill()
        shown.running.wait(60)


def test_in_a_real_terminal_until_q(screen: Screen) -> None:
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", screen.seen) for code in found.split(";")}
    assert not codes & COLOURS, "it uses colour in spite of NO_COLOR"
    os.write(screen.ours, b"q")
    assert screen.ended() == 0
    os.close(screen.ours)


def test_a_title_stands_below_its_reference(screen: Screen) -> None:
    screen.expect("Reseptit")
    os.close(screen.ours)
    assert screen.running.wait(60) == 129


def test_the_page_of_an_item_says_where_temporal_web_shows_it(screen: Screen, desk: Desk) -> None:
    """The address is that of ``up``: nothing was set. The soonest line is opened, whichever process owes it."""
    soonest = next(line for line in desk("board", "--json").json if not line["drill"])
    os.write(screen.ours, b"\r")
    screen.expect(f"{desk.places['web']}/namespaces/default/workflows/{soonest['process']}-{soonest['incident']}")
    os.close(screen.ours)
    assert screen.running.wait(60) == 129


def test_a_closed_terminal_ends_it(screen: Screen) -> None:
    os.close(screen.ours)
    assert screen.running.wait(60) == 129
