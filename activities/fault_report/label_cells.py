"""Finds, in somebody else's docx, the place that belongs to a label: in its own cell, beside it, else below it.

Below is looked at only where the cell beside is a label, too, or where there is none: a text beside that is no label
is somebody's example or answer, and what lies below it belongs to another line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from activities.fault_report.form_blanks import Blank, asks_for_itself, blanks_in, fill, is_hint, label_of, put
from activities.fault_report.form_tables import FALLBACK, Grid, Region, grids, unwrap_rows_and_cells
from workflows.procedure.model import Model

How = Literal["placeholder", "inside", "beside", "below"]
_ALIKE = 0.9
"""How alike two labels must be: one letter off. At 0.8, "Organisaatio" would take the cell of "Organisaation OID"."""
_LONGEST_LABEL = 200
_SHOWN = 60
_HEADER_CELLS = 3
"""A row of so many labels is a header, whatever the labels say; two may be a label and somebody's answer."""
_UNREAD = {"Mn", "Me", "Cf"}
"""Accents, and characters that show nothing, such as a soft hyphen."""
_CHOSEN = re.compile(r"(?P<text>.*?)\s*\[(?P<number>[1-9]\d*)\]\s*", re.DOTALL)
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"


class Where(Model):
    """Where a field goes, in words for people: how it is found, its place in the grid, what stands around it."""

    how: How
    table: int = 0
    """From 1; 0: in no table. Row and column, of the grid, too."""
    row: int = 0
    column: int = 0
    row_heading: str = ""
    column_heading: str = ""
    replaces: str = ""
    """The text that goes: an example, a default, a hint."""


@dataclass(frozen=True)
class Target:
    """Where a value is written: a cell, or a control or field in one; twice for what Word stores twice (text boxes)."""

    spot: BaseOxmlElement
    where: Where
    blank: Blank | None = None
    twin: Target | None = None

    def write(self, text: str) -> None:
        """Write a text there."""
        if self.blank:
            fill(self.blank, text)
        else:
            put(self.spot, text)
        if self.twin:
            self.twin.write(text)
        else:
            _drop_copy(self.spot)


@dataclass(frozen=True)
class Labelled:
    """A text, and the place that belongs to it; ``why_not``: in words why there is none."""

    unit: BaseOxmlElement
    text: str
    target: Target | None
    why_not: str = ""


def labelled_places(document: Document, labels: Iterable[str]) -> list[Labelled]:
    """Every text that may be a label, in reading order, each once. ``labels``: texts that are labels for sure."""
    body = document.element.body
    unwrap_rows_and_cells(body)
    known = {reading for label in labels for reading in _readings(_without_number(label))}
    found = [each for number, grid in enumerate(grids(body), 1) for each in _of_table(grid, number, known)]
    found += [_of_paragraph(paragraph) for paragraph in body.iter(qn("w:p")) if _stands_alone(paragraph)]
    return [*_with_twins([_At(each, *_home(each.unit)) for each in found])]


def find_label(label: str, places: list[Labelled]) -> list[Labelled]:
    """The places labelled so, exactly or with one letter off; ``"Puhelin [2]"`` means the second of several."""
    chosen = _CHOSEN.fullmatch(label)
    wanted = _plain(chosen["text"] if chosen else label)
    scores = [max(_alike(wanted, reading) for reading in _readings(place.text)) for place in places]
    best = max(scores, default=0.0)
    found = [place for score, place in zip(scores, places, strict=True) if best >= _ALIKE and score == best]
    return found[int(chosen["number"]) - 1 : int(chosen["number"])] if chosen else found


def _of_table(grid: Grid, number: int, known: set[str]) -> Iterator[Labelled]:
    for region in grid.regions():
        text = region.label
        if text and not (is_hint(text) and not _is_known(text, known)):
            target = _target(grid, region, known)
            if isinstance(target, Target):
                where = target.where.model_copy(update={"table": number})
                yield Labelled(region.cell, text, replace(target, where=where))
            else:
                yield Labelled(region.cell, text, None, target)


def _target(grid: Grid, region: Region, known: set[str]) -> Target | str:
    """The place of a label; in words where there is none."""
    if asks_for_itself(region.cell):
        blanks = blanks_in(region.cell)
        return _placed(grid, region, "inside", blanks[0]) if len(blanks) == 1 else "its cell holds several fields"
    beside = grid.beside(region)
    if beside is not None and beside.is_free and not _is_known(beside.label, known):
        return _placed(grid, beside, "beside")
    if beside is not None and not _is_label(grid, region, beside, known):
        return f"beside it stands {_short(beside.label)}: if that is a label, name it under labels"
    return _target_below(grid, region, known)


def _target_below(grid: Grid, region: Region, known: set[str]) -> Target | str:
    below = grid.below(region)
    if below is None or not below.is_free or _is_known(below.label, known):
        return "no cell beside or below it is free"
    if not grid.agree(region.bottom, below.top):
        return "the cells of the row below are not in line with it"
    if _belongs_to_another(grid, region, below, known):
        return "the cell below it belongs to another label as well"
    return _placed(grid, below, "below")


