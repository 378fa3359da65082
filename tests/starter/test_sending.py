"""A message is checked by our clock and sent by its process's: which of its moments mean "now"."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from starter.sending.send import Draft, drafted
from starter.terminal.errors import Wrong
from workflows.incident.messages import PhoneEscalation, Resolution

IN_THE_DRILL = datetime(2031, 5, 4, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person, whichever account runs the tests: a script of root without a name is refused."""
    monkeypatch.setenv("KANTADESK_BY", "Desk Tester")


def draft(name: str, **typed: Any) -> Draft:
    return drafted(name, {"ref": "INC-1", "file": None, **typed}, None, "incident")


def test_a_needed_moment_that_is_left_out_is_now() -> None:
    said = draft("resolution", cause="a", remedy="b").at(IN_THE_DRILL)
    assert isinstance(said, Resolution)
    assert said.resolved_at == IN_THE_DRILL


def test_a_moment_that_was_typed_stays_and_now_is_the_process_s_own() -> None:
    typed = {"reached": False, "number": "1"}
    kept = draft("phone_escalation", called_at="22.11.2026 14.05", **typed).at(IN_THE_DRILL)
    meant = draft("phone_escalation", called_at=" NOW ", **typed).at(IN_THE_DRILL)
    assert isinstance(kept, PhoneEscalation)
    assert isinstance(meant, PhoneEscalation)
    assert kept.called_at == datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
    assert meant.called_at == IN_THE_DRILL


def test_only_the_moments_differ_from_what_was_checked() -> None:
    made = draft("resolution", cause="a", remedy="b")
    assert made.now >= {"resolved_at"}
    assert made.at(IN_THE_DRILL).model_dump(exclude=set(made.now)) == made.said.model_dump(exclude=set(made.now))


def test_a_file_must_say_its_moments_itself() -> None:
    with pytest.raises(Wrong, match="--resolved-at: is missing"):
        draft("resolution", file=BytesIO(b'{"by": "x", "cause": "a", "remedy": "b"}'))


def test_an_address_that_no_mail_reaches_is_said_before_temporal_is_asked() -> None:
    assessment = {
        "by": "x",
        "outcome": "suspected",
        "aware_at": "2026-11-22T14:05+02:00",
        "kinds": ["loss"],
        "role": "processor",
        "registers": ["PRESCRIPTION"],
        "description": "d",
        "controllers": [{"name": "A", "email": "a@example.org"}, {"name": "B", "email": "b@example.org\u200b"}],
    }
    with pytest.raises(Wrong, match=r"--controller: 2: the e-mail address holds .* \(U\+200B") as fault:
        draft("breach_assessment", file=BytesIO(json.dumps(assessment).encode()))
    assert "b@example" not in str(fault.value)


def test_what_is_wrong_is_said_before_temporal_is_asked() -> None:
    with pytest.raises(Wrong, match="--remedy: is missing"):
        draft("resolution", cause="a")
