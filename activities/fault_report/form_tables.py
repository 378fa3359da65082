"""The tables of somebody else's docx as a reader sees them: which cells stand in which columns of the grid.

Word stores a row as a list of cells, each as wide as so many columns; a row may begin or end with columns that have no
cell. So the third cell of a row need not stand under the third cell of the row above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from activities.fault_report.form_blanks import is_free, label_of, shows_hint

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = {qn("w:sdt"): qn("w:sdtContent"), qn("w:customXml"): None}


@dataclass
class Region:
    """What looks like one cell: columns ``start`` to ``end`` (not included), rows ``top`` to ``bottom``, from 0."""

    cell: BaseOxmlElement
    start: int
    end: int
    top: int
    bottom: int
    is_open: bool
    """Whether the rows below may continue it."""

    @cached_property
    def label(self) -> str:
        """What stands in it, as a label; read once, before anything is written."""
        return label_of(self.cell)

    @cached_property
    def is_free(self) -> bool:
        """Whether something may be written into it."""
        return is_free(self.cell)


@dataclass
class Grid:
    """One table, its rows from the top, each with its regions from the left."""

    element: BaseOxmlElement
    rows: list[list[Region]] = field(default_factory=list)

    def regions(self) -> Iterator[Region]:
        """Each region once, in reading order."""
        return (region for number, row in enumerate(self.rows) for region in row if region.top == number)

    def beside(self, region: Region) -> Region | None:
        """The next region to the right in the region's first row."""
        row = self.rows[region.top]
        return next((other for other in row if other.start >= region.end), None)

    def before(self, region: Region) -> Region | None:
        """The next region to the left in the region's first row."""
        return next((other for other in reversed(self.rows[region.top]) if other.end <= region.start), None)

    def below(self, region: Region) -> Region | None:
        """The region that begins in the next row and in the same column."""
        if region.bottom + 1 >= len(self.rows):
            return None
        row = self.rows[region.bottom + 1]
        return next((other for other in row if other.start == region.start and other.top == region.bottom + 1), None)

    def agree(self, one: int, other: int) -> bool:
        """Whether two rows use the same columns: not where they are equally wide, but one has columns more."""
        ends = [self.rows[number][-1].end if self.rows[number] else 0 for number in (one, other)]
        widths = [sum(_width(region.cell) for region in self.rows[number]) for number in (one, other)]
        return ends[0] == ends[1] or not all(widths) or abs(widths[0] - widths[1]) > max(widths) / 20

    def above(self, region: Region) -> list[Region]:
        """The regions in the region's column from the top of the table, without itself."""
        column = (next((o for o in row if o.start <= region.start < o.end), None) for row in self.rows[: region.top])
        return [other for other in column if other is not None]


def grids(body: BaseOxmlElement) -> list[Grid]:
    """Every table below an element, at any depth, in reading order."""
    return [_grid(table) for table in body.iter(qn("w:tbl"))]


def unwrap_rows_and_cells(body: BaseOxmlElement) -> None:
    """Content controls and tags around whole cells or rows hide them: they go, with their hints; the cells stay."""
    for wrapper in [*body.iter(*_WRAPPERS)]:
        parent, inside = wrapper.getparent(), _WRAPPERS[wrapper.tag]
        content = wrapper if inside is None else wrapper.find(inside)
        if content is None or parent is None or parent.tag not in {qn("w:tr"), qn("w:tbl")}:
            continue
        for hint in [*content.iter(qn("w:r"))] if shows_hint(wrapper) else []:
            hint.getparent().remove(hint)
        for element in [*content.iterchildren(qn("w:tr"), qn("w:tc"), qn("w:sdt"), qn("w:customXml"))]:
            wrapper.addprevious(element)
        parent.remove(wrapper)


def _grid(table: BaseOxmlElement) -> Grid:
    grid = Grid(table)
    for number, row in enumerate(table.findall(qn("w:tr"))):
        column, regions = _number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")), list[Region]()
        for cell in row.findall(qn("w:tc")):
            end = column + max(1, _number(cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")))
            vertical = _merge(cell, "w:vMerge")
            if _merge(cell, "w:hMerge") == "continue" and regions:
                regions[-1].end = end
            elif vertical == "continue" and (over := _open_above(grid, column, end)):
                over.bottom = number
                regions.append(over)
            else:  # also what says that it continues a region where none fits: several programs have edited the table
                regions.append(Region(cell, column, end, number, number, is_open=vertical == "restart"))
            column = end
        grid.rows.append(regions)
    return grid


def _open_above(grid: Grid, start: int, end: int) -> Region | None:
    """The region of the row above that a cell in these columns may continue."""
    above = grid.rows[-1] if grid.rows else []
    return next((region for region in above if region.is_open and (region.start, region.end) == (start, end)), None)


def _merge(cell: BaseOxmlElement, tag: str) -> str | None:
    merge = cell.find(f"{qn('w:tcPr')}/{qn(tag)}")
    return None if merge is None else merge.get(qn("w:val")) or "continue"


def _width(cell: BaseOxmlElement) -> int:
    width = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    said = "" if width is None or width.get(qn("w:type")) not in {None, "dxa"} else width.get(qn("w:w")) or ""
    return int(said) if said.isascii() and said.isdigit() else 0


def _number(element: BaseOxmlElement | None) -> int:
    said = "" if element is None else element.get(qn("w:val")) or ""
    return int(said) if said.isascii() and said.isdigit() else 0
