"""Whole lives at a real desk, each of their screens read in Finnish and Swedish: no English word, no raw id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from starter.language.words import Spoken
from starter.terminal.time_input import now
from tests.language.one_language import not_of
from tests.starter.conftest import ROOT, TRIAGE, Answer, Desk, started, stopped
from workflows.procedure.local_time import local

OTHERS: tuple[Spoken, ...] = ("fi", "sv")
LETTERS = re.compile(r"^(?:Viestit|Meddelanden)\b.*\n(?:(?: .*)?\n)+|^---(?s:.*)", re.MULTILINE)
"""The letters: each is in its recipient's language."""
MODEL = tomllib.loads((ROOT / "workers" / "example" / "operating-model.toml").read_text(encoding="utf-8"))
SAID = ("Desk Tester", "Central hospital, ward desk", "Kela")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: what others have written at theirs stands in no screen of it."""
    running = started(tmp_path_factory.mktemp("one-language"))
    yield running
    stopped(running)


def read(desk: Desk, *command: str, said: tuple[str, ...] = ()) -> None:
    """Hold one screen against both languages. ``said``: what people wrote."""
    for language in OTHERS:
        in_one_language(desk(*command, KANTADESK_LANGUAGE=language), language, said)


def in_one_language(answer: Answer, language: Spoken, said: tuple[str, ...] = ()) -> None:
    """A command has worked, and what it has printed is of one language."""
    assert answer.code == 0, answer.err
    shown = LETTERS.sub("", answer.out + answer.err)
    assert not_of(language, shown, said=(*SAID, *said)) == [], shown


def acting(desk: Desk, *commands: tuple[str, ...], said: tuple[str, ...] = ()) -> None:
    """Do one thing after the other, the first in Finnish, the next in Swedish, and so on; each answer is read."""
    for number, command in enumerate(commands):
        language = OTHERS[number % 2]
        in_one_language(desk(*command, KANTADESK_LANGUAGE=language), language, said)


def day(ahead: int, hour: str) -> str:
    """A local time some days ahead."""
    at = local(now() + timedelta(days=ahead))
    return f"{at.day}.{at.month}.{at.year} {hour}"


def test_a_planned_break(desk: Desk) -> None:
    said = ("Uusi versio", "Reseptit hitaita", "MNT-L", "INC-L", "Korjattu")

    def screens() -> None:
        for command in ("show", "timeline"):
            read(desk, "maintenance", command, "MNT-L", said=said)

    acting(
        desk,
        ("incident", "open", "--drill", "--reference", "INC-L", "--title", "Reseptit hitaita", "--service", "CODE"),
        ("maintenance", "plan", "--drill", "--reference", "MNT-L", "--title", "Uusi versio", "--service", "CODE",
         "--starts-at", day(40, "06:00"), "--ends-at", "12:00", "--yes"),
        ("maintenance", "change", "MNT-L", "--ends-at", day(40, "13:00"), "--title", "Uusi versio", "--yes"),
        ("maintenance", "change", "MNT-L", "--effect", "Reseptit hitaita", "--not-affected", "KELAIN", "--yes",
         "--window", f"{day(40, '06:00')}/07:00", "--window", f"{day(40, '08:00')}/09:00"),
        ("maintenance", "change", "MNT-L", "--audience", "health-stations", "--yes"),
        said=said,
    )  # fmt: skip
    screens()
    acting(desk, ("drill", "advance", "MNT-L", "38d"), said=said)
    screens()
    told = desk("maintenance", "show", "MNT-L", "--json").json["told"]
    acting(
        desk,
        ("maintenance", "ack", "MNT-L", "--contact", told[0]["contact"], "--what", told[0]["points"][-1]),
        ("maintenance", "change", "MNT-L", "--ends-at", day(40, "14:00"), "--dry-run"),
        ("maintenance", "change", "MNT-L", "--ends-at", day(40, "14:00"), "--note", "Korjattu", "--yes"),
        ("drill", "advance", "MNT-L", "52h"),  # it begins, its windows pass, and it should be over
        said=said,
    )
    assert desk("maintenance", "show", "MNT-L", "--json").json["overlong"]
    screens()
    read(desk, "maintenance", "list", "--drills", said=said)
    read(desk, "board", "--drills", said=said)
    read(desk, "incident", "show", "INC-L", said=said)
    read(desk, "incident", "timeline", "INC-L", said=said)
    read(desk, "shift", "handover", "--to", "Korjattu", said=said)
    acting(desk, ("maintenance", "complete", "MNT-L", "--note", "Korjattu", "--yes"), said=said)
    desk.over("maintenance", "MNT-L")
    screens()


def test_a_break_that_does_not_take_place(desk: Desk) -> None:
    said = ("Uusi versio", "MNT-C", "Toimittaja myöhässä")
    acting(
        desk,
        ("maintenance", "plan", "--drill", "--reference", "MNT-C", "--title", "Uusi versio", "--service", "CODE",
         "--starts-at", day(3, "06:00"), "--ends-at", "12:00", "--yes"),
        ("maintenance", "cancel", "MNT-C", "--reason", "Toimittaja myöhässä", "--yes"),
        said=said,
    )  # fmt: skip
    desk.over("maintenance", "MNT-C")
    read(desk, "maintenance", "show", "MNT-C", said=said)
    read(desk, "maintenance", "timeline", "MNT-C", said=said)


def test_an_incident_that_comes_back_and_its_breach(desk: Desk) -> None:
    said = ("Reseptit eivät aukea", "INC-B", "Varmenne", "Uusittu", "Taas", "Tietoja katsottu", "Syy", "Korjattu")

    def screens() -> None:
        for command in ("show", "timeline"):
            read(desk, "incident", command, "INC-B", said=said)
        read(desk, "duty", "list", said=said)
        read(desk, "incident", "list", "--drills", said=said)

    acting(
        desk,
        ("incident", "open", "--drill", "--reference", "INC-B", "--title", "Reseptit eivät aukea", "--service", "CODE"),
        ("incident", "triage", "INC-B", *TRIAGE, "--nis2-significant"),
        ("drill", "advance", "INC-B", "3h"),
        ("incident", "correct", "INC-B", "--description", "Korjattu", "--reason", "Syy"),
        ("incident", "call", "INC-B", "--reached", "--person", "Korjattu"),
        ("incident", "update", "INC-B", "--text", "Korjattu", "--yes"),
        ("incident", "resolve", "INC-B", "--cause", "Varmenne", "--remedy", "Uusittu", "--yes"),
        ("incident", "reopen", "INC-B", "--reason", "Taas", "--yes"),
        said=said,
    )
    screens()
    acting(
        desk,
        ("incident", "triage", "INC-B", *TRIAGE),
        ("breach", "assess", "INC-B", "--outcome", "suspected", "--kind", "unauthorised_access", "--register",
         "CODE", "--role", "controller", "--description", "Tietoja katsottu", "--aware-at", "now"),
        ("drill", "advance", "INC-B", "30h"),
        said=said,
    )  # fmt: skip
    screens()
    read(desk, "breach", "show", "INC-B", said=said)
    read(desk, "breach", "timeline", "INC-B", said=said)
    read(desk, "breach", "list", said=said)
    read(desk, "shift", "handover", "--to", "Korjattu", said=said)


@pytest.mark.parametrize("command", [("contacts", "list"), ("contacts", "show", "ward"), ("contacts", "rota"),
                                     ("whoami",)], ids=" ".join)  # fmt: skip
def test_what_stands_beside(desk: Desk, command: tuple[str, ...]) -> None:
    read(desk, *command, said=tuple(MODEL["contacts"]))
