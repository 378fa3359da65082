"""What processes write in English is said in the reader's language: refusals, timelines, the moments in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from starter.language.heard import heard
from starter.language.words import speak


@pytest.fixture
def finnish() -> Iterator[None]:
    speak("fi")
    yield
    speak("en")


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Duty 'report_to_kela' opened", "Velvoite alkoi: häiriöilmoitus Kelaan"),
        (
            "Duty 'phone_kela' is due 22.11.2026 14:05 (+02:00), as it was before",
            "Velvoitteen määräaika on 22.11.2026 klo 14.05, kuten aiemmin: soitto Kelan tekniseen tukeen",
        ),
        (
            "resolved_at (Sun 22.11.2026 13:00) lies before the fault was noticed (Sun 22.11.2026 14:05)",
            "resolved_at (su 22.11.2026 klo 13.00) on ennen häiriön huomaamista (su 22.11.2026 klo 14.05)",
        ),
        ("Told (start): 2 of 2 messages accepted", "Kerrottu (alkaminen): 2/2 viestiä otettiin vastaan"),
        ("Risk assessed: high", "Riski arvioitu: korkea"),
        ("Mitään tällaista ei tunneta", "Mitään tällaista ei tunneta"),
    ],
)
def test_a_text_of_a_process_is_said_in_finnish(written: str, said: str) -> None:
    assert heard(written) == said


def test_in_english_it_is_as_it_was_written() -> None:
    assert heard("Duty 'report_to_kela' opened") == "Duty 'report_to_kela' opened"


@pytest.mark.usefixtures("finnish")
def test_a_moment_that_comes_twice_keeps_its_offset() -> None:
    assert heard("25.10.2026 03:30 (+02:00)") == "25.10.2026 klo 03.30 (UTC+02:00)"
