"""A paper as docx: the blocks of its text in our layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from docx.document import Document
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph

from activities.documents.blocks import Block, by_label
from activities.documents.docx_file import marked, saved
from activities.documents.docx_layout import (
    BLUE,
    GREY,
    add_head_and_foot,
    add_letterhead,
    add_remarks,
    add_run,
    bordered,
    keep_whole,
    new_document,
    repeat_on_each_page,
    shaded,
    text_width,
)
from workflows.procedure.languages import Language

_LOCALES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
_PAGE = {"fi": "Sivu", "sv": "Sida", "en": "Page"}
_LABEL_WIDTH = Cm(5.4)
_LARGER_IN_LETTERS = 1
_LONG_VALUE, _MANY_LINES = 1200, 15
"""From here on a row may run over two pages."""
_CLOCK = re.compile(r"\b(klo|kl\.|at) (?=\d)")
_NARROWEST, _WIDEST = 13, 21
"""The longest word of a column counts as between so many letters."""


@dataclass(frozen=True)
class Frame:
    """What stands around the blocks: the lines at the head of each page, and the mark of a drill."""

    left: str
    right: str
    language: Language
    drill_mark: str = ""
    is_landscape: bool = False


def as_docx(parts: Sequence[Block], frame: Frame) -> bytes:
    """The blocks as docx; equal blocks give equal bytes. Texts must be cleaned: a control character breaks a docx."""
    blocks = [Block(block.kind, tuple(map(_bound, block.parts))) for block in parts]
    title = next(block.text for block in blocks if block.kind == "title")
    is_letter = any(block.kind == "letterhead" for block in blocks)
    document = new_document(
        f"{title} {frame.right}",
        _LOCALES[frame.language],
        is_landscape=frame.is_landscape,
        larger=_LARGER_IN_LETTERS if is_letter else 0,
    )
    add_head_and_foot(document, "" if is_letter else frame.left, frame.right, _PAGE[frame.language])
    for kind, some in groupby(blocks, key=lambda block: block.kind):
        if kind == "row":
            _write_rows(document, list(some))
        elif kind == "cells":
            _write_cells(document, list(some))
        else:
            for block in some:
                _write(document, block)
    add_remarks(document, [block.text for block in blocks if block.kind == "remark"])
    content = saved(document)
    return marked(content, frame.drill_mark) if frame.drill_mark else content


def _bound(text: str) -> str:
    """The text with the time of a day never on another line than its "klo"."""
    return _CLOCK.sub("\\1\N{NO-BREAK SPACE}", text)


def _write(document: Document, block: Block) -> None:
    match block.kind:
        case "remark":
            return  # a comment beside the title, once it is there
        case "title":
            document.add_paragraph(block.text, style="Title")
        case "subtitle":
            add_run(document.add_paragraph(), block.text, size=12, bold=True, colour=BLUE)
        case "note":
            add_run(document.add_paragraph(), block.text, size=8.5, colour=GREY)
        case "heading":
            document.add_paragraph(block.text, style="Heading 1")
        case "item":
            document.add_paragraph(block.text, style="List Bullet")
        case "letterhead":
            add_letterhead(document, *block.parts)
        case "closing":
            closing = document.add_paragraph(block.text).paragraph_format
            closing.space_before, closing.space_after, closing.keep_with_next = Pt(16), Pt(16), True
        case _:
            document.add_paragraph(block.text)


def _write_rows(document: Document, rows: list[Block]) -> None:
    """Labels beside values, a label once beside all that are its own.

    A short row is never split over two pages, and short rows stay with the next one.
    """
    table = document.add_table(rows=len(rows), cols=2)
    for line, row in zip(table.rows, rows, strict=True):
        label, value = (cell.paragraphs[0] for cell in line.cells)
        add_run(_tight(value), row.text, size=9.5)
        if len(row.text) <= _LONG_VALUE and row.text.count("\n") <= _MANY_LINES:
            keep_whole(line)
            label.paragraph_format.keep_with_next = row is not rows[-1]
    number = 0
    for same in by_label(rows):
        whole = table.cell(number, 0).merge(table.cell(number + len(same) - 1, 0))
        add_run(_tight(shaded(whole).paragraphs[0]), same[0].label, size=9.5, bold=True)
        number += len(same)
    bordered(table, (_LABEL_WIDTH, Length(text_width(document) - _LABEL_WIDTH)))
    _end_of_table(document)


def _end_of_table(document: Document) -> None:
    """The paragraph that every table needs after it, so low that it alone does not begin a page."""
    _tight(document.add_paragraph()).paragraph_format.line_spacing = Pt(1)


def _write_cells(document: Document, lines: list[Block]) -> None:
    """A table whose first line is its head."""
    table = document.add_table(rows=len(lines), cols=len(lines[0].parts))
    for number, (line, block) in enumerate(zip(table.rows, lines, strict=True)):
        for cell, text in zip(line.cells, block.parts, strict=True):
            add_run(_tight(cell.paragraphs[0]), text, size=8.5, bold=number == 0)
            if number == 0:
                shaded(cell)
        keep_whole(line)
    repeat_on_each_page(table.rows[0])
    bordered(table, _widths(lines, text_width(document)))


def _widths(lines: list[Block], width: Length) -> tuple[Length, ...]:
    """A width for each column after its longest word, within reason, so that few words are broken."""
    columns = zip(*(line.parts for line in lines), strict=True)
    longest = [max((len(word) for text in column for word in text.split()), default=0) for column in columns]
    shares = [min(max(letters, _NARROWEST), _WIDEST) for letters in longest]
    return tuple(Length(width * share // sum(shares)) for share in shares)


def _tight(paragraph: Paragraph) -> Paragraph:
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph
