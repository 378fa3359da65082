"""One night at the desk, typed by hand in a terminal of 80 columns and 24 lines, in Finnish and in Swedish.

``docs/nights`` holds what was on the screen, for a careful reader; ``KANTADESK_RETELL=1`` records it anew. Times and
lengths differ from night to night, and what happens at the same time may come in another order: the test compares the
words of each command without them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
from collections import Counter
from collections.abc import Iterator
from struct import pack
from typing import Any, NamedTuple

import pytest

from tests.starter.conftest import ROOT, Desk, environment, started, stopped

NIGHTS = ROOT / "docs" / "nights"
LINES, COLUMNS = 24, 80
ANSWERS_WITHIN = 60
MOST_QUESTIONS = 40
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
DIFFERS = (
    (re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4})?(?: klo| kl\.)? ?\d{2}\.\d{2}"), "MOMENT"),
    (re.compile(r"\d+ (?:pv|d) \d+ h|\d+ h \d+ min|\d+ min|alle minuutti|under en minut"), "LENGTH"),
    (
        re.compile(r"on nyt kiinni\. Se aukeaa|on auki\. Se sulkeutuu"),
        "OPENS OR CLOSES",
    ),  # by the day and hour of the run
    (re.compile(r"Kiinniolo pyhäpäivinä on tarkistamatta\.|Att den är stängd på helgdagar är inte kontrollerat\."), ""),
    (re.compile(r"är nu stängd\. Den öppnar|är öppen\. Den stänger"), "OPENS OR CLOSES"),
    (re.compile(r"\b(?:ma|ti|ke|to|pe|la|su|må|on|fr|lö|sö) (?=MOMENT)"), ""),
    (re.compile(r"[0-9a-f]{32,64}(?:@\S+)?"), "DIGITS"),
    (re.compile(r"\d{8}T\d{6}Z"), "DIGITS"),
    (re.compile(r"(?<=(?:viesti|elande) )[0-9a-f]{8}\b"), "DIGITS"),
    (re.compile(r"-[0-9a-f]{8}\.docx"), ".docx"),
)


LETTERS = {"open": 1, "triage": 9, "call": 9, "update": 16, "resolve": 24}
"""How many letters have gone when what a command sets off is over."""


class Typed(NamedTuple):
    """A command, and what is answered to its questions."""

    command: tuple[str, ...]
    answers: tuple[str, ...] = ()


FINNISH = (
    Typed(("shift", "start", "--by", "Anna Virtanen")),
    Typed(("incident", "open", "--reference", "HD-4711"), ("Reseptit eivät aukea", "Reseptikeskus", "")),
    Typed(("incident", "triage"), (
        "k", "kukaan ei voi uusia", "?", "", "e", "", "e", "", "e", "", "e", "", "kriittinen", "e", "kela", "paperilla",
        "", "", "e", "", "k",
    )),
    Typed(("incident", "call"), ("k", "M. Virtanen", "")),
    Typed(("duty", "list")),
    Typed(("incident", "list")),
    Typed(("breach", "assess"), ("e", "Vain palvelukatko, tietoja ei vaarantunut", "")),
    Typed(("incident", "update", "--text", "Kela korjaa, kestää aamuun"), ("k",)),
    Typed(("incident", "resolve"), ("Varmenne oli vanhentunut", "Kela uusi varmenteen", "", "k")),
    Typed(("incident", "timeline")),
    Typed(("shift", "handover", "--to", "Mikko Laine")),
)  # fmt: skip
SWEDISH = (
    Typed(("shift", "start", "--by", "Anna Virtanen")),
    Typed(("incident", "open", "--reference", "HD-4711"), ("Recepten öppnas inte", "Receptcentret", "")),
    Typed(("incident", "triage"), (
        "j", "ingen kan förnya", "?", "", "n", "", "n", "", "n", "", "n", "", "kritisk", "n", "kela", "på papper",
        "", "", "n", "", "j",
    )),
    Typed(("incident", "call"), ("j", "M. Virtanen", "")),
    Typed(("duty", "list")),
    Typed(("incident", "list")),
    Typed(("breach", "assess"), ("n", "Endast avbrott, inga uppgifter i fara", "")),
    Typed(("incident", "update", "--text", "FPA åtgärdar, tar till morgonen"), ("j",)),
    Typed(("incident", "resolve"), ("Certifikatet hade gått ut", "FPA förnyade certifikatet", "", "j")),
    Typed(("incident", "timeline")),
    Typed(("shift", "handover", "--to", "Mikko Laine")),
)  # fmt: skip


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where nothing is open yet."""
    desk = started(tmp_path_factory.mktemp("night"))
    yield desk
    assert stopped(desk) == 0


