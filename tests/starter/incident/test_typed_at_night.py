"""What a tired person types: a time of yesterday, and a system that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from starter.incident.messages import correct
from starter.incident.systems import say_unknown_systems
from starter.terminal import time_input
from starter.terminal.errors import Wrong
from tests.activities.fault_report.builder import operating_model
from tests.starter.conftest import TRIAGE, Desk

QUARTER_PAST_SEVEN = datetime(2026, 11, 27, 5, 15, tzinfo=UTC)
KNOWN = "Esimerkki-potilastieto"


@pytest.fixture
def _at_a_quarter_past_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_input, "now", lambda: QUARTER_PAST_SEVEN)


@pytest.mark.usefixtures("_at_a_quarter_past_seven")
def test_a_correction_is_never_silently_of_yesterday() -> None:
    assert correct.complete
    with pytest.raises(Wrong, match=r'09:40 has not come yet today; .*--noticed-at "26.11.2026 09:40"'):
        correct.complete({}, {"noticed_at": "09:40"})
    for clear in ("06:40", "26.11.2026 09:40", "now", None):
        correct.complete({}, {"noticed_at": clear})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((KNOWN,), ""),
        ((), ""),
        (("Aurora", KNOWN), '"Aurora" is no system of your operating model; it stands in the form by its name only'),
        (("A", "B"), '"A", "B" are no systems of your operating model; they stand in the form by their names only'),
    ],
)
def test_a_system_that_the_model_does_not_know_is_said(
    names: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_unknown_systems(names, operating_model())
    shown = capsys.readouterr()
    assert shown.out == ""
    assert " ".join(shown.err.split()) == (f"--system: {said}" if said else "")


def test_nothing_is_said_where_the_model_can_not_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    say_unknown_systems(("Aurora",), None)
    assert capsys.readouterr().err == ""


def test_opening_and_judging_say_it(desk: Desk) -> None:
    opened = desk("incident", "open", "--title", "x", "--service", "PDR", "--system", "Aurora", "--json")
    judged = desk("incident", "triage", opened.json["reference"], *TRIAGE, "--system", "Aurora", "--json")
    assert (opened.code, judged.code) == (0, 0)
    for answer in (opened, judged):
        assert "is no system of your operating model" in " ".join(answer.err.split())
