"""The papers of three breaches as their recipients read them (``golden/``); written again with ``KANTADESK_RETELL=1``.

A changed word is seen here as a changed text: it is what an authority, a controller or a patient will read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.activities.breach.cases import PAPERS
from tests.activities.breach.written_papers import text_of
from workflows.procedure.languages import LANGUAGES, Language

GOLDEN = Path(__file__).parent / "golden"
READ: list[tuple[str, Language]] = [(name, language) for name in PAPERS for language in LANGUAGES]
OF_OTHER_LANGUAGES = {
    "fi": r"not known|Inte känt|Dataombudsman|Ombudsman|FPA",
    "sv": r"not known|[Ee]i vielä|Tietosuojavaltuutetun|Ombudsman|Kela\b|klo |Esimerkkilän|Tietohallinto",
    "en": r"[Ee]i vielä|Inte känt|Tietosuojavaltuutetun toimisto|Dataombudsman|klo |kl\. |Esimerkkilän|Tietohallinto",
}


@pytest.mark.parametrize(("name", "language"), READ)
def test_a_paper_reads_as_it_did(name: str, language: Language) -> None:
    golden = GOLDEN / f"{name}-{language}.txt"
    text = text_of(PAPERS[name], language)
    if os.environ.get("KANTADESK_RETELL"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "language"), READ)
def test_a_paper_speaks_to_its_recipient_alone_and_in_one_language(name: str, language: Language) -> None:
    text = text_of(PAPERS[name], language)
    assert not re.search(r"[\[\]]|Lähettäjälle|avsändaren|For the sender|kantadesk", text), "a remark or a placeholder"
    assert not re.search(OF_OTHER_LANGUAGES[language], text)
    assert not re.search(r"\([+-]\d\d:\d\d\)", text)


def test_every_golden_text_is_of_a_paper() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {f"{name}-{language}" for name, language in READ}
