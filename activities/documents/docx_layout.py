"""How our own documents look: page, styles, table borders, page numbers (python-docx has no API for the last two)."""

from __future__ import annotations

from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

INK, BLUE, GREY = RGBColor(0x1F, 0x26, 0x2E), RGBColor(0x12, 0x3F, 0x6D), RGBColor(0x5B, 0x66, 0x70)
_FONT, _LABEL_FILL, _LINE = "Arial", "EEF2F6", "C5CED6"
_LONG_SIDE, _SHORT_SIDE, _MARGIN = Cm(29.7), Cm(21), Cm(2)
_ROOM_FOR_THE_ADDRESS, _BELOW_THE_TITLE = Pt(72), Pt(12)
_STYLES = (
    ("Normal", 10, INK, 0, 5),
    ("Title", 19, BLUE, 0, 2),
    ("Heading 1", 12, BLUE, 11, 4),
    ("List Bullet", 10, INK, 0, 4),
)


def new_document(title: str, language: str, *, is_landscape: bool = False, larger: float = 0) -> Document:
    """An empty A4 document in a language ("fi-FI"). Only the title says what it is: no author's name, no comment.

    ``larger``: by how many points its text is larger than that of our forms.
    """
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = (_LONG_SIDE, _SHORT_SIDE) if is_landscape else (_SHORT_SIDE, _LONG_SIDE)
    page.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = page.bottom_margin = _MARGIN
    page.top_margin, page.header_distance, page.footer_distance = Cm(2.2), Cm(0.9), Cm(0.9)
    properties = document.core_properties
    properties.title, properties.language, properties.author, properties.comments = title, language, "kantadesk", ""
    for name, size, colour, before, after in _STYLES:
        _set_style(document.styles[name], size + larger * (name != "Title"), colour, before, after)
    for spacing in document.styles["List Bullet"].element.pPr.findall(qn("w:contextualSpacing")):
        spacing.getparent().remove(spacing)  # which would leave no air between items
    for border in document.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        border.getparent().remove(border)
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)
    return document


def text_width(document: Document) -> Length:
    """The width between the margins."""
    page = document.sections[0]
    return Length(int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0))


def add_run(paragraph: Paragraph, text: str, *, size: float = 10, bold: bool = False, colour: RGBColor = INK) -> Run:
    """A run of text in our font."""
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.font.color.rgb = Pt(size), bold, colour
    return run


def add_head_and_foot(document: Document, left: str, right: str, page_word: str) -> None:
    """The same small lines on every page: what this is, and "Page 1 / 3"."""
    section = document.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.style = foot.style = document.styles["Normal"]
    head.paragraph_format.space_after = Pt(8)
    head.paragraph_format.tab_stops.add_tab_stop(text_width(document), WD_TAB_ALIGNMENT.RIGHT)
    add_run(head, f"{left}\t{right}", size=8, colour=GREY)
    add_run(foot, f"{page_word} ", size=8, colour=GREY)
    add_field(foot, "PAGE")
    add_run(foot, " / ", size=8, colour=GREY)
    add_field(foot, "NUMPAGES")


def add_letterhead(document: Document, sender: str, date: str) -> None:
    """Who writes, and when; below it is room for the recipient's name and address."""
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(text_width(document), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_after = _ROOM_FOR_THE_ADDRESS
    document.styles["Title"].paragraph_format.space_after = _BELOW_THE_TITLE
    add_run(line, sender, size=11, bold=True)
    add_run(line, f"\t{date}", size=11)


def add_remarks(document: Document, remarks: list[str]) -> None:
    """Comments on the title, for whoever sends the document: no line of it, and not printed with it."""
    title = next(one for one in document.paragraphs if one.style and one.style.name == "Title")
    for remark in remarks:
        comment = document.add_comment(title.runs, text=remark, author="kantadesk", initials="kd")
        comment._comment_elm.attrib.pop(qn("w:date"), None)  # noqa: SLF001  # equal documents give equal bytes


def bordered(table: Table, widths: tuple[Length, ...]) -> Table:
    """The table with thin grey lines, air around the text (in twentieths of a point) and fixed widths."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    borders, margins, indent = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar"), OxmlElement("w:tblInd")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        for name, setting in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            border.set(qn(f"w:{name}"), setting)
        borders.append(border)
    for side, air in (("top", 45), ("left", 100), ("bottom", 45), ("right", 100)):
        margins.append(_measured(OxmlElement(f"w:{side}"), air))
    _measured(indent, 100)  # the table's edge, not its text, stands in line with the headings
    properties = table._tbl.tblPr  # noqa: SLF001  # no API for borders
    for element in (indent, borders, properties.find(qn("w:tblLayout")), margins, properties.find(qn("w:tblLook"))):
        if element is not None:
            properties.append(element)  # the schema's order
    return table


def shaded(cell: _Cell) -> _Cell:
    """The cell with the background of labels."""
    shading = OxmlElement("w:shd")
    for name, setting in (("val", "clear"), ("color", "auto"), ("fill", _LABEL_FILL)):
        shading.set(qn(f"w:{name}"), setting)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001  # no API for shading
    return cell


def keep_whole(row: _Row) -> None:
    """Never split this row over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # no API for it


def repeat_on_each_page(row: _Row) -> None:
    """Show this row again at the head of every page that the table reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  # no API for it


def _set_style(style: Any, size: float, colour: RGBColor, before: float, after: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), _FONT)


def add_field(paragraph: Paragraph, instruction: str) -> None:
    """A number that the word processor fills in."""
    for kind in ("begin", "instruction", "end"):
        run = add_run(paragraph, "", size=8, colour=GREY)
        if kind == "instruction":
            element = OxmlElement("w:instrText")
            element.text = instruction
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)  # noqa: SLF001  # no API for fields


def _measured(element: BaseOxmlElement, twentieths: int) -> BaseOxmlElement:
    """The element with a width in twentieths of a point."""
    element.set(qn("w:w"), str(twentieths))
    element.set(qn("w:type"), "dxa")
    return element
