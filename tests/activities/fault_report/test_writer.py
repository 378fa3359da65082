"""The fault report form: what it says, what it refuses, and that it survives everything strangers write."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import docx
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.documents.docx_file import saved
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.stand_in_template import TEMPLATE, template_document
from activities.fault_report.values import form_values, report_facts
from activities.fault_report.writer import FaultReportForm
from tests.activities.documents.written_documents import files_in, pdf_text
from tests.activities.fault_report.builder import (
    ANSWERS,
    CODE,
    NOTICED,
    decided,
    fault_report,
    hostile_report,
    operating_model,
    status,
)
from tests.builders import opening
from workflows.incident.measures import measures_of
from workflows.incident.messages import IncidentOpening
from workflows.incident.ports import DeskMeasure, FaultReport
from workflows.incident.record import IncidentRecord
from workflows.procedure.duties import DutyState
from workflows.procedure.incident.further_reports import FormChange
from workflows.procedure.incident.report_form import ALL_FIELDS, FORM, ReportDetails
from workflows.procedure.notices.published import Notice
from workflows.procedure.operating_model.model import System
from workflows.process.messages import Document, SentMessage
from workflows.process.ports import PERSONAL_DATA_FOUND

Write = Callable[..., Any]
NEVER_KNOWN = {"attachments", "breach_data"}
DETAILS = ReportDetails(
    began_at=NOTICED,
    function="Uusiminen",
    message_ids="1.2.246.10.999.4711 08:41",
    reproducible="Joka kerta",
    units_affected=4,
    users_affected=120,
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Run the activity as the worker does; keyword arguments go to the operating model's section ``report``."""

    async def written(report: FaultReport, **section: Any) -> Document:
        form = FaultReportForm(lambda: operating_model(**section), tmp_path, CaseFolders(tmp_path / "cases"))
        answer = await ActivityEnvironment().run(form.write_fault_report, report)
        assert isinstance(answer, Document)
        return answer

    return written


def path_of(document: Document) -> Path:
    return Path(unquote(urlparse(document.uri).path))


def rows_of(path: Path) -> dict[str, str]:
    """The form as people read it: Finnish label and value."""
    tables = docx.Document(str(path)).tables
    return {row.cells[0].text.split("\n")[0]: row.cells[1].text for table in tables for row in table.rows}


async def test_the_form_says_everything_that_is_known(write: Write) -> None:
    document = await write(fault_report())
    rows = rows_of(path_of(document))
    assert rows["Ilmoituksen tyyppi"] == "Uusi ilmoitus"
    assert rows["Organisaation OID"] == "1.2.246.537.6.202.999"
    assert rows["Kanta-palvelu"].startswith(
        "Resepti-palvelu (Reseptikeskus) (myös: Reseptiarkisto)\nPotilastietovaranto"
    )
    assert rows["Havaittu"] == "22.11.2026 klo 08.40"
    assert rows["Virheilmoitus ja virhekoodi sanatarkasti"] == fault_report().error_message
    assert rows["Kriittinen"].startswith("Kyllä. Organisaation määritelmä: potilashoito vaarantuu")
    assert rows["Täyttyvät kriteerit"] == "1, 2, 3 (ei tiedossa, lasketaan täyttyväksi)\nKriteerit: kanta-en-current"
    assert rows["6. Häiriö ei ole Kanta-palveluissa, mutta estää niiden käytön"] == "Ei"
    assert "tavoitettu: Kelan päivystäjä, Kelan viite KELA-4711" in rows["Soitot Kelan tekniseen tukeen"]
    assert rows["Kelan viite"] == "KELA-4711"
    assert "Lääkäri Liisa" not in "\n".join(rows.values())


def test_only_what_nobody_asks_for_stays_empty() -> None:
    ended = status(
        resolved_at=NOTICED,
        breach="BR-1",
        decisions=decided(answers=ANSWERS | {"privacy": "yes"}, reasons=dict.fromkeys(ANSWERS, "koska")),
    )
    changes = (FormChange(field="severity", before="high", after="critical"),)
    values = form_values(fault_report(status=ended, details=DETAILS, changes=changes), operating_model())
    fields = {field.id for field in FORM.fields if field.section != "remarks"}
    assert fields <= set(values) <= set(ALL_FIELDS)
    assert {field for field, value in values.items() if not value} == NEVER_KNOWN


