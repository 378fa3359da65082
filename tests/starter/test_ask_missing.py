"""In a terminal every command asks for what it needs; an answer can be changed; elsewhere nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from starter.language.words import Spoken, speak
from starter.sending import ask_missing
from starter.sending.ask_missing import with_what_is_missing
from starter.terminal import prompts
from starter.terminal.errors import Wrong
from workflows.contract import CONTRACTS
from workflows.contract import INCIDENT_MESSAGES as INCIDENT
from workflows.maintenance.messages import MaintenanceOpening

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Typing = Callable[..., list[str]]


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Somebody at a terminal who types these lines; what was asked is answered."""

    def typed(*lines: str) -> list[str]:
        asked, left = [], list(lines)

        def line(question: str) -> str:
            asked.append(question)
            return left.pop(0)

        monkeypatch.setattr(prompts, "line", line)
        monkeypatch.setattr(ask_missing, "may_ask", lambda: True)
        return asked

    return typed


def test_who_was_reached_is_asked_of_a_call_that_reached_somebody(typing: Typing) -> None:
    call, given = INCIDENT["phone_escalation"], {"by": "x", "called_at": AT, "number": "1"}
    asked = typing("yes", "M. Virtanen", "")
    assert with_what_is_missing(call, given, AT) == {**given, "reached": True, "person": "M. Virtanen"}
    assert asked[1] == "Who was reached?"
    asked = typing("no", "")
    assert with_what_is_missing(call, given, AT)["reached"] is False
    assert len(asked) == 2


def test_one_answer_is_changed_before_it_goes(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"by": "x", "resolved_at": AT}
    typing("Certificat", "", "Renewed", "7", "1", "Certificate expired", "")
    done = with_what_is_missing(INCIDENT["resolution"], given, AT)
    assert (done["cause"], done["remedy"]) == ("Certificate expired", "Renewed")
    assert "What caused it? Certificat\n" in capsys.readouterr().err
    typing("Certificat", "Renewed", "n")
    with pytest.raises(Wrong, match="nothing was sent"):
        with_what_is_missing(INCIDENT["resolution"], given, AT)


def test_a_contact_is_given_by_id_or_by_part_of_its_name(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    ack, given = INCIDENT["acknowledgement"], {"by": "x", "what": "INSTR-1"}
    typing("hälsostation", "")
    assert with_what_is_missing(ack, given, AT)["contact"] == "health-station-coast"
    assert "Which contact? Kustens hälsostation\n" in capsys.readouterr().err
    typing("nobody like that", "desk", "")
    assert with_what_is_missing(ack, given, AT)["contact"] == "desk"
    assert "Please give one of these: Palvelupiste (24/7) (desk); " in capsys.readouterr().err


def is_asked_for(model: type[BaseModel]) -> list[str]:
    """The fields of a message that may be asked for in a terminal, but those that commands fill in by themselves."""
    own = {"by", "reference", "drill", "duty", "number"}
    own |= {"outcome", "severity", "extensive"} if model.__name__ in ("BreachAssessment", "Triage") else set()
    return [name for name, field in model.model_fields.items()
            if field.is_required() and name not in own and ask_missing._can_be_asked(model, name)]  # fmt: skip


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("process", ["Incident", "DataBreach", "Maintenance"])
def test_what_is_asked_for_is_a_question(process: str, language: Spoken) -> None:
    models: list[type[BaseModel]] = [
        *CONTRACTS[process].messages.values(),
        *([MaintenanceOpening] if process == "Maintenance" else []),
    ]
    speak(language)
    asked = {ask_missing.question_of(model, name) for model in models for name in is_asked_for(model)}
    speak("en")
    assert asked
    assert not {each for each in asked if "?" not in each}


def test_a_break_is_asked_for_with_its_times_ahead(typing: Typing) -> None:
    typing("New version", "1", "nonsense", "tomorrow 06:00", "tomorrow 08:00", "")
    given = {"reference": "MNT-1"}
    done = with_what_is_missing(MaintenanceOpening, given, AT)
    opening = MaintenanceOpening.model_validate(done)
    assert (opening.title, len(opening.services)) == ("New version", 1)
    assert opening.ends_at > opening.starts_at > AT


def test_nothing_is_asked_where_nothing_lacks_or_nobody_can_answer(
    typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = typing()
    whole = {"by": "x", "text": "t"}
    assert with_what_is_missing(INCIDENT["situation_update"], whole, AT) == whole
    monkeypatch.setattr(ask_missing, "may_ask", lambda: False)
    assert with_what_is_missing(INCIDENT["situation_update"], {"by": "x"}, AT) == {"by": "x"}
    assert asked == []


@pytest.mark.parametrize(
    ("process", "name"), [(process, name) for process, contract in CONTRACTS.items() for name in contract.messages]
)
def test_of_each_message_all_that_is_needed_can_be_asked_for(process: str, name: str, typing: Typing) -> None:
    """But for what the dialogues of their own ask (criteria), and what processes say to each other."""
    model: Any = CONTRACTS[process].messages[name]
    needed = {each for each, field in model.model_fields.items() if field.is_required()}
    typing()
    unasked = {each for each in needed if not ask_missing._can_be_asked(model, each)}
    by_machines = name in ("followed_by", "lead_state", "incident_ended", "feed_notice", "notices_seen")
    assert unasked <= {"criteria"} or by_machines, (process, name, unasked)
