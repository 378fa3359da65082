"""The letter that tells several which were held back: what each said, and how things stand now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.mail.wording import identity_code_in, worded
from tests.activities.mail.golden_letters import compared_with_golden
from tests.activities.mail.post_office import NOTICED, letter, operating_model
from workflows.procedure.duties import SettledDuty
from workflows.procedure.languages import LANGUAGES, Language
from workflows.process.ports import Letter

MODEL = operating_model()
BEGUN = NOTICED + timedelta(hours=1)


def held(language: Language) -> tuple[Letter, ...]:
    shared = {"language": language, "severity": "low"}
    return (
        letter(kind="start", asked_at=BEGUN, **shared),
        letter(kind="change", asked_at=BEGUN + timedelta(hours=2), text="Paper is used.\nCall the ward.", **shared),
        letter(
            kind="reminder", asked_at=BEGUN + timedelta(hours=3), duty="report_to_kela", duty_kind="report_to_kela",
            due_at=BEGUN + timedelta(hours=4), **shared,
        ),
    )  # fmt: skip


def told(language: Language, *waited: Letter, settled: tuple[SettledDuty, ...] = ()) -> str:
    some = letter(
        kind="held_back", language=language, asked_at=BEGUN + timedelta(hours=9), held=waited, settled=settled
    )
    wording = worded(some, MODEL)
    return f"{wording.subject}\n\n{wording.body}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_and_several(language: Language) -> None:
    done = SettledDuty(duty="report_to_kela", kind="report_to_kela", due_at=BEGUN + timedelta(hours=4), state="met")
    several, one = told(language, *held(language), settled=(done,)), told(language, held(language)[2], settled=(done,))
    compared_with_golden(f"held_back.{language}", f"{one}\n{'=' * 72}\n\n{several}")


def test_no_identity_code_goes_out_with_what_waited() -> None:
    waited = letter(kind="change", asked_at=BEGUN, text="Of 131052-308T.")
    some = letter(kind="held_back", language="en", asked_at=BEGUN, held=(waited,))
    assert identity_code_in(some, worded(some, MODEL)) is not None


def test_text_that_somebody_wrote_is_no_template() -> None:
    waited = letter(kind="change", language="en", asked_at=BEGUN, text="{{ call_back }} {% endfor %}")
    assert "{{ call_back }} {% endfor %}" in told("en", waited)