def changed(*changes: tuple[str, str, str], **report: Any) -> str:
    told = tuple(FormChange(field=field, before=before, after=after) for field, before, after in changes)
    return form_values(fault_report(changes=told, **report), operating_model())["changes"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("severity", "high", "critical"), "Vakavuus: Vakava -> Kriittinen"),
        (("extensive", "no", "yes"), "Laaja: Ei -> Kyllä"),
        (("symptoms", "", ""), "Oireet: uusi teksti alla"),
        (("locality", "unknown", "kela"), "Paikannus: Ei tiedossa -> Kelan palvelukokonaisuus"),
        (("ended_at", "", "2026-11-22T08:00:00+00:00"), "Päättynyt: ei mitään -> 22.11.2026 klo 10.00"),
        (("criteria_met", "privacy", "localised_to_kela,privacy"), "Täyttyvät kriteerit: 4 -> 2, 4"),
        (("services", "MYKANTA", "MYKANTA,PDR"), "Kanta-palvelu: OmaKanta -> OmaKanta, Potilastietovaranto"),
        (("units_affected", "", "4"), "Yksiköitä, joita häiriö koskee: ei mitään -> 4"),
        (("system", "", "Aurora"), "Järjestelmä: ei mitään -> Aurora"),
    ],
)
def test_each_change_has_its_words(change: tuple[str, str, str], line: str) -> None:
    assert changed(change) == line


def owed(kind: str, reference: str, **changes: Any) -> DutyState:
    usual = {"id": kind, "kind": kind, "recipient": "Kela", "basis": "", "opened_at": NOTICED, "met_at": NOTICED}
    return DutyState.model_validate(usual | {"state": "met", "reference": reference} | changes)


OLD_MAIL = f"{'0a' * 16}@esimerkkila.example"
"""The Message-ID of a mail that the status no longer lists."""


@pytest.mark.parametrize(
    ("duties", "said"),
    [
        ((owed("report_to_kela", "abc@esimerkkila.example"),), ""),
        ((owed("report_to_kela", OLD_MAIL), owed("end_to_kela", f"<{OLD_MAIL}>")), ""),
        ((owed("report_to_kela", "K-1"), owed("phone_kela", "K-2"), owed("end_to_kela", "K-1")), "K-1, K-2"),
        ((owed("report_to_kela", "tiketti 7 / tuki@kela.example"),), "tiketti 7 / tuki@kela.example"),
        ((owed("triage", "T-1"),), ""),
    ],
)
def test_kelas_reference_is_one_that_a_person_was_given(duties: tuple[DutyState, ...], said: str) -> None:
    mail = SentMessage(id="abc@esimerkkila.example", to="Kela", purpose="report", state="accepted")
    known = status(calls=(), duties=duties, messages=(mail,))
    assert form_values(fault_report(status=known), operating_model())["kela_reference"] == said


def test_what_the_desk_has_done_is_said_in_finnish_with_local_times() -> None:
    changes = [
        {"field": "severity", "before": "high", "after": "critical"},
        {"field": "extensive", "before": "no", "after": "yes"},
        {"field": "services", "before": "MYKANTA", "after": "MYKANTA,PDR"},
    ]
    done: list[dict[str, Any]] = [
        {"kind": "call", "number": "020 1", "reached": True, "person": "A. Alku", "text": "Tiedossa"},
        {"kind": "call", "number": "020 1"},
        {"kind": "update", "text": "Leviää", "changes": changes},
        {"kind": "supplement", "text": "Myös yöajo"},
        {"kind": "reopened"},
    ]
    changed = (
        "Vakavuus: Vakava -> Kriittinen; Laaja: Ei -> Kyllä; Kanta-palvelu: OmaKanta -> OmaKanta, Potilastietovaranto"
    )
    measures = tuple(DeskMeasure.model_validate({"at": NOTICED, **each}) for each in done)
    said = form_values(fault_report(measures=("Vanha rivi",), done=measures), operating_model())["measures"]
    assert said.split("\n") == [
        "Vanha rivi",
        "22.11.2026 klo 08.40: soitto numeroon 020 1, tavoitettu: A. Alku. Tiedossa",
        "22.11.2026 klo 08.40: soitto numeroon 020 1, ei tavoitettu",
        f"22.11.2026 klo 08.40: tilanne muuttui. {changed}. Leviää",
        "22.11.2026 klo 08.40: lisätieto Kelalle. Myös yöajo",
        "22.11.2026 klo 08.40: häiriö palasi",
    ]


