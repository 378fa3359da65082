"""Papers as blocks: a template's lines become titles, rows and paragraphs; the docx and the text are made of these.

A line's kind stands at its beginning, in the template only::

    # title       + subtitle            ~ small note    ## heading
    = label | value     | cell | cell     > what a person wrote     - item
    @ sender | date     & closing words: the head and the end of a letter
    ! remark to whoever sends the paper: a comment in the docx, never a line that the recipient reads

Everything else is a paragraph. A line that begins with a value must have its kind before it: then no value can be taken
for layout, because its line ends and bars are hidden while the lines are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from activities.documents.templates import environment
from workflows.procedure.languages import Language

Kind = Literal[
    "title",
    "subtitle",
    "note",
    "remark",
    "heading",
    "row",
    "cells",
    "quote",
    "item",
    "letterhead",
    "closing",
    "paragraph",
]

_KINDS: dict[str, Kind] = {
    "#": "title",
    "+": "subtitle",
    "~": "note",
    "!": "remark",
    "##": "heading",
    "=": "row",
    "|": "cells",
    ">": "quote",
    "-": "item",
    "@": "letterhead",
    "&": "closing",
}
_BAR = " | "
_HIDE = str.maketrans({"\n": "\v", "|": "\x1c"})  # cleaned texts hold neither of the two control characters
_SHOW = str.maketrans({"\v": "\n", "\x1c": "|"})


@dataclass(frozen=True)
class Block:
    """A part of a paper. ``parts``: label and value of a row, sender and date, the cells of a line, else one text."""

    kind: Kind
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text; of a row, the value."""
        return self.parts[-1]

    @property
    def label(self) -> str:
        """What a row bears as its label; empty of all others."""
        return self.parts[0] if self.kind == "row" else ""


def by_label(some: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks in their order, each alone: but rows of one label that follow each other together, to bear it once."""
    for label, together in groupby(some, key=lambda block: block.label):
        same = list(together)
        yield from [same] if label else ([each] for each in same)


def blocks(template: str, language: Language, facts: Mapping[str, Any]) -> list[Block]:
    """A paper in one language, from ``templates/{language}/{template}.j2``. The facts' texts must be cleaned before."""
    text = _TEMPLATES.get_template(f"{language}/{template}.j2").render(facts)
    return [_block(line) for line in text.split("\n") if line.strip()]


def _hidden(value: object) -> str:
    """A value on one line without bars, whatever it holds."""
    return str(value).translate(_HIDE)


def _block(line: str) -> Block:
    mark, _, rest = line.partition(" ")
    kind = _KINDS.get(mark, "paragraph")
    match kind:
        case "row" | "letterhead":
            parts = rest.split(_BAR, 1)
        case "cells":
            parts = rest.removesuffix(" |").split(_BAR)
        case "paragraph":
            parts = [line]
        case _:
            parts = [rest]
    return Block(kind, tuple(part.translate(_SHOW).strip() for part in parts))


_TEMPLATES = environment(autoescape=False, finalize=_hidden)  # no HTML; python-docx escapes what goes into a docx
