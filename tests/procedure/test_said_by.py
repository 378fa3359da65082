"""Who has said something, in each language of the procedure."""

from __future__ import annotations

import pytest

from tests.builders import NOON
from workflows.incident.messages import Call
from workflows.procedure.duties import DutyState
from workflows.procedure.languages import Language
from workflows.process.messages import Happening, Sender

MARKED: dict[Language, str] = {
    "fi": "Virtanen (varmistamaton lähettäjä)",
    "sv": "Virtanen (overifierad avsändare)",
    "en": "Virtanen (unverified sender)",
}
CONFIRMED: dict[Language, str] = {
    "fi": "Virtanen, vahvistanut Berg",
    "sv": "Virtanen, bekräftat av Berg",
    "en": "Virtanen, confirmed by Berg",
}
WAIVED = DutyState(id="-", kind="triage", recipient="-", basis="-", opened_at=NOON, by="Virtanen", is_unverified=True)
SAID: list[Happening | Call | DutyState] = [
    Happening(at=NOON, what="-", by="Virtanen", sender=Sender(came="clear")),
    Call(called_at=NOON, number="-", by="Virtanen", reached=False, is_unverified=True),
    WAIVED,
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
@pytest.mark.parametrize("language", MARKED)
def test_a_stranger_is_marked_in_the_language(said: Happening | Call | DutyState, language: Language) -> None:
    assert said.said_by(language) == MARKED[language]


@pytest.mark.parametrize("language", CONFIRMED)
def test_who_has_confirmed_it_is_named(language: Language) -> None:
    waived = WAIVED.model_copy(update={"is_unverified": False, "confirmed_by": "Berg"})
    assert waived.said_by(language) == CONFIRMED[language]


def test_what_came_with_the_key_bears_no_mark_and_takes_no_room() -> None:
    known = Happening(at=NOON, what="-", by="Virtanen", sender=Sender(came="sealed", key="key-1"))
    call = Call(called_at=NOON, number="-", by="Virtanen", reached=False)
    assert [each.said_by("fi") for each in (known, call)] == ["Virtanen", "Virtanen"]
    assert "is_unverified" not in call.model_dump()