@pytest.mark.parametrize("before", [("False", "True"), ("no", "yes")])
def test_the_timeline_gives_the_measures_their_parts(before: tuple[str, str]) -> None:
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("T-1")), NOTICED)
    words = f"Leviää; nyt: a -> b; services: PRESCRIPTION -> PRESCRIPTION, PDR; extensive: {before[0]} -> {before[1]}"
    record.note(NOTICED, "Situation changed", "desk", words)
    record.note(NOTICED, "Kela is to be told more", "desk", f"Myös {CODE}")
    record.note(NOTICED, "Report no. 1 sent", "desk", "severity: low -> high")
    update, told = measures_of(record)
    assert (update.kind, update.text) == ("update", "Leviää; nyt: a -> b")
    assert [(each.field, each.before, each.after) for each in update.changes] == [
        ("services", "PRESCRIPTION", "PRESCRIPTION,PDR"),
        ("extensive", "no", "yes"),
    ]
    assert told.kind == "supplement"
    assert CODE not in told.text


@pytest.mark.parametrize("same", ["yes", "no", "unknown"])
def test_a_notice_in_the_form_has_its_age_and_whether_it_is_this_fault(same: str) -> None:
    notice = Notice(guid="1", title="Häiriö", link="https://kanta.example/1", published_at=NOTICED)
    changed_at = NOTICED + timedelta(hours=1)
    known = status(known_notice=notice, notice_changed_at=changed_at, decisions=decided(same_as_notice=same))
    said = form_values(fault_report(status=known), operating_model())["notice_check"].split("\n")
    assert said == [
        "Tarkistettu 22.11.2026 klo 08.46. Tiedote: Häiriö https://kanta.example/1",
        "Tiedote julkaistu 22.11.2026 klo 08.40.",
        "Tiedotetta muutettu viimeksi 22.11.2026 klo 09.40.",
        {
            "yes": "Käyttötuen arvio: tiedote koskee tätä häiriötä.",
            "no": "Käyttötuen arvio: tiedote koskee muuta häiriötä.",
            "unknown": "Ei tiedossa, koskeeko tiedote tätä häiriötä.",
        }[same],
    ]


def test_the_desks_own_words_stand_first() -> None:
    assert changed(("symptoms", "", ""), more="Myös yöajo.") == "Myös yöajo.\nOireet: uusi teksti alla"


def test_every_fact_that_may_change_is_a_field_of_the_form() -> None:
    record = IncidentRecord.opened(IncidentOpening.model_validate(opening("T-1")), NOTICED)
    for field in record.saying_now().values:
        assert changed((field, "", ""))


async def test_a_supplement_says_on_top_what_has_changed(write: Write) -> None:
    changes = (FormChange(field="severity", before="high", after="critical"),)
    rows = list(rows_of(path_of(await write(fault_report(type="supplement", number=2, changes=changes)))).items())
    assert rows[:3] == [
        ("Ilmoituksen tyyppi", "Täydennys"),
        ("Ilmoituksen numero", "2"),
        ("Mitä on muuttunut", "Vakavuus: Vakava -> Kriittinen"),
    ]


def test_only_the_systems_concerned_are_named() -> None:
    model = operating_model()
    systems = (
        System(name="Aurora", services=("PRESCRIPTION",)),
        System(name="Kaamos", services=("CDR",)),
        System(name="Tunturi"),
    )
    model = model.model_copy(update={"systems": systems})
    assert form_values(fault_report(), model)["system"] == "Aurora\nTunturi"
    named = fault_report(details=ReportDetails(systems=("Kaamos", "Lainalaite")))
    assert form_values(named, model)["system"] == "Kaamos\nLainalaite"


def test_a_withdrawn_report_does_not_say_that_the_fault_goes_on() -> None:
    values = form_values(fault_report(type="withdrawn"), operating_model())
    assert (values["type"], values["ongoing"][:3]) == ("Ilmoituksen peruutus", "Ei:")


def test_before_triage_nothing_is_made_up() -> None:
    untriaged = status(severity=None, extensive=None, decisions=(), calls=())
    values = form_values(fault_report(status=untriaged, notice_checked_at=None), operating_model())
    empty = ("effect", "severity", "critical", "extensive", "extent", "criteria_met", "notice_check", "phone_calls")
    assert [values[field] for field in empty] == [""] * len(empty)


