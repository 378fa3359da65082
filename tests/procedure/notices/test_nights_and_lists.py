"""Many ways to write one night, and one list of what is spared: read right, or left to a person with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workflows.procedure.local_time import zone
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

TUESDAY = datetime(2028, 2, 1, 10, 0, tzinfo=zone())
NIGHT = (datetime(2028, 2, 4, 22, 0, tzinfo=zone()), datetime(2028, 2, 5, 4, 0, tzinfo=zone()))
"""From Friday 4 February to Saturday 5 February."""


def read(title: str, text: str = "") -> Reading:
    return read_notice(RawNotice(title=title, text=text, published_at=TUESDAY), TUESDAY + timedelta(minutes=10))


@pytest.mark.parametrize(
    "words",
    [
        "Huolto perjantain 4.2. ja lauantain 5.2. välisenä yönä klo 22–4",
        "Huolto 4.–5.2. välisenä yönä klo 22–4",
        "Huolto 4.2.–5.2. välisenä yönä klo 22–4",
        "Huolto pe–la 4.–5.2. välisenä yönä klo 22–4",
        "Huolto perjantain ja lauantain välisenä yönä 4.–5.2. klo 22–4",
        "Huolto perjantain ja lauantain välisenä yönä (4.–5.2.) klo 22–4",
        "Huolto perjantain ja lauantain välisenä yönä klo 22–4",
        "Huolto perjantain 4. ja lauantain 5. helmikuuta välisenä yönä klo 22–4",
        "Huolto yöllä 4.–5.2. klo 22–4",
        "Huolto yönä 4.–5.2. klo 22–4",
        "Huolto yöllä 4.2.–5.2. klo 22–4",
        "Huolto la 5.2. vastaisena yönä klo 22–4",
        "Huolto lauantaita 5.2. vasten yöllä klo 22–4",
        "Huolto lauantain vastaisena yönä 5.2. klo 22–4",
        "Huolto lauantain vastaisena yönä klo 22–4",
        "Huolto lauantain vastaisena yönä, klo 22–4",
        "Huolto klo 22–4 lauantain vastaisena yönä",
        "Huolto klo 22–4 lauantain 5.2. vastaisena yönä",
        "Huolto klo 22–4 perjantain ja lauantain välisenä yönä",
        "Huolto klo 22–4 yöllä 5.2. vasten",
        "Huolto 5. helmikuuta vastaisena yönä klo 22–4",
        "Huolto 5.2. vastaisen yön aikana klo 22–4",
        "Huolto helmikuun 5. päivän vastaisena yönä klo 22–4",
        "Huolto perjantai-lauantai välisenä yönä klo 22–4",
        "Huolto perjantaista 4.2. klo 22 lauantaihin 5.2. klo 4",
        "Huolto alkaa perjantaina 4.2. klo 22 ja päättyy lauantaina klo 4",
        "Huolto pe 4.2. klo 22 – la klo 4",
        "Huolto pe 4.2. klo 22 – la 5.2. klo 4",
        "Huolto lauantain 5.2. vastaisena yönä klo 22.00 alkaen, kesto 6 tuntia",
        "Huolto yön aikana 4.–5.2. klo 22–4",
        "Huolto yöaikaan 4.–5.2. klo 22–4",
        "Huolto viikonvaihteen yönä 4.-5.2. klo 22–4",
        "Underhåll natten mot lördagen den 5 februari kl. 22–4",
        "Underhåll natten mellan fredagen den 4 och lördagen den 5 februari kl. 22–4",
        "Underhåll natten mellan den 4 och 5 februari kl. 22–4",
        "Underhåll natten till lördag 5.2 kl. 22–4",
        "Underhåll natten till lördag kl. 22–4",
        "Underhåll natten mot lördag kl. 22–4",
        "Underhåll natten 4–5 februari kl. 22–4",
        "Underhåll natten den 4–5 februari kl. 22–4",
        "Underhåll natten mellan fredag och lördag kl. 22–4",
        "Underhåll kl. 22–4 natten mot lördagen",
        "Underhåll kl. 22–4 natten till den 5 februari",
        "Underhåll under natten mot den 5 februari kl. 22–4",
        "Underhåll från fredag 4.2 kl. 22 till lördag kl. 4",
        "Maintenance on the night between Friday 4 and Saturday 5 February, 22:00–04:00",
        "Maintenance on the night of 4–5 February, 22:00–04:00",
        "Maintenance on the night of 4 to 5 February from 22:00 to 04:00",
        "Maintenance the night before Saturday 5 February, 22:00–04:00",
        "Maintenance in the night towards Saturday, 22:00–04:00",
        "Maintenance overnight 4/5 February, 22:00–04:00",
        "Maintenance overnight on 4–5 February, 22:00–04:00",
        "Maintenance overnight from Friday 4 to Saturday 5 February 22:00–04:00",
        "Maintenance from 22:00 on Friday 4 February until 04:00 the next morning",
        "Maintenance from 10 p.m. on Friday 4 February to 4 a.m. on Saturday",
        "Maintenance from Friday 10 pm to Saturday 4 am",
        "Maintenance on the night to Saturday 5 February from 22:00 to 04:00",
        "Maintenance on the night leading into Saturday 5 February, 22:00–04:00",
        "Maintenance during the night from Friday to Saturday, 22:00–04:00",
    ],
)
def test_a_night_from_friday_to_saturday(words: str) -> None:
    reading = read(f"Kelain {words}")
    assert [(window.starts_at, window.ends_at) for window in reading.windows] == [NIGHT]
    assert reading.certain, reading.why


@pytest.mark.parametrize(
    "words",
    [
        "Huolto perjantain ja lauantain 4.–5.2. välisenä yönä klo 22–4",
        "Huolto 5. päivän vastaisena yönä klo 22–4",
        "Huolto perjantai-iltana 4.2. klo 22 ja lauantaiaamuna klo 4 välillä",
        "Huolto perjantain vastaisena lauantaiyönä klo 22–4",
        "Underhåll natten mellan fredag och lördag (4–5.2) kl. 22–4",
        "Underhåll fredag natt 4.2 kl. 22–4",
        "Maintenance on Friday night 4 February 22:00–04:00",
    ],
)
def test_a_night_that_is_not_understood_is_left_to_a_person(words: str) -> None:
    assert not read(f"Kelain {words}").certain


def _listed(heading: str, entries: str) -> Reading:
    text = f"Reseptikeskuksessa on huoltokatko lauantaina 5.2. klo 18–22.\n\n{heading}\n{entries}"
    return read("Reseptikeskuksen huoltokatko", text)


ENTRIES = ["- Kelain\n- OmaKanta", "Kelain\nOmaKanta", "Kelain, OmaKanta"]


@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize(
    "heading",
    [
        "Ei vaikutusta seuraaviin palveluihin:",
        "Seuraaviin palveluihin ei vaikutusta",
        "Seuraavat palvelut toimivat normaalisti:",
        "Muut palvelut toimivat normaalisti",
        "Normaalisti toimivat palvelut",
        "Toimivat normaalisti",
        "Toimii normaalisti:",
        "Käytettävissä:",
        "Käytettävissä koko ajan",
        "Käytössä normaalisti:",
        "Ei katkoa",
        "Ei katkoa:",
        "Ilman katkoa toimivat:",
        "Katko ei koske:",
        "Katko ei koske seuraavia palveluja",
        "Palvelut, joihin katko ei vaikuta",
        "Palvelut, joita huolto ei koske:",
        "Vaikutus muihin palveluihin: ei vaikutusta",
        "Ennallaan:",
        "Avoinna:",
        "Auki:",
        "Katkon ulkopuolella",
        "Huollon ulkopuolella:",
        "Katkon aikana toimivat",
        "Katkon aikana käytettävissä:",
        "Säästyvät:",
        "Inte berörda tjänster",
        "Tjänster som inte berörs",
        "Tjänster som inte påverkas:",
        "Fungerar normalt",
        "Fungerar som vanligt:",
        "I bruk hela tiden:",
        "Tillgängliga hela tiden",
        "Utanför avbrottet:",
        "Påverkas inte",
        "Ingen påverkan på:",
        "Kan användas",
        "Not affected",
        "Services not affected:",
        "Unaffected services",
        "Available throughout:",
        "Available as usual",
        "Working normally",
        "Works normally:",
        "Remain in use:",
        "Still available",
        "No impact",
        "Outside the maintenance:",
        "In use during the maintenance",
        "Open:",
    ],
)
def test_a_list_of_what_is_spared(heading: str, entries: str) -> None:
    reading = _listed(heading, entries)
    assert (set(reading.services), set(reading.not_affected)) == ({"PRESCRIPTION"}, {"KELAIN", "MYKANTA"})
    assert reading.certain, reading.why


@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize(
    "heading", ["Häiriötön:", "Ei estynyt", "Ei mukana huollossa:", "No break:", "Katsotaan:", "Kolme seikkaa"]
)
def test_a_list_whose_heading_is_not_understood_is_left_to_a_person(heading: str, entries: str) -> None:
    assert not _listed(heading, entries).certain


LEAD = "Reseptikeskuksessa on huoltokatko lauantaina 5.2. klo 18–22."


@pytest.mark.parametrize(
    "sentence",
    [
        "Kelain ja OmaKanta toimivat katkon aikana.",
        "Kelain ja OmaKanta ovat käytettävissä katkon aikana.",
        "Kelainta ja OmaKantaa voi käyttää huollon aikana.",
        "Kelaimeen ja OmaKantaan katkolla ei ole vaikutusta.",
        "Huolto ei näy Kelaimessa eikä OmaKannassa.",
        "Kelain ja OmaKanta pysyvät auki yön yli.",
        "Kelain ja OmaKanta jäävät katkon ulkopuolelle.",
        "Katko ei koske Kelainta eikä OmaKantaa.",
        "Huolto tehdään niin, että Kelain ja OmaKanta toimivat koko yön.",
        "Kelaimen ja OmaKannan käyttö onnistuu huollosta huolimatta.",
        "Kelaimen ja OmaKannan käyttö onnistuu normaalisti huollon aikana.",
        "Kelain ja OmaKanta ovat koko ajan auki.",
        "Kelain ja OmaKanta säästyvät katkolta.",
        "Kelain: ei vaikutusta. OmaKanta: ei vaikutusta.",
        "Kelain och MittKanta fungerar under avbrottet.",
        "Kelain och MittKanta kan användas under natten.",
        "Kelain och MittKanta är i bruk under underhållet.",
        "Kelain och MittKanta hålls öppna.",
        "Avbrottet syns inte i Kelain och MittKanta.",
        "Användningen av Kelain och MittKanta lyckas trots avbrottet.",
        "Underhållet berör varken Kelain eller MittKanta.",
        "Kelain and MyKanta work during the maintenance.",
        "Kelain and MyKanta can be used during the break.",
        "Kelain and MyKanta are available during the maintenance.",
        "Kelain and MyKanta stay up.",
        "Neither Kelain nor MyKanta is affected.",
        "Kelain ja OmaKanta toimivat huollon ajan normaalisti.",
        "Kelain och MittKanta fungerar under avbrottet normalt.",
    ],
)
def test_a_sentence_that_spares(sentence: str) -> None:
    reading = read("Reseptikeskuksen huoltokatko", f"{LEAD} {sentence}")
    assert (set(reading.services), set(reading.not_affected)) == ({"PRESCRIPTION"}, {"KELAIN", "MYKANTA"})
    assert reading.certain, reading.why


@pytest.mark.parametrize(
    "sentence",
    [
        "Kelainta ja OmaKantaa voi käyttää.",
        "Muut palvelut, kuten Kelain ja OmaKanta, toimivat.",
        "Kelain: toimii. OmaKanta: toimii.",
        "Vaikutus Kelaimeen ja OmaKantaan: ei ole.",
        "Vaikutukset: Kelain ei, OmaKanta ei.",
        "Kelain and MyKanta: no impact.",
        "The work does not touch Kelain or MyKanta.",
        "You can use Kelain and MyKanta during the work.",
        "You can still use Kelain and MyKanta.",
    ],
)
def test_a_sentence_that_spares_in_words_not_known_is_left_to_a_person(sentence: str) -> None:
    assert not read("Reseptikeskuksen huoltokatko", f"{LEAD} {sentence}").certain


@pytest.mark.parametrize("sentence", ["Kelain fungerar under avbrottet.", "Huolto ei näy Kelaimessa.", "Kelain is up."])
def test_a_break_of_no_named_service_is_left_to_a_person(sentence: str) -> None:
    text = f"Palveluissa on huoltokatko lauantaina 5.2. klo 18–22. {sentence}"
    assert not read("Kanta-palvelujen huoltokatko", text).certain


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("Reseptikeskuksen huolto 5.2. klo 18–22", "Katko ei vaikuta Kelaimeen. Kelaimessa ei kuitenkaan näy uusia reseptejä.", "another"),  # noqa: E501  # one pattern or sentence
        ("Kanta-palvelut poissa käytöstä 5.2. klo 18–22, Kelainta lukuun ottamatta", "", "no Kanta service"),
        ("Virhe reseptien tiedoissa", "Osa tiedoista on tallentunut Reseptikeskukseen osin väärin.", "what goes on"),
    ],
)  # fmt: skip
def test_what_is_told_both_ways_or_in_part_is_left_to_a_person(title: str, text: str, why: str) -> None:
    reading = read(title, text)
    assert not reading.certain
    assert why in reading.why


def test_what_is_excepted_may_stand_on_either_side() -> None:
    before = read("Huolto 5.2. klo 18–22", "Kaikki palvelut Kelainta lukuun ottamatta ovat poissa käytöstä.")
    after = read("Huolto 5.2. klo 18–22", "Kaikki palvelut ovat poissa käytöstä lukuun ottamatta Kelainta.")
    assert [each.not_affected for each in (before, after)] == [("KELAIN",)] * 2


@pytest.mark.parametrize(
    "text",
    [
        "Vastaa kyselyyn 3.3. mennessä. Kysymme häiriötiedotteista ja huoltokatkoista.",
        "Kansliet är stängt. Inga serviceavbrott är planerade.",
    ],
)
def test_news_that_name_no_service_are_no_notice_of_a_fault(text: str) -> None:
    title = "Käyttäjäkysely on avattu" if "kyselyyn" in text else "Öppettider"
    reading = read(title, text)
    assert (reading.kind, reading.certain) == ("other", True), reading.why


def test_what_can_not_be_done_during_work_on_the_service_of_the_title_is_no_doubt() -> None:
    reading = read(
        "Underhåll i Receptcentret 5.2 kl. 18–22", "Då kan recept varken skrivas eller expedieras i Receptcentret."
    )
    assert reading.certain, reading.why
    moved = read("Underhåll i Receptcentret 5.2 kl. 18–22", "Underhållet i Receptcentret blir inte av.")
    assert not moved.certain
