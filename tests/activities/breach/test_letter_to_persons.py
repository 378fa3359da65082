"""The letter to the persons concerned: plain, in its own language, with advice that fits what happened."""

from __future__ import annotations

import docx
import pytest

from tests.activities.breach.builder import (
    paper,
    risk,
    status,
)
from tests.activities.breach.written_papers import Write, english, path_of, text_of
from workflows.procedure.languages import Language


@pytest.mark.parametrize(
    ("language", "jargon"),
    [
        ("fi", ("artikla", "rekisterinpitäjä", "asetu", "GDPR", "(+03:00)")),
        ("sv", ("artikel", "personuppgiftsansvarig", "förordning", "GDPR", "(+03:00)")),
        ("en", ("Article", "controller", "Regulation", "GDPR", "(+03:00)")),
    ],
)
def test_the_letter_to_the_persons_is_plain(language: Language, jargon: tuple[str, ...]) -> None:
    text = text_of(paper(paper="letter_to_subjects"), language)
    assert [word for word in jargon if word in text] == []
    assert "23.10.2026" in text
    assert "+358 9 000 0002" in text
    assert "dpo" not in text
    for of_the_assessment in ("Lääkitystä koskevat tiedot", "Työntekijän käyttöoikeudet"):
        assert (of_the_assessment in text) is (language == "fi"), "written for the authority, in one language"
    names = {"fi": "tietoturvaloukkaukse", "sv": "personuppgiftsincident", "en": "personal data breach"}
    assert names[language] in text
    assert "Kela" not in text, "the other controllers are nobody's business"


async def test_the_letter_says_what_was_written_for_it_in_its_own_language(write: Write) -> None:
    words = {
        name: {"fi": f"{name} suomeksi.", "sv": f"{name} på svenska."}
        for name in ("plain_event", "plain_consequences", "plain_measures", "plain_advice")
    }
    first, second = risk(**words), risk(plain_advice={"fi": "Soita meille."})
    for language, spoken in (("fi", "suomeksi"), ("sv", "på svenska")):
        wanted = paper(
            paper="letter_to_subjects", languages=(language,), key=language, status=status(risks=(first, second))
        )
        documents = await write(wanted)
        text = path_of(documents[1]).read_text(encoding="utf-8")
        said = [name for name in words if f"{name} {spoken}." in text]
        assert said == [name for name in words if (name, language) != ("plain_advice", "fi")]
        assert ("Soita meille." in text) is (language == "fi")
        assert "Lääkitystä" not in text
        assert len(list(docx.Document(str(path_of(documents[0]))).comments)) == 1
    standard = await write(
        paper(paper="letter_to_subjects", languages=("en",), key="en", status=status(risks=(first,)))
    )
    assert len(list(docx.Document(str(path_of(standard[0]))).comments)) == 2, "the sender hears that words are lacking"


def test_advice_follows_the_kind_of_breach_once() -> None:
    gone = status(kinds=("loss", "destruction", "unavailability"))
    text = english(paper="letter_to_subjects", status=gone)
    assert text.count("Keep the papers, instructions and certificates") == 1
    assert "In an emergency call 112." in text or "In an emergency, call 112." in text
    assert "bank codes" not in text