def test_from_no_to_a_conjunction_it_does_not_follow_which_condition_fails() -> None:
    values = form_values(fault_report(), operating_model())
    assert values["safety_suspicion"] == "Kyllä. Kiireellisten lääkkeiden saanti voi viivästyä."
    assert values["privacy_suspicion"] == values["extent"] == "Ei eritelty; kriteeri ei täyty"


def test_no_call_is_needed_for_a_small_fault_and_the_known_notice_is_named() -> None:
    notice = Notice(guid="1", title="Häiriö Reseptikeskuksessa {at}", link="https://example.org/1")
    small = status(severity="low", extensive=False, calls=(), known_notice=notice)
    values = form_values(fault_report(status=small), operating_model())
    assert values["phone_calls"] == "Ei vaadita: häiriö ei ole kriittinen eikä laaja."
    checked, *about = values["notice_check"].split("\n")
    assert checked.endswith("Tiedote: Häiriö Reseptikeskuksessa {at} https://example.org/1")
    assert about == ["Tiedotteen julkaisuaika ei ole tiedossa.", "Ei tiedossa, koskeeko tiedote tätä häiriötä."]


def test_several_systems_are_told_apart() -> None:
    model = operating_model()
    second = model.systems[0].model_copy(update={"name": "Apteekkiohjelma", "version": ""})
    values = form_values(fault_report(), model.model_copy(update={"systems": (*model.systems, second)}))
    assert values["system"] == "Esimerkki-potilastieto\nApteekkiohjelma"
    assert values["system_version"] == "Esimerkki-potilastieto: 24.2.1"


def test_the_checks_look_at_the_last_triage() -> None:
    facts = report_facts(fault_report(status=status(calls=()), locality="own"))
    assert (facts.critical, facts.extensive, facts.kela_reached, facts.answers) == (True, True, False, ANSWERS)


async def test_remarks_are_shown_and_block_nothing(write: Write) -> None:
    document = await write(fault_report(locality="own", symptoms="", status=status(calls=())))
    text = [paragraph.text for paragraph in docx.Document(str(path_of(document))).paragraphs]
    assert FORM.remarks["own_but_localised_to_kela"] in text
    assert FORM.remarks["call_missing"] in text
    assert "Ei tiedossa ilmoitushetkellä: Oireet, Soitot Kelan tekniseen tukeen." in text
    assert rows_of(path_of(document))["Oireet"] == FORM.not_known


@pytest.mark.parametrize(
    ("languages", "title", "label"),
    [
        (("fi",), "", "Organisaation OID"),
        (("sv",), "Störningsanmälan", "Organisaation OID\nOrganisationens OID"),
        (
            ("fi", "sv", "en"),
            "Störningsanmälan / Fault report",
            "Organisaation OID\nOrganisationens OID / OID of the organisation",
        ),
    ],
)
async def test_labels_are_finnish_first(write: Write, languages: tuple[str, ...], title: str, label: str) -> None:
    form = docx.Document(str(path_of(await write(fault_report(), label_languages=languages))))
    texts = [paragraph.text for paragraph in form.paragraphs]
    assert texts[0] == "Häiriöilmoitus"
    assert FORM.stand_in in texts
    assert (title in texts) is bool(title)
    assert label in [row.cells[0].text for table in form.tables for row in table.rows]


async def test_a_drill_is_marked_on_every_page(write: Write) -> None:
    for drill in (True, False):
        form = docx.Document(str(path_of(await write(fault_report(drill=drill, key=f"drill {drill}")))))
        heads = [paragraph.text for paragraph in form.sections[0].header.paragraphs]
        assert (heads[0] == "HARJOITUS – ÖVNING – DRILL") is drill
        assert not form.sections[0].different_first_page_header_footer


async def test_the_same_key_answers_the_same_document(write: Write) -> None:
    first = await write(fault_report())
    again = await write(fault_report(description="Now something else"))
    other = await write(fault_report(key="another"))
    assert again == first
    assert other.uri != first.uri
    assert other.sha256 == first.sha256, "the same content gives the same bytes"
    assert first.sha256 == hashlib.sha256(path_of(first).read_bytes()).hexdigest()


