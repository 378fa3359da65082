"""The words of some HTML as lines: white space is a space there, and what is set apart on the screen stays apart.

The inline elements are named, not the blocks: what is unknown begins a line of its own. A short row of a table is one
line ("Alkaa: 1.12. klo 18"); under a row of headings, each row is told with them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from workflows.procedure.notices.elements import BLOCKS, INLINE

_TAG = re.compile(r"<[/!]?([a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]{0,2000})?/?>")
_STRUCK = frozenset({"del", "s", "strike"})
_LINE_THROUGH = re.compile(r"line-through", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_ENDS_ITSELF = frozenset(["p", "li", "td", "th", "tr", "dt", "dd", "option"])
"""Where one begins, the one before has ended, though no tag says so."""
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""These hold nothing, and have no end."""
_SILENT = frozenset({"script", "style", "head", "template", "title"})
_CELLS = frozenset({"td", "th"})
_SHORT = 80
"""Characters of a cell that still is an entry of a table and no paragraph of a page that was laid out as one."""
_SENTENCE = re.compile(r"[.!?]\s*$")
_DIGIT = re.compile(r"\d")
_COLUMNS = 3
STRUCK_OUT = re.compile(r"\[struck out: [^\[\]\n]*\]")
"""What is no longer said, as it stands in a text."""
_SPACE = re.compile(r"[\s\xa0]+")


def has_markup(text: str) -> bool:
    """Whether a text holds an element of HTML. "<1 h>" and addresses in angle brackets are none."""
    return any(tag[1].lower() in INLINE or tag[1].lower() in BLOCKS for tag in _TAG.finditer(text))


def lines_of(markup: str) -> str:
    """The words, a line for each block, list entries with a dash. A text without markup keeps its own lines.

    What is hidden is left out; what is struck out stands in brackets ("[struck out: 30.11.]", see ``STRUCK_OUT``).
    """
    words = _Words(keeps_lines=not has_markup(markup))
    words.feed(markup.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in markup else markup)
    words.close()
    return words.text()


