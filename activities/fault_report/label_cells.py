"""Finds, in somebody else's docx, the empty cell that belongs to a label: beside it, else below it.

Works on tables at any depth, with merged cells and with content controls (whose text python-docx alone doesn't see).
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tc
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table

_ALIKE = 0.9
"""How alike two labels must be: one letter off. At 0.8, "Organisaatio" would take the cell of "Organisaation OID"."""
_LONGEST_LABEL = 200
_NOTHING = re.compile(r"[\s_.…·:‐‑–—-]*")
_CHOSEN = re.compile(r"(?P<text>.*?)\s*\[(?P<number>[1-9]\d*)\]\s*", re.DOTALL)


@dataclass(frozen=True)
class Labelled:
    """A cell with a text, and the empty cell that belongs to it; None where there is none."""

    text: str
    target: CT_Tc | None


def labelled_cells(document: Document) -> list[Labelled]:
    """Every cell with a text, in reading order, each once."""
    body = document.element.body
    _unwrap_cells(body)
    tables = [Table(table, document) for table in body.iter(qn("w:tbl"))]
    grids = ([[cell._tc for cell in row.cells] for row in table.rows] for table in tables)  # noqa: SLF001  # the element tells merged cells apart
    return [labelled for grid in grids for labelled in _of_table(grid)]


def find_label(label: str, cells: list[Labelled]) -> list[Labelled]:
    """The cells labelled so, exactly or with one letter off; ``"Puhelin [2]"`` means the second of several."""
    chosen = _CHOSEN.fullmatch(label)
    wanted = _plain(chosen["text"] if chosen else label)
    scores = [max(_alike(wanted, reading) for reading in _readings(cell.text)) for cell in cells]
    best = max(scores, default=0.0)
    found = [cell for score, cell in zip(scores, cells, strict=True) if best >= _ALIKE and score == best]
    return found[int(chosen["number"]) - 1 : int(chosen["number"])] if chosen else found


def put(cell: CT_Tc, text: str) -> None:
    """Write a text into an empty cell, in the format of the run that stood there first (underscores, say)."""
    old = next(cell.iter(qn("w:p")), None)
    new: CT_P = OxmlElement("w:p")
    run: CT_R = OxmlElement("w:r")
    if old is not None:
        new.extend(copy.deepcopy(part) for part in old.findall(qn("w:pPr")))
        run.extend(copy.deepcopy(part) for part in _look(old))
    for element in [*cell]:
        if element.tag != qn("w:tcPr"):
            cell.remove(element)
    run.text = text
    new.append(run)
    cell.append(new)


def _unwrap_cells(body: BaseOxmlElement) -> None:
    """Content controls around whole cells or rows hide them from python-docx: control and hint go, the cells stay."""
    for control in [*body.iter(qn("w:sdt"))]:
        content, parent = control.find(qn("w:sdtContent")), control.getparent()
        if content is not None and parent is not None and parent.tag in (qn("w:tr"), qn("w:tbl")):
            for hint in [*content.iter(qn("w:r"))] if _shows_hint(control) else []:
                hint.getparent().remove(hint)
            for element in [*content]:
                control.addprevious(element)
            parent.remove(control)


def _of_table(grid: list[list[CT_Tc]]) -> Iterator[Labelled]:
    seen: set[CT_Tc] = set()
    for row_number, row in enumerate(grid):
        for column, cell in enumerate(row):
            if cell not in seen and not _is_empty(cell):
                seen.add(cell)
                below = [other[column] for other in grid[row_number:] if column < len(other)]
                yield Labelled(_text(cell), _first_empty(_next(row[column:], cell), _next(below, cell)))


def _next(cells: list[CT_Tc], cell: CT_Tc) -> CT_Tc | None:
    """The nearest cell that is not the cell itself (a merged cell stands at several places)."""
    return next((other for other in cells if other is not cell), None)


def _first_empty(*cells: CT_Tc | None) -> CT_Tc | None:
    return next((cell for cell in cells if cell is not None and _is_empty(cell)), None)


def _is_empty(cell: CT_Tc) -> bool:
    return next(cell.iter(qn("w:tbl")), None) is None and bool(_NOTHING.fullmatch(_text(cell)))


def _text(cell: CT_Tc) -> str:
    """The text a reader sees, without the hints that a content control shows until it is filled."""
    hints = {text for control in cell.iter(qn("w:sdt")) if _shows_hint(control) for text in control.iter(qn("w:t"))}
    paragraphs = ("".join(t.text or "" for t in p.iter(qn("w:t")) if t not in hints) for p in cell.iter(qn("w:p")))
    return "\n".join(paragraphs).strip()


def _shows_hint(control: BaseOxmlElement) -> bool:
    return control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None


def _readings(text: str) -> Iterator[str]:
    """A label as a whole, and each language of a label like "Organisaatio / Organisation"."""
    yield _plain(text[:_LONGEST_LABEL])
    yield from (_plain(part) for part in re.split(r"\s/\s|\n", text[:_LONGEST_LABEL]) if part.strip())


def _plain(label: str) -> str:
    """Without accents, capitals, numbering at the front, punctuation at the end and double spaces."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"^\s*\d+[.)]\s+|[\s:*.]+$", "", letters).split())


def _alike(one: str, other: str) -> float:
    """From 0 to 1; labels with different numbers ("Puhelin 1", "Puhelin 2") are never alike."""
    if one == other:
        return 1.0
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _look(paragraph: CT_P) -> list[BaseOxmlElement]:
    """The format of the first run, else of the paragraph's own mark; never the grey of a hint."""
    looks = [*paragraph.iterfind(f".//{qn('w:r')}/{qn('w:rPr')}"), *paragraph.iterfind(f"{qn('w:pPr')}/{qn('w:rPr')}")]
    return [look for look in looks if not _is_grey_hint(look)][:1]


def _is_grey_hint(look: BaseOxmlElement) -> bool:
    style = look.find(qn("w:rStyle"))
    return style is not None and style.get(qn("w:val")) == "PlaceholderText"
