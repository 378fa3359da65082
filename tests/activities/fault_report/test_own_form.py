"""Somebody else's docx is filled by a mapping: placeholders, labels beside or above; never silently in part."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as Docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.documents.docx_file import marked
from activities.evidence.case_folder import CaseFolders
from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import FormPlaces, form_places, own_form, read_mapping
from activities.fault_report.writer import FaultReportForm
from tests.activities.fault_report.builder import HOSTILE, fault_report, operating_model
from workflows.procedure.incident.report_form import FORM
from workflows.process.ports import FORM_UNUSABLE

EVERYTHING_ELSE = 'other_information = "Lisätiedot"\n'
VALUES = {"organisation": "Alue & <Oy>", "phone": "+358 9 1", "description": "rivi 1\nrivi 2", "title": "{{ 7*7 }}"}
Files = Callable[[Docx, str], tuple[Path, Path]]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Write a docx and a mapping."""

    def write(document: Docx, mapping: str) -> tuple[Path, Path]:
        document.save(str(tmp_path / "form.docx"))
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        return tmp_path / "form.docx", tmp_path / "mapping.toml"

    return write


def table_form(rows: Sequence[Sequence[str]]) -> Docx:
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return document


def cells_of(content: bytes) -> list[list[str]]:
    tables = docx.Document(io.BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def placeholder_form() -> Docx:
    document = docx.Document()
    document.add_paragraph("Organisaatio: {{ organisaatio }}, puh. {{puhelin}}")
    split = document.add_paragraph("Otsikko: ")
    for piece in ("{{ ot", "sikko", " }}"):  # how Word likes to store it
        split.add_run(piece).bold = True
    document.sections[0].footer.paragraphs[0].text = "{{ muut }}"
    return document


PLACEHOLDERS = (
    '[fields]\norganisation = "{{ organisaatio }}"\nphone = "{{ puhelin }}"\ntitle = "{{otsikko}}"\n'
    'other_information = "{{ muut }}"\n'
)


def test_placeholders_are_filled_wherever_they_stand(files: Files) -> None:
    document = docx.Document(io.BytesIO(own_form(*files(placeholder_form(), PLACEHOLDERS), VALUES)))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Organisaatio: Alue & <Oy>, puh. +358 9 1",
        "Otsikko: {{ 7*7 }}",
    ]
    assert document.paragraphs[1].runs[-1].bold
    assert document.sections[0].footer.paragraphs[0].text == "Kuvaus: rivi 1\nrivi 2"


BESIDE = [
    ("1. Organisaatio / Organisation:", "________"),
    ("Puhelinnumero", ""),
    ("Häiriön  KUVAUS *", "…………"),
    ("Otsikko", ""),
    ("Lisätiedot", ""),
]
LABELS = (
    '[fields]\norganisation = "Organisaatio"\nphone = ["Puh.", "puhelinnumero"]\n'
    'description = "Häiriön kuvaus"\ntitle = "Otsiko"\n' + EVERYTHING_ELSE
)


def test_values_go_beside_their_labels(files: Files) -> None:
    cells = cells_of(own_form(*files(table_form(BESIDE), LABELS), VALUES))
    assert [value for _, value in cells] == ["Alue & <Oy>", "+358 9 1", "rivi 1\nrivi 2", "{{ 7*7 }}", ""]
    assert [label for label, _ in cells] == [label for label, _ in BESIDE]


def test_values_go_below_where_nothing_is_free_beside(files: Files) -> None:
    form = table_form([("Organisaatio", "Puhelinnumero"), ("", "____"), ("Häiriön kuvaus", "Otsikko"), ("", "")])
    mapping = LABELS.replace(EVERYTHING_ELSE, "") + 'symptoms = "Oireet"\n'
    form.add_table(rows=2, cols=1).cell(0, 0).text = "Oireet"
    template, mapping_file = files(form, "leave_out = " + repr(ids_except(mapping)) + "\n" + mapping)
    filled = cells_of(own_form(template, mapping_file, VALUES | {"symptoms": "hidas"}))
    assert filled[1] == ["Alue & <Oy>", "+358 9 1"]
    assert filled[3] == ["rivi 1\nrivi 2", "{{ 7*7 }}"]
    assert filled[5] == ["hidas"]


def ids_except(mapping: str) -> list[str]:
    """Every field that the mapping doesn't name."""
    return [field.id for field in FORM.fields if f"{field.id} =" not in mapping]


