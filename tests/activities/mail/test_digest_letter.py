"""The digest of what nobody answers, read whole in three languages, for one duty and for several."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.mail.wording import worded
from tests.activities.mail.golden_letters import compared_with_golden
from tests.activities.mail.post_office import NOTICED, letter, operating_model
from workflows.procedure.duties import SettledDuty
from workflows.procedure.languages import LANGUAGES, Language

MODEL = operating_model()


def owed(kind: str, **changes: Any) -> SettledDuty:
    facts: dict[str, Any] = {"duty": kind, "kind": kind, "due_at": NOTICED + timedelta(hours=4), "state": "overdue"}
    return SettledDuty.model_validate(facts | changes)


def told(language: Language, *settled: SettledDuty) -> str:
    some = letter(kind="unanswered", language=language, asked_at=NOTICED + timedelta(days=5), settled=settled)
    wording = worded(some, MODEL)
    return f"{wording.subject}\n\n{wording.body}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_duty_and_several(language: Language) -> None:
    one = told(language, owed("assess_breach"))
    several = told(language, owed("triage"), owed("assess_breach", state="no_longer"), owed("distribute_instruction"))
    compared_with_golden(f"unanswered.{language}", f"{one}\n{'=' * 72}\n\n{several}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_never_calls_an_own_target_law(language: Language) -> None:
    body = told(language, owed("assess_breach"), owed("triage")).casefold()
    assert not any(word in body for word in ("lakisääte", "lagstadga", "by law", "legal"))
