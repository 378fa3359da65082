"""The commands of what takes two persons: what they say, and which decision they mean."""

from __future__ import annotations

from typing import Any

import click
import pytest

from starter.duty.answer import Waiting, the_one_meant
from starter.language.words import Spoken, speak
from starter.terminal.errors import NotThere, Wrong
from starter.views.breach import show_breach_change, show_breach_status
from starter.views.said_by import said_by
from starter.views.second_person import WAITS
from tests.activities.breach.builder import status
from tests.builders import NOON
from workflows.process.messages import Happening, Sender
from workflows.process.second_person.decision import TwoPersonDecision

NOTIFY = "notify_supervisory_authority"


def decision(number: int = 1, **changes: Any) -> TwoPersonDecision:
    facts = {
        "id": "confirm_decision" if number == 1 else f"confirm_decision-{number}", "message": "duty_waived",
        "duty": NOTIFY, "reason": "No risk", "asked_by": "Anna Aalto", "asked_at": NOON,
    }  # fmt: skip
    return TwoPersonDecision.model_validate(facts | changes)


def test_what_waits_is_not_said_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    waiting = status(two_person_decisions=(decision(),))
    with click.Context(click.Command("waive")) as context:
        context.params["duty"] = NOTIFY
        show_breach_change("duty_waived", waiting)
        context.params["duty"] = "document_breach"
        show_breach_change("duty_waived", waiting)
    said = [line for line in capsys.readouterr().out.splitlines() if "B" in line]
    assert said[0].startswith(WAITS)
    assert any(line.startswith("Decision recorded: the duty is waived.") for line in said)


@pytest.mark.parametrize("state", ["confirmed", "declined", "withdrawn", "lapsed"])
def test_what_was_answered_waits_no_longer(state: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_breach_change(
        "conclusion", status(two_person_decisions=(decision(message="conclusion", duty="", state=state),))
    )
    assert WAITS not in capsys.readouterr().out


def test_the_only_one_is_meant_and_several_are_named() -> None:
    typed: dict[str, Any] = {"ref": "B-1", "decision": None}
    waiting: Waiting = [("breach", decision()), ("incident", decision(2, message="cancellation", duty=""))]
    assert the_one_meant(waiting[:1], typed) == waiting[0]
    assert the_one_meant(waiting, typed | {"decision": "confirm_decision-2"}) == waiting[1]
    with pytest.raises(Wrong, match=r"confirm_decision \(breach: waive duty .*confirm_decision-2 \(incident: cancel\)"):
        the_one_meant(waiting, typed)
    with pytest.raises(NotThere, match="nothing waits for another person in B-1"):
        the_one_meant([], typed)


@pytest.mark.parametrize(
    ("language", "mark"),
    [("fi", "varmistamaton lähettäjä"), ("sv", "overifierad avsändare"), ("en", "unverified sender")],
)
def test_a_stranger_is_marked_in_the_language_in_force(language: Spoken, mark: str) -> None:
    line = Happening(at=NOON, what="Situation changed", by="Head of IT", sender=Sender(came="clear"))
    speak(language)
    try:
        assert said_by(line) == f"Head of IT ({mark})"
    finally:
        speak("en")


def test_a_waived_duty_shows_both(capsys: pytest.CaptureFixture[str]) -> None:
    waived = {"state": "waived", "by": "Anna", "confirmed_by": "Bengt", "waived_reason": "-", "met_at": NOON}
    known = status()
    duties = tuple(duty.model_copy(update=waived) for duty in known.duties if duty.kind == NOTIFY)
    show_breach_status(known.model_copy(update={"duties": duties}), NOON)
    assert duties
    assert "not notified, by decision of Anna, confirmed by Bengt" in " ".join(capsys.readouterr().out.split())
