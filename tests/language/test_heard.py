"""What processes write in English is said in the reader's language: refusals, timelines, the moments in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from starter.language.heard import heard
from starter.language.words import Spoken, speak
from workflows.procedure import rule_data
from workflows.procedure.breach.roles import contradictions


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
            "häiriön päättymisaika (su 22.11.2026 klo 13.00) on ennen häiriön huomaamista (su 22.11.2026 klo 14.05)",
        ),
        ("Told (start): 2 of 2 messages accepted", "Kerrottu (alkaminen): 2/2 viestiä otettiin vastaan"),
        ("Risk assessed: high", "Riski arvioitu: korkea"),
        ("to desk, duty officer, health-stations", "vastaanottajat: käyttötuki; päivystäjä; terveysasemat"),
        ("desk acknowledged report_to_kela", "Palvelupiste (24/7) kuittasi: häiriöilmoitus Kelaan"),
        ("Kela acknowledged the fault", "Kela acknowledged the fault"),
        ("to out-of-hours, health-stations", "vastaanottajat: out of hours; terveysasemat"),
        ("by way of cli", "lähde: komentorivi"),
        ("hairioilmoitus-1.docx; accepted, 4c@example.org", "hairioilmoitus-1.docx; vastaanotettu, 4c@example.org"),
        (
            "GDPR art. 33, EDPB 9/2022: the privacy of a patient or client may be compromised",
            "Tietosuoja-asetus, 33 artikla, EDPB 9/2022: potilaan tai asiakkaan tietosuoja voi vaarantua",
        ),
        ("Mitään tällaista ei tunneta", "Mitään tällaista ei tunneta"),
    ],
)
def test_a_text_of_a_process_is_said_in_finnish(written: str, said: str) -> None:
    assert heard(written) == said


def test_in_english_it_is_as_it_was_written_but_for_the_names_of_duties() -> None:
    assert heard("Nothing of this is known") == "Nothing of this is known"
    assert heard("Duty 'triage-2' opened") == "Duty 'triage of the fault' opened"
    assert heard("desk acknowledged report_to_kela") == "desk acknowledged fault report to Kela"
    assert heard("there is no duty 'x-1'") == "there is no duty 'x-1'"


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Duty 'triage-2' met late", "Velvoite täytetty myöhässä: häiriön arviointi"),
        ("Changed: title, ends_at", "Muutettu: otsikko, suunniteltu päättymisaika"),
        ("Corrected: noticed at, error message", "Korjattu: huomaamisen ajankohta, virheilmoitus"),
        ("Tell by email: two weeks before of window 2", "Kerrottu, sähköposti: kaksi viikkoa ennen, katko 2"),
        ("tell by text message: kaksi tuntia ennen", "kerrotaan, tekstiviesti: kaksi tuntia ennen"),
        ("severity: high -> critical", "vakavuus: vakava → kriittinen"),
        ("nis2_significant: True, device_hazard: near_miss",
         "kyberturvallisuuslain merkittävä poikkeama: kyllä, lääkinnällisen laitteen vaaratilanne: läheltä piti"),
        ("24.12.2026 06:00 (+02:00) - 24.12.2026 09:00 (+02:00), 2 windows",
         "24.12.2026 klo 06.00 – 24.12.2026 klo 09.00, 2 katkoa"),
        ("Problem: maintenance changed to desk by text message",
         "Katsottava: katko muuttui, Palvelupiste (24/7), tekstiviesti"),
        ("Problem: duty report_to_kela-2", "Katsottava: velvoite: häiriöilmoitus Kelaan"),
        ("Problem: writing letter to subjects", "Katsottava: asiakirjan kirjoittaminen: kirje rekisteröidyille"),
        ("desk acknowledged two_weeks_before", "Palvelupiste (24/7) kuittasi: kaksi viikkoa ennen"),
    ],
)  # fmt: skip
def test_fields_points_and_kinds_of_letters_have_names(written: str, said: str) -> None:
    assert heard(written) == said


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize(
    "said_by_a_person",
    ["duty officer called the ward", "it is fixed now", "telling them was hard", "spoke to anna by text message",
     "monday - tuesday", "the title is wrong"],
)  # fmt: skip
def test_what_a_person_wrote_is_left_alone(said_by_a_person: str) -> None:
    assert heard(said_by_a_person) == said_by_a_person


@pytest.mark.usefixtures("finnish")
def test_a_moment_that_comes_twice_keeps_its_offset() -> None:
    assert heard("25.10.2026 03:30 (+02:00)") == "25.10.2026 klo 03.30 (UTC+02:00)"


SENTENCES = re.compile(r"(?<=[.]) (?=[A-Z])")
SAID_BY_THE_RULES = [
    sentence
    for file, tables in (("breach_duties", "duties"), ("registers", "positions"))
    for entry in rule_data.read(file)[tables]
    for text in (entry.get("basis", ""), *SENTENCES.split(entry.get("note", "")))
    if (sentence := text)
]


@pytest.mark.parametrize("said", dict.fromkeys(SAID_BY_THE_RULES))
@pytest.mark.parametrize("language", ["fi", "sv"])
def test_what_the_rules_say_of_a_duty_is_said_in_the_readers_language(said: str, language: Spoken) -> None:
    speak(language)
    shown = heard(said)
    speak("en")
    assert shown != said
    assert not re.search(r"\b(?:the|of|within|section|days|own)\b", shown), shown


@pytest.mark.usefixtures("finnish")
def test_an_unexpected_role_is_told_without_a_word_of_english() -> None:
    [sentence] = contradictions("controller", ("PRESCRIPTION",), date(2026, 11, 27))
    assert heard(sentence).startswith("Resepti-palvelu (Reseptikeskus): odotettu rooli 1.1.2024 alkaen on "
                                      "yhteisrekisterinpitäjä Kelan kanssa")  # fmt: skip
    assert "Kela sekä kukin palvelunantaja ja apteekki; yhteyspiste on Kela." in heard(sentence)
