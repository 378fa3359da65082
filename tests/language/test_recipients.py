"""Whom a duty is owed to, in the reader's language, with the name of the company that the process has written."""

from __future__ import annotations

import pytest

from starter.language.names import recipient
from starter.language.words import Spoken, speak

TOLD: tuple[tuple[Spoken, str], ...] = (
    ("fi", "järjestelmän toimittaja (Esimerkki Ohjelmistot Oy (EO))"),
    ("sv", "systemets leverantör (Esimerkki Ohjelmistot Oy (EO))"),
    ("en", "the supplier of the system (Esimerkki Ohjelmistot Oy (EO))"),
)


@pytest.mark.parametrize(("language", "said"), TOLD)
def test_a_supplier_keeps_its_name(language: Spoken, said: str) -> None:
    speak(language)
    told = recipient("the supplier of the system (Esimerkki Ohjelmistot Oy (EO))")
    other = recipient("Ward Ltd (county)")
    speak("en")
    assert (told, other) == (said, "Ward Ltd (county)")
