"""Natural mistakes of a tired person, and what is printed: one line that says what to do, in three languages.

``docs/mistakes.md`` is written by ``KANTADESK_RETELL=1``; read the difference.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.builders import now
from tests.starter.conftest import ROOT, TRIAGE, Answer, Desk, started, stopped
from workflows.procedure.local_time import local

PAGE = ROOT / "docs" / "mistakes.md"
LANGUAGES = ("en", "fi", "sv")
HEAD = """\
# What is printed where something is typed wrong

Written by a test against a real desk (`tests/starter/test_mistakes.py`), which has three incidents: HD-4711, judged,
HD-4712, just opened, and the drill DR-1. Nobody sits at a terminal: there, what is missing is asked for instead. The
number behind each is the exit code: 2 the input is wrong, 3 the process refuses it now, 4 there is no such thing.
"""


class Slip(NamedTuple):
    """A mistake: what went wrong, what is typed after ``kantadesk``, and the exit code."""

    what: str
    typed: str
    code: int


SLIPS = (
    Slip("A letter missing in a group", "incidnt list", 2),
    Slip("The group left out", "triage HD-4711", 2),
    Slip("A letter missing in a command", "incident trige HD-4711", 2),
    Slip("An option that does not exist", "incident show HD-4711 --jsn", 2),
    Slip("Two digits exchanged", "incident show HD-4171", 4),
    Slip("Half of the number", "incident show 471", 4),
    Slip("No reference, and several are open", "incident show", 2),
    Slip("A reference with a blank", 'incident show "HD 4711"', 2),
    Slip("Opened without a title", "incident open --service PRESCRIPTION", 2),
    Slip("Opened without a service", 'incident open --title "Reseptit eivät aukea"', 2),
    Slip("A service written wrong", "incident open --title x --service Reseptikesus", 2),
    Slip("A name that two services have", "incident open --title x --service oma", 2),
    Slip("There is no such hour", "incident open --title x --service PDR --noticed-at 25:10", 2),
    Slip("There is no such day", 'incident open --title x --service PDR --noticed-at "31.2. 10:00"', 2),
    Slip("A time to come", 'incident open --title x --service PDR --noticed-at "tomorrow 10:00"', 2),
    Slip("A day without its time", "incident call HD-4711 --reached --person X --called-at yesterday", 2),
    Slip("A call that reached somebody: whom?", "incident call HD-4711 --reached", 2),
    Slip("A call: did it reach anybody?", "incident call HD-4711", 2),
    Slip("A triage without answers", "incident triage HD-4712", 2),
    Slip("A severity that there is not", "incident triage HD-4712 --severity severe", 2),
    Slip("A severity with a letter missing", "incident triage HD-4712 --severity kritinen", 2),
    Slip("A way that there is not", "contacts wrong ward-3 --channel puhelni", 2),
    Slip("A service that there is not", "incident open --title x --service foo", 2),
    Slip("A criterion written wrong", "incident triage HD-4712 --criterion safty=yes", 2),
    Slip("An answer that there is not", "incident triage HD-4712 --criterion safety=maybe", 2),
    Slip("An answer without =", "incident triage HD-4712 --criterion safety", 2),
    Slip("An update before the triage", "incident update HD-4712 --text x", 3),
    Slip("An update without a text", "incident update HD-4711", 2),
    Slip("The end without its cause", "incident resolve HD-4711", 2),
    Slip("Reopened, though it is not over", "incident reopen HD-4711 --reason x", 3),
    Slip("Cancelled without a reason", "incident cancel HD-4711", 2),
    Slip("The same fault as itself", "incident link HD-4711 --same-as HD-4711", 3),
    Slip("Which duty?", "duty met HD-4711", 2),
    Slip("A duty written wrong", "duty met HD-4711 report_to_kella", 4),
    Slip("A duty that is met already", "duty met HD-4711 report_to_kela", 3),
    Slip("Waived without a reason", "duty waive HD-4711 triage", 2),
    Slip("A breach that there is not", "breach show HD-4711", 4),
    Slip("A breach without its facts", "breach assess HD-4711 --outcome suspected", 2),
    Slip("A paper, but for whom?", "breach paper HD-4711", 2),
    Slip("A register without its period", "breach export --out register", 2),
    Slip("A break that ends before it starts",
         'maintenance plan --title x --service PDR --starts-at "24.11.2035 08:00" --ends-at "24.11.2035 06:00"', 2),
    Slip("A break that is over",
         'maintenance plan --title x --service PDR --starts-at "1.1.2020 06:00" --ends-at "1.1.2020 08:00"', 2),
    Slip("The clock of a live incident", "drill advance HD-4711 2h", 3),
    Slip("A length written wrong", "drill advance DR-1 2times", 2),
    Slip("A length alone, written wrong", "drill advance 2x", 2),
    Slip("A file that is not there", "evidence verify HD-4711.zip", 2),
    Slip("An identity code in a text", 'incident update HD-4711 --text "potilas 131052-308T"', 2),
    Slip("An account instead of a person", "shift start --by root", 2),
    Slip("A language that is not spoken", "incident list --language de", 2),
    Slip("A filter that there is not", "incident list --severity urgent", 2),
    Slip("A notice without a title", "notices enter --kind fault", 2),
    Slip("A shell that there is not", "completion tcsh", 2),
)  # fmt: skip


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own, so that nothing else is open."""
    desk = started(tmp_path_factory.mktemp("mistakes"))
    opening = ("incident", "open", "--title", "Reseptit eivät aukea", "--service", "PRESCRIPTION", "--reference")
    for more in (("HD-4711",), ("HD-4712",), ("DR-1", "--drill")):
        assert desk(*opening, *more).code == 0
    assert desk("incident", "triage", "HD-4711", *TRIAGE).code == 0
    desk.until(lambda rows: len(rows) == len(("HD-4711", "HD-4712", "DR-1")), "incident", "list")
    yield desk
    assert stopped(desk) == 0


