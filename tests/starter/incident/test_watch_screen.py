"""``incident watch`` on a small screen: all of it is seen, and no moment is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from starter.incident.watch import view
from starter.language.words import Spoken, speak
from tests.builders import now
from tests.starter.conftest import Desk
from workflows.incident.messages import IncidentStatus
from workflows.process.messages import Happening

WHOLE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4})? (?:klo |kl\. )?\d{2}[.:]\d{2}")
BEGUN = re.compile(r"\d{1,2}\.\d{1,2}\.")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak("en")


@pytest.fixture(scope="module")
def told(desk: Desk) -> tuple[IncidentStatus, list[Happening]]:
    """An incident with much to tell: judged, followed by an instruction and updates."""
    reference = desk.judged()
    for number in range(12):
        assert desk("incident", "update", reference, "--text", f"Vika jatkuu {number}").code == 0
    assert desk("incident", "instruct", reference, "--authority", "Kela", "--text", "Seis").code == 0
    status = desk("incident", "show", reference, "--json").json
    lines = desk("incident", "timeline", reference, "--json").json
    return IncidentStatus.model_validate(status), [Happening.model_validate(line) for line in lines]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("width", [80, 60])
def test_it_fits_24_lines(told: tuple[IncidentStatus, list[Happening]], width: int, language: Spoken) -> None:
    speak(language)
    status, lines = told
    page = Console(file=StringIO(), width=width, height=24, color_system=None, highlight=False, markup=False)
    page.print(view(status, lines, now(), page))
    assert isinstance(page.file, StringIO)
    shown = page.file.getvalue().splitlines()
    assert len(shown) < page.height, "the cursor needs the last one"
    assert max(map(cell_len, shown)) <= width
    assert status.title in "\n".join(shown)
    assert len([line for line in shown if WHOLE.match(line)]) > 5
    assert all(WHOLE.match(line) for line in shown if BEGUN.match(line))