def test_merged_cells_count_once(files: Files) -> None:
    form = table_form([("Organisaatio", "", "", ""), ("Lisätiedot", "", "", ""), ("", "", "", "")])
    table = form.tables[0]
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(1, 0).merge(table.cell(1, 3))
    table.cell(2, 0).merge(table.cell(2, 3))
    mapping = '[fields]\norganisation = "Organisaatio"\n' + EVERYTHING_ELSE
    filled = cells_of(own_form(*files(form, mapping), VALUES))
    assert [text.strip() for text in filled[0]] == ["Organisaatio"] * 2 + ["Alue & <Oy>"] * 2
    assert filled[1][0].strip() == "Lisätiedot"
    assert "Kuvaus: rivi 1\nrivi 2" in filled[2][0]


def test_the_format_of_the_first_run_is_kept(files: Files) -> None:
    form = table_form([("Organisaatio", ""), ("Lisätiedot", "")])
    run = form.tables[0].cell(0, 1).paragraphs[0].add_run("____")
    run.italic, run.font.size = True, Pt(15)
    mapping = '[fields]\norganisation = "Organisaatio"\n' + EVERYTHING_ELSE
    filled = docx.Document(io.BytesIO(own_form(*files(form, mapping), VALUES)))
    (written,) = [run for run in filled.tables[0].cell(0, 1).paragraphs[0].runs if run.text]
    assert (written.text, written.italic, written.font.size) == ("Alue & <Oy>", True, Pt(15))


HINT = "<w:sdt {ns}><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
GREY = '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>Kirjoita tekstiä napsauttamalla.</w:t></w:r>'


def test_content_controls_are_seen_and_replaced(files: Files) -> None:
    form = table_form([("Organisaatio", ""), ("Puhelin", ""), ("Lisätiedot", "")])
    inline = HINT.format(ns=nsdecls("w"), inside=GREY)
    around = HINT.format(ns=nsdecls("w"), inside=f"<w:tc><w:p>{GREY}</w:p></w:tc>")
    form.tables[0].cell(0, 1).paragraphs[0]._p.append(parse_xml(inline))
    form.tables[0].cell(1, 1)._tc.getparent().replace(form.tables[0].cell(1, 1)._tc, parse_xml(around))
    mapping = '[fields]\norganisation = "Organisaatio"\nphone = "Puhelin"\n' + EVERYTHING_ELSE
    filled = cells_of(own_form(*files(form, mapping), VALUES))
    assert filled[:2] == [["Organisaatio", "Alue & <Oy>"], ["Puhelin", "+358 9 1"]]


def places(files: Files, rows: Sequence[Sequence[str]], fields: str) -> FormPlaces:
    return form_places(*files(table_form(rows), f"[fields]\n{fields}"))


def test_what_finds_its_place_is_told_by_the_words_of_the_docx(files: Files) -> None:
    found = form_places(*files(table_form(BESIDE), LABELS))
    assert found.problems() == ()
    assert found.found["organisation"] == "1. Organisaatio / Organisation:"
    assert found.found["title"] == "Otsikko"


@pytest.mark.parametrize(
    ("rows", "fields", "problem"),
    [
        ([("Puhelin", "")], 'email = "Sähköposti"', "'email' finds no place: the docx has no free Sähköposti"),
        ([("Sähköposti", "a@b"), ("Puhelin", "")], 'email = "Sähköposti"', "'email' finds no place"),
        ([("Puhelin 2", "")], 'phone = "Puhelin 1"', "'phone' finds no place"),
        ([("Organisaation OID", "")], 'organisation = "Organisaatio"', "'organisation' finds no place"),
        ([("Nimi", ""), ("Nimi", "")], 'contact_person = "Nimi"', "several cells are labelled so"),
        ([("Nimi", "")], 'contact_person = "Nimi [2]"', "'contact_person' finds no place"),
        ([("Nimi", "")], 'contact_person = "Nimi"\norganisation = "Nimi"', "'organisation' goes where another"),
        ([("Nimi", "")], 'colour = "Nimi"', "'colour' is not a field of the report"),
        ([("Nimi", "{{ vari }}")], 'email = "Nimi"', "the docx asks for {{ vari }}, which no field fills"),
        ([("Nimi", "")], 'contact_person = "Nimi"', "required, but without a place: type (Ilmoituksen tyyppi)"),
    ],
)
def test_what_is_wrong_is_said(files: Files, rows: list[tuple[str, str]], fields: str, problem: str) -> None:
    assert problem in " | ".join(places(files, rows, fields).problems())


def test_the_second_of_two_labels_can_be_chosen(files: Files) -> None:
    form = table_form([("Nimi", ""), ("Nimi", ""), ("Lisätiedot", "")])
    mapping = '[fields]\norganisation = "Nimi [2]"\ncontact_person = "Nimi [1]"\n' + EVERYTHING_ELSE
    filled = cells_of(own_form(*files(form, mapping), VALUES | {"contact_person": "Päivystäjä"}))
    assert [value for _, value in filled[:2]] == ["Päivystäjä", "Alue & <Oy>"]


