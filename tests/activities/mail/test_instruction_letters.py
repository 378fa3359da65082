"""How an authority's instruction is asked for again: letters to those who are missing, to deputies and to the roles.

``KANTADESK_RETELL=1`` writes the golden text again: read it as the ward that gets it at night.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.mail.wording import worded
from tests.activities.mail.post_office import NOTICED, letter, operating_model
from workflows.procedure.languages import LANGUAGES, Language
from workflows.process.ports import CUT_HERE

GOLDEN = Path(__file__).parent / "golden"
DUE = NOTICED + timedelta(hours=4)
ABOUT: dict[str, Any] = {"duty": "distribute_instruction", "duty_kind": "distribute_instruction", "due_at": DUE}
ASKED: dict[str, Any] = ABOUT | {
    "kind": "instruction_reminder",
    "to_acknowledge": "instruction-1",
    "text": "THL: Kirjaa lääkitys paperille.",
    "happened_at": NOTICED + timedelta(minutes=20),
    "asked_at": NOTICED + timedelta(hours=2),
}
LETTERS: dict[str, dict[str, Any]] = {
    "to one who has not acknowledged": ASKED,
    "to its deputy, late": ASKED | {"stands_in_for": ("ward-4", "ward-5"), "asked_at": DUE + timedelta(minutes=1)},
    "to its deputy, of a long one": ASKED | {"stands_in_for": ("ward-4",), "text": ASKED["text"] + CUT_HERE},
    "to one, of a long one": ASKED | {"text": ASKED["text"] + CUT_HERE},
    "to the role": ABOUT | {"kind": "reminder", "missing": ("ward-3", "ward-4")},
    "to the role, late": ABOUT | {"kind": "overdue", "missing": ("ward-4",)},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_for_word(language: Language) -> None:
    told = []
    for name, facts in LETTERS.items():
        wording = worded(letter(language=language, **facts), operating_model())
        told.append(f"=== {name}\n{wording.subject}\n\n{wording.body}")
    golden = GOLDEN / f"instruction.{language}.txt"
    if os.environ.get("KANTADESK_RETELL"):
        golden.write_text("\n".join(told), encoding="utf-8")
    assert "\n".join(told) == golden.read_text(encoding="utf-8")