def on_screen(desk: Desk, typed: Typed, language: str) -> str:
    """What a command and its dialogue put on the screen; each question is answered in turn."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", LINES, COLUMNS, 0, 0))
    around = environment(desk.data_dir, TERM="xterm", COLUMNS=str(COLUMNS), LINES=str(LINES))
    around |= {"KANTADESK_LANGUAGE": language, "KANTADESK_BY": "", "LOGNAME": "root", "SUDO_USER": ""}
    running = subprocess.Popen(
        [sys.executable, "-m", "starter", *typed.command],
        stdin=theirs, stdout=theirs, stderr=theirs, env=around, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen, answers, asked = "", list(typed.answers), 0
    while True:
        ready, _, _ = select.select([ours], [], [], ANSWERS_WITHIN)
        assert ready, f"it waits after {seen!r}"
        try:
            part = os.read(ours, 65536)
        except OSError:  # it has ended
            break
        seen += part.decode("utf-8", "replace")
        if (
            COLOURS.sub("", seen).endswith((": ", "? ")) and typed.answers
        ):  # a command that asks nothing may print such an end
            asked += 1
            assert answers, f"one question more than answers: {seen[-300:]!r}"
            os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    assert running.wait(ANSWERS_WITHIN) == 0, seen
    assert answers == [], f"not asked for: {answers}"
    return COLOURS.sub("", seen).replace("\r", "")


def night(desk: Desk, script: tuple[Typed, ...], language: str) -> list[str]:
    """The screens of a night, each with its command; after each, what happens beside is waited for."""
    screens = []
    for typed in script:
        shown = on_screen(desk, typed, language).replace(str(desk.data_dir), "DATA_DIR")
        words = " ".join(f'"{word}"' if " " in word else word for word in typed.command)
        screens.append(f"$ kantadesk {words}\n{shown.rstrip()}\n")
        if typed.command[1] in LETTERS:
            settle(desk, LETTERS[typed.command[1]])
    return screens


def settle(desk: Desk, letters: int) -> None:
    """Wait until so many letters have gone, and lists show what the incident owes."""

    def is_quiet(status: dict[str, Any]) -> bool:
        open_now = {duty["kind"] for duty in status["duties"] if duty["state"] == "open"}
        gone = [message for message in status["messages"] if message["state"] != "sending"]
        return len(gone) >= letters and open_now <= {"triage", "phone_kela"}

    status = desk.until(is_quiet, "incident", "show", "HD-4711")
    due = min((duty["due_at"] for duty in status["duties"] if duty["state"] == "open"), default=None)
    desk.until(lambda rows: rows and bool(rows[0]["next_due"]) == bool(due), "incident", "list")


def words(screen: str) -> Counter[str]:
    """The words of a screen without what differs from night to night."""
    flat = " ".join(re.sub(r"[─…]", " ", screen).split())
    for pattern, instead in DIFFERS:
        flat = pattern.sub(instead, flat)
    return Counter(flat.split())


@pytest.mark.parametrize(("language", "script"), [("fi", FINNISH), ("sv", SWEDISH)])
def test_a_night(alone: Desk, language: str, script: tuple[Typed, ...]) -> None:
    screens = night(alone, script, language)
    file = NIGHTS / f"{language}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        file.write_text("\n".join(screens), encoding="utf-8")
    kept = re.split(r"\n(?=\$ kantadesk )", file.read_text(encoding="utf-8"))
    for shown, before in zip(screens, kept, strict=True):
        assert words(shown) == words(before)
    table_lines = [line for screen in screens for line in screen.splitlines() if "──" in line]
    assert all(len(line.rstrip()) <= COLUMNS for line in table_lines)