def test_what_was_left_out_on_purpose_is_no_problem_and_what_is_only_optional_is_listed(files: Files) -> None:
    mapping = '[fields]\norganisation = "Nimi"\n'
    required = [field.id for field in FORM.fields if field.must != "never" and field.id != "organisation"]
    template, mapping_file = files(table_form([("Nimi", "")]), f"leave_out = {required!r}\n{mapping}")
    found = form_places(template, mapping_file)
    assert found.problems() == ()
    assert "kela_reference" in found.unplaced


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[fields", "mapping.toml: "),
        ("", "fields: Field required"),
        ("[fields]", "at least 1 item"),
        ('[fields]\nphone = 7\n[colours]\na = "b"', "colours: Extra inputs"),
        ("\x00", "mapping.toml: "),
    ],
)
def test_a_broken_mapping_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "mapping.toml").write_text(content)
    with pytest.raises(UnusableForm, match=message):
        read_mapping(tmp_path / "mapping.toml")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04"])
def test_what_is_no_docx_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "form.docx").write_bytes(content)
    (tmp_path / "mapping.toml").write_text('[fields]\nphone = "Puhelin"')
    with pytest.raises(UnusableForm, match="can't be read as a docx form"):
        form_places(tmp_path / "form.docx", tmp_path / "mapping.toml")


@pytest.mark.parametrize("broken", ["{% if %}", "{{ a b }}", "{{ organisaatio.__class__.__mro__ }}", "{{ 1 // 0 }}"])
def test_a_broken_or_prying_template_is_refused(files: Files, broken: str) -> None:
    form = placeholder_form()
    form.add_paragraph(broken)
    with pytest.raises(UnusableForm, match=r"form\.docx"):
        own_form(*files(form, PLACEHOLDERS), VALUES)


async def run(tmp_path: Path, **section: Any) -> Path:
    form = FaultReportForm(lambda: operating_model(**section), tmp_path, CaseFolders(tmp_path / "cases"))
    report = fault_report(description=HOSTILE, drill=True)
    document = await ActivityEnvironment().run(form.write_fault_report, report)
    return tmp_path / "cases" / f"case-{report.reference}" / "documents" / document.name


async def test_the_activity_fills_the_organisations_own_form(files: Files, tmp_path: Path) -> None:
    form = table_form(BESIDE)
    form.sections[0].different_first_page_header_footer = True
    files(form, LABELS)
    written = docx.Document(str(await run(tmp_path, template="form.docx", mapping="mapping.toml")))
    cells = {row.cells[0].text: row.cells[1].text for row in written.tables[0].rows}
    assert cells["Puhelinnumero"] == "+358 9 000 0000"
    assert "{{ 7*7 }}" in cells["Häiriön  KUVAUS *"]
    assert "Kelan viite: KELA-4711" in cells["Lisätiedot"]
    assert written.sections[0].first_page_header.paragraphs[0].text == FORM.drill
    assert written.sections[0].header.paragraphs[0].text == FORM.drill


def test_a_header_without_a_paragraph_is_marked_and_one_that_can_not_be_is_refused(files: Files) -> None:
    form = table_form(BESIDE)
    header = form.sections[0].header
    header.is_linked_to_previous = False
    for paragraph in header.paragraphs:
        header._element.remove(paragraph._element)
    placed = files(form, LABELS)
    written = docx.Document(io.BytesIO(own_form(*placed, VALUES, FORM.drill)))
    assert [paragraph.text for paragraph in written.sections[0].header.paragraphs] == [FORM.drill]
    with pytest.raises(UnusableForm, match=r"form\.docx can't be filled"):
        own_form(*placed, VALUES, "\0")


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ({"template": "form.docx", "mapping": "mapping.toml"}, "finds no place"),
        ({"template": "form.docx"}, "together or not at all"),
        ({"template": "missing.docx", "mapping": "mapping.toml"}, "can't be read"),
        ({"template": "form.docx", "mapping": "missing.toml"}, "can't be read"),
    ],
)
async def test_an_unusable_form_is_a_persons_task(
    files: Files, tmp_path: Path, section: dict[str, str], why: str
) -> None:
    files(table_form([("Muu", "")]), LABELS)
    with pytest.raises(ApplicationError, match=why) as refused:
        await run(tmp_path, **section)
    assert (refused.value.type, refused.value.non_retryable) == (FORM_UNUSABLE, True)
    assert "Those who keep the operating model" in refused.value.message
    assert list((tmp_path / "cases").rglob("*.docx")) == []


def test_every_section_of_a_document_is_marked() -> None:
    document = docx.Document()
    document.settings.odd_and_even_pages_header_footer = True
    document.add_section().header.is_linked_to_previous = False
    content = io.BytesIO()
    document.save(content)
    again = docx.Document(io.BytesIO(marked(content.getvalue(), "DRILL")))
    for section in again.sections:
        assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == "DRILL"
