"""Makes ``templates/fault_report.docx``, the stand-in for Kela's form.

Run it as ``python -m activities.fault_report.stand_in_template``.

The template holds the layout only. Sections, rows, labels and values come from ``stand_in.view``.
"""

from __future__ import annotations

from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from activities.documents.docx_file import saved
from activities.documents.docx_layout import BLUE, GREY, INK, add_field

TEMPLATE = Path(__file__).parents[1] / "templates" / "fault_report.docx"
_FONT = "Arial"
_LABEL_FILL, _LINE = "EEF2F6", "C5CED6"
_LONG, _SHORT = 2, 4
_CONTROLS = {0: "for row in section.rows", 1: "if row.is_long", 3: "else", 5: "endif", 6: "endfor"}
_USUAL, _WIDE_LABELS = (Cm(5.4), Cm(11.6)), (Cm(8.5), Cm(8.5))


def template_document() -> Document:
    """The template: A4, Finnish, one table a section with a row for each field."""
    document = docx.Document()
    _set_page(document)
    _set_styles(document)
    _write_head(document)
    document.add_paragraph("{%p for section in sections %}")
    document.add_paragraph("{{ section.heading }}", style="Heading 1")
    document.add_paragraph("{%p if section.wide_labels %}")
    _write_table(document, _WIDE_LABELS, bold_labels=False)
    document.add_paragraph("{%p else %}")
    _write_table(document, _USUAL, bold_labels=True)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")
    _write_remarks(document)
    _write_header_and_footer(document)
    return document


def _set_page(document: Document) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
    page.header_distance = page.footer_distance = Cm(0.9)
    properties = document.core_properties
    properties.title, properties.language = "{{ title }} {{ own_reference }}", "fi-FI"
    properties.author, properties.comments = "kantadesk", "{{ stand_in }}"


def _set_styles(document: Document) -> None:
    for name, size, colour, before, after in (
        ("Normal", 9.5, INK, 0, 0),
        ("Title", 20, BLUE, 0, 1),
        ("Heading 1", 11, BLUE, 11, 3),
    ):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
        spacing = style.paragraph_format
        spacing.space_before, spacing.space_after = Pt(before), Pt(after)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), _FONT)
    title = document.styles["Title"].element.pPr
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "fi-FI")


def _write_head(document: Document) -> None:
    document.add_paragraph("{{ title }}", style="Title")
    document.add_paragraph("{%p if other_titles %}")
    _run(document.add_paragraph(), "{{ other_titles }}", size=10, colour=GREY)
    document.add_paragraph("{%p endif %}")
    kind = document.add_paragraph()
    kind.paragraph_format.space_before = Pt(6)
    _run(kind, "{{ type }} · nro {{ number }} · {{ own_reference }}", size=12, bold=True)
    note = document.add_paragraph()
    note.paragraph_format.space_before = Pt(2)
    _run(note, "{{ stand_in }}", size=8.5, colour=GREY)


def _write_table(document: Document, widths: tuple[Cm, Cm], *, bold_labels: bool) -> None:
    """One row for each field; a short one is never split over two pages. Rows with ``{%tr`` vanish when filled."""
    table = document.add_table(rows=7, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    _set_borders(table._tbl.tblPr)  # noqa: SLF001  # python-docx has no API for borders
    for row, control in _CONTROLS.items():
        table.cell(row, 0).text = f"{{%tr {control} %}}"
    for row in (_LONG, _SHORT):
        _write_label(table.cell(row, 0), bold=bold_labels)
        value = table.cell(row, 1).paragraphs[0]
        _run(value, "{% if row.value %}{{ row.value }}{% endif %}")
        _run(value, "{% if not row.value %}{{ not_known }}{% endif %}", colour=GREY)
    table.rows[_SHORT]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # no API for it


def _write_label(cell: _Cell, *, bold: bool) -> None:
    shading = OxmlElement("w:shd")
    for name, setting in (("val", "clear"), ("color", "auto"), ("fill", _LABEL_FILL)):
        shading.set(qn(f"w:{name}"), setting)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001  # python-docx has no API for shading
    _run(cell.paragraphs[0], "{{ row.label }}", bold=bold)
    cell.add_paragraph("{%p if row.also %}")
    _run(cell.add_paragraph(), "{{ row.also }}", size=8, colour=GREY)
    cell.add_paragraph("{%p endif %}")


def _set_borders(properties: BaseOxmlElement) -> None:
    """Thin grey lines, and air around the text (widths in twentieths of a point)."""
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        for name, setting in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            border.set(qn(f"w:{name}"), setting)
        borders.append(border)
    for side, width in (("top", 50), ("left", 100), ("bottom", 50), ("right", 100)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    indent = OxmlElement("w:tblInd")  # the table's edge, not its text, stands in line with the headings
    indent.set(qn("w:w"), "100")
    indent.set(qn("w:type"), "dxa")
    for element in (indent, borders, properties.find(qn("w:tblLayout")), margins, properties.find(qn("w:tblLook"))):
        if element is not None:
            properties.append(element)  # the schema's order


def _write_remarks(document: Document) -> None:
    document.add_paragraph("{%p if remarks %}")
    document.add_paragraph("{{ remarks_heading }}", style="Heading 1")
    document.add_paragraph("{%p for remark in remarks %}")
    document.add_paragraph("{{ remark }}", style="List Bullet")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endif %}")
    last = document.add_paragraph()
    last.paragraph_format.space_before = Pt(10)
    _run(last, "{{ form_version }}", size=8, colour=GREY)


def _write_header_and_footer(document: Document) -> None:
    page = document.sections[0]
    for part, left in ((page.header, "{{ title }} · {{ organisation }}"), (page.footer, "{{ stand_in_short }}")):
        line = part.paragraphs[0]
        line.style = document.styles["Normal"]
        line.paragraph_format.space_after = Pt(8)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)
        _run(line, left + "\t", size=8, colour=GREY)
    _run(page.header.paragraphs[0], "{{ own_reference }} · nro {{ number }}", size=8, colour=GREY)
    footer = page.footer.paragraphs[0]
    _run(footer, "Sivu ", size=8, colour=GREY)
    add_field(footer, "PAGE")
    _run(footer, " / ", size=8, colour=GREY)
    add_field(footer, "NUMPAGES")


def _run(paragraph: Paragraph, text: str, *, size: float = 9.5, bold: bool = False, colour: RGBColor = INK) -> Run:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.font.color.rgb = Pt(size), bold, colour
    return run


if __name__ == "__main__":
    TEMPLATE.write_bytes(saved(template_document()))
