"""How commands print: text for people, or exactly one JSON document; what a reporter wrote can't steer the terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from starter.language.words import N_, _
from starter.terminal.wrapped import longest_word, wrapped

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

WIDTH_WITHOUT_A_TERMINAL = 160
NEVER_BROKEN = (N_("incident"), N_("breach"), N_("incident or breach"))
"""Columns that people copy from: never broken over two lines."""
A_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
LONGEST_MOMENT = 24
_STEERING = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def json_parameter() -> click.Option:
    """The option ``--json`` of every command that shows or changes something."""
    return click.Option(["--json", "as_json"], is_flag=True, is_eager=True, help="Print one JSON document.")


json_option: Callable[..., Any] = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, help="Print one JSON document."
)


wide_option: Callable[..., Any] = click.option(
    "--wide", is_flag=True, help="Every column, however wide the terminal is."
)


def clean(text: str, *, lines: bool = False) -> str:
    """A text that can't move the cursor, ring, colour or turn the direction of writing; line ends only where wanted."""
    kept = "\n" if lines else ""
    return "".join(
        character
        if character in kept or (unicodedata.category(character) != "Cc" and character not in _STEERING)
        else " "
        for character in text
    )


def say(text: str) -> None:
    """Print a line for people; in a terminal a long one is broken between its words."""
    lines = clean(text, lines=True)
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
        lines = "\n".join(wrapped(line, width) for line in lines.split("\n"))
    click.echo(lines)


def complain(text: str) -> None:
    """Say in one line on stderr what is wrong; in a terminal it is broken between its words."""
    line = f"kantadesk: {clean(text)}"
    click.echo(wrapped(line, shutil.get_terminal_size().columns) if sys.stderr.isatty() else line, err=True)


def say_json(value: Any) -> None:
    """Print one JSON document in UTF-8, whatever the terminal's own encoding; models as the contract has them."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def console() -> Console:
    """The terminal, or a wide page where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_A_TERMINAL
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print lines and tables, as they fit the terminal."""
    console().print(*parts, sep="\n", crop=False)


def cell(text: str) -> Text:
    """A cell of a table; cleaned, never read as markup."""
    from rich.text import Text

    return Text(clean(text, lines=True))


@dataclass(frozen=True)
class TextLine:
    """A line of a page; cleaned when it is drawn, never read as markup, broken between its words where it is too long.

    ``hang``: how much further its later lines are indented.
    """

    text: str
    strong: bool = False
    hang: int = 0

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The line as rich draws it."""
        from rich.text import Text

        lines = wrapped(clean(self.text), options.max_width, self.hang)
        yield Text(lines, style="bold" if self.strong else "", no_wrap=True, overflow="ignore")


@dataclass(frozen=True)
class Table:
    """A table; title and cells are cleaned when it is drawn, never read as markup.

    Where the terminal is too narrow for its longest words, its rows are written one below the other.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """The table as rich draws it, or its rows in lines."""
        width = options.max_width
        room = width - 3 * len(self.headings) - 1  # between the columns, and at both ends
        least, longest = self._least(), self._longest()
        if self.title:
            yield TextLine(self.title, strong=True)
        if sum(least) > room:
            yield from self._in_lines(width)
        else:
            yield self._drawn(shared_out(least, longest, room) if sum(longest) > room else ())

    def _drawn(self, widths: Sequence[int]) -> RenderableType:
        from rich import box
        from rich import table as rich_table

        drawn = rich_table.Table(box=box.SIMPLE_HEAD)
        for number, heading in enumerate(self.headings):
            fixed = widths[number] if widths else None
            drawn.add_column(heading, no_wrap=self._is_whole(number), overflow="fold", width=fixed)
        for row in self.rows:
            texts = map(clean, row)
            drawn.add_row(*map(cell, map(wrapped, texts, widths) if widths else texts))
        return drawn

    def _is_whole(self, number: int) -> bool:
        """Whether a column is never broken over two lines: a part of its cells is of no use."""
        return self.headings[number] in {_(heading) for heading in NEVER_BROKEN} or _are_moments(self._column(number))

    def _column(self, number: int) -> list[str]:
        return [clean(row[number]) for row in self.rows]

    def _longest(self) -> list[int]:
        return [max(map(len, (heading, *self._column(n)))) for n, heading in enumerate(self.headings)]

    def _least(self) -> list[int]:
        """How wide each column is at least, so that no word is broken."""
        longest = self._longest()
        words = [
            max(longest_word(text, ids_too=True) for text in (heading, *self._column(n)))
            for n, heading in enumerate(self.headings)
        ]
        return [longest[n] if self._is_whole(n) else words[n] for n in range(len(words))]

    def _in_lines(self, width: int) -> list[TextLine]:
        lines: list[TextLine] = []
        for first, *others in self.rows:
            lines.append(TextLine(f"  {first}", strong=bool(others), hang=2))
            said: list[str] = []
            for heading, text in zip(self.headings[1:], others, strict=True):
                if text and said and not heading:
                    said[-1] += f", {text}"
                elif text:
                    said.append(f"{heading}: {text}" if heading else text)
            together = "; ".join(said)
            said = [together] if len(together) <= width - 4 else said
            lines += [TextLine(f"    {each}", hang=2) for each in said]
        return [*lines, TextLine("")]


def shared_out(least: Sequence[int], longest: Sequence[int], room: int) -> list[int]:
    """How wide each column is: what it needs, and an even share of what is left, the shortest being served first."""
    given = list(least)
    left = room - sum(least)
    for served, column in enumerate(sorted(range(len(given)), key=lambda n: longest[n] - least[n])):
        more = min(longest[column] - least[column], left // (len(given) - served))
        given[column] += more
        left -= more
    return given


def _are_moments(cells: Sequence[str]) -> bool:
    """Whether a column holds moments: a date that is broken over two lines is read wrongly."""
    return any(A_DATE.match(cell) for cell in cells) and all(len(cell) <= LONGEST_MOMENT for cell in cells)
