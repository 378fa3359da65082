"""What is asked of a suspicion that is said in part: what is left out is not sent."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from starter.breach.questions import Scene, ask_suspicion
from starter.breach.summary import tell_deadline

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SAID = {
    "aware_at": NOW - timedelta(hours=1), "first_noticed_at": NOW - timedelta(hours=2), "kinds": ["loss"],
    "registers": ["PDR"], "role": "controller", "description": "A laptop was lost.", "place": "Ward 3",
}  # fmt: skip


def asked(monkeypatch: pytest.MonkeyPatch, typed: str, **said: Any) -> dict[str, Any]:
    """What is known once somebody has typed these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    fields = SAID | said
    ask_suspicion(fields, Scene(NOW, None))
    return {name: value for name, value in fields.items() if name not in SAID}


def test_enter_leaves_out_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, "\n\n\n\n") == {}


def test_begin_cause_and_earlier_measures_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = asked(monkeypatch, "names\n20.11.2026 8.00\nA thief\nEncryption\n")
    assert said == {
        "data": "names",
        "began_at": NOW - timedelta(hours=6),
        "cause": "A thief",
        "measures_before": "Encryption",
    }


def test_a_breach_begins_before_anybody_notices_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = asked(monkeypatch, "\n20.11.2026 13.30\n20.11.2026 11.59\n\n\n")
    told = " ".join("".join(capsys.readouterr()).split())
    assert said == {"began_at": datetime(2026, 11, 20, 9, 59, tzinfo=UTC)}
    assert "began_at (Fri 20.11.2026 13:30) lies after first_noticed_at (Fri 20.11.2026 12:00)" in told


def test_the_hours_are_those_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    tell_deadline(NOW, NOW)
    tell_deadline(datetime(2018, 5, 1, tzinfo=UTC), NOW)
    told = "".join(capsys.readouterr())
    assert told.count("72 hours end") == 1