def typed(desk: Desk, slip: Slip, language: str) -> Answer:
    """What a command answers in a language; one that chooses another itself keeps that."""
    return desk(*shlex.split(slip.typed), KANTADESK_LANGUAGE=language)


def printed(answer: Answer, folder: Path) -> str:
    """The one line, without what is another each time."""
    line = answer.err.strip().replace(str(folder), "DATA_DIR")
    today = local(now())
    of_now = rf"{today.day}\.{today.month}\.{today.year}((?: klo| kl\.)?) \d{{2}}[.:]\d{{2}}"
    return re.sub(of_now, r"27.11.2026\1 03.15", line)


def problems(slip: Slip, answers: dict[str, Answer]) -> Iterator[str]:
    """What is wrong with the answers to a mistake."""
    for language, answer in answers.items():
        if answer.code != slip.code:
            yield f"exit code {answer.code}: {answer.err}"
        if answer.out or not answer.err.startswith("kantadesk: ") or answer.err.count("\n") != 1:
            yield f"not one line: {answer}"
        if "Traceback" in answer.err or (language != "en" and answer.err == answers["en"].err):
            yield f"not in {language}: {answer.err}"


def test_there_are_more_than_forty() -> None:
    assert len(SLIPS) > 40
    assert len({slip.typed for slip in SLIPS}) == len(SLIPS)


def test_each_is_answered_by_one_line_in_every_language(three: Desk) -> None:
    lines, wrong = [HEAD], []
    for number, slip in enumerate(SLIPS, 1):
        answers = {language: typed(three, slip, language) for language in LANGUAGES}
        wrong += [f"{slip.typed}: {problem}" for problem in problems(slip, answers)]
        lines.append(f"## {number}. {slip.what} ({slip.code})\n\n    kantadesk {slip.typed}\n")
        lines += [f"- {language}: {printed(answer, three.data_dir)}" for language, answer in answers.items()]
        lines.append("")
    assert not wrong, "\n".join(wrong)
    told = "\n".join(lines)
    if os.environ.get("KANTADESK_RETELL"):
        PAGE.write_text(told, encoding="utf-8")
    assert told == PAGE.read_text(encoding="utf-8")


def test_where_a_clock_is_moved_only_a_drill_is_meant(three: Desk) -> None:
    moved = three("drill", "advance", "1t", "--json")
    assert (moved.code, moved.json["status"]["reference"]) == (0, "DR-1"), moved.err
    assert three("incident", "open", "--drill", "--title", "x", "--service", "PDR", "--reference", "DR-2").code == 0
    three.until(lambda rows: "DR-2" in {row["reference"] for row in rows}, "incident", "list")
    several = three("drill", "advance", "1t")
    assert several.code == 2
    assert {"DR-1", "DR-2"} == {word.strip(",;") for word in several.err.split() if word.startswith(("DR-", "HD-"))}
