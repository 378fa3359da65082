"""Tables that fit the terminal: what is least needed is left out, and no date is ever broken into letters.

A column is as wide as its cells, or gives way: its words wrap, or its end is cut. Where all of them together are too
wide, the table gives up columns in a given order, or says one in fewer letters. ``--wide``, and a page that is no
terminal, show everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from starter.language.words import _
from starter.terminal.output import TextLine, cell, clean, console
from starter.terminal.wrapped import longest_word, wrapped

if TYPE_CHECKING:
    from rich.table import Table

BETWEEN = 2
"""Blanks between two columns."""
TITLE_AT_LEAST = 14
"""Letters of a title that are shown, however short the reference above it is."""
HEADING_AT_LEAST = 10
"""A heading that is longer than its cells keeps so many letters; its end is cut."""


@dataclass(frozen=True)
class Column:
    """One column. ``name``: by which it is given up; ``otherwise``: its cells as they are said in a narrow terminal."""

    name: str
    heading: str
    cells: Sequence[str]
    otherwise: Sequence[str] = ()
    at_least: int = 0
    """Columns of the screen that it needs; 0: as many as its longest cell, and it is never broken."""
    gives: Literal["wraps", "is cut"] = "wraps"
    breaks_words: bool = False
    """Whether there is no room even for its longest word."""
    gets_room_last: bool = False
    """Whether all others are as wide as they may be before it is wider than it needs."""
    is_said_elsewhere: bool = False
    """Whether another column says it where this one is left out."""
    then_wraps: bool = False
    """Whether what is said otherwise may wrap between its words: a mark goes below its reference."""
    narrower: Sequence[Sequence[str]] = ()
    """Its cells where it is said otherwise once more, and again."""

    @property
    def _lines(self) -> list[str]:
        return [line for each in self.cells for line in each.split("\n")]

    @property
    def longest(self) -> int:
        """What it fills where there is room."""
        heading = cell_len(self.heading) if self.at_least else min(cell_len(self.heading), HEADING_AT_LEAST)
        return max((heading, *map(cell_len, self._lines)))

    @property
    def least(self) -> int:
        """What it needs, so that no word is broken, be it that there is no room for that."""
        if not self.at_least:
            return self.longest
        words = 0 if self.gives == "is cut" or self.breaks_words else max(map(longest_word, self._lines), default=0)
        return min(max(self.at_least, words), self.longest)


GiveUp = Sequence[tuple[str, Literal["leave out", "say otherwise"]]]
"""What is done with some columns at once."""


def fitted(columns: Sequence[Column], give_up: Sequence[GiveUp], width: int) -> list[Column]:
    """The columns that fit: ``give_up`` is done in its order until they do. ``width``: columns of the screen.

    What is empty from top to bottom goes before anything else.
    """
    kept = [replace(each, cells=[clean(cell) for cell in each.cells]) for each in columns]
    if _least(kept) > width:
        kept = [each for each in kept if any(each.cells) or any(each.otherwise)]
    for moves in give_up:
        if _least(kept) <= width:
            break
        for name, how in moves:
            if how == "leave out":
                kept = [each for each in kept if each.name != name]
            else:
                kept = [_otherwise(each) if each.name == name else each for each in kept]
    return kept if _least(kept) <= width else [replace(each, breaks_words=True) for each in kept]


def _otherwise(column: Column) -> Column:
    cells = [clean(cell, lines=True) for cell in column.otherwise]
    firsts = [word for cell in cells for word in cell.partition("\n")[0].split()]
    longest = max(map(cell_len, (*firsts, *(cell.partition("\n")[2] for cell in cells))), default=0)
    return replace(
        column,
        cells=cells,
        otherwise=next(iter(column.narrower), column.otherwise),
        narrower=column.narrower[1:],
        at_least=longest if column.then_wraps else column.at_least,
    )


def widths(columns: Sequence[Column], width: int) -> list[int]:
    """How wide each column is: what all need, and the room that is left to those that can use it, the first first."""
    given = [each.least for each in columns]
    room = width - _least(columns)
    for number, each in sorted(enumerate(columns), key=lambda one: one[1].gets_room_last):
        more = max(min(room, each.longest - given[number]), 0)
        given[number] += more
        room -= more
    return given


def below(firsts: Sequence[str], seconds: Sequence[str], label: str = "") -> list[str]:
    """What stands in one column, the second below the first, behind a word that says what it is."""
    said = [f"{label} {each}".strip() if each else "" for each in seconds]
    return ["\n".join(filter(None, pair)) for pair in zip(firsts, said, strict=True)]


def title_column(titles: Sequence[str]) -> Column:
    """The titles of a list whose ``with_title`` says them in a narrow terminal."""
    return Column(
        "title",
        _("title"),
        titles,
        at_least=TITLE_AT_LEAST,
        gives="is cut",
        gets_room_last=True,
        is_said_elsewhere=True,
    )


def with_title(whose: str, title: str) -> str:
    """A reference in few letters, and below it as much of the title as is about as wide."""
    room, title = max(cell_len(whose.partition(" ")[0]), TITLE_AT_LEAST), " ".join(clean(title).split())
    short = title if cell_len(title) <= room else f"{title[: room - 1].rstrip()}…"
    return f"{whose}\n{short}" if short else whose


def show_fitted(
    columns: Sequence[Column], give_up: Sequence[GiveUp], *, wide: bool = False, is_whole: bool = False
) -> None:
    """Print the columns as a table that fits the terminal. ``is_whole``: what is left out is said in another column."""
    page = console()
    if wide or not page.is_terminal:
        kept = [replace(each, at_least=each.at_least or 1) for each in columns]  # whole headings, too
        page.width = sum(each.longest + BETWEEN for each in kept)
    else:
        kept = fitted(columns, give_up, page.width)
        page.width = max(page.width, _least(kept))
    page.print(drawn(kept, page.width))
    if len(kept) < len(columns) and not is_whole:
        shown = {one.name for one in kept}
        gone = [each for each in columns if each.name not in shown and not each.is_said_elsewhere]
        left_out = [each.heading for each in gone if not is_said(each, kept)]
        if any(left_out):
            page.print(TextLine(_("Not shown here: {columns} (--wide)", columns=", ".join(filter(None, left_out)))))


def is_said(column: Column, kept: Sequence[Column]) -> bool:
    """Whether other columns say what stands in each row of one that is left out; of an empty one nothing is lost."""
    rows = zip(*(each.cells for each in kept), strict=True)
    return all(clean(cell) in "\n".join(row) for cell, row in zip(column.cells, rows, strict=True))


def drawn(columns: Sequence[Column], width: int) -> Table:
    """The table as rich draws it."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, BETWEEN - 1, 0, 0))
    for each, of in zip(columns, widths(columns, width), strict=True):
        is_whole = not each.at_least or each.gives == "is cut"
        made.add_column(each.heading, no_wrap=is_whole, overflow="ellipsis" if is_whole else "fold", width=of)
    rooms = widths(columns, width)
    for row in zip(*(each.cells for each in columns), strict=True):
        made.add_row(*(cell(_broken(said, of, room)) for said, of, room in zip(row, columns, rooms, strict=True)))
    return made


def _broken(said: str, column: Column, room: int) -> str:
    """A cell with its lines broken between words, never inside a moment or a command."""
    if not column.at_least or column.gives == "is cut":
        return said
    return "\n".join(wrapped(line, room) for line in said.split("\n"))


def _least(columns: Sequence[Column]) -> int:
    return sum(each.least for each in columns) + BETWEEN * (len(columns) - 1)