async def test_the_file_is_private_and_its_name_says_nothing_personal(write: Write) -> None:
    path = path_of(await write(fault_report()))
    assert path.name.startswith("hairioilmoitus-INC-20261122-A7K2-1-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    properties = docx.Document(str(path)).core_properties
    assert (properties.title, properties.author) == ("Häiriöilmoitus INC-20261122-A7K2", "kantadesk")


PLACES: list[tuple[dict[str, Any], str]] = [
    ({"description": f"potilas {CODE} odottaa"}, "Kuvaus / Description"),
    ({"error_message": CODE.replace("-", "\N{NON-BREAKING HYPHEN}")}, "Virheilmoitus ja virhekoodi sanatarkasti"),
    ({"symptoms": "\u200b\x00".join(CODE)}, "Oireet / Symptoms"),
    ({"workaround": "".join(chr(ord(char) + 0xFEE0) for char in CODE)}, "Varamenettely käytössä"),
    ({"measures": ("", f"a{CODE}")}, "Tehdyt toimet"),
    ({"reported_by": {"unit": CODE}}, "Häiriön havainnut yksikkö"),
    ({"reference": CODE}, "Oma viite"),
    ({"status": status(title=CODE)}, "Otsikko"),
    ({"status": status(decisions=decided(reasons={"safety": CODE}))}, "Epäily potilas- tai asiakasturvallisuuden"),
    ({"description": "x" * 20_000 + f" {CODE}"}, "Kuvaus"),
]


@pytest.mark.parametrize(("changes", "label"), PLACES, ids=[label for _, label in PLACES])
async def test_a_personal_identity_code_anywhere_stops_the_form(
    write: Write, tmp_path: Path, changes: dict[str, Any], label: str
) -> None:
    with pytest.raises(ApplicationError) as refused:
        await write(fault_report(**changes))
    assert (refused.value.type, refused.value.non_retryable) == (PERSONAL_DATA_FOUND, True)
    assert label in refused.value.message
    assert CODE not in refused.value.message
    assert files_in(tmp_path) == []


async def test_hostile_text_is_cleaned_and_kept(write: Write) -> None:
    document = await write(hostile_report())
    content = path_of(document).read_bytes()
    rows = rows_of(path_of(document))
    assert "{{ 7*7 }} {% for x in y %}" in rows["Otsikko"]
    assert "<w:p>&amp;</w:t>" in rows["Otsikko"]
    assert "\U0001f6a8" in rows["Otsikko"]
    assert "\U0001f469\u200d\u2695" in rows["Otsikko"]
    assert "zerowidth" in rows["Otsikko"]
    assert not {"\x00", "\x1b", "\u202e", "\ufffe"} & set("".join(rows.values()))
    assert rows["Kuvaus"] == "A" * 8000 + "\n" + FORM.shortened
    assert rows["Oireet"].endswith(FORM.shortened)
    assert rows["Oireet"].count("\n") <= 200
    assert len(content) < 100_000


@pytest.mark.parametrize("character", [chr(code) for code in (*range(32), 0x7F, 0x85, 0xD800, 0xFFFE, 0xFFFF, 0x2028)])
async def test_no_character_breaks_the_form(write: Write, character: str) -> None:
    rows = rows_of(path_of(await write(fault_report(description=f"ennen{character}jälkeen", key=repr(character)))))
    assert rows["Kuvaus"] in ("ennenjälkeen", "ennen\njälkeen", "ennen\tjälkeen")


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_template_in_the_repository_is_the_one_that_the_script_makes() -> None:
    assert parts_of(TEMPLATE.read_bytes()) == parts_of(saved(template_document()))


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
@pytest.mark.parametrize(
    ("report", "words", "most_pages"),
    [
        (
            fault_report(drill=True),
            ["HARJOITUS", "Häiriöilmoitus", "Reseptikeskus ei vastaa", "RC-0501", "KELA-4711"],
            3,
        ),
        (hostile_report(), ["Häiriöilmoitus", "esrever", "7*7", "shortened; the whole text", "BR-1"], 14),
    ],
    ids=["ordinary", "hostile"],
)
@pytest.mark.slow
async def test_libreoffice_opens_it(
    write: Write, tmp_path: Path, report: FaultReport, words: list[str], most_pages: int
) -> None:
    text = pdf_text(path_of(await write(report)), tmp_path)
    assert [word for word in words if word not in text] == []
    assert 1 < text.count("\f") <= most_pages