def _is_label(grid: Grid, region: Region, beside: Region, known: set[str]) -> bool:
    """Whether the text beside a label is a label, too: known as one, or one more heading in a row of headings."""
    if _is_known(beside.label, known):
        return True
    row = grid.rows[region.top]
    is_marked = row[0].cell.getparent().find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    below = [grid.below(other) for other in row]
    is_header = all(other.label for other in row) and all(o.is_free for o in below if o is not None)
    return is_header and (is_marked or len(row) >= _HEADER_CELLS) and not _labels_stand_in_column(grid, region)


def _labels_stand_in_column(grid: Grid, region: Region) -> bool:
    """Whether other rows have a label in this column with its free cell beside: then texts beside are answers."""
    others = (other for other in grid.regions() if other.start == region.start and other is not region)
    return any(other.label and (beside := grid.beside(other)) is not None and beside.is_free for other in others)


def _belongs_to_another(grid: Grid, region: Region, below: Region, known: set[str]) -> bool:
    """Whether a free cell has a known label to its left, or reaches under another heading."""
    left = grid.before(below)
    if left is not None and left.end == below.start and _is_known(left.label, known):
        return True
    over = (other for other in grid.rows[region.bottom] if other is not region)
    return any(other.start < below.end and other.end > below.start and other.label for other in over)


def _placed(grid: Grid, region: Region, how: How, blank: Blank | None = None) -> Target:
    first = grid.rows[region.top][0]
    headings = [other.label for other in grid.above(region) if not other.is_free]
    old = _all_text(*(blank.elements if blank else [region.cell]))
    where = Where(
        how=how,
        row=region.top + 1,
        column=region.start + 1,
        row_heading=_line(first.label) if first is not region or how == "inside" else "",
        column_heading=_line(headings[0]) if headings else "",
        replaces=_line(old) if old.strip(" \u2002_.…\n") else "",
    )
    return Target(region.cell, where, blank)


def _all_text(*elements: BaseOxmlElement) -> str:
    return "".join(t.text or "" for element in elements for t in element.iter(qn("w:t")))


def _stands_alone(paragraph: BaseOxmlElement) -> bool:
    """Whether a paragraph stands in no cell and holds one blank beside a text: "Puhelin: [field]"."""
    if any(above.tag in {qn("w:tc"), qn("w:sdtContent")} for above in paragraph.iterancestors()):
        return False
    return len(blanks_in(paragraph)) == 1 and bool(label_of(paragraph))


def _of_paragraph(paragraph: BaseOxmlElement) -> Labelled:
    blank = blanks_in(paragraph)[0]
    where = Where(how="inside", replaces=_line(_all_text(*blank.elements)))
    return Labelled(paragraph, label_of(paragraph), Target(paragraph, where, blank))


class _At(NamedTuple):
    """A place, the element in which Word keeps two copies of it (None: one only), and whether it is the older one."""

    place: Labelled
    box: BaseOxmlElement | None
    is_copy: bool


def _home(unit: BaseOxmlElement) -> tuple[BaseOxmlElement | None, bool]:
    above = next((a for a in unit.iterancestors() if a.tag in {_CHOICE, FALLBACK}), None)
    return (None, False) if above is None else (above.getparent(), above.tag == FALLBACK)


def _with_twins(found: list[_At]) -> Iterator[Labelled]:
    """The places without the copies that Word keeps for older programs: each copy is the twin of its original."""
    copies = [at for at in found if at.is_copy]
    for at in found:
        if at.is_copy and any(other.box is at.box and not other.is_copy for other in found):
            continue
        twin = next((c for c in copies if not at.is_copy and c.box is at.box and c.place.text == at.place.text), None)
        if twin is None or at.place.target is None:
            yield at.place
        else:
            copies.remove(twin)
            yield replace(at.place, target=replace(at.place.target, twin=twin.place.target))


def _drop_copy(spot: BaseOxmlElement) -> None:
    """Take away the copy for older programs that could not be filled as well: nobody may read the empty form."""
    box, is_copy = _home(spot)
    copy = None if box is None or is_copy else box.find(FALLBACK)
    if copy is not None:
        box.remove(copy)  # type: ignore[union-attr]  # it has one, so it is there


def _is_known(text: str, known: set[str]) -> bool:
    return any(reading in known for reading in _readings(text) if reading)


def _without_number(label: str) -> str:
    chosen = _CHOSEN.fullmatch(label)
    return chosen["text"] if chosen else label


def _readings(text: str) -> Iterator[str]:
    """A label as a whole, and each language of a label like "Organisaatio / Organisation"."""
    yield _plain(text[:_LONGEST_LABEL])
    yield from (_plain(part) for part in re.split(r"\s/\s|\n", text[:_LONGEST_LABEL]) if part.strip())


def _plain(label: str) -> str:
    """Without accents, capitals, numbering at the front, punctuation at the end and double spaces."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", label.lower()) if unicodedata.category(c) not in _UNREAD)
    return " ".join(re.sub(r"^\s*\d+([.)]\d*)+\s+|[\s:*.]+$", "", letters).split())


def _alike(one: str, other: str) -> float:
    """From 0 to 1; labels with different numbers ("Puhelin 1", "Puhelin 2") are never alike."""
    if one == other:
        return 1.0
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    line = _line(text)
    return f'"{line[:_SHOWN]}…"' if len(line) > _SHOWN else f'"{line}"'
