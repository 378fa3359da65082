"""Forms that went wrong: each is filled right, or refused with what to save it as. Never a value in another's place."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from activities.fault_report.form_file import UnusableForm
from activities.fault_report.own_form import Spot, form_places, own_form
from tests.activities.documents.written_documents import pdf_texts
from tests.activities.fault_report.form_xml import cell, changed, control, form, legacy, packed, row, run, table
from workflows.procedure.incident.report_form import ALL_FIELDS

CASES = Path(__file__).parent / "cases"
COUNTY, PERSON, PHONE = "Lapin HVA", "Maija Päivystäjä", "+358 9 1"
VALUES = dict.fromkeys(ALL_FIELDS, "") | {"organisation": COUNTY, "contact_person": PERSON, "phone": PHONE}
REST = f"Yhteyshenkilö: {PERSON}\nTakaisinsoitto 24/7: {PHONE}"
MAPPING = (
    '[fields]\norganisation = "Organisaatio"\ncontact_person = "Yhteyshenkilö"\nphone = "Puhelin"\n'
    'other_information = "Lisätiedot"\n'
)
ONE = '[fields]\norganisation = "Organisaatio"\nother_information = "Lisätiedot"\n'
SPAN = '<w:gridSpan w:val="{}"/>'
WIDE = '<w:tcW w:w="{}" w:type="dxa"/>'
BLOCK = "<w:sdt><w:sdtPr><w:b/>"
"""A control around paragraphs."""
OTHERS = table(row("Lisätiedot", ""))
Filled = Callable[..., list[list[str]]]


def rows_of(content: bytes) -> list[list[str]]:
    """The texts of each cell as they stand in the file, whatever wraps them."""
    body = docx.Document(io.BytesIO(content)).element.body
    return [[_text(cell) for cell in row.iter(qn("w:tc"))] for row in body.iter(qn("w:tr"))]


def _text(cell: BaseOxmlElement) -> str:
    pieces = ([*p.iter(qn("w:t"), qn("w:br"))] for p in cell.iter(qn("w:p")))
    return "\n".join("".join("\n" if p.tag == qn("w:br") else p.text or "" for p in each) for each in pieces)


def xml_of(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., bytes]:
    """Fill a form with this body, or this docx, by a mapping."""

    def write(body: str | bytes, mapping: str = ONE, name: str = "form.docx") -> bytes:
        (tmp_path / name).write_bytes(form(body) if isinstance(body, str) else body)
        (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
        return own_form(tmp_path / name, tmp_path / "mapping.toml", VALUES)

    return write


def case(name: str, tmp_path: Path) -> bytes:
    mapping = CASES / f"{name}.toml"
    if not mapping.exists():
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(MAPPING, encoding="utf-8")
    return own_form(CASES / f"{name}.docx", mapping, VALUES)


LINES = [["Yhteyshenkilö", PERSON], ["Puhelin", PHONE], ["Lisätiedot", ""]]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("02b-gridbefore", [["Nro", "Organisaatio", "Vastaanottajan merkinnät"], [COUNTY, ""], *LINES]),
        ("03-vmerge-misaligned", [["Organisaatio", COUNTY], ["Yhteyshenkilö", PERSON, ""], *LINES[1:]]),
        ("10-textbox-table", [["Organisaatio", COUNTY], ["Organisaatio", COUNTY], *LINES]),
        ("15-databound-ph", [["Organisaatio", COUNTY], ["Lisätiedot", REST]]),
        ("26-prefilled", [["Organisaatio", COUNTY], ["", ""], *LINES]),
    ],
)
def test_each_case_is_filled_right(name: str, rows: list[list[str]], tmp_path: Path) -> None:
    assert [[text.removesuffix("\n") for text in each] for each in rows_of(case(name, tmp_path))] == rows


def test_nothing_that_word_stores_elsewhere_comes_back(tmp_path: Path) -> None:
    assert "dataBinding" not in xml_of(case("15-databound-ph", tmp_path))


def test_a_protected_form_is_refused_with_what_to_save_it_as(tmp_path: Path) -> None:
    with pytest.raises(UnusableForm, match=r"protected by a password.*save it as Word Document \(\*\.docx\)"):
        case("20-encrypted", tmp_path)


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="needs LibreOffice and pdftotext (libreoffice-writer-nogui, poppler-utils)",
)
@pytest.mark.slow
def test_a_reader_sees_the_values_where_they_belong(tmp_path: Path) -> None:
    """In each case but the text box, which is as small as a point in it."""
    names = ["02b-gridbefore", "03-vmerge-misaligned", "15-databound-ph", "26-prefilled"]
    for name in names:
        (tmp_path / f"{name}.docx").write_bytes(case(name, tmp_path))
    lines = f"Organisaatio {COUNTY} Yhteyshenkilö {PERSON} Puhelin {PHONE} Lisätiedot"
    right = dict.fromkeys(names, lines) | {"15-databound-ph": f"Organisaatio {COUNTY} Lisätiedot {REST}"}
    for name, text in zip(names, pdf_texts([tmp_path / f"{name}.docx" for name in names], tmp_path), strict=True):
        assert " ".join(right[name].split()) in " ".join(text.split())


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(
            table(
                row("Nro", "Organisaatio", "Huomautus", "Allekirjoitus"),
                row("", "", "", properties='<w:gridAfter w:val="1"/>'),
            ),
            [["Nro", "Organisaatio", "Huomautus", "Allekirjoitus"], ["", COUNTY, ""]],
            id="grid-after",
        ),
        pytest.param(
            table(
                row(cell("Vain Kela", SPAN.format(2)), "Organisaatio", "Huomautus"),
                row("", "", "", ""),
            ),
            [["Vain Kela", "Organisaatio", "Huomautus"], ["", "", COUNTY, ""]],
            id="a-wide-heading-before",
        ),
        pytest.param(
            table(
                row(cell("Organisaatio", '<w:vMerge w:val="restart"/>'), ""),
                row(cell("", "<w:vMerge/>"), ""),
            ),
            [["Organisaatio", COUNTY], ["", ""]],
            id="a-label-over-two-rows",
        ),
        pytest.param(
            table(
                row("Nro", cell("Organisaatio", '<w:vMerge w:val="restart"/>'), "Huomautus"),
                row("", cell("", "<w:vMerge/>"), ""),
                row("", "", ""),
            ),
            [["Nro", "Organisaatio", "Huomautus"], ["", "", ""], ["", COUNTY, ""]],
            id="a-heading-over-two-rows",
        ),
        pytest.param(
            table(
                row(cell("Organisaatio", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), ""),
            ),
            [["Organisaatio", "", COUNTY]],
            id="merged-as-old-word-did",
        ),
        pytest.param(
            table(row("Organisaatio", ""), row(cell("", '<w:gridSpan w:val="0"/>'), ""), row("x")),
            [["Organisaatio", COUNTY], ["", ""], ["x"]],
            id="rows-of-different-length",
        ),
        pytest.param(
            table(row("Organisaatio", "Y-tunnus"), row("", "")),
            [["Organisaatio", "Y-tunnus"], [COUNTY, ""]],
            id="a-heading-that-our-own-form-knows",
        ),
        pytest.param(
            table(row("Organisaatio", "Vastuualue", properties="<w:tblHeader/>"), row("", "")),
            [["Organisaatio", "Vastuualue"], [COUNTY, ""]],
            id="a-row-that-is-marked-as-heading",
        ),
        pytest.param(
            "<w:customXml>" + table("<w:customXml>" + row("Organisaatio", "") + "</w:customXml>") + "</w:customXml>",
            [["Organisaatio", COUNTY]],
            id="tags-around-rows",
        ),
    ],
)
def test_places_are_found_by_the_grid(fill: Callable[..., bytes], body: str, rows: list[list[str]]) -> None:
    assert rows_of(fill(body + OTHERS))[: len(rows)] == rows


@pytest.mark.parametrize(
    "hint",
    [
        *("esim. Kunta", "Esim: Vantaa", "Esimerkkilän kunta", "(esim. Kunta)", "T.ex. Vasa stad", "e.g. City of Oulu"),
        *("Kirjoita tähän", "Klikkaa tästä", "[organisaation nimi]", "«Organisaatio»", "pp.kk.vvvv klo hh:mm"),
        *("dd.mm.åååå", "xxxx", "Skriv här", "Click here to enter text.", "___________", "…………", "\u2002\u2002\u2002"),
    ],
)
def test_a_text_that_asks_to_be_replaced_is(fill: Callable[..., bytes], hint: str) -> None:
    blank = table(row("Organisaatio", hint), row("", ""), row("Yhteyshenkilö", ""))
    assert rows_of(fill(blank + OTHERS))[:3] == [["Organisaatio", COUNTY], ["", ""], ["Yhteyshenkilö", ""]]


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param(legacy("\u2002\u2002\u2002\u2002\u2002"), id="a-field-of-old-word"),
        pytest.param(legacy("Vantaan kaupunki"), id="its-default-text"),
        pytest.param('<w:fldSimple w:instr=" FORMTEXT ">' + run("Vantaa") + "</w:fldSimple>", id="its-simple-form"),
        pytest.param(legacy("«org»", "MERGEFIELD org", ""), id="a-merge-field"),
        pytest.param(control("Vantaan kaupunki"), id="a-control-with-a-default"),
        pytest.param(control("Valitse", "<w:showingPlcHdr/>"), id="a-control-with-a-hint"),
        pytest.param(control("Vantaa", '<w:dataBinding w:xpath="/a" w:storeItemID="{1}"/>'), id="a-bound-control"),
        pytest.param(control("Vantaa", '<w15:dataBinding w:xpath="/a"/><w:text/>'), id="bound-as-new-word-does"),
        pytest.param(control("", "<w:b/>", "<w:p>" + run("Vantaa") + "</w:p>"), id="a-control-of-paragraphs"),
        pytest.param("<w:p>" + run("Esim. ") + control("Vantaa") + "</w:p>", id="a-hint-beside-a-control"),
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["beside", "in-the-cell-of-the-label"])
def test_what_stands_in_a_field_is_a_default(fill: Callable[..., bytes], inside: str, *, beside: bool) -> None:
    piece = inside if inside.startswith(("<w:p>", BLOCK)) else f"<w:p>{inside}</w:p>"
    first = row("Organisaatio", f"<w:tc>{piece}</w:tc>")
    if not beside:
        first = row(f"<w:tc><w:p>{run('Organisaatio:')}</w:p>{piece}</w:tc>", "Y-tunnus")
    filled = fill(table(first, row("", "")) + OTHERS)
    texts = rows_of(filled)
    assert ("Vantaa" in str(texts[:2]), COUNTY in texts[0][1 if beside else 0]) == (False, True)
    assert texts[1] == ["", ""]
    assert "dataBinding" not in xml_of(filled)
    assert "showingPlcHdr" not in xml_of(filled)


@pytest.mark.parametrize("label", ["1.2. Organisaatio", "2) organisaatio:", "Organi\u00adsaatio", "Organisaatio *"])
def test_numbers_and_what_shows_nothing_are_no_part_of_a_label(fill: Callable[..., bytes], label: str) -> None:
    assert rows_of(fill(table(row(label, "")) + OTHERS))[0] == [label, COUNTY]


def test_a_value_is_seen_and_does_not_look_like_a_hint(fill: Callable[..., bytes]) -> None:
    look = '<w:b/><w:i/><w:vanish/><w:color w:val="BFBFBF"/>'
    hint = xml_of(fill(table(row("Organisaatio", cell(run("esim. Kunta", look)))) + OTHERS))
    assert f"<w:rPr><w:b/></w:rPr><w:t>{COUNTY}" in hint.replace(' xml:space="preserve"', "")
    style = '<w:rStyle w:val="Paikkamerkkiteksti"/>'
    control_ = cell(control("", "<w:showingPlcHdr/>", run("Kirjoita tekstiä", style)))
    assert "Paikkamerkkiteksti" not in xml_of(fill(table(row("Organisaatio", control_)) + OTHERS))


def test_a_line_that_stands_in_no_table_has_its_field_too(fill: Callable[..., bytes]) -> None:
    line = f"<w:p>{run('Organisaatio: ')}{legacy('nimi')}</w:p>"
    body = docx.Document(io.BytesIO(fill(line + OTHERS))).element.body
    assert "".join(t.text or "" for t in body[0].iter(qn("w:t"))) == f"Organisaatio: {COUNTY}"


def test_a_placeholder_in_a_control_is_no_hint_any_more(fill: Callable[..., bytes]) -> None:
    date = '<w:date w:fullDate="2020-01-01T00:00:00Z"/><w:showingPlcHdr/><w:dataBinding w:xpath="/a"/>'
    mapping = ONE.replace('"Organisaatio"', '"{{ organisaatio }}"')
    xml = xml_of(fill(f"<w:p>{control('{{ organisaatio }}', date)}</w:p>{OTHERS}", mapping))
    assert COUNTY in xml
    assert [mark for mark in ("fullDate", "showingPlcHdr", "dataBinding") if mark in xml] == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (table(row("Organisaatio", "Vantaan kaupunki"), row("", "")), 'beside it stands "Vantaan kaupunki"'),
        (table(row("Organisaatio", "Kunta", "Vantaa"), row("", "", ""), row("Nimi", "", "")), "beside it stands"),
        (table(row("Organisaatio", "Esimerkki"), row("", "")), "beside it stands"),
        (table(row("Organisaatio", "Älä kirjoita tähän"), row("", "")), "beside it stands"),
        (table(row("Organisaatio", "(täyttää Kela)"), row("", "")), "beside it stands"),
        (table(row("Ohje", "Organisaatio"), row("Yhteyshenkilö", "")), "belongs to another label"),
        (table(row("A", "Organisaatio", "C"), row("", cell("", SPAN.format(2)))), "belongs to another label"),
        (table(row("A", "Organisaatio", "C"), row(cell("", SPAN.format(2)), "")), "no cell beside or below"),
        (
            table(
                row(cell("Nro", WIDE.format(4000)), cell("Organisaatio", WIDE.format(2000))),
                row(*[cell("", WIDE.format(2000))] * 3),
            ),
            "not in line with it",
        ),
        (table(row("Organisaatio", legacy("", "FORMCHECKBOX", "<w:checkBox/>"))), "beside it stands"),
        (table(row("Organisaatio", cell(control("☐", "<w14:checkbox/>")))), "beside it stands"),
        (table(row("Organisaatio", "<w:p><w:r><w:pict/></w:r></w:p>")), "beside it stands"),
        (table(row("Organisaatio " + "</w:t></w:r>" + control("a") + control("b") + "<w:r><w:t>")), "several fields"),
    ],
)
def test_where_the_place_is_in_doubt_the_form_is_refused(fill: Callable[..., bytes], body: str, why: str) -> None:
    with pytest.raises(UnusableForm, match=why):
        fill(body + OTHERS)


def test_a_label_without_a_field_of_ours_can_be_named(fill: Callable[..., bytes]) -> None:
    body = table(row("Organisaatio", "Vastuualue"), row("", "")) + OTHERS
    with pytest.raises(UnusableForm, match="name it under labels"):
        fill(body)
    assert rows_of(fill(body, 'labels = ["vastuualue"]\n' + ONE))[1] == [COUNTY, ""]


BOX = (
    "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='w14'><w:txbxContent>{one}</w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{two}</w:txbxContent></v:textbox></v:shape></w:pict>"
    "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def test_a_copy_that_differs_is_not_left_empty(fill: Callable[..., bytes]) -> None:
    one, two = table(row("Organisaatio", "")), table(row("Organisaation nimi", ""))
    xml = xml_of(fill(BOX.format(one=one, two=two) + OTHERS))
    assert (xml.count(COUNTY), "Fallback" in xml) == (1, False)


def test_a_text_box_inside_a_cell_is_a_table_of_its_own(fill: Callable[..., bytes]) -> None:
    box = BOX.format(one=table(row("Organisaatio", "")), two=table(row("Organisaatio", "")))
    body = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{box}</w:tc></w:tr></w:tbl>"
    assert xml_of(fill(body + OTHERS)).count(COUNTY) == 2


def relating(kind: bytes, target: bytes) -> Callable[[bytes], bytes]:
    """One relation more."""
    relation = b'<Relationship Id="rId99" Type="http://x/%b" Target="%b"/></Relationships>' % (kind, target)
    return lambda part: part.replace(b"</Relationships>", relation)


TEMPLATE = (b"document.main+xml", b"template.main+xml")
RELATIONS = "word/_rels/document.xml.rels"
PACKAGE = (b"http://schemas.openxmlformats.org/office", b"http://purl.oclc.org/ooxml/office")


@pytest.mark.parametrize(
    "change",
    [
        {"[Content_Types].xml": lambda part: part.replace(*TEMPLATE)},
        {RELATIONS: relating(b"image", b"NULL")},
        {RELATIONS: relating(b"image", b"../NULL")},
        {
            RELATIONS: relating(b"image", b"NULL"),
            "word/document.xml": lambda p: p.replace(b"<w:p>", b'<w:p w:rsidR="rId99">', 1),
        },
    ],
    ids=["dotx", "null", "null-above", "null-in-use"],
)
def test_templates_and_lost_relations_are_no_hindrance(
    fill: Callable[..., bytes], change: dict[str, Callable[[bytes], bytes]]
) -> None:
    filled = fill(changed(form(table(row("Organisaatio", "")) + OTHERS), change))
    assert rows_of(filled)[0] == ["Organisaatio", COUNTY]
    assert b"template.main" not in zipfile.ZipFile(io.BytesIO(filled)).read("[Content_Types].xml")


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def test_libreoffice_s_name_for_the_properties_gives_no_second_part(fill: Callable[..., bytes]) -> None:
    other = "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties"
    relation = f'<Relationship Id="rId2" Type="{other}" Target="docProps/core.xml"/></Relationships>'
    made = changed(
        form(table(row("Organisaatio", "")) + OTHERS),
        {
            "_rels/.rels": lambda part: part.replace(b"</Relationships>", relation.encode()),
            "docProps/core.xml": lambda _: PROPERTIES,
            "[Content_Types].xml": lambda part: part.replace(b"</Types>", PROPERTIES_TYPE + b"</Types>"),
        },
    )
    names = zipfile.ZipFile(io.BytesIO(fill(made))).namelist()
    assert names.count("docProps/core.xml") == 1


PROPERTIES = b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
PROPERTIES_TYPE = (
    b'<Override PartName="/docProps/core.xml" '
    b'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (OLD + "EncryptedPackage".encode("utf-16-le"), "protected by a password or a label"),
        (OLD + "WordDocument".encode("utf-16-le"), r"an old Word document \(\.doc\)"),
        (b"{\\rtf1 Organisaatio}", "an RTF file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><pkg:package/>", "a web page or an XML file"),
        (packed({"mimetype": b"x", "content.xml": b"x"}), "an OpenDocument file"),
        (packed({"xl/workbook.xml": b"x"}), "an Excel workbook"),
        (changed(form(OTHERS), {"_rels/.rels": lambda part: part.replace(*PACKAGE)}), "Strict Open XML Document"),
        (changed(form(OTHERS), {"word/vbaProject.bin": lambda _: b"x"}), "holds macros"),
        (changed(form(OTHERS), {RELATIONS: relating(b"header", b"NULL")}), "damaged"),
    ],
)
def test_what_is_no_docx_says_what_to_save_it_as(fill: Callable[..., bytes], content: bytes, what: str) -> None:
    with pytest.raises(UnusableForm, match=what + r".*save it as Word Document \(\*\.docx\)"):
        fill(content)


def test_each_place_is_told_with_its_headings() -> None:
    spots = form_places(CASES / "26-prefilled.docx", CASES / "26-prefilled.toml").spots
    assert spots["organisation"] == Spot(
        label="Organisaatio", how="beside", table=1, row=1, column=2, row_heading="Organisaatio", replaces="esim. Kunta"
    )
    below = form_places(CASES / "02b-gridbefore.docx", CASES / "02b-gridbefore.toml").spots["organisation"]
    assert (below.how, below.row, below.column, below.column_heading) == ("below", 2, 2, "Organisaatio")
