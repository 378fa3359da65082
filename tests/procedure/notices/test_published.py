"""What published notices say: services by their names, kinds by the vocabulary, which faults are still open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from workflows.procedure.notices.kinds import NoticeKind
from workflows.procedure.notices.mentions import services_mentioned
from workflows.procedure.notices.published import Notice, as_told, concerning, open_faults
from workflows.procedure.notices.reading import RawNotice, read_notice
from workflows.procedure.services import SERVICES, ServiceId


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Reseptikeskuksessa", "PRESCRIPTION"),
        ("reseptikeskukseen", "PRESCRIPTION"),
        ("Reseptikeskusta", "PRESCRIPTION"),
        ("Reseptipalvelussa", "PRESCRIPTION"),
        ("sähköisessä reseptissä", "PRESCRIPTION"),
        ("Receptcentrets driftstörning", "PRESCRIPTION"),
        ("the Prescription Centre's fault", "PRESCRIPTION"),
        ("Potilastiedon arkiston", "PDR"),
        ("Potilastietovarannosta", "PDR"),
        ("Patientdatalagret", "PDR"),
        ("Sosiaalihuollon asiakastietovarantoon", "CDR"),
        ("Kuva\u2011aineistojen arkistossa", "IMAGING"),
        ("OmaKannan", "MYKANTA"),
        ("Omakannassakin", "MYKANTA"),
        ("OMAKANTAAN", "MYKANTA"),
        ("Mina Kanta-sidor", "MYKANTA"),
        ("Kelaimessa", "KELAIN"),
        ("Kelaimeen", "KELAIN"),
        ("Tiedonhallintapalvelun", "DMS"),
        ("Lääketietokannasta", "MEDDB"),
        ("rajat ylittävän reseptin", "NCP"),
        ("Kansallisessa yhteyspisteessä", "NCP"),
        ("Kysely- ja välityspalvelu", "RELAY"),
        ("Vanhojen potilastietojen arkistoinnissa", "OLD"),
        ("Kanta Ekstranetissä", "EXTRANET"),
        ("Koodistopalvelimella", "CODE"),
    ],
)
def test_names_are_found_in_every_form(text: str, service: ServiceId) -> None:
    assert services_mentioned(f"Häiriö: {text}, klo 13.00") == (service,)


@pytest.mark.parametrize(
    "text",
    [
        "Reseptikeskustelu jatkuu",
        "Kelan palvelut",
        "Kelassa",
        "resepti, arkisto, Kanta-palvelut",
        "Potilastietojärjestelmä",
        "Muu palvelu, annan tjänst, other service",
        "xOmakanta",
        "",
    ],
)
def test_what_only_looks_like_a_name_is_not_found(text: str) -> None:
    assert services_mentioned(text) == ()


@pytest.mark.parametrize(
    ("text", "affected"),
    [
        ("Häiriö Reseptikeskuksessa ei vaikuta Kelaimeen.", ("PRESCRIPTION",)),
        ("Kelaimeen häiriö ei vaikuta.", ()),
        ("Häiriö Omakannassa, mutta Kelain toimii normaalisti", ("MYKANTA",)),
        ("Störningen i Receptcentret påverkar inte Kelain", ("PRESCRIPTION",)),
        ("MittKanta påverkas inte. Störning i Patientdatalagret", ("PDR",)),
        ("The fault in MyKanta does not affect the Prescription Centre", ("MYKANTA",)),
        ("Kelain is not blocked; the Patient Data Repository is slow", ("PDR",)),
        ("Häiriö ei vaikuta seuraaviin:\n- Kelain\n- OmaKanta\nVaikutus: Reseptikeskus", ("PRESCRIPTION",)),
        ("Häiriö Kelaimessa. Häiriö ei vaikuta Kelaimeen kirjautumiseen.", ("KELAIN",)),
    ],
)
def test_what_is_said_to_be_spared_does_not_count(text: str, affected: tuple[ServiceId, ...]) -> None:
    assert services_mentioned(text) == affected


def test_every_published_name_of_every_service_is_found() -> None:
    missed = [
        (service.id, name)
        for service in SERVICES.values()
        for name in service.names()
        if service.id != "OTHER" and service.id not in services_mentioned(f"Häiriö: {name}.")
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Häiriö Reseptikeskuksessa jatkuu", "", "change"),
        ("Häiriö Reseptikeskuksessa", "Häiriö on korjattu klo 15.10.", "end"),
        ("Häiriö Reseptikeskuksessa", "Tiedotamme, kun häiriö on korjattu.", "fault"),
        ("Huoltokatko Reseptikeskuksessa", "Palvelussa on katkoja.", "maintenance"),
        ("Oikaisu: Omakannan häiriö koski vain testamentteja", "", "correction"),
        ("Suomi.fi-tunnistuksen häiriö estää kirjautumisen OmaKantaan", "", "other"),
        ("Häiriö OmaKannassa, tämä on harjoitus", "", "other"),
        ("Palvelu on pois käytöstä", "", "other"),
        ("Reseptikeskuksen häiriö päättynyt", "Kelaimessa se jatkuu edelleen.", "other"),
        ("Häiriö Reseptikeskuksessa", "Kelain sai uuden ulkoasun.", "other"),
        ("Häiriö palvelussa", "Palvelu ei toimi. Myös Kelain on mainittu.", "other"),
    ],
)
def test_what_only_may_be_a_fault_does_not_keep_one_from_being_reported(
    title: str, text: str, kind: NoticeKind
) -> None:
    assert told(RawNotice(guid="1", title=title, text=text)).kind == kind


def told(raw: RawNotice) -> Notice:
    return as_told(raw, read_notice(raw, NOON))


def test_what_may_be_an_end_ends_a_fault() -> None:
    raw = RawNotice(guid="1", title="Häiriö OmaKannassa on korjattu, tämä on harjoitus", published_at=NOON)
    reading = read_notice(raw, NOON)
    assert (reading.kind, reading.certain) == ("end", False)
    assert as_told(raw, reading).kind == "end"
    assert open_faults([notice("fault", -1, services=["MYKANTA"]), as_told(raw, reading)]) == ()


def notice(kind: NoticeKind, hours: float | None, **fields: object) -> Notice:
    at = None if hours is None else NOON + timedelta(hours=hours)
    values = {"guid": f"{kind}-{hours}", "title": "Häiriö", "kind": kind, "published_at": at}
    return Notice.model_validate(values | fields)


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (notice("fault", 0, guid="7"), notice("end", 1, guid="7")),
        (notice("fault", 0, link="https://k/1"), notice("end", 1, link="https://k/1")),
        (
            notice("fault", 0, title="Häiriö: apteekkien reseptien haku"),
            notice("end", 1, title="Korjattu: apteekkien reseptien haku"),
        ),
        (notice("fault", 0, services=["KELAIN"]), notice("end", 0, services=["KELAIN", "MYKANTA"])),
        (notice("change", 0, services=["KELAIN"]), notice("end", 1, services=["KELAIN"])),
        (notice("fault", None, services=["KELAIN"]), notice("end", 1, services=["KELAIN"])),
    ],
)
def test_an_end_closes_the_fault_it_follows(fault: Notice, end: Notice) -> None:
    assert open_faults([end, fault]) == ()


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (notice("fault", 2, services=["KELAIN"]), notice("end", 1, services=["KELAIN"])),
        (notice("fault", 0, services=["KELAIN", "MYKANTA"]), notice("end", 1, services=["KELAIN"])),
        (notice("fault", 0), notice("end", 1)),
        (notice("fault", 0, services=["KELAIN"]), notice("correction", 1, services=["KELAIN"])),
        (notice("fault", 0, services=["KELAIN"]), notice("maintenance", 1, services=["KELAIN"])),
    ],
)
def test_nothing_else_closes_it(fault: Notice, end: Notice) -> None:
    assert open_faults([fault, end]) == (fault,)


def test_only_faults_and_their_changes_are_open_and_only_those_of_the_service_concern() -> None:
    kelain = notice("fault", 0, guid="1", services=["KELAIN"])
    mykanta = notice("change", 0, guid="2", services=["MYKANTA", "PDR"])
    planned = notice("maintenance", 0, guid="3", services=["KELAIN"])
    assert open_faults([kelain, mykanta, planned]) == (kelain, mykanta)
    assert concerning([kelain, mykanta, planned], ["PDR", "WILL"]) == (mykanta,)
    assert concerning([kelain], []) == ()


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read = told(RawNotice(guid="1", title=text, text=text))
    assert read.kind in ("fault", "change", "end", "correction", "maintenance", "other")
    assert set(read.services) <= set(SERVICES)