class _Table:
    """A table that is being read: its finished rows, the row and the cell at which the reading is."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[str, bool]]] = []
        self.row: list[tuple[str, bool]] = []
        self.cell: list[str] | None = None
        self.is_heading = False

    def end_cell(self) -> None:
        if self.cell is not None:
            self.row.append((_tidy("".join(self.cell)), self.is_heading))
            self.cell = None

    def end_row(self) -> None:
        self.end_cell()
        if any(text for text, _ in self.row):
            self.rows.append(self.row)
        self.row = []

    def text(self) -> str:
        """The rows as lines."""
        self.end_row()
        first = self.rows[0] if self.rows else []
        if len(self.rows) > 1 and len(first) > 1 and (all(heading for _, heading in first) or self._is_headed()):
            headings = [text.rstrip(":") for text, _ in first]
            return "\n".join(_under(headings, [text for text, _ in row]) for row in self.rows[1:])
        return "\n".join(_row([text for text, _ in row if text]) for row in self.rows)

    def _is_headed(self) -> bool:
        """Whether the first of several wide rows names what stands below it, though no tag says so."""
        first, *others = [[text for text, _ in row] for row in self.rows]
        is_even = len(first) >= _COLUMNS and all(len(row) == len(first) for row in others)
        return is_even and all(first) and not _DIGIT.search(" ".join(first)) and bool(_DIGIT.search(str(others)))


class _Words(HTMLParser):
    """Collects the text of HTML, not its scripts and styles."""

    def __init__(self, *, keeps_lines: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tables: list[_Table] = []
        self.silent: list[str] = []
        self.hidden: list[str] = []
        self.struck: list[str] = []
        self.kept = 1 if keeps_lines else 0

    def text(self) -> str:
        self._end_struck(len(self.struck))
        while self.tables:
            self._end_table()
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.silent.clear()
        self._note_looks(tag, dict(attrs))
        if tag in _SILENT:
            self.silent.append(tag)
        self.kept += tag == "pre"
        table = self.tables[-1] if self.tables else None
        if tag == "table":
            self._put("\n")
            self.tables.append(_Table())
        elif tag == "tr" and table:
            table.end_row()
        elif tag in _CELLS and table:
            table.end_cell()
            table.cell, table.is_heading = [], tag == "th"
        elif tag not in INLINE and ":" not in tag:
            self._put("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._end_looks(tag)
        if tag in self.silent:
            self.silent.remove(tag)
        self.kept -= tag == "pre" and self.kept > 0
        if tag == "table" and self.tables:
            self._end_table()
        elif tag == "tr" and self.tables:
            self.tables[-1].end_row()
        elif tag in _CELLS and self.tables:
            self.tables[-1].end_cell()
        elif tag not in INLINE and ":" not in tag:
            self._put("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.hidden:
            self._put(data.replace("\t", " ") if self.kept else _SPACE.sub(" ", data))

    def _note_looks(self, tag: str, attrs: dict[str, str | None]) -> None:
        """Note that an element is hidden or struck out, and what stands inside such a one, to find its end."""
        if tag in _VOID:
            return
        if tag in _ENDS_ITSELF and tag in self.hidden:
            self._end_looks(tag)
        style = attrs.get("style") or ""
        if self.hidden or "hidden" in attrs or _HIDDEN.search(style):
            self.hidden.append(tag)
        elif self.struck or tag in _STRUCK or _LINE_THROUGH.search(style):
            if not self.struck:
                self._put("[struck out: ")
            self.struck.append(tag)

    def _end_looks(self, tag: str) -> None:
        for marks in (self.hidden, self.struck):
            if tag in marks:
                inner = marks[::-1].index(tag) + 1
                if marks is self.struck:
                    self._end_struck(inner)
                else:
                    del marks[-inner:]
                return

    def _end_struck(self, levels: int) -> None:
        if levels:
            del self.struck[len(self.struck) - levels :]
            if not self.struck:
                self._put("] ")

    def _end_table(self) -> None:
        self._put_after(self.tables.pop().text())

    def _put_after(self, text: str) -> None:
        self._put(f"\n{text}\n")

    def _put(self, text: str) -> None:
        if self.struck:
            text = text.replace("\n", " ").replace("[", "(").replace("]", ")")
        table = self.tables[-1] if self.tables else None
        if table and table.cell is None:
            if text.strip():  # stands between the cells: browsers show it before the table
                table.rows.append([(text.strip(), False)])
            return
        (table.cell if table and table.cell is not None else self.parts).append(text)


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _is_entry(text: str) -> bool:
    """Whether a cell holds an entry, or some below each other, and not a paragraph."""
    return all(len(line) <= _SHORT and not _SENTENCE.search(line) for line in text.split("\n"))


def _in_line(text: str) -> str:
    return ", ".join(line.removeprefix("- ") for line in text.split("\n"))


def _row(cells: list[str]) -> str:
    """A row: label and value, or its cells beside each other; cells of paragraphs are lines."""
    label = cells[0]
    if len(cells) == 2 and len(label) <= _SHORT // 2 and _is_entry(label) and "\n" not in label:  # noqa: PLR2004
        value = _in_line(cells[1]) if _is_entry(cells[1]) else cells[1]
        return f"{label.rstrip(' :')}: {value}"
    if len(cells) > 1 and all(map(_is_entry, cells)):
        return ", ".join(map(_in_line, cells))
    return "\n".join(cells)


def _under(headings: list[str], cells: list[str]) -> str:
    """A row below headings, a line for each cell with its heading."""
    if len(cells) != len(headings):
        return _row([cell for cell in cells if cell])
    return "\n".join(
        f"{heading}: {_in_line(cell)}" if heading else cell
        for heading, cell in zip(headings, cells, strict=True)
        if cell
    )
