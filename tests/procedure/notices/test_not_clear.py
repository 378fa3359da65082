"""What a careful person asks about before acting, in three languages: never certain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workflows.procedure.local_time import zone
from workflows.procedure.notices.reading import RawNotice, Reading, read_notice

THURSDAY = datetime(2026, 11, 26, 15, 20, tzinfo=zone())
FI, SV, EN = "Huolto Reseptikeskuksessa", "Underhåll i Receptcentret", "Maintenance in the Prescription Centre"


def _read(title: str, text: str) -> Reading:
    return read_notice(RawNotice(title=title, text=text, published_at=THURSDAY), THURSDAY + timedelta(minutes=9))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Reseptikeskuksen huolto peruttu", "Reseptikeskuksen huoltoa 1.12. klo 18–20 ei tehdä."),
        ("Reseptikeskuksen huolto ei toteudu", "Huolto 1.12. klo 18–20 jää pois."),
        ("Reseptikeskuksen huoltoa lykätään", "Huolto 1.12. klo 18–20 tehdään vasta myöhemmin."),
        ("Reseptikeskuksen huolto aikaistuu", "Huolto 1.12. klo 18–20 tehdäänkin 30.11. klo 18–20."),
        (
            "Huoltokatko Reseptikeskuksessa 1.12.",
            "Huolto on 1.12. klo 18–20 aiemmin ilmoitetun 2.12. klo 18–20 sijaan.",
        ),
        ("Häiriöharjoitus: Reseptikeskus poissa käytöstä", "Reseptikeskuksessa on häiriö."),
        ("Testitiedote", "Reseptikeskuksessa on häiriö. Tämä on testi."),
        ("TESTI: Häiriö Reseptikeskuksessa", "Reseptikeskuksessa on häiriö."),
        ("Häiriö Reseptikeskuksessa asiakastestipalvelussa", "Asiakastestipalvelun Reseptikeskuksessa on häiriö."),
        ("Häiriö testiympäristössä", "Reseptikeskuksen testiympäristössä on häiriö. Tuotanto toimii normaalisti."),
        ("Störning i kundtestmiljön", "I Receptcentrets testmiljö finns en störning."),
        (
            "Fault in the client test environment",
            "There is a fault in the Prescription Centre of the client test service.",
        ),
        ("Häiriö Reseptikeskuksessa mahdollinen", "Reseptikeskuksessa voi esiintyä häiriöitä 1.12. klo 18–20."),
        ("Mahdollinen häiriö Reseptikeskuksessa", "Selvitämme, onko Reseptikeskuksessa häiriö."),
        ("Reseptikeskuksessa ei ole häiriötä", "Reseptikeskus toimii normaalisti."),
        ("Ei häiriötä Reseptikeskuksessa", "Ilmoitettu häiriö ei johtunut Reseptikeskuksesta."),
        ("Häiriö Reseptikeskuksessa viime viikolla", "Reseptikeskuksessa oli häiriö viime viikolla."),
        (
            "Häiriö Reseptikeskuksessa 20.11.",
            "Reseptikeskuksessa oli häiriö perjantaina 20.11. klo 8–10. Selvitys valmistui.",
        ),
        ("Selvitys Reseptikeskuksen häiriöstä", "Häiriö johtui verkkolaitteesta."),
        (
            "Häiriö toimittajan järjestelmässä",
            "Toimittajan järjestelmässä on häiriö. Reseptikeskus toimii normaalisti.",
        ),
        ("Häiriö apteekkijärjestelmässä", "Apteekkijärjestelmä ei saa yhteyttä Reseptikeskukseen. Kela selvittää."),
        ("Häiriö OmaKannassa ja Reseptikeskuksessa", "OmaKanta toimii jo, mutta Reseptikeskuksessa häiriö jatkuu."),
        ("Häiriö Reseptikeskuksessa korjattu, Kelaimessa jatkuu", "Kelaimen häiriötä korjataan."),
        (
            "Reseptikeskuksen häiriö korjataan ensi yönä",
            "Reseptikeskuksessa on häiriö. Korjaus tehdään ensi yönä klo 1–3.",
        ),
        ("Störningen i Receptcentret har upphört men återkommit", "Receptcentret fungerar inte."),
        ("Receptcentrets underhåll är inställt", "Underhållet den 1 december kl. 18–20 görs inte."),
        ("Receptcentrets underhåll skjuts upp", "Underhållet den 1 december kl. 18–20 görs senare."),
        ("Övning: störning i Receptcentret", "Receptcentret är ur bruk."),
        ("Eventuell störning i Receptcentret", "Det kan förekomma störningar i Receptcentret."),
        ("Störning i leverantörens system", "Receptcentret fungerar normalt."),
        (
            "Maintenance of the Prescription Centre cancelled",
            "The maintenance on 1 December from 18 to 20 will not take place.",
        ),
        (
            "Maintenance of the Prescription Centre postponed",
            "The maintenance planned for 1 December, 18:00–20:00, will be done later.",
        ),
        ("Exercise: fault in the Prescription Centre", "There is a fault in the Prescription Centre."),
        ("No fault in the Prescription Centre", "The Prescription Centre works normally."),
        (
            "Fault in the Prescription Centre last Friday",
            "There was a fault in the Prescription Centre on 20 November.",
        ),
        ("Fault in the Prescription Centre fixed, Kelain still down", "Kelain does not work."),
        ("Possible disruption in the Prescription Centre", "We are checking whether there is a disruption."),
        ("Fault in a supplier's system", "The supplier's system cannot connect to the Prescription Centre."),
        ("Huolto Reseptikeskuksessa 31.11.", "Huolto 31.11. klo 18–20."),
        (FI, "Huolto 1.12.2025 klo 18–20."),
        (FI, "Huolto tiistaina 2.12. klo 18–20."),
        (FI, "Huolto 1.12. klo 20–18."),
        (FI, "Huolto 1.12. klo 18 alkaen."),
        (FI, "Huolto 1.12. klo 18–20 tai 2.12. klo 18–20."),
        (FI, "Huolto 1.12. klo 18–20 (UTC)."),
        (FI, "Huolto 1.12. klo 18–20 Ruotsin aikaa."),
        (SV, "Underhåll 1.12 kl. 18–20 svensk tid."),
        (EN, "Maintenance on 1 December 18:00–20:00 CET."),
        (EN, "Maintenance on 1 December 16:00–18:00 UTC."),
        (EN, "Maintenance on 12/1/2026 18:00–20:00."),
        (EN, "Maintenance on 1/12 18:00–20:00."),
        (EN, "Maintenance on 1 December 6:00–8:00 in the evening."),
        (FI, "Huolto 1.12. illalla klo 8–10."),
        (FI, "Huolto tänään 27.11. klo 18–20."),
        (FI, "Huolto viikolla 49 klo 18–20."),
        (FI, "Huolto torstaina klo 18–20."),
        (
            "Häiriö Reseptikeskuksessa",
            "OmaKannan tiedot ovat ajan tasalla häiriöstä huolimatta. Reseptikeskus ei vastaa.",
        ),
        (
            "Störning i Receptcentret",
            "Uppgifterna i MittKanta är uppdaterade trots störningen. Receptcentret svarar inte.",
        ),
        (
            "Fault in the Prescription Centre",
            "MyKanta is up to date despite the fault. The Prescription Centre is down.",
        ),
        ("Häiriö OmaKannassa", "Kirjautuminen OmaKantaan onnistuu taas ajoittain."),
        ("Häiriö OmaKannassa", "OmaKanta avautuu taas huomenna klo 8."),
        ("Reseptikeskus vastaa taas hitaasti", "Reseptikeskus vastaa taas hitaasti."),
        ("Reseptikeskus vastaa jälleen virheilmoituksella", ""),
        ("Receptcentret svarar igen, men ibland långsamt", "Receptcentret svarar igen långsamt."),
        ("MyKanta responds again, slowly", ""),
    ],
)
def test_it_is_left_to_a_person(title: str, text: str) -> None:
    assert not _read(title, text).certain


@pytest.mark.parametrize(
    "text",
    [
        "Huolto 1.12. klo 18–20 Suomen aikaa.",
        "Huolto 1.12. klo 18–20 (UTC+2).",
        "Huolto tiistai-iltana 1.12. klo 18–22.",
        "Huolto 1.12. klo 8–10 aamupäivällä. Toinen huolto 2.12. illalla klo 20–22.",
        "Huolto 1.12. klo 18–20. Kirjautuminen tai haku ei onnistu 20 minuuttiin.",
    ],
)
def test_what_only_looks_so_is_clear(text: str) -> None:
    reading = _read(FI, text)
    assert reading.certain, reading.why
