"""Why a rota can't be read, in three languages: every reason that the reader of calendars gives is known."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from activities import rota
from workflows.procedure.watchdog.findings import Finding
from workflows.procedure.watchdog.rota_reasons import rota_reason
from workflows.procedure.watchdog.words import what

FOLDER = Path(str(rota.__file__)).parent


def given() -> list[str]:
    """Each reason that is raised, with an X for what varies."""
    found: list[str] = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RotaUnreadable":
                words = node.args[0]
                if isinstance(words, ast.JoinedStr):
                    parts = [str(each.value) if isinstance(each, ast.Constant) else "X" for each in words.values]
                    found.append("".join(parts))
                elif isinstance(words, ast.Constant):
                    found.append(str(words.value))
    return found


def test_there_are_reasons() -> None:
    assert len(given()) >= 20


@pytest.mark.parametrize("why", given())
def test_each_reason_is_said_in_finnish_and_swedish(why: str) -> None:
    assert rota_reason(why, "en") == why
    assert len({rota_reason(why, "fi"), rota_reason(why, "sv"), why}) == 3


def test_a_finding_says_it_in_the_readers_language() -> None:
    facts = {"role": "duty_officer", "why": "its server answered 503", "since": "-"}
    found = Finding(key="k", kind="rota_unread", level="warning", area="contacts", facts=facts)
    assert "(palvelin vastasi 503)" in what(found, "fi")
    assert "(its server answered 503)" in what(found, "en")


def test_what_is_not_known_stays_as_it_is() -> None:
    assert rota_reason("is haunted", "fi") == "is haunted"
