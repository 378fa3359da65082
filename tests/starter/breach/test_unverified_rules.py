"""A rule that nobody has verified is named by its duty in the reader's language, never by an id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from starter.language.words import Spoken, speak
from starter.views.breach import of_a_rule
from workflows.breach.messages import BreachStatus
from workflows.procedure.duties import DutyState

OPENED = datetime(2026, 11, 28, tzinfo=UTC)
RULE = "report_deviation: Act 703/2023 (section not verified)"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Laki 703/2023 (pykälää ei ole tarkistettu)"),
        ("sv", "Lag 703/2023 (paragrafen är inte kontrollerad)"),
        ("en", "Act 703/2023 (section not verified)"),
    ],
)
def test_it_is_said_by_name(language: Spoken, said: str) -> None:
    duty = DutyState(
        id="report_deviation", kind="report_deviation", state="open", recipient="thl", basis="", opened_at=OPENED
    )
    facts: dict[str, Any] = {"duties": (duty,)}
    speak(language)
    try:
        shown = of_a_rule(RULE, BreachStatus.model_construct(**facts))
    finally:
        speak("en")
    assert shown.endswith(f": {said}")
    assert "report_deviation" not in shown
