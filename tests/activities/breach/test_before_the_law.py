"""A breach from before 25 May 2018: no paper and no letter about it names article 33 or its hours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.breach.register import register_docx
from activities.mail.wording import worded
from tests.activities.breach.builder import paper, status
from tests.activities.breach.written_papers import text_of
from tests.activities.documents.written_documents import words_of
from tests.activities.mail.post_office import letter
from tests.activities.mail.post_office import operating_model as of_the_desk
from workflows.breach.messages import Awareness, BreachStatus
from workflows.procedure.breach.rules import assessed_by
from workflows.procedure.deadlines import hours_in_words
from workflows.procedure.languages import LANGUAGES, Language

FIRST_DAY = datetime(2018, 5, 24, 21, 0, tzinfo=UTC)
"""The beginning of 25 May 2018 in Finland."""
BEFORE = FIRST_DAY - timedelta(seconds=1)
OF_THE_LAW = re.compile(r"33 artikla|artikel 33|Article 33|\b72\b")
PAPERS = ("authority_notification", "controller_notice", "kela_notice", "letter_to_subjects")


def known_since(moment: datetime, **changes: Any) -> BreachStatus:
    """A breach of which we became aware at a moment."""
    first = Awareness(aware_at=moment, recorded_at=moment, by="dpo", deadline_from=moment)
    return status(aware_at=moment, first_noticed_at=moment, awareness=(first,), **changes)


def known_text(kind: str, language: Language, role: str, moment: datetime) -> str:
    """A paper about it as a text."""
    return text_of(paper(paper=kind, controller="County A", status=known_since(moment, role=role)), language)


@pytest.mark.parametrize("role", ["controller", "joint_controller", "processor"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAPERS)
def test_no_paper_names_a_law_that_was_not_there(kind: str, language: Language, role: str) -> None:
    assert not OF_THE_LAW.findall(known_text(kind, language, role, BEFORE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_first_day_on_they_do(language: Language) -> None:
    assert set(OF_THE_LAW.findall(known_text("controller_notice", language, "processor", FIRST_DAY))) >= {"72"}
    assert len(OF_THE_LAW.findall(known_text("controller_notice", language, "joint_controller", FIRST_DAY))) == 1
    assert OF_THE_LAW.findall(known_text("authority_notification", language, "controller", FIRST_DAY))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("moment", "is_named"), [(BEFORE, False), (FIRST_DAY, True)])
def test_the_register_and_the_letters(language: Language, moment: datetime, *, is_named: bool) -> None:
    period = (moment - timedelta(days=1), moment + timedelta(days=1))
    register = words_of(register_docx([known_since(moment)], *period, moment, language=language))
    assert bool(OF_THE_LAW.findall(register)) is is_named
    for kind in ("breach_opened", "breach_notice_controller"):
        body = worded(letter(kind=kind, language=language, noticed_at=moment), of_the_desk()).body
        assert bool(OF_THE_LAW.findall(body)) is is_named, kind


def test_the_basis_and_the_hours_are_those_of_the_day() -> None:
    assert [hours_in_words(moment) for moment in (BEFORE, FIRST_DAY)] == ["", "72"]
    assert [assessed_by(moment, "Europe/Helsinki") for moment in (BEFORE, FIRST_DAY)] == [
        "",
        "GDPR art. 33, EDPB 9/2022: ",
    ]
